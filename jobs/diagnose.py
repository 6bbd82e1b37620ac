"""What a log of decisions tells of a mitigation: both errors, where they are more, scores and thresholds."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobs.log_file import Log
from mitigations.error_rates import error_rates
from mitigations.judged import ACTED, judged
from mitigations.reliability import reliability
from mitigations.slice_candidates import MOST_VALUES
from mitigations.slices import KINDS, err_more
from mitigations.thresholds import Costs, cheapest, threshold_curve

Record = dict[str, Any]

MEANINGS = {
    "prevalence": "share of decisions that were harmful",
    "precision": "share of acted decisions that were harmful",
    "recall": "share of harmful decisions that were acted on",
    "fpr": "share of benign decisions that were acted on",
    "fnr": "share of harmful decisions that were allowed",
}


@dataclass(frozen=True, slots=True)
class Options:
    """`acted`: the actions that count as the mitigation's yes; `costs` of either error, None: not asked."""

    acted: frozenset[str] = ACTED
    costs: Costs | None = None


def diagnosis(log: Log, options: Options) -> Record:
    """The whole account as plain numbers, lists and words; None where something cannot be told."""
    known = judged(log.frame, acted=options.acted)
    by = [name for name in log.segments if log.frame[name].nunique() <= MOST_VALUES]
    wide = [name for name in log.segments if name not in by]
    rates = records(error_rates(known, by=by))
    notes = list(known.notes)
    if wide:
        notes.append(f"not sliced by {', '.join(wide)}: more than {MOST_VALUES} values")
    found = {
        "rows": log.rows,
        "quarantined": log.reasons(),
        "columns": log.columns,
        "segments": list(log.segments),
        "acted": sorted(options.acted),
        "notes": notes,
        "summary": summary(rates[0]),
        "rates": rates,
        "slices": [plain(_search(known, by, kind)) for kind in KINDS],
        "reliability": _reliability(known),
        "thresholds": _thresholds(known, options.costs),
    }
    return found


def summary(row: Record) -> list[str]:
    """The figures over all decisions in words."""
    told = []
    for name in ("precision", "fpr", "fnr", "prevalence"):
        if row[name] is None:
            told.append(f"{MEANINGS[name]}: cannot tell")
        else:
            told.append(f"{MEANINGS[name]}: {shown(row, name)}")
    return [*told, row["declared"]]


def shown(row: Record, name: str) -> str:
    """A share with its interval, as people read it.

    >>> shown({"fpr": 0.0123, "fpr_low": 0.01, "fpr_high": 0.0161}, "fpr")
    '1.23 % (1 to 1.61)'
    """
    if row.get(name) is None:
        return "cannot tell"
    value, low, high = (100 * float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return f"{value:.3g} % ({low:.3g} to {high:.3g})"


def _search(known: Any, by: list[str], kind: str) -> Record:
    search = err_more(known, [name for name in by if name != "month"], kind=kind)
    return {
        "kind": kind,
        "measure": search.measure,
        "reason": search.reason,
        "tested": search.tested,
        "found": search.found,
    }


def _reliability(known: Any) -> Record:
    found = reliability(known)
    numbers = {name: getattr(found, name) for name in ("ece", "ece_low", "ece_high", "ece_by_chance")}
    return {
        "reason": found.reason,
        "judged": int(found.table["judged"].sum()) if len(found.table) else 0,
        **plain(numbers),
        "table": records(found.table),
        "recalibration": records(found.recalibration),
    }


def _thresholds(known: Any, costs: Costs | None) -> Record:
    curve = threshold_curve(known)
    points = records(curve.points)
    best = None if costs is None else plain(cheapest(known, costs))
    asked = None if costs is None else {"over_block": costs.over_block, "under_block": costs.under_block}
    return {"reason": curve.reason, "points": points, "costs": asked, "cheapest": best}


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
