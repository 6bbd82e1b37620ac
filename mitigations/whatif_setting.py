"""What a what-if compares with: the decisions it may speak of, today's threshold, and what a yes is there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mitigations.judged import ACTED, Flags, judged
from mitigations.reliability import cannot

NEWEST_DAYS = 7
"""The newest version and threshold are those of most decisions of the log's last days."""
FOLLOWS = 0.9
"""An action follows from the threshold where this share of its decisions lies from their threshold on."""
EXEMPT = 0.01
"""Decisions from their threshold on that were allowed all the same are told from this share on."""

NO_SEGMENTS = frozenset(("decision_id", "customer", "conversation_id", "request_id", "excerpt", "decided_at"))
"""Columns of a log that are no attributes: people, ids, texts, times."""
MOST_NAMED = 12


class NoThreshold(ValueError):
    """Nothing says what today's threshold is."""


class UnknownSegment(LookupError):
    """A segment that no decision has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`segment`: values by attribute, {}: all decisions. `in_force`: today's threshold, None: the log's newest.
    `acted`: actions that are a yes, None: those that follow from the threshold. `every_version`: not the newest
    version's decisions alone."""

    segment: Mapping[str, str]
    in_force: float | None = None
    acted: frozenset[str] | None = None
    every_version: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """`rows` that are spoken of, today's threshold, the `versions` they were decided by, and what to know of them."""

    rows: pd.DataFrame
    in_force: float
    acted: frozenset[str]
    versions: tuple[str, ...]
    notes: tuple[str, ...]


def setting(log: pd.DataFrame, asked: Asked) -> Setting:
    """Of a log with action, score, and where there are any threshold, version, decided_at and truths.

    The scores of one version say nothing of another's, so only the newest version's decisions count, unless its truths
    are too few. Raises `NoThreshold`, `UnknownSegment`.
    """
    rows = log[within(log, asked.segment)]
    version, found = _newest(rows)
    if asked.in_force is None and found is None:
        raise NoThreshold("expected the threshold in force in the log, got none there; name it with --today")
    today = float(asked.in_force if asked.in_force is not None else found)  # type: ignore[arg-type]
    acted = asked.acted or followers(rows, today)
    kept, notes = _of_version(rows, version, acted, asked)
    notes += _exempt(kept, today, acted)
    versions = sorted(str(name) for name in kept["version"].dropna().unique()) if "version" in kept else []
    return Setting(kept.reset_index(drop=True), today, acted, tuple(versions), tuple(notes))


def within(rows: pd.DataFrame, segment: Mapping[str, str]) -> Flags:
    """The decisions that have these values. Raises `UnknownSegment` where there is none."""
    own = np.ones(len(rows), bool)
    for name, value in segment.items():
        if name not in rows.columns or name in NO_SEGMENTS:
            raise UnknownSegment(f"expected an attribute of the log's decisions, got {name!r}; correct the segment")
        own &= (rows[name] == value).to_numpy(bool)
        if not own.any():
            known = ", ".join(sorted(str(one) for one in rows[name].dropna().unique())[:MOST_NAMED])
            raise UnknownSegment(f"expected decisions with {name} one of {known}, got none with {value!r}; correct it")
    return own


def followers(rows: pd.DataFrame, today: float) -> frozenset[str]:
    """The actions other than allow that the mitigation takes from the threshold on; ACTED where none does."""
    at = rows["threshold"].fillna(today) if "threshold" in rows.columns else today
    over = (rows["score"] >= at)[rows["score"].notna()]
    share = over.groupby(rows["action"].astype(str)[over.index]).mean()
    return frozenset(str(name) for name in share.index[share >= FOLLOWS] if name != "allow") or ACTED


def _newest(rows: pd.DataFrame) -> tuple[str | None, float | None]:
    """Version and threshold of most of the newest decisions; None where the log does not say."""
    recent = rows
    if "decided_at" in rows.columns:
        recent = rows[rows["decided_at"] > rows["decided_at"].max() - pd.Timedelta(days=NEWEST_DAYS)]
    version = None
    if "version" in rows.columns and recent["version"].notna().any():
        version = str(recent["version"].mode().iloc[0])
        recent = recent[recent["version"] == version]
    known = recent["threshold"].dropna() if "threshold" in rows.columns else pd.Series(dtype=float)
    return version, float(known.mode().iloc[-1]) if len(known) else None


def _of_version(
    rows: pd.DataFrame, version: str | None, acted: Collection[str], asked: Asked
) -> tuple[pd.DataFrame, list[str]]:
    """The newest version's decisions where their truths suffice, else all; and which of the two."""
    if version is None or (rows["version"] == version).all():
        return rows, []
    own = rows[rows["version"] == version]
    other = len(rows) - len(own)
    if not asked.every_version and not cannot(judged(own, acted=acted)):
        return own, [f"only decisions of version {version}: {other:,} of other versions are left out"]
    why = "" if asked.every_version else f"too few truths of version {version} alone; "
    return rows, [f"{why}{other:,} decisions of other versions are counted as if their scores meant the same"]


def _exempt(rows: pd.DataFrame, today: float, acted: Collection[str]) -> list[str]:
    """Whether many decisions were allowed though their score says otherwise."""
    at = rows["threshold"].fillna(today) if "threshold" in rows.columns else today
    over = (rows["score"] >= at).to_numpy(bool)
    free = int((over & ~rows["action"].isin(list(acted)).to_numpy(bool)).sum())
    if free <= EXEMPT * over.sum():
        return []
    return [
        f"{free:,} of {int(over.sum()):,} decisions from the threshold on were not acted on: they count as acted on"
    ]
