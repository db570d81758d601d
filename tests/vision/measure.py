"""``python -m tests.vision.measure``: how well drawn papers are read, how fast, at what cost.

Writes ``docs/reading.md``. ``--people N`` draws fewer, ``--show`` prints every miss.
"""

import argparse
import statistics
import time
from collections import Counter
from datetime import date
from pathlib import Path

from bot.library import content_folder, load
from bot.vision import PhotoReader
from tests.vision.cards import DRAWN, PEOPLE, truth
from tests.vision.conditions import CONDITIONS, photographed

TODAY = date(2026, 11, 25)
STRONGEST = "blur 4"


def peak(pid):
    """Megabytes of the child at its highest."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Tally:
    """Right and all, by whatever key."""

    def __init__(self):
        self.right, self.all = Counter(), Counter()

    def count(self, key, is_right):
        self.right[key] += is_right
        self.all[key] += 1

    def share(self, *keys):
        everything = sum(self.all[key] for key in keys)
        return 100 * sum(self.right[key] for key in keys) / everything if everything else 100.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    reader = PhotoReader(load(content_folder(None)).papers, lambda: TODAY)
    tally, seconds, scores = Tally(), [], []
    for paper, draw in DRAWN.items():
        for person in PEOPLE[: asked.people]:
            sheet, wanted = draw(person), truth(person, paper)
            for condition in CONDITIONS:
                if asked.only and asked.only not in f"{paper} {condition}":
                    continue
                photo = photographed(sheet, condition)
                began = time.perf_counter()
                reading = reader.read(photo).reading
                seconds.append(time.perf_counter() - began)
                for name, value in wanted.items():
                    found = reading.fields.get(name)
                    right = found is not None and found.value == value
                    tally.count((paper, name, condition), right)
                    if name == "name" and found:
                        scores.append((right, found.score, found.value, value, condition))
                    if asked.show and not right and condition != STRONGEST:
                        print(paper, condition, name, value, "->", found, reading.problems)
    text = page(tally, seconds, peak(reader.pid), scores)
    reader.close()
    print(text)
    if asked.people == len(PEOPLE) and not asked.only:
        Path("docs/reading.md").write_text(text, encoding="utf-8")


def page(tally, seconds, megabytes, scores):
    keys = list(tally.all)
    gentle = [key for key in keys if key[2] != STRONGEST]
    conditions = list(dict.fromkeys(key[2] for key in keys))
    rows = list(dict.fromkeys(key[:2] for key in keys))
    wrong = [score for right, score, *_ in scores if not right]
    right = [score for right, score, *_ in scores if right]
    lines = [
        "# How well photos are read",
        "",
        "Made by `python -m tests.vision.measure` from papers it draws: invented people, rare names,",
        "one font, 13 conditions. Real cards, holograms and phones will be worse; a hundred photos with",
        "their owners' consent are needed before these figures are believed.",
        "",
        f"Exact match of all fields without the strongest blur: **{tally.share(*gentle):.1f} %** "
        f"({sum(tally.right[k] for k in gentle)} of {sum(tally.all[k] for k in gentle)}; wanted 98 %). "
        "The strongest blur is refused before reading.",
        "",
        f"Seconds a photo: median {statistics.median(seconds):.2f}, "
        f"95 % within {sorted(seconds)[int(0.95 * (len(seconds) - 1))]:.2f} (two cores, one used). "
        f"Peak memory of the child: {megabytes:.0f} MB.",
        "",
        f"Names: {len(right)} read right (lowest score {min(right, default=1):.3f}, "
        f"{sum(score < 0.96 for score in right)} flagged below .96), {len(wrong)} read wrong "
        f"(highest score {max(wrong, default=0):.3f}, {sum(score < 0.96 for score in wrong)} flagged).",
        "",
        "| % of people | " + " | ".join(conditions) + " | all |",
        "|---|" + "---:|" * (len(conditions) + 1),
    ]
    for paper, name in rows:
        cells = [f"{tally.share((paper, name, one)):.0f}" for one in conditions]
        total = tally.share(*((paper, name, one) for one in conditions if one != STRONGEST))
        lines.append(f"| {paper} {name} | " + " | ".join(cells) + f" | {total:.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
