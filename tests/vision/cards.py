"""Papers of invented people, drawn as they are printed, and photographed."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from bot.domain.id_number import check_sign
from tests.vision.samples import font, portrait


@dataclass(frozen=True)
class Person:
    name: str
    first17: str
    number: str
    first_issued_on: str = "2018-06-12"
    valid_from: str = "2024-06-12"
    valid_until: str = "2027-06-11"
    card_from: str = "2016-03-01"
    card_to: str = "2036-03-01"
    trade: str = "建筑焊工"

    @property
    def id_number(self):
        return self.first17 + check_sign(self.first17)


PEOPLE = (
    Person("张翀", "50022819850312401", "渝A042018000123"),
    Person("李喆", "50010119900101123", "渝B042020001457", card_to="long"),
    Person(
        "王赟", "51122419780923561", "渝A012008000001", "2016-01-30", "2024-02-01", "2027-01-31"
    ),
    Person(
        "陈犇", "50023319991128001", "川A042021000788", "2021-11-05", "2023-11-05", "2026-11-04"
    ),
    Person("欧阳燕", "50022819720704228", "渝A042017009920", trade="焊接与热切割作业"),
    Person(
        "阿卜杜热依木·买买提",
        "65310119880215731",
        "新A042019000456",
        card_from="2011-12-31",
        card_to="2031-12-31",
    ),
    Person(
        "刘小明", "50024219930818305", "渝F042022000061", "2022-09-09", "2024-09-09", "2027-09-08"
    ),
    Person("谭晓芸", "51022619691010264", "渝A042015003310", card_to="long"),
    Person(
        "昝昶", "50010719960229181", "渝C042023010009", "2023-03-03", "2023-03-03", "2026-12-02"
    ),
    Person(
        "司马国强", "50011219810605711", "粤B042019000712", "2019-10-01", "2025-10-01", "2028-09-30"
    ),
)

INK, BLUE, RED = (25, 25, 30), (60, 110, 160), (200, 30, 40)


def _paper(size, base, seed):
    """A sheet with the faint pattern and grain of print."""
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    wave = 5 * np.sin(x / 23 + 3 * np.sin(y / 61)) + 4 * np.sin(y / 17 + x / 90)
    grain = np.random.default_rng(seed).normal(0, 2, (height, width))
    sheet = np.array(base)[None, None] + (wave + grain)[..., None]
    return Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))


def _write(sheet, at, text, size, ink=INK, gap=0):
    draw = ImageDraw.Draw(sheet)
    if not gap:
        draw.text(at, text, font=font(size), fill=ink)
        return
    x, y = at
    for sign in text:
        draw.text((x, y), sign, font=font(size), fill=ink)
        x += draw.textlength(sign, font=font(size)) + gap


def _seal(sheet, centre, radius, text):
    """A round red stamp over whatever is there."""
    layer = Image.new("RGBA", sheet.size)
    draw = ImageDraw.Draw(layer)
    x, y = centre
    ink = (*RED, 170)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=5)
    draw.regular_polygon((x, y, radius // 4), 5, fill=ink)
    for n, sign in enumerate(text):
        turn = np.pi * (1.12 - 1.24 * n / max(1, len(text) - 1))
        at = x + 0.76 * radius * np.cos(turn), y - 0.76 * radius * np.sin(turn)
        draw.text(at, sign, font=font(radius // 5), fill=ink, anchor="mm")
    sheet.paste(Image.alpha_composite(sheet.convert("RGBA"), layer).convert("RGB"))


def id_front(person):
    sheet = _paper((1011, 638), (226, 238, 240), 1)
    for y, label in (
        (70, "姓名"),
        (150, "性别"),
        (230, "出生"),
        (310, "住址"),
        (530, "公民身份号码"),
    ):
        _write(sheet, (60, y + 4), label, 30, BLUE, gap=8 if len(label) == 2 else 2)
    _write(sheet, (170, 66), person.name, 40)
    male = int(person.id_number[16]) % 2
    _write(sheet, (170, 152), "男" if male else "女", 32)
    _write(sheet, (270, 154), "民族", 30, BLUE, gap=8)
    _write(sheet, (380, 152), "汉" if len(person.name) < 6 else "维吾尔", 32)
    born = person.id_number[6:14]
    for x, text, ink in (
        (170, born[:4], INK), (255, "年", BLUE), (310, str(int(born[4:6])), INK),
        (360, "月", BLUE), (410, str(int(born[6:])), INK), (460, "日", BLUE),
    ):  # fmt: skip
        _write(sheet, (x, 232), text, 32, ink)
    for n, line in enumerate(("重庆市梁平区双桂街道人民路", "128号附3号5单元6-2")):
        _write(sheet, (170, 310 + 48 * n), line, 32)
    _write(sheet, (330, 524), person.id_number, 40, gap=5)
    sheet.paste(portrait((235, 240, 240)).resize((290, 386)), (670, 80))
    return sheet


def id_back(person):
    sheet = _paper((1011, 638), (228, 240, 236), 2)
    draw = ImageDraw.Draw(sheet)
    draw.ellipse((70, 60, 250, 240), fill=RED)
    draw.regular_polygon((160, 140, 45), 5, fill=(250, 210, 60))
    _write(sheet, (330, 70), "中华人民共和国", 50, gap=24)
    _write(sheet, (340, 170), "居民身份证", 70, gap=44)
    _write(sheet, (220, 450), "签发机关", 32, gap=3)
    _write(sheet, (400, 448), "梁平县公安局", 34)
    _write(sheet, (220, 530), "有效期限", 32, gap=3)
    until = "长期" if person.card_to == "long" else person.card_to.replace("-", ".")
    _write(sheet, (400, 528), f"{person.card_from.replace('-', '.')}-{until}", 34)
    return sheet


def _chinese(day):
    year, month, date = day.split("-")
    return f"{year}年{month}月{date}日"


def certificate(person):
    """The paper booklet, as a page."""
    sheet = _paper((1200, 850), (246, 243, 228), 3)
    ImageDraw.Draw(sheet).rectangle((30, 30, 1170, 820), outline=(150, 60, 50), width=4)
    _write(sheet, (290, 60), "中华人民共和国", 36, RED, gap=24)
    _write(sheet, (225, 125), "建筑施工特种作业操作资格证", 54, RED, gap=4)
    rows = (
        ("姓  名", person.name),
        ("身份证号", person.id_number),
        ("操作类别", person.trade),
        ("证  号", person.number),
        ("初次领证日期", _chinese(person.first_issued_on)),
        ("使用期", f"自{_chinese(person.valid_from)}至{_chinese(person.valid_until)}"),
        ("发证机关", "重庆市住房和城乡建设委员会"),
    )
    for n, (label, value) in enumerate(rows):
        _write(sheet, (90, 250 + 76 * n), label, 34)
        _write(sheet, (330, 248 + 76 * n), value, 36)
    sheet.paste(portrait((255, 255, 255)).resize((210, 280)), (910, 240))
    _seal(sheet, (860, 690), 118, "重庆市住房和城乡建设委员会")
    return sheet


def e_certificate(person):
    """The electronic certificate as a phone shows it."""
    sheet = Image.new("RGB", (1080, 2000), (240, 242, 246))
    draw = ImageDraw.Draw(sheet)
    _write(sheet, (50, 24), "9:41", 38)
    _write(sheet, (860, 24), "5G  86%", 34)
    _write(sheet, (400, 110), "电子证照", 50)
    draw.rounded_rectangle((40, 220, 1040, 1860), 30, fill=(255, 255, 255))
    draw.rounded_rectangle((40, 220, 1040, 440), 30, fill=(42, 110, 200))
    _write(sheet, (330, 250), "中华人民共和国", 40, (255, 255, 255), gap=16)
    _write(sheet, (110, 330), "建筑施工特种作业操作资格证书", 56, (255, 255, 255), gap=4)
    rows = (
        ("证书编号", person.number),
        ("姓名", person.name),
        ("性别", "男" if int(person.id_number[16]) % 2 else "女"),
        ("身份证号", person.id_number),
        ("工种类别", person.trade),
        ("初次领证日期", person.first_issued_on),
        ("有效期", f"{person.valid_from} 至 {person.valid_until}"),
        ("发证机关", "重庆市住房和城乡建设委员会"),
        ("证书状态", "有效"),
    )
    for n, (label, value) in enumerate(rows):
        _write(sheet, (90, 500 + 92 * n), label, 38, (130, 135, 145))
        _write(sheet, (380, 498 + 92 * n), value, 40)
        draw.line((90, 572 + 92 * n, 990, 572 + 92 * n), fill=(230, 232, 236), width=2)
    dots = np.random.default_rng(int(person.id_number[:9])).integers(0, 2, (33, 33)) * 255
    code = Image.fromarray(dots.astype(np.uint8)).resize((330, 330), Image.NEAREST)
    sheet.paste(code.convert("RGB"), (375, 1380))
    _write(sheet, (330, 1750), "扫一扫，验真伪", 36, (130, 135, 145), gap=6)
    return sheet


def truth(person, paper):
    """What must be read of a paper."""
    match paper:
        case "id_front":
            return {"name": person.name, "id_number": person.id_number}
        case "id_back":
            return {"valid_from": person.card_from, "valid_to": person.card_to}
        case _:
            return {
                "name": person.name,
                "id_number": person.id_number,
                "number": person.number,
                "trade": person.trade,
                "first_issued_on": person.first_issued_on,
                "valid_until": person.valid_until,
                "issuer": "重庆市住房和城乡建设委员会",
            }


DRAWN = {
    "id_front": id_front,
    "id_back": id_back,
    "certificate": certificate,
    "e_certificate": e_certificate,
}
