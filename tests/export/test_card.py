"""The receipt's picture: drawn in a child that knows no key, whatever is written on it."""

import io
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.export import picture
from bot.export.card import LINE, MOST_LINES, font, wrapped
from bot.export.card import picture as draw_here
from bot.export.picture import MOST_BYTES, Card, NotDrawn, draw

CARD = Card(
    heading="梁平焊工服务点",
    title="培训服务费付款凭证",
    items=(("安全培训服务费", "300.00元"), ("材料整理服务费", "80.00元")),
    total=("一共", "380.00元"),
    facts=(("付款时间", "2026年11月24日 14:05"), ("微信支付单号", "4200002345202611241234567890")),
    foot="这是付款凭证，不是发票。",
)
HOSTILE = (
    "长" * 100_000,
    "9" * 400,
    "a\u202eb\n\r\t\x00<b>&amp;\ud800😀㛃䶮𬱖",
    "W" * 300,
    "",
    " ",
)


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def rows_of_ink(image, left, right):
    """Tell for each row of pixels whether something is drawn between two columns."""
    part = image.convert("RGB").crop((left, 0, right, image.height))
    blank = ImageChops.difference(part, Image.new("RGB", part.size, "#ffffff")).convert("L")
    return [blank.crop((0, y, part.width, y + 1)).getbbox() is not None for y in range(part.height)]


def test_the_child_gives_a_small_picture_that_opens():
    content = draw(CARD)
    image = opened(content)
    assert (image.format, image.width) == ("PNG", 750)
    assert 500 < image.height < 1200
    assert len(content) < MOST_BYTES
    assert content == draw_here(CARD)


def test_another_amount_is_another_picture():
    assert draw_here(CARD) != draw_here(replace(CARD, total=("一共", "381.00元")))


def test_what_is_sold_makes_it_taller_and_nothing_is_left_out():
    more = replace(CARD, items=CARD.items * 10)
    grown = opened(draw_here(more)).height - opened(draw_here(CARD)).height
    assert grown == 18 * int(34 * LINE)


def test_the_number_of_a_payment_stands_on_one_line():
    short = replace(CARD, facts=(("微信支付单号", "1"),))
    long = replace(CARD, facts=(("微信支付单号", "8" * 28),))
    assert opened(draw_here(short)).height == opened(draw_here(long)).height


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_on_it_stays_inside_the_margins(text):
    card = Card(text, text, ((text, text), (text, "1.00元")), (text, text), ((text, text),), text)
    content = draw(card)
    image = opened(content)
    assert image.width == 750
    assert image.height < 4000
    assert len(content) < MOST_BYTES
    band = image.convert("RGB").getpixel((0, 0))
    edge = image.convert("RGB").crop((740, 0, 750, image.height)).getcolors()
    assert {colour for _, colour in edge} == {band, (255, 255, 255)}
    assert not any(rows_of_ink(image, 0, 750)[-20:])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=700), st.sampled_from([28, 34, 48]), st.integers(160, 700))
def test_no_line_is_wider_than_it_may_be_and_nothing_short_is_lost(text, size, width):
    lines = wrapped(text, size, width)
    assert 1 <= len(lines) <= MOST_LINES
    assert all(font(size).getlength(line) <= width + 2 for line in lines)
    if not lines[-1].endswith("…"):
        seen = "".join(sign for sign in text if sign.isprintable() and not sign.isspace())
        assert "".join("".join(lines).split()) == seen


def test_what_is_cut_says_so():
    assert wrapped("长" * 3000, 34, 300)[-1].endswith("…")
    assert wrapped("\x00" * 3000, 34, 300) == ["…"]


def test_where_nothing_draws_there_is_no_picture(monkeypatch):
    monkeypatch.setattr(picture, "find_spec", lambda _name: None)
    monkeypatch.setattr(picture, "COMMAND", ["/no/such/program"])
    assert draw(CARD) is None


def child(monkeypatch, code):
    monkeypatch.setattr(picture, "COMMAND", [sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("raise SystemExit(3)", "ended with 3"),
        ("print('no picture')", "ended with 0"),
        (f"import sys; sys.stdout.buffer.write({picture.PNG!r} + bytes(300_000))", "too large"),
        ("import time; time.sleep(60)", "too long"),
    ],
)
def test_a_child_that_gives_none_is_told_of(monkeypatch, code, why):
    child(monkeypatch, code)
    with pytest.raises(NotDrawn, match=why):
        draw(CARD, patience_s=1.0)


def test_the_child_knows_no_key(monkeypatch):
    monkeypatch.setenv("WECHAT_APP_SECRET", "s3cret")
    write = f"sys.stdout.buffer.write({picture.PNG!r} + repr(dict(os.environ)).encode())"
    child(monkeypatch, f"import os, sys; {write}")
    told = draw(CARD)
    assert b"PYTHONPATH" in told
    assert b"SECRET" not in told
    assert b"s3cret" not in told
