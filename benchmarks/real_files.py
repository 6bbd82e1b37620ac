"""Two real files through the command line, each in a fresh workspace: is what everybody sees in them found, and named?

    python -m benchmarks.real_files [--data ../shared/data] [--only telecom|airline] [--keep DIR]

Prints JSON. The telecom complaints hold one surge: its day is read from the file alone (the first day with three times
the median of the four weeks before), and so are its words (log-odds of the eight days from it against all before;
Monroe et al. 2008). It is found if the change of all feedback was raised within two days of that day, and told right
if three of the words told are among the file's twelve. One airline's tweets begin where the collection began: it is
named if the only row of `changes --coverage` of type start is of that airline and day, and no alert of a rise tells of
all feedback or of what the start explains. Skips a file that is absent. With `--keep` the finished workspaces stay in
DIR, and those that are there already are read. Run `groundswell prepare` before.
"""

import argparse
import csv
import gzip
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from math import log, sqrt
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "from jobs.cli import main; main()"
SURGE, BEFORE_DAYS, AFTER_DAYS = 3.0, 28, 8
RIGHT_WORDS, BEST_WORDS = 3, 12
WITHIN_DAYS = 2
Row = dict[str, Any]


def called(*arguments: str) -> list[Row]:
    """What a command printed as JSON; raises CalledProcessError where it fails."""
    given = [sys.executable, "-c", COMMAND, *arguments, "--json"]
    done = subprocess.run(given, cwd=ROOT, check=True, capture_output=True, text=True)
    rows: list[Row] = json.loads(done.stdout)
    return rows


def finish(workspace: Path, file: Path, *options: str) -> None:
    """Make a workspace with the file in it and one run done."""
    subprocess.run([sys.executable, "-c", COMMAND, "init", str(workspace)], cwd=ROOT, check=True, capture_output=True)
    called("-w", str(workspace), "ingest", str(file), *options)
    called("-w", str(workspace), "run")


def telecom(file: Path, workspace: str) -> Row:
    """The surge by the file, and by the command line."""
    day, words = surge(complaints(file))
    changes = called("-w", workspace, "changes", "--direction", "up", "--limit", "100000")
    total = [row for row in changes if row["series"] == "feedback/total" and _apart(row["day"], day) <= 7]
    found = min(total, key=lambda row: _apart(row["day"], day), default=None)
    alerts = called("-w", workspace, "alerts", "list", "--limit", "1000")
    if found is None:
        return {"surge": day.isoformat(), "words": words, "found": None, "right": False}
    told = [word["word"] for word in found["explanation"]["words"]]
    told_of = [row for row in alerts if found["change_id"] in row["members"]]
    late = None if found["detected_on"] is None else (date.fromisoformat(found["detected_on"]) - day).days
    return {
        "surge": day.isoformat(),
        "words": words,
        "day": found["day"],
        "found": found["detected_on"],
        "days_after": late,
        "ratio": round(found["ratio"], 2),
        "told_words": told,
        "told_words_of_the_file": [word for word in told if word in words],
        "alert": [{name: row[name] for name in ("title", "day", "detected_on", "state")} for row in told_of],
        "right": late is not None and late <= WITHIN_DAYS and len(set(told) & set(words)) >= RIGHT_WORDS,
    }


def complaints(file: Path) -> list[tuple[date, str]]:
    """Day and text of every complaint; days are month-first where both numbers are at most 12, else day-first."""
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    told = []
    for row in rows:
        first, second, year = (int(part) for part in re.findall(r"\d+", row["Date"]))
        month, day = (first, second) if max(first, second) <= 12 else (second, first)
        told.append((date(2000 + year % 100, month, day), row["Customer Complaint"]))
    return told


def surge(told: list[tuple[date, str]]) -> tuple[date, list[str]]:
    """First day of the surge, and the words that came with it, strongest first."""
    counts = Counter(day for day, _ in told)
    days = [min(counts) + timedelta(days=step) for step in range((max(counts) - min(counts)).days + 1)]
    usual = {
        day: statistics.median(counts[before] for before in days[at - BEFORE_DAYS : at])
        for at, day in enumerate(days)
        if at >= BEFORE_DAYS
    }
    first = next(day for day, level in usual.items() if counts[day] >= SURGE * level)
    after = [text for day, text in told if first <= day < first + timedelta(days=AFTER_DAYS)]
    return first, came_with([text for day, text in told if day < first], after)


def came_with(before: list[str], after: list[str]) -> list[str]:
    """Words of the later texts by log-odds with an informative Dirichlet prior; each text counts a word once."""
    earlier, later = (Counter(word for text in texts for word in _words(text)) for texts in (before, after))
    both = earlier + later
    prior = sum(both.values())

    def strength(word: str) -> float:
        odds = []
        for counts in (later, earlier):
            own = counts[word] + 0.1 * both[word]
            odds.append((log(own / (sum(counts.values()) + 0.1 * prior - own)), 1.0 / own))
        return (odds[0][0] - odds[1][0]) / sqrt(odds[0][1] + odds[1][1])

    return sorted((word for word in later if later[word] >= 5), key=strength, reverse=True)[:BEST_WORDS]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.casefold()))


def airline(file: Path, workspace: str) -> Row:
    """The start of a collection, by the command line."""
    del file
    coverage = called("-w", workspace, "changes", "--coverage")
    starts = [row for row in coverage if row["type"] == "start"]
    changes = called("-w", workspace, "changes", "--direction", "up", "--limit", "100000")
    explained = [row["series"] for row in changes if row["coverage"]]
    alerts = called("-w", workspace, "alerts", "list", "--limit", "1000")
    rising = [row for row in alerts if row["direction"] == "up"]
    return {
        "coverage": [
            {name: row[name] for name in ("dimension", "value", "type", "day_low", "day_high")} for row in starts
        ],
        "rises_marked_as_coverage": len(explained),
        "alerts_of_a_rise": [{name: row[name] for name in ("title", "series", "day", "type")} for row in rising],
        "right": [(row["value"], row["day_low"]) for row in starts] == [("American", "2015-02-22")]
        and not any(row["series"] in ("feedback/total", *explained) for row in rising),
    }


def _apart(day: str, other: date) -> int:
    return abs((date.fromisoformat(day) - other).days)


FILES: dict[str, tuple[str, tuple[str, ...], Callable[[Path, str], Row]]] = {
    "telecom": ("telecom_complaints_2015.csv.gz", ("--date-format", "mixed-mdy"), telecom),
    "airline": ("airline_tweets_2015.csv.gz", (), airline),
}
"""Name -> its file, the options it is read with, and what is asked of it."""


def answered(name: str, data: Path, folder: Path) -> Row:
    """What the workspace of one file in the folder says; it is made where it is not there."""
    file, options, ask = FILES[name]
    path = (data / file).resolve()
    if not path.is_file():
        return {"skipped": f"no {file} in {data}; give the folder with --data"}
    workspace = folder / name
    if not workspace.is_dir():
        finish(workspace, path, *options)
    return ask(path, str(workspace))


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=sorted(FILES))
    parser.add_argument("--keep", type=Path, metavar="DIR")
    given = parser.parse_args()
    names = [given.only] if given.only else list(FILES)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if given.keep is None else given.keep.resolve()
        table = {name: answered(name, given.data, folder) for name in names}
    print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
