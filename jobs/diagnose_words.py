"""The figures of a diagnosis as people read them: what each means, with its interval, and what it rests on."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]

MEANINGS = {
    "prevalence": "share of decisions that were harmful",
    "precision": "share of acted decisions that were harmful",
    "recall": "share of harmful decisions that were acted on",
    "fpr": "share of benign decisions that were acted on",
    "fnr": "share of harmful decisions that were allowed",
}
WRONG = {"over_block": "benign ones acted on", "under_block": "harmful ones allowed"}
LEAST_SHOWN = 1e-4
"""Shares and counts below it (in percent, or of 10,000) are nought to a reader."""


def summary(row: Record) -> list[str]:
    """The figures over all decisions in words, and what they rest on."""
    told = [f"{MEANINGS[name]}: {shown(row, name)}" for name in ("precision", "fpr", "fnr", "prevalence")]
    told += [f"{WRONG[name]} of 10,000 decisions: {per_10k(row, name)}" for name in WRONG]
    allowed = row["decisions"] - row["acted"]
    counts = (
        f"judged: {row['judged_acted']:,} of {row['acted']:,} acted decisions, "
        f"{row['judged_allowed']:,} of {allowed:,} allowed"
    )
    return [*told, counts, row["declared"]]


def shown(row: Record, name: str) -> str:
    """A share with its interval, as people read it.

    >>> shown({"fpr": 0.0123, "fpr_low": 0.01, "fpr_high": 0.0161}, "fpr")
    '1.23 % (1 to 1.61)'
    """
    return _told(row, name, 100, " %")


def per_10k(row: Record, name: str) -> str:
    """A share of all decisions as so many of 10,000, with its interval.

    >>> per_10k({"over_block": 0.00041, "over_block_low": 0.0003, "over_block_high": 0.0005}, "over_block")
    '4.1 (3 to 5)'
    """
    return _told(row, name, 10_000)


def _told(row: Record, name: str, times: int, unit: str = "") -> str:
    """A share times so many, its unit and its interval."""
    if row.get(name) is None:
        return "cannot tell"
    value, low, high = (_short(times * float(row[f"{name}{end}"])) for end in ("", "_low", "_high"))
    return f"{value}{unit} ({low} to {high})"


def _short(value: float) -> str:
    """Three digits; nought where there is nothing to see.

    >>> _short(12.345), _short(1e-9), _short(1234.5)
    ('12.3', '0', '1,234')
    """
    if abs(value) < LEAST_SHOWN:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def other_actions(action: "pd.Series[str]", acted: Collection[str]) -> list[str]:
    """A hint where no decision has an action of `acted`, but some have another than to allow."""
    seen = {str(name): int(count) for name, count in action.value_counts().items() if count}
    others = {name: count for name, count in sorted(seen.items()) if name != "allow"}
    if not others or set(acted) & set(seen):
        return []
    told = ", ".join(f"{count:,} {name}" for name, count in others.items())
    wanted = " or ".join(sorted(acted))
    return [f"no decision was {wanted}, but {told}: if that is the mitigation's yes, say --acted {','.join(others)}"]
