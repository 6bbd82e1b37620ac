"""What a log of decisions tells of a mitigation: both errors, where they are more, scores and thresholds."""

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from jobs.diagnose_evidence import evidence, next_steps
from jobs.diagnose_trend import thresholds_today, trend, versions
from jobs.diagnose_words import other_actions, summary
from jobs.log_file_columns import MONTH
from mitigations.error_rates import error_rates
from mitigations.judged import ACTED, Judged, judged
from mitigations.reliability import reliability
from mitigations.reliability_cells import reliability_by
from mitigations.segment_thresholds import by_segment
from mitigations.slice_candidates import MOST_VALUES
from mitigations.slices import KINDS, err_more
from mitigations.thresholds import Costs, cheapest, threshold_curve

Record = dict[str, Any]


class Decisions(Protocol):
    """What a diagnosis is made of: a file's `jobs.log_file.Log`, a workspace's `jobs.decision_frames.WorkspaceLog`."""

    @property
    def frame(self) -> pd.DataFrame:
        """A row a decision; see there."""

    @property
    def segments(self) -> tuple[str, ...]:
        """The columns of `frame` to slice by."""

    @property
    def rows(self) -> int:
        """How many there are, refused ones among them."""

    @property
    def columns(self) -> dict[str, str]:
        """Column of a field, as guessed or named."""

    def reasons(self) -> dict[str, int]:
        """Rows that were refused, by reason."""


@dataclass(frozen=True, slots=True)
class Options:
    """`acted`: the actions that count as the mitigation's yes; `costs` of either error, None: not asked."""

    acted: frozenset[str] = ACTED
    costs: Costs | None = None


def diagnosis(log: Decisions, options: Options) -> Record:
    """The whole account as plain numbers, lists and words; None where something cannot be told."""
    known = judged(log.frame, acted=options.acted)
    by = [name for name in log.segments if log.frame[name].nunique() <= MOST_VALUES]
    wide = [name for name in log.segments if name not in by]
    rates = records(error_rates(known, by=by))
    notes = [*known.notes, *other_actions(known.rows["action"], options.acted)]
    if wide:
        notes.append(f"not sliced by {', '.join(wide)}: more than {MOST_VALUES} values")
    return {
        "rows": log.rows,
        "quarantined": log.reasons(),
        "columns": log.columns,
        "segments": list(log.segments),
        "acted": sorted(options.acted),
        "notes": notes,
        "next": next_steps(known),
        "summary": summary(rates[0]),
        "rates": rates,
        "versions": records(versions(known)),
        "trend": records(trend(known)),
        "slices": [plain(_search(known, by, kind)) for kind in KINDS],
        "evidence": {kind: evidence(known, kind) for kind in KINDS},
        "reliability": _reliability(known),
        "reliability_by": records(reliability_by(known, [name for name in by if name != MONTH])),
        "thresholds": _thresholds(known, by, options.costs),
    }


def _search(known: Judged, by: list[str], kind: str) -> Record:
    search = err_more(known, [name for name in by if name != MONTH], kind=kind)
    return {
        "kind": kind,
        "measure": search.measure,
        "reason": search.reason,
        "tested": search.tested,
        "found": [{**row, "evidence": evidence(known, kind, row["attributes"])} for row in search.found],
    }


def _reliability(known: Judged) -> Record:
    found = reliability(known)
    numbers = {name: getattr(found, name) for name in ("ece", "ece_low", "ece_high", "ece_by_chance")}
    return {
        "reason": found.reason,
        "judged": int(found.table["judged"].sum()) if len(found.table) else 0,
        **plain(numbers),
        "table": records(found.table),
        "recalibration": records(found.recalibration),
    }


def _thresholds(known: Judged, by: list[str], costs: Costs | None) -> Record:
    """The curve; where costs are asked the cheapest one, of all and of each segment that may have its own."""
    curve = threshold_curve(known, costs=costs)
    found = {"reason": curve.reason, "points": records(curve.points), "today": thresholds_today(known)}
    if costs is None:
        return {**found, "costs": None, "cheapest": None, "by_segment": []}
    asked = {"over_block": costs.over_block, "under_block": costs.under_block}
    own = [row for name in by if name != MONTH for row in records(by_segment(known, name, costs))]
    return {**found, "costs": asked, "cheapest": plain(cheapest(known, costs)), "by_segment": own}


def records(table: pd.DataFrame) -> list[Record]:
    """The rows, None for what is not known."""
    return [plain({str(name): value for name, value in row.items()}) for row in table.to_dict("records")]


def plain(value: Any) -> Any:
    """Numbers, words, lists and dicts as JSON has them: no NaN, no infinity, no array."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return value
