"""Cards as pictures: drawn by Chromium from a page of our own, kept beside the lessons.

WeChat takes pictures, not pages, and a welder's phone lacks our fonts: so they are drawn
once, by whoever changes ``cards.yaml``, and committed.
"""

from __future__ import annotations

import hashlib
import html
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.domain.card import Card

ROOM, INDEX = "lessons/cards", "drawn.txt"

WIDTH, HEIGHT = 640, 480

STYLE = """
*{box-sizing:border-box;margin:0}
body{width:640px;height:480px;padding:28px 32px;background:#fff;color:#1b1b1b;display:flex;
 flex-direction:column;font-family:"Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif}
h1{font-size:40px;border-left:12px solid #d9480f;padding-left:16px;line-height:1.2}
main{flex:1;display:flex;flex-direction:column;justify-content:center;gap:12px;font-size:30px}
.step{display:flex;align-items:center;gap:16px}.step b{width:48px;height:48px;border-radius:50%;
 background:#1864ab;color:#fff;display:grid;place-items:center;font-size:28px;flex:none}
.two{display:grid;grid-template-columns:1fr 1fr;gap:20px}.two div{border-radius:14px;padding:16px;
 display:grid;gap:12px;align-content:start}.good{background:#ebfbee}.bad{background:#fff0f0}
.two h2{font-size:44px;line-height:1}.good h2{color:#2b8a3e}.bad h2{color:#c92a2a}
.gap{display:grid;grid-template-columns:auto 1fr auto;align-items:center;gap:14px}
.gap span{background:#f1f3f5;border-radius:10px;padding:12px 16px}
.gap i{font-style:normal;text-align:center;border-bottom:5px solid #d9480f;color:#d9480f;
 font-weight:700;font-size:34px;padding-bottom:4px}
.value{font-size:84px;font-weight:800;color:#d9480f;text-align:center;line-height:1.1}
.caption{text-align:center}
footer{background:#fff3bf;border-radius:12px;padding:12px 18px;font-size:30px;font-weight:700;
 text-align:center}
"""


def page(card: Card) -> str:
    """Return the page that is drawn."""
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
        f"<h1>{html.escape(card.title)}</h1><main>{''.join(_body(card))}</main>"
        f"<footer>{html.escape(card.remember)}</footer>"
    )


def _body(card: Card) -> Iterator[str]:
    match card.kind:
        case "steps":
            for n, item in enumerate(card.items, 1):
                yield f'<div class="step"><b>{n}</b>{html.escape(item)}</div>'
        case "compare":
            yield '<div class="two">'
            for name, sign, items in (
                ("good", "&check;", card.right),
                ("bad", "&cross;", card.wrong),
            ):
                lines = "".join(f"<p>{html.escape(item)}</p>" for item in items)
                yield f'<div class="{name}"><h2>{sign}</h2>{lines}</div>'
            yield "</div>"
        case "distance":
            for distance in card.distances:
                one, other, far = map(html.escape, distance)
                yield f'<div class="gap"><span>{one}</span><i>{far}</i><span>{other}</span></div>'
        case "number":
            yield f'<p class="value">{html.escape(card.value)}</p>'
            yield f'<p class="caption">{html.escape(card.caption)}</p>'


def _digest(card: Card) -> str:
    return hashlib.sha256(page(card).encode()).hexdigest()[:16]


def stale_cards(folder: Path, cards: Mapping[str, Card]) -> Iterator[str]:
    """Yield cards whose picture is missing or was drawn from other data."""
    index = folder / ROOM / INDEX
    lines = index.read_text(encoding="utf-8").splitlines() if index.exists() else []
    drawn = dict(line.split(" ") for line in lines)
    for name, card in cards.items():
        if drawn.get(name) != _digest(card) or not (folder / ROOM / f"{name}.png").exists():
            yield name


def draw(folder: Path, cards: Mapping[str, Card], browser: str) -> list[str]:
    """Draw what is stale, drop what is no card any more; return the names drawn."""
    room = folder / ROOM
    room.mkdir(parents=True, exist_ok=True)
    stale = list(stale_cards(folder, cards))
    for name in stale:
        _shoot(browser, page(cards[name]), room / f"{name}.png")
    for path in room.glob("*.png"):
        if path.stem not in cards:
            path.unlink()
    lines = [f"{name} {_digest(card)}" for name, card in sorted(cards.items())]
    (room / INDEX).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return stale


def find_browser() -> str | None:
    """Return the system's Chromium, if it is there."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _shoot(browser: str, text: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "card.html"
        source.write_text(text, encoding="utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-first-run", f"--user-data-dir={folder}/profile",
            f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={target}", source.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=60)
