"""Duplicates and floods: what is removed, what genuine traffic loses, and how fast it is.

    python benchmarks/duplicates.py [--documents 100000] [--data ../shared/data] [--set held_out] [--seed 7] [--small]

Prints JSON. `floods`: planted floods of five kinds over genuine traffic; recall is the share of their documents beyond
the first that is collapsed. `genuine`: the share of distinct customers' documents that is lost; where `--data` has real
texts they are read at run time, else those rows say so. `speed`: documents a second on the clock and of processor time,
peak memory beyond that at the start. The rules were chosen on `--set developed --seed 1`."""

import argparse
import json
import os
import random
import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from duplicates_people import FORM, person
from duplicates_wordings import SETS, SHARED, said, tool
from duplicates_worlds import DAY, KINDS, MINUTE, World, traffic

from nlp.duplicates import Account, account


def wave(world: World, name: str, texts: Sequence[str], days: float = 5) -> None:
    """One document of each of so many distinct customers."""
    for number, text in enumerate(texts):
        world.add(name, f"{name}-{number}", (40 + world.chance.random() * days) * DAY, text)


def genuine(world: World, data: Path, size: int) -> list[str]:
    """Waves of distinct customers; the names of those that could not be read."""
    chance, absent = world.chance, []
    wave(world, "same four words", ["unfair billing practices again"] * size)
    wave(world, "own words", [person(chance) for _ in range(size)])
    petition = (
        "We, the users of this service, ask you to restore the answers about public health that you removed last week"
    )
    wave(world, "petition", [petition] * size)
    for number in range(size // 3):
        for _ in range(chance.choice((1, 1, 2, 5, 9))):
            text = FORM.format(text=f"{person(chance)} {person(chance)}", number=chance.randrange(90))
            world.add("one form, 1 to 9 each", f"form-{number}", (40 + chance.random() * 14) * DAY, text)
    for name, (file, columns) in REAL.items():
        path = data / file
        if not path.exists():
            absent.append(name)
            continue
        table = pd.read_csv(path).fillna("")
        texts = table[list(columns)].astype(str).agg(". ".join, axis=1).tolist()
        if name.startswith("own "):
            busy(world, name, list(dict.fromkeys(texts)))
        else:
            wave(world, name, texts, days=90)
    return absent


REAL = {
    "telecom complaints": ("telecom_complaints_2015.csv.gz", ("Customer Complaint",)),
    "own reports, 2 to 40 each": ("ai_product_issues_2025.csv.gz", ("title", "body")),
    "own tweets, 2 to 40 each": ("airline_tweets_2015.csv.gz", ("text",)),
}


def busy(world: World, name: str, texts: list[str]) -> None:
    """Different texts, shared out among people who each write often in a week."""
    chance, reporter = world.chance, 0
    chance.shuffle(texts)
    while texts:
        reporter += 1
        for _ in range(chance.choice((2, 5, 10, 20, 40))):
            if texts:
                world.add(name, f"{name}-{reporter}", (40 + chance.random() * 7) * DAY, texts.pop())


def run(table: pd.DataFrame) -> Account:
    """The account of a frame that is in order, read in parts."""

    def parts() -> Iterator[pd.DataFrame]:
        for start in range(0, len(table), 4_000):
            yield table.iloc[start : start + 4_000]

    return account(parts)


def floods(tools: str, *, seed: int, each: int) -> dict[str, Any]:
    """Recall by kind: every flood in a world of its own, over genuine traffic."""
    result = {}
    for place, (kind, plant) in enumerate(KINDS.items()):
        sizes, recalls, lost = [], [], []
        for number in range(each):
            world = World(random.Random(seed * 1_000_003 + place * 1_009 + number))
            plant(world, "flood", tool(tools, world.chance, long=kind == "puppets"))
            traffic(world, 1_500)
            table = world.frame()
            collapsed = table["document_id"].isin(run(table).duplicates["document_id"])
            planted = table["part"] == "flood"
            sizes.append(int(planted.sum()) - 1)
            recalls.append(float(collapsed[planted].sum()) / sizes[-1])
            lost.append(float(collapsed[~planted].mean()))
        pooled = sum(size * recall for size, recall in zip(sizes, recalls, strict=True)) / sum(sizes)
        result[kind] = {
            "floods": each,
            "documents": sum(sizes) + each,
            "recall": round(pooled, 4),
            "mean_of_floods": round(sum(recalls) / each, 4),
            "lowest": round(min(recalls), 3),
            "traffic_lost": round(sum(lost) / each, 5),
        }
    return result


def reworded_by_people(data: Path, tools: str, *, seed: int, each: int) -> dict[str, Any] | str:
    """Recall where every rationale is what another person wrote about the same thing: harder than a language model."""
    path = data / "banking77_test.csv.gz"
    if not path.exists():
        return "data absent"
    intents = [group["text"].tolist() for _, group in pd.read_csv(path).groupby("category", sort=True)]
    chosen = intents[::2] if tools == "developed" else intents[1::2]
    total = collapsed = 0
    for number in range(each):
        world = World(random.Random(seed * 1_000_003 + 9_973 + number))
        frame, said_by = tool(tools, world.chance)[0], chosen[number % len(chosen)]
        for place in range(30):
            why = " ".join(world.chance.sample(said_by, 2))
            world.add("flood", "flood", place * 60 * MINUTE, said(frame.replace("{why}", why), SHARED, world.chance))
        traffic(world, 500)
        found = run(world.frame()).duplicates["document_id"]
        total, collapsed = total + 29, collapsed + len(found)
    return {"floods": each, "documents": total + each, "recall": round(collapsed / total, 4)}


def waves(data: Path, *, seed: int, size: int) -> dict[str, Any]:
    """Loss of genuine traffic by wave, and which waves are flagged as campaigns."""
    world = World(random.Random(seed))
    traffic(world, size * 40)
    absent = genuine(world, data, size)
    table = world.frame()
    found = run(table)
    lost = table["document_id"].isin(found.duplicates["document_id"]).groupby(table["part"]).agg(["size", "mean"])
    flagged = table["document_id"].isin(found.campaigns["document_id"]).groupby(table["part"]).mean()
    rows = zip(lost.index, lost["size"].tolist(), lost["mean"].tolist(), strict=True)
    return {
        "genuine": {name: {"documents": size, "lost": round(share, 4)} for name, size, share in rows}
        | dict.fromkeys(absent, "data absent"),
        "flagged_as_campaign": {name: round(float(share), 3) for name, share in flagged.items() if share > 0},
        "rules_that_took_genuine_ones": found.duplicates["rule"].value_counts().to_dict(),
    }


def speed(tools: str, documents: int, *, seed: int) -> dict[str, Any]:
    """Throughput and memory over so many documents, one in ten of a flood."""
    world = World(random.Random(seed))
    traffic(world, documents * 9 // 10)
    number = 0
    while len(world.rows) < documents:
        number += 1
        kind = world.chance.choice(list(KINDS))
        KINDS[kind](world, f"flood/{number}", tool(tools, world.chance, long=kind == "puppets"))
    table = world.frame()
    words = float(table["claim"].str.count(" ").mean() + 1)
    del world
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    load, clock, processor = os.getloadavg()[0], time.perf_counter(), time.process_time()
    found = run(table)
    seconds, processor = time.perf_counter() - clock, time.process_time() - processor
    return {
        "documents": len(table),
        "words": round(words, 1),
        "collapsed": len(found.duplicates),
        "seconds": round(seconds, 1),
        "documents_a_second": round(len(table) / seconds),
        "documents_a_processor_second": round(len(table) / processor),
        "peak_mb_beyond_the_input": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "cores": len(os.sched_getaffinity(0)),
        "load_at_start": round(load, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000, help="documents of the measure of speed; 0: none")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--set", choices=tuple(SETS), default="held_out", help="the tools' wordings")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--small", action="store_true", help="a tenth of the documents")
    parser.add_argument("--speed-only", action="store_true")
    chosen = parser.parse_args()
    result: dict[str, Any] = {"set": chosen.set, "seed": chosen.seed}
    if not chosen.speed_only:
        result["floods"] = floods(chosen.set, seed=chosen.seed, each=4 if chosen.small else 24)
        result["floods"]["reworded_by_people"] = reworded_by_people(
            chosen.data, chosen.set, seed=chosen.seed, each=4 if chosen.small else 24
        )
        result |= waves(chosen.data, seed=chosen.seed, size=50 if chosen.small else 500)
    if chosen.documents:
        result["speed"] = speed(chosen.set, chosen.documents // (10 if chosen.small else 1), seed=chosen.seed)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
