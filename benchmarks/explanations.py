"""Explanations of planted events: what each coincides with, who carries it, which release is named, seconds of one.

    python -m benchmarks.explanations [--seeds 17-26] [--cache DIR] [--detect]

Makes the demo with all its events (`groundswell demo --events all`), runs every job over it, and holds what is said of
the change about each planted event against the truth. A world takes some minutes; with --cache it is kept there and
explanations alone are made anew, in seconds; --detect searches for changes anew, too. Prints JSON: counts with Wilson
95 % intervals. Rules were chosen on seeds 0, 1, 100 and 101; what went wrong on 2 to 9 and 12 to 16 was read: report
others.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.explanations_truth import Event
from benchmarks.explanations_world import Said, World, opened
from jobs.demo import make_demo
from jobs.run import run
from jobs.scenario import END
from jobs.workspace import Workspace
from nlp.evaluate import wilson

NOW = datetime(2026, 7, 1, tzinfo=UTC)
RELEASE = "release"


def made(directory: Path, seed: int) -> Path:
    """The workspace of a seed, ingested and run; made first where it is not there whole."""
    place, done = directory / f"busy-{seed}", directory / f"busy-{seed}" / "done.json"
    if not done.is_file():
        make_demo(place, now=NOW, seed=seed, days=180, documents=20_000, end=END, busy=True)
        rows = run(Workspace(place), now=NOW)
        done.write_text(json.dumps(rows), encoding="utf-8")
    return place


def judged(event: Event, said: Said | None) -> dict[str, Any]:
    """One planted event and what was said of the change about it; verdicts are None where there is nothing to judge."""
    row: dict[str, Any] = {"event": event.name, "type": event.type, "found": said is not None}
    if said is None:
        return row
    allowed = event.allowed | ({one.type for one in said.others} - {event.type})
    true = {name for one in said.others for name in one.releases} - set(event.releases)
    told = [one for one in said.coincidences if one["type"] not in allowed and called(one) not in true]
    types = sorted({one["type"] for one in told} or {"unclear"})
    named = sorted(called(one) for one in told if one["type"] == RELEASE)
    carried = {(one["attribute"], one["value"]) for one in said.carried}
    who = set(event.carried).union(*(one.carried for one in said.others))
    return row | {
        "series": said.series,
        "day": said.day,
        "alert": said.alert,
        "told": types,
        "named": named,
        "carried": sorted(f"{name}={value}" for name, value in carried),
        "coincidence": types == [event.type],
        "nothing_else": {one["type"] for one in said.coincidences} <= {event.type},
        "release": named == list(event.releases),
        "segment": bool(who & carried) if event.carried else None,
        "others": [one.name for one in said.others],
    }


def called(coincidence: dict[str, Any]) -> str:
    """Its id; an inferred release is called by its mitigation and day, of which the truth has the mitigation."""
    return str(coincidence["id"]).partition("@")[0]


def of_world(directory: Path, seed: int, *, detect: bool) -> tuple[list[dict[str, Any]], list[float]]:
    """Every planted event of a world as judged, and the CPU seconds of each explanation of the world."""
    world: World = opened(made(directory, seed), detect=detect)
    rows = [{"seed": seed, **judged(event, world.about(event))} for event in world.events]
    return rows, world.seconds


def share(rows: Sequence[dict[str, Any]], verdict: str) -> dict[str, Any]:
    """How many of the events that have this verdict are right, with a Wilson interval."""
    known = [row[verdict] for row in rows if row.get(verdict) is not None]
    low, high = wilson(sum(known), len(known)) if known else (0.0, 1.0)
    return {
        "right": sum(known),
        "of": len(known),
        "share": round(sum(known) / len(known), 3) if known else None,
        "interval": [round(low, 3), round(high, 3)],
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Shares of events found and of explanations that are right, over all of them."""
    told = [row for row in rows if row["found"]]
    both = [{**row, "both": row["coincidence"] and row["segment"] is not False} for row in told]
    return {
        "planted": len(rows),
        "found": len(told),
        "coincidence": share(told, "coincidence"),
        "segment": share(told, "segment"),
        "coincidence_and_segment": share(both, "both"),
        "release": share(told, "release"),
        "nothing_else_told": share(told, "nothing_else"),
    }


def seeds_of(text: str) -> Iterator[int]:
    """Seeds of a list of numbers and ranges.

    >>> list(seeds_of("0-2,7"))
    [0, 1, 2, 7]
    """
    for part in text.split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="17-26")
    parser.add_argument("--cache", type=Path, help="keep the worlds here; else they are removed")
    parser.add_argument("--detect", action="store_true", help="search for changes anew in worlds that are kept")
    parser.add_argument("--rows", action="store_true", help="every event, too")
    chosen = parser.parse_args()
    rows: list[dict[str, Any]] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in seeds_of(chosen.seeds):
            own, took = of_world(chosen.cache or Path(scratch), seed, detect=chosen.detect)
            rows, seconds = rows + own, seconds + took
    types = sorted({row["type"] for row in rows})
    events = sorted({row["event"] for row in rows})
    seconds.sort()
    result = {
        "seeds": chosen.seeds,
        "all": summary(rows),
        "by_type": {name: summary([row for row in rows if row["type"] == name]) for name in types},
        "by_event": {name: summary([row for row in rows if row["event"] == name]) for name in events},
        "cpu_seconds_of_one": {
            "explanations": len(seconds),
            "median": round(seconds[len(seconds) // 2], 4),
            "largest": round(seconds[-1], 3),
        },
        "wrong": [
            row for row in rows if not row["found"] or False in (row["coincidence"], row["segment"], row["release"])
        ],
    }
    print(json.dumps(result | ({"rows": rows} if chosen.rows else {}), indent=1))


if __name__ == "__main__":
    main()
