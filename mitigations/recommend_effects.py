"""What a change would do to both errors, from the judged decisions it covers: per 10,000 decisions, with intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mitigations.errors_excerpts import Flags
from mitigations.judged import Judged
from mitigations.rates import weighted_rates
from mitigations.thresholds import Costs

PER = 10_000.0
HARM_COUNTS = Costs(over_block=1.0, under_block=5.0)
"""What either error weighs unless an owner says otherwise."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Change in wrong decisions per 10,000 decisions, negative for fewer; NaN: cannot tell."""

    estimate: float
    low: float
    high: float

    def __neg__(self) -> "Effect":
        return Effect(-self.estimate, -self.high, -self.low)

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(self.estimate + other.estimate, self.low + other.low, self.high + other.high)

    def plain(self) -> dict[str, float | None]:
        """estimate, low, high; None for what cannot be told."""
        ends = {"estimate": self.estimate, "low": self.low, "high": self.high}
        return {name: None if np.isnan(end) else float(end) + 0.0 for name, end in ends.items()}


NOTHING = Effect(0.0, 0.0, 0.0)
UNTOLD = Effect(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Part:
    """Decisions of a log: `marked` rows; `complete` where the mark is known of every decision of the log, else it is
    known of judged ones alone. `confidence` of the intervals, above 95 % where the part was chosen among many."""

    marked: Flags
    complete: bool
    confidence: float = 0.95


def moved(known: Judged, part: Part, *, acted: bool, harmful: bool) -> Effect:
    """Harmful (or benign) decisions of a side in a part, per 10,000 decisions: what would change hands.

    Where the part is known of every decision, its number of them times the share among its own audits; else the share
    of all the side's audits that lie in it. Intervals as in `mitigations.rates`; without an audit of the side UNTOLD,
    without one of the part from none to all of it, estimate NaN.
    """
    side = known.acted == acted
    if not (side & known.used).any():
        return UNTOLD if (side & part.marked).any() or not part.complete else NOTHING
    of_kind = known.harmful == harmful
    # Of a side of which the log holds a part alone, the number in a place is an estimate like any other.
    complete = part.complete and bool((known.size[side] == 1.0).all())
    pool = side & part.marked if complete else side
    size = float(known.size[pool].sum()) / max(float(known.size.sum()), 1.0) * PER
    taken = pool & known.used
    if not taken.any():
        return Effect(float("nan"), 0.0, size) if size > 0 else NOTHING
    cell = np.zeros(int(taken.sum()), np.int64)
    hits = (of_kind & part.marked)[taken]
    found = weighted_rates(hits, known.inclusion[taken], cell, 1, confidence=part.confidence)
    return Effect(*(size * float(end[0]) for end in (found.estimate, found.low, found.high)))


def pays(over: Effect, under: Effect, costs: Costs) -> bool:
    """Whether a change costs less than today even at the ends of both intervals that speak against it.

    >>> pays(Effect(-9.0, -12.0, -6.0), Effect(0.5, 0.0, 1.0), Costs(1.0, 5.0))
    True
    >>> pays(Effect(-9.0, -12.0, -4.0), Effect(0.5, 0.0, 1.0), Costs(1.0, 5.0))
    False
    """
    worst = costs.over_block * over.high + costs.under_block * under.high
    return bool(worst < 0)


def customers_of(known: Judged, marked: Flags) -> int:
    """Distinct customers of the marked decisions; 0 where the log names none."""
    if "customer" not in known.rows.columns:
        return 0
    return int(known.rows["customer"][marked].nunique())


def rests_on(known: Judged, count: int, sides: tuple[bool, ...] = (False, True)) -> str:
    """The truths an effect rests on, in words."""
    kinds = {known.basis[int(side)] for side in sides} - {"none"}
    if kinds == {"census"}:
        return f"{count:,} decisions, every one of which was judged"
    return f"{count:,} judged decisions by random audit"


def ids_of(known: Judged, marked: Flags, *, most: int = 10) -> list[str]:
    """Decision ids of some marked decisions, the newest last."""
    if "decision_id" not in known.rows.columns:
        return []
    return [str(one) for one in known.rows["decision_id"][marked].tail(most)]


def recommendation(**given: Any) -> dict[str, Any]:
    """One recommendation as plain numbers and words, every field of FIELDS there."""
    missing = set(FIELDS) ^ set(given)
    if missing:
        raise TypeError(f"expected the fields {', '.join(FIELDS)}, these differ: {', '.join(sorted(missing))}")
    effects = {name: given[name].plain() for name in ("over_block", "under_block")}
    return {**given, **effects}


FIELDS = "change text where over_block under_block customers cost confidence rests_on evidence loosens".split()
