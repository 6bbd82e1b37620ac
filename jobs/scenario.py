"""The demo: a world of feedback with planted truth, written as the product's own input files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from jobs.scenario_anomalies import Anomaly, Observer
from jobs.scenario_banks import Banks, load_banks
from jobs.scenario_calendar import Calendar
from jobs.scenario_customers import Crowd, make_customers
from jobs.scenario_decisions import Decision
from jobs.scenario_dice import Dice
from jobs.scenario_events import Event, Schedule
from jobs.scenario_exposure import Traffic, exposure_table, make_traffic
from jobs.scenario_files import (
    FEEDBACK_COLUMNS,
    bad_rows,
    feedback_row,
    write_csv,
    write_decisions,
    write_json,
    write_jsonl,
    write_yaml,
)
from jobs.scenario_filings import KIND_SHARES, NEW_PRODUCT_SHARE, Clerk, Filing
from jobs.scenario_followups import make_appeals, make_labels
from jobs.scenario_hidden import hide
from jobs.scenario_log import Log
from jobs.scenario_more import MORE_PLANTERS
from jobs.scenario_planters import GAP_SOURCE, PLANTERS, coverage, ordinary
from jobs.scenario_reference import MITIGATIONS, reference
from jobs.scenario_text import Composer
from jobs.scenario_truth import document_truths, duplicate_truth, event_truths, personal_truth

END = date(2026, 6, 28)
COPY_SHARE = 0.02
GOOD_ROWS_IN_BAD_FILE = 40
SHARE_NOT_PLANTED = 0.89


class WorldTooSmall(ValueError):
    """A demo too short or too thin to hold its events."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is written, as records."""

    calendar: Calendar
    seed: int
    events: tuple[Event, ...]
    filings: list[Filing]
    lost: int
    anomalies: list[Anomaly]
    log: Log
    traffic: Traffic
    composer: Composer
    appeals: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    schedule: Schedule
    added: list[Decision]
    hidden: list[dict[str, Any]]


def write_demo(
    directory: Path,
    *,
    seed: int = 0,
    days: int = 180,
    documents: int = 20_000,
    end: date = END,
    busy: bool = False,
) -> dict[str, Any]:
    """Write the demo's input files and truth.json; return the truth.

    `end` is the last day of the world (UTC, included). `busy`: with the events of `jobs.scenario_more` too. Same
    arguments, same bytes.
    """
    if days < 40 or documents < 300:
        raise WorldTooSmall(f"need 40 days and 300 documents or more, got {days} and {documents}; ask for more")
    directory.mkdir(parents=True, exist_ok=True)
    return write_world(build_world(Calendar(end, days, documents), seed=seed, busy=busy), directory)


def build_world(calendar: Calendar, *, seed: int, busy: bool = False, hidden: bool = True) -> World:
    """The whole world in memory; every draw comes from one generator in a fixed order.

    What is hidden in the log comes last and from a generator of its own, so that the world is the same without it.
    """
    dice = Dice(np.random.default_rng(seed))
    banks = load_banks()
    schedule = Schedule.of(calendar, busy=busy)
    crowd = Crowd(make_customers(calendar, dice), dice)
    clerk = Clerk(banks, calendar, crowd, dice)
    events, filings = _file_all(clerk, schedule)
    kept, lost = _deliver(filings, calendar, schedule)
    log = Log(clerk, schedule)
    log.join(kept)
    kept = _copies(kept, calendar, schedule, dice)
    composer = _write_texts(kept, banks, dice)
    traffic = make_traffic(calendar, crowd.customers, schedule, dice)
    log.fill(traffic)
    log.audit()
    world = World(
        calendar=calendar,
        seed=seed,
        events=events,
        filings=kept,
        lost=lost,
        anomalies=Observer(calendar, crowd, banks, dice).observe(schedule),
        appeals=make_appeals(log.decisions, calendar, clerk, composer),
        labels=make_labels(kept, calendar, list(KIND_SHARES), dice),
        log=log,
        traffic=traffic,
        composer=composer,
        schedule=schedule,
        added=[],
        hidden=[],
    )
    if not hidden:
        return world
    added, told = hide(log, banks, seed=seed)
    return replace(world, added=added, hidden=told)


def _file_all(clerk: Clerk, schedule: Schedule) -> tuple[tuple[Event, ...], list[Filing]]:
    """Planted documents first, then ordinary ones up to the wanted size."""
    calendar = clerk.calendar
    level = sum(
        calendar.activity(index) * (1 + NEW_PRODUCT_SHARE * (index >= schedule.start)) for index in range(calendar.days)
    )
    guess = SHARE_NOT_PLANTED * calendar.documents / level
    planted = [planter(clerk, schedule, guess) for planter in PLANTERS.values()]
    if schedule.more is not None:
        planted += [planter(clerk, schedule.more, guess) for planter in MORE_PLANTERS.values()]
    filings = [filing for _, some in planted for filing in some]
    base = max(calendar.documents * (1 - COPY_SHARE) - len(filings), 0.5 * calendar.documents) / level
    filings += ordinary(clerk, schedule, base)
    return (*(event for event, _ in planted), *coverage(calendar, schedule)), filings


def _deliver(filings: Sequence[Filing], calendar: Calendar, schedule: Schedule) -> tuple[list[Filing], int]:
    """What arrives before the world closes, and how many the gap swallowed."""
    arrived = [one for one in filings if one.received < calendar.closed]
    kept = [one for one in arrived if not _swallowed(one.source, one.received, calendar, schedule)]
    return kept, len(arrived) - len(kept)


def _swallowed(source: str, received: datetime, calendar: Calendar, schedule: Schedule) -> bool:
    first, last = schedule.gap
    return source == GAP_SOURCE and first <= calendar.index(received.date()) <= last


def _copies(filings: list[Filing], calendar: Calendar, schedule: Schedule, dice: Dice) -> list[Filing]:
    """Add documents their reporters sent twice, order all by arrival and number them."""
    everything = list(filings)
    for filing in filings:
        again = filing.received + timedelta(minutes=1 + 2800 * dice.unit() ** 3)
        if not filing.reporter or filing.event or again >= calendar.closed or not dice.chance(COPY_SHARE):
            continue
        if not _swallowed(filing.source, again, calendar, schedule):
            everything.append(replace(filing, received=again, copy_of=filing))
    everything.sort(key=_arrival)
    for number, filing in enumerate(everything, 1):
        filing.id = f"fb-{number:06d}"
    return everything


def _write_texts(filings: Sequence[Filing], banks: Banks, dice: Dice) -> Composer:
    composer = Composer(banks, dice)
    for filing in filings:
        if filing.copy_of is None:
            filing.text = filing.script or composer.compose(filing)
    for filing in filings:
        if filing.copy_of is not None:
            filing.text = composer.again(filing.copy_of.text)
    return composer


def _arrival(filing: Filing) -> tuple[Any, ...]:
    return filing.received, filing.happened, filing.customer.id, filing.copy_of is not None


def write_world(world: World, directory: Path) -> dict[str, Any]:
    """Write a world's files into a directory that is there; return the truth."""
    rows = [feedback_row(filing) for filing in world.filings]
    decisions = world.log.frame(world.added)
    names = [entry["id"] for entry in MITIGATIONS]
    exposure = exposure_table(world.calendar, world.traffic, decisions, names)
    bad, notes = bad_rows(rows[:GOOD_ROWS_IN_BAD_FILE])
    documents = document_truths(world.filings)
    write_csv(directory / "feedback.csv", rows, FEEDBACK_COLUMNS)
    write_csv(directory / "feedback_bad.csv", bad, FEEDBACK_COLUMNS)
    write_jsonl(directory / "usage_anomalies.jsonl", [one.row for one in world.anomalies])
    write_decisions(directory / "decisions.parquet", decisions)
    write_csv(directory / "appeals.csv", world.appeals, list(world.appeals[0]))
    write_csv(directory / "labels.csv", world.labels, list(world.labels[0]))
    exposure.to_csv(directory / "exposure.csv", index=False, lineterminator="\n")
    write_csv(directory / "truth_documents.csv", documents, list(documents[0]))
    write_yaml(directory, reference(world.calendar, world.schedule))
    truth = _truth(world, len(decisions)) | {"bad_rows": notes}
    write_json(directory / "truth.json", truth)
    return truth


def _truth(world: World, decisions: int) -> dict[str, Any]:
    """What was planted, as truth.json states it."""
    calendar = world.calendar
    planted = [line for line, one in enumerate(world.anomalies, 1) if one.planted]
    return {
        "world": {
            "seed": world.seed,
            "first_day": calendar.first.isoformat(),
            "last_day": calendar.last.isoformat(),
            "days": calendar.days,
            "documents": len(world.filings),
            "usage_anomalies": len(world.anomalies),
            "decisions": decisions,
            "appeals": len(world.appeals),
            "labels": len(world.labels),
        },
        "events": [
            *event_truths(world.events, world.filings, calendar),
            duplicate_truth(world.filings),
        ],
        "hidden": world.hidden,
        "lost_in_gap": world.lost,
        "planted_anomaly_lines": planted,
        "personal_data": personal_truth(world.composer.personal, world.filings),
    }
