"""What another threshold of a mitigation would do, as one record: errors, volumes, customers, what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from jobs.decision_frames import WorkspaceLog
from jobs.diagnose import plain, records
from jobs.log_file import Log
from jobs.whatif_words import cautions, sentences
from mitigations.judged import ACTED, Judged, judged
from mitigations.reliability import cannot
from mitigations.segment_thresholds import by_segment
from mitigations.thresholds import Costs, cheapest
from mitigations.whatif import moved, what_if
from mitigations.whatif_setting import Asked, NoThreshold, Setting, UnknownSegment, setting
from mitigations.whatif_touched import touched

Record = dict[str, Any]

FEWEST_DECISIONS = 200
"""Decisions with a score below which a segment is said to be small."""
MOST_EVIDENCE = 20
ENDS = ("", "_low", "_high")
COUNTS = ("acted", "over", "under", "moved", "over_change", "under_change")


class NotAThreshold(ValueError):
    """A threshold that is no number."""


def whatif(
    log: WorkspaceLog | Log,
    thresholds: Sequence[float],
    *,
    segment: str | None = None,
    revenue: pd.DataFrame | None = None,
    asked: Asked | None = None,
) -> Record:
    """What each candidate threshold would do beside today's, as plain numbers, lists and words; None: cannot be told.

    `segment`: such as plan=edu, or plan=edu&language=de; None: all decisions. `revenue`: customer, revenue, seats as
    `store.worth.by_customer` has them. `asked`: what else is wished; its segment counts where `segment` is None.
    Complaints are no part of it. Without any score `today` is None, `candidates` are [] and `reason` says why. Raises
    `NotAThreshold`, `NoThreshold`, `UnknownSegment`.
    """
    if not all(np.isfinite(at) for at in thresholds):
        raise NotAThreshold(f"expected thresholds that are numbers, got {', '.join(f'{at:g}' for at in thresholds)}")
    wanted = asked or Asked({})
    if segment is not None:
        wanted = Asked(parts(segment), wanted.in_force, wanted.acted, wanted.every_version)
    if _unscored(log):
        return {**_nothing(log, wanted), "today": None, "candidates": []}
    found, known = _compared(log, wanted)
    table = what_if(known, list(dict.fromkeys(thresholds)), today=found.in_force)
    rows = [_volumes(row, _weeks(known)) for row in records(table)]
    today, candidates = rows[0], rows[1:]
    record = {**_about(log, found, known, wanted), "today": today}
    scores = known.rows["score"]
    for row in candidates:
        changes = moved(known.rows, row["threshold"], found.in_force)
        row["loosens"] = row["threshold"] > found.in_force
        row["touched"] = plain(asdict(touched(known, changes, revenue)))
        row["evidence"] = _evidence(known, changes)
        row["cautions"] = cautions(row, today, (float(scores.min()), float(scores.max())))
        row["summary"] = sentences(row, today)
    return record | {"candidates": candidates}


def by_costs(log: WorkspaceLog | Log, costs: Costs, *, by: str | None = None, asked: Asked | None = None) -> Record:
    """The threshold that costs least, and of each value of `by` its own where the truths support one."""
    wanted = asked or Asked({})
    about = {"costs": {"over_block": costs.over_block, "under_block": costs.under_block}, "by": by}
    if _unscored(log):
        nothing = _nothing(log, wanted)
        return {**nothing, **about, "today": None, "cheapest": {"verdict": nothing["reason"]}, "segments": []}
    found, known = _compared(log, wanted)
    if by is not None and by not in log.segments:
        raise UnknownSegment(f"expected an attribute ({', '.join(log.segments)}), got {by!r}; correct --by")
    return {
        **_about(log, found, known, wanted),
        **about,
        "today": found.in_force,
        "cheapest": plain(cheapest(known, costs)),
        "segments": [] if by is None else records(by_segment(known, by, costs)),
    }


def in_force(log: WorkspaceLog, segments: Sequence[str | None]) -> dict[str | None, float]:
    """The newest threshold in the log, of all decisions (None) or of a segment; absent where the log does not say."""
    found: dict[str | None, float] = {}
    for segment in segments:
        try:
            found[segment] = setting(log.frame, Asked(parts(segment) if segment else {})).in_force
        except (NoThreshold, UnknownSegment):
            continue
    return found


def parts(segment: str) -> dict[str, str]:
    """The values of a segment by attribute. Raises `NotASegment`.

    >>> parts("plan=edu&language=de")
    {'plan': 'edu', 'language': 'de'}
    """
    found = {}
    for pair in segment.split("&"):
        name, mark, value = pair.partition("=")
        if not (mark and name.strip() and value.strip()):
            raise NotASegment(f"expected a segment such as plan=edu, got {segment[:80]!r}; correct it")
        found[name.strip()] = value.strip()
    return found


class NotASegment(ValueError):
    """A segment that is not written as attribute=value."""


def _unscored(log: WorkspaceLog | Log) -> bool:
    return "score" not in log.frame.columns or bool(log.frame["score"].isna().all())


def _nothing(log: WorkspaceLog | Log, asked: Asked) -> Record:
    """What is said of a log in which no threshold means anything."""
    empty = judged(log.frame.head(0), acted=asked.acted or ACTED)
    found = Setting(empty.rows, float("nan"), asked.acted or ACTED, (), ())
    return {**_about(log, found, empty, asked), "notes": [], "reason": cannot(empty)}


def _compared(log: WorkspaceLog | Log, asked: Asked) -> tuple[Setting, Judged]:
    """The decisions with a score, and what their truths tell."""
    found = setting(log.frame[log.frame["score"].notna()], asked)
    return found, judged(found.rows, acted=found.acted)


def _about(log: WorkspaceLog | Log, found: Setting, known: Judged, asked: Asked) -> Record:
    """What is compared, and what it rests on."""
    notes = [*found.notes, *known.notes]
    if len(known.rows) < FEWEST_DECISIONS:
        notes.append(f"only {len(known.rows):,} decisions with a score: too few to rest a threshold on")
    unscored = int(log.frame["score"].isna().sum()) if "score" in log.frame.columns else 0
    if unscored:
        notes.append(f"{unscored:,} decisions of the log without a score are in no figure")
    days = _days(known)
    return {
        "mitigation": getattr(log, "mitigation", None),
        "segment": "&".join(f"{name}={value}" for name, value in asked.segment.items()) or None,
        "as_of": getattr(log, "as_of", None),
        "first_day": days[0],
        "last_day": days[1],
        "weeks": _weeks(known),
        "versions": list(found.versions),
        "acted": sorted(found.acted),
        "decisions": len(known.rows),
        "judged_acted": int((known.used & known.acted).sum()),
        "judged_allowed": int((known.used & ~known.acted).sum()),
        "reason": cannot(known),
        "notes": notes,
    }


def _days(known: Judged) -> tuple[str | None, str | None]:
    """The first and the last day of the decisions compared, ISO; None where the log has no times."""
    if "decided_at" not in known.rows.columns or known.rows["decided_at"].isna().all():
        return None, None
    at = known.rows["decided_at"]
    return f"{at.min():%Y-%m-%d}", f"{at.max():%Y-%m-%d}"


def _weeks(known: Judged) -> float | None:
    """Their length in weeks."""
    first, last = _days(known)
    if first is None or last is None:
        return None
    return ((pd.Timestamp(last) - pd.Timestamp(first)).days + 1) / 7


def _volumes(row: Record, weeks: float | None) -> Record:
    """A row with its counts a week beside them; None where the log has no days."""
    names = [f"{name}{end}" for name in COUNTS for end in ENDS]
    return row | {f"{name}_per_week": row[name] / weeks if weeks and row[name] is not None else None for name in names}


def _evidence(known: Judged, changes: Any) -> list[str]:
    """The newest judged decisions that would change sides, by id."""
    if "decision_id" not in known.rows.columns:
        return []
    own: Mapping[str, Any] = known.rows[known.used & changes]
    return [str(name) for name in own["decision_id"][::-1][:MOST_EVIDENCE]]
