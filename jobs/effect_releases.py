"""Part of the step `effects`: what each release did to over-blocks, under-blocks, complaints, appeals and blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from jobs.effect_evidence import beside, evidence
from jobs.effect_rows import measured
from jobs.store import Store
from mitigations.effects import AFTER_DAYS, BEFORE_DAYS, effect
from mitigations.effects_found import Around, Effect
from mitigations.effects_measures import MEASURES, Known, Table, by_segment, daily, table
from mitigations.effects_reasons import among_kin
from mitigations.effects_segments import Split, split

Row = dict[str, Any]
Days = tuple[pd.Timestamp, pd.Timestamp]

OF_PEOPLE = ("over_blocks", "under_blocks", "complaints", "appeals")
"""What people file moves together: what drives one of these measures drives the others."""


@dataclass(frozen=True, slots=True)
class World:
    """All releases, and everything that they are judged by, read once."""

    store: Store
    releases: Sequence[Row]
    known: Known
    tables: dict[str, Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """One release: its first day and its first on (nearly) all requests, and between which days it is judged."""

    release: Row
    days: Days
    around: Around
    others: list[str]
    parts: Split | None


def run(store: Store, *, as_of: str) -> int:
    """Replace the effects of all releases, in one transaction. Returns their rows, one a measure that is known."""
    releases = store.effects.releases()
    rows = []
    if releases:
        known = evidence(store, as_of=as_of)
        tables = {name: found for name in MEASURES if (found := table(known, name)) is not None}
        world = World(store, releases, known, tables)
        rows = [row for release in releases for row in _rows(world, _setting(world, release))]
    with store.transaction():
        store.effects.replace_effects([{**row, "as_of": as_of} for row in rows])
    return len(rows)


def _rows(world: World, setting: Setting) -> list[Row]:
    judged = {
        name: effect(counts, setting.days[0], around=setting.around)
        for name in world.tables
        if (counts := _counts(world, setting, name)) is not None
    }
    people = {name: one for name, one in judged.items() if name in OF_PEOPLE}
    judged |= among_kin(people, {name: measure.title for name, measure in MEASURES.items()})
    return [_row(setting, name, one) for name, one in judged.items()]


def _row(setting: Setting, name: str, found: Effect) -> Row:
    ident = {key: setting.release[key] for key in ("release_id", "mitigation")}
    row = measured(found, better=MEASURES[name].better)
    end = setting.around.end
    row["detail"] |= {"compared_with": _compared_with(setting, name) if found.against else [], "until": _iso(end)}
    return {**ident, "measure": name, "day": _iso(setting.days[0]), **row}


def _compared_with(setting: Setting, name: str) -> list[str]:
    """What the control is, in words: segments that the release left alone, or other mitigations."""
    if setting.parts is not None and MEASURES[name].source == "documents":
        return [f"{setting.parts.attribute} {value}" for value in sorted(setting.parts.left_alone)]
    return setting.others


def _counts(world: World, setting: Setting, name: str) -> pd.DataFrame | None:
    """The counts of a measure; while a roll-out is under way a day is neither before nor after."""
    mitigation = setting.release["mitigation"]
    parts = None if setting.parts is None else by_segment(world.known, name, mitigation, setting.parts)
    counts = daily(world.tables[name], mitigation, setting.others) if parts is None else parts
    if counts is None:
        return None
    start, whole = setting.days
    under_way = (counts["day"] >= start) & (counts["day"] < whole)
    return counts.assign(exposure=counts["exposure"].mask(under_way))


def _setting(world: World, release: Row) -> Setting:
    days = _days(release)
    start = days[0]
    own = sorted(
        _days(row)
        for row in world.releases
        if row["mitigation"] == release["mitigation"] and row["release_id"] != release["release_id"]
    )
    first = max((later for earlier, later in own if earlier < start), default=None)
    end = min((earlier for earlier, _ in own if earlier > start), default=None)
    around = Around(first=first, end=end, beside=beside(world.store, start.date()))
    return Setting(
        release, days, around, _untouched(world, release["mitigation"], start, around), _parts(world, release)
    )


def _days(release: Row) -> Days:
    """The first day of a release, as the log shows it or else as declared, and the first on (nearly) all requests."""
    first = pd.Timestamp(release["first_day"] or release["released_on"])
    return first, max(first, pd.Timestamp(release["whole_on"] or first))


def _parts(world: World, release: Row) -> Split | None:
    """The segments that a release which never had all requests reached and left alone; None if it went by none."""
    if release["first_day"] is None or release["whole_on"] is not None:
        return None
    start = pd.Timestamp(release["first_day"])
    since, until = start - timedelta(days=AFTER_DAYS), start + timedelta(days=AFTER_DAYS)
    log = world.store.effects.log_by_segment(
        release["mitigation"], since=_iso(since), until=release["until"] or _iso(until)
    )
    return split(log, start, until) if len(log) else None


def _untouched(world: World, mitigation: str, start: pd.Timestamp, around: Around) -> list[str]:
    """Mitigations without a release of their own in the days that are compared."""
    first = max(around.first or pd.Timestamp.min, start - timedelta(days=BEFORE_DAYS))
    end = min(around.end or pd.Timestamp.max, start + timedelta(days=AFTER_DAYS))
    moved = {row["mitigation"] for row in world.releases if any(first < day < end for day in _days(row))}
    known = {str(name) for found in world.tables.values() for name in found.counts.columns}
    return sorted(known - moved - {mitigation})


def _iso(day: pd.Timestamp | None) -> Any:
    return None if day is None else f"{day:%Y-%m-%d}"
