"""``python -m tests.vision.measure``: how well drawn papers are read, how fast, at what cost.

Writes ``docs/reading.md``. ``--people N`` draws fewer, ``--show`` prints every miss.
"""

import argparse
import os
import statistics
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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


def cpu(pid):
    """Seconds the child has worked, and of them those in the system."""
    parts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


class Bench:
    """Readers side by side, and what became of every photo."""

    def __init__(self, show):
        papers = load(content_folder(None)).papers
        self.show, self.lock = show, threading.Lock()
        self.free = [PhotoReader(papers, lambda: TODAY, patience_s=120) for _ in range(2)]
        self.tally, self.seconds, self.names = Tally(), [], []

    def photograph(self, paper, person, conditions):
        sheet, wanted = DRAWN[paper](person), truth(person, paper)
        reader = self.free.pop()
        for condition in conditions:
            photo = photographed(sheet, condition)
            before = cpu(reader.pid) if reader.pid else None
            reading = reader.read(photo).reading
            with self.lock:
                if before is not None:
                    self.seconds.append(cpu(reader.pid) - before)
                self.judge(paper, condition, wanted, reading)
        self.free.append(reader)

    def judge(self, paper, condition, wanted, reading):
        for name, value in wanted.items():
            found = reading.fields.get(name)
            right = found is not None and found.value == value
            self.tally.count((paper, name, condition), right)
            if name == "name" and found:
                self.names.append((right, found.score))
            if self.show and not right and condition != STRONGEST:
                print(paper, condition, name, value, "->", found, reading.problems, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=len(PEOPLE))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    bench = Bench(asked.show)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(bench.photograph, paper, person, names)
            for paper in DRAWN
            if (names := [name for name in CONDITIONS if asked.only in f"{paper} {name}"])
            for person in PEOPLE[: asked.people]
        ]
        for job in jobs:
            job.result()
    megabytes = max(peak(reader.pid) for reader in bench.free)
    text = page(bench.tally, bench.seconds, megabytes, bench.names)
    for reader in bench.free:
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
        "one font, 13 conditions. The reader was built with these papers in sight, so this is a development",
        "set. Real cards, holograms and phones will be worse; a hundred photos with their owners' consent",
        "are needed before these figures are believed.",
        "",
        f"Exact match of all fields without the strongest blur: **{tally.share(*gentle):.1f} %** "
        f"({sum(tally.right[k] for k in gentle)} of {sum(tally.all[k] for k in gentle)}; wanted 98 %). "
        "The strongest blur is refused before reading, but for screenshots, whose large print bears it.",
        "",
        f"Seconds of one core a photo: median {statistics.median(seconds):.2f}, "
        f"95 % within {sorted(seconds)[int(0.95 * (len(seconds) - 1))]:.2f}. "
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
