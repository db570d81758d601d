"""How well the ear hears: figures, the confusions, the worst misses. ``python -m tests.faq.measure``

The files beside this one were written by another head than wrote the phrasings: ``in`` (a
question of ours; some accept two intents), ``out`` (to be met with silence), ``flow``
(answers to an open question), ``refuse`` (requests to cheat). They were looked at while this
was built. Those in ``heldout/`` were not: ``python -m tests.faq.measure heldout`` prints
their totals and no text. ``honest`` there is what sounds like cheating and is none.
"""

import functools
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.hearing.content import examples
from bot.library import load
from tests.conftest import ROOT

HERE = Path(__file__).parent

HELD_OUT = HERE / "heldout"


def rows(name, folder=HERE):
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


@functools.cache
def learnt_from():
    library = load(ROOT / "content")
    return [example.text for example in examples(library.intents, library.silences)]


def unseen(ear, name, folder=HERE):
    """Leave out texts that sound like one it has learnt from: two heads wrote the same words."""
    known = {sound(ear, text) for text in learnt_from()}
    return [row for row in rows(name, folder) if sound(ear, row["text"]) not in known]


def sound(ear, text):
    return " ".join(ear.reader.sounds(ear.reader.plain(text)))


@dataclass
class Figures:
    right: float = 0
    """Share of questions of ours that got a right answer."""
    wrong: float = 0
    choice: float = 0
    """Share that was offered a choice holding the right one; not counted as right."""
    silent: float = 0
    out: float = 0
    """Share of what is not ours that was answered or refused; a choice counts half."""
    flow: float = 0
    """Share of answers to open questions that were taken for anything else."""
    refuse: float = 0
    """Share of requests to cheat that were refused."""
    honest: int = 0
    """How many honest questions beside cheating were refused."""
    p95_ms: float = 0
    counted: int = 0
    """Questions of ours that it had never seen."""
    styles: dict = field(default_factory=dict)
    confused: Counter = field(default_factory=Counter)
    misses: list = field(default_factory=list)


def measure(faq, folder=HERE):
    figures, took = Figures(), []

    def hear(row):
        began = time.perf_counter()
        heard = faq.hear(row["text"], row.get("open") or "")
        took.append(time.perf_counter() - began)
        return heard

    _questions(figures, unseen(faq, "in", folder), hear)
    out = [(row, hear(row)) for row in unseen(faq, "out", folder)]
    weight = {"answer": 1, "refuse": 1, "choice": 0.5, "none": 0}
    figures.out = sum(weight[heard.kind] for _, heard in out) / len(out)
    flow = [(row, hear(row)) for row in unseen(faq, "flow", folder)]
    figures.flow = sum(heard.kind != "none" for _, heard in flow) / len(flow)
    refuse = [hear(row).kind for row in unseen(faq, "refuse", folder)]
    figures.refuse = refuse.count("refuse") / len(refuse)
    if folder == HELD_OUT:
        figures.honest = sum(hear(row).kind == "refuse" for row in rows("honest", folder))
    for name, heard_rows in (("out", out), ("flow", flow)):
        for row, heard in heard_rows:
            if heard.kind != "none":
                figures.misses.append((heard.trust, name, row["text"], "", heard))
    figures.p95_ms = sorted(took)[len(took) * 95 // 100] * 1000
    return figures


def _questions(figures, asked, hear):
    figures.counted = len(asked)
    styles = {}
    for row in asked:
        heard = hear(row)
        right = heard.kind == "answer" and heard.intents[0] in row["intents"]
        styles.setdefault(row["style"], []).append(right)
        figures.right += right / len(asked)
        figures.wrong += (heard.kind == "answer" and not right) / len(asked)
        offered = heard.kind == "choice" and bool(set(heard.intents) & set(row["intents"]))
        figures.choice += offered / len(asked)
        figures.silent += (heard.kind == "none") / len(asked)
        if heard.kind in {"answer", "choice"} and not right and not offered:
            figures.confused[row["intents"][0], heard.intents[0]] += 1
        if not right and heard.kind != "none":
            figures.misses.append((heard.trust, "in", row["text"], row["intents"], heard))
    figures.styles = {name: sum(hits) / len(hits) for name, hits in sorted(styles.items())}


def totals(figures):
    yield f"questions never seen: {figures.counted}"
    yield f"in: right {figures.right:.1%}, wrong {figures.wrong:.1%}, choice {figures.choice:.1%}"
    yield f"    silent {figures.silent:.1%}"
    yield f"out: answered {figures.out:.1%}   flow: eaten {figures.flow:.1%}"
    yield f"refuse: refused {figures.refuse:.1%}   p95 {figures.p95_ms:.1f} ms"
    yield "styles: " + ", ".join(f"{name} {share:.0%}" for name, share in figures.styles.items())
    if figures.honest:
        yield f"honest questions beside cheating, refused: {figures.honest}"


def page(figures):
    yield from totals(figures)
    yield "confused: " + ", ".join(
        f"{a} for {b} x{n}" for (a, b), n in figures.confused.most_common(12)
    )
    for trust, kind, text, wanted, heard in sorted(figures.misses, key=lambda miss: -miss[0])[:40]:
        yield f"  {trust:.2f} {kind} {text} -> {heard.kind} {heard.intents} wanted {wanted}"


if __name__ == "__main__":
    from tests.faq.test_ear import open_house

    held_out = sys.argv[1:] == ["heldout"]
    figures = measure(open_house().ear, HELD_OUT if held_out else HERE)
    lines = totals(figures) if held_out else page(figures)
    sys.stdout.write("\n".join(lines) + "\n")
