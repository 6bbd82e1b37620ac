"""Ranks what is recommended for all mitigations by its expected effect on both errors, and says what to audit first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

Record = Mapping[str, Any]

CONFIDENCE = ("high", "medium", "low")
COST = ("low", "medium", "high")
AUDIT = "audit"
WORD = re.compile(r"\W+")
LOOSENING = ("allow_list",)
"""Changes that let more through whatever they say of themselves."""
REPAIRING = ("appeal_path",)
ERRORS = ("over_block", "under_block")
FIELDS: dict[str, Any] = {
    "mitigation": None,
    "change": None,
    "text": "",
    "where": None,
    "over_block": None,
    "under_block": None,
    "customers": None,
    "cost": None,
    "confidence": None,
    "rests_on": "",
    "evidence": [],
    "loosens": False,
}
"""What is kept of a recommendation, and what stands where it says nothing."""
NEEDED = ("mitigation", "change", "cost", "confidence")
GAIN, TRADE, OPEN, DOMINATED = "gain", "trade", "open", "dominated"
TIERS = (GAIN, TRADE, OPEN, DOMINATED)
SAID = {
    GAIN: "one error clearly falls, and the whole interval of the other leaves out a rise",
    TRADE: "one error clearly falls, the other may rise",
    OPEN: "neither error clearly falls, or what becomes of one cannot be told",
    DOMINATED: "another change in the same place does as well on both errors, at no more cost",
}
"""What stands beside the rank, by tier; the tiers in their order."""
FIRST = "needs an audit first: nothing that was audited tells how much harm it would let through"


class NotARecommendation(ValueError):
    """A recommendation without an expected effect on either error, or with words for cost or confidence not known."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """`ranked`: the first is what to look at first. `first`: loosening ones that an audit must come before.
    `audits`: audits that are recommended themselves. Each a recommendation with `mitigation`, `tier` and `because`."""

    ranked: tuple[dict[str, Any], ...]
    first: tuple[dict[str, Any], ...]
    audits: tuple[dict[str, Any], ...]


def rank(recommendations: Sequence[Record], complaints: Mapping[str, int] | None = None) -> Ranked:
    """Order recommendations of any number of mitigations; the same set gives the same order however it is given.

    A recommendation: mitigation, change, text, where, over_block and under_block (estimate, low, high: change in wrong
    decisions per 10,000 decisions, negative = fewer; None where it cannot be told), customers, cost, confidence,
    loosens, rests_on. Ranked by tier (`TIERS`), then confidence, then wrong decisions taken away (in a trade: for each
    one added at the far end of its interval), then cost, then customers. A change that loosens is ranked only where
    audits tell what it would let through.

    `complaints`: claims of both kinds by mitigation. They order audits, the loudest first, and nothing else: the
    argument is not seen by what ranks the others. Raises NotARecommendation.
    """
    made = [_checked(one) for one in recommendations]
    audits = [
        {**one, "tier": AUDIT, "because": "an audit changes no decision"} for one in made if one["change"] == AUDIT
    ]
    acting = [one for one in made if one["change"] != AUDIT]
    waiting = [{**one, "tier": "audit first", "because": FIRST} for one in acting if _unaudited(one)]
    effective = [one for one in acting if not _unaudited(one)]
    tiered = [{**one, "tier": _tier(one, effective)} for one in effective]
    loud = complaints or {}
    return Ranked(
        tuple({**one, "because": SAID[one["tier"]]} for one in sorted(tiered, key=_key)),
        tuple(sorted(waiting, key=_stable)),
        tuple(sorted(audits, key=lambda one: (-loud.get(one["mitigation"], 0), *_stable(one)))),
    )


def loosens(one: Record) -> bool:
    """Whether a change lets more through: it says so, it is of such a kind, or harm let through is expected to rise."""
    under = _ends(one, "under_block")
    return bool(one["loosens"]) or one["change"] in LOOSENING or (under is not None and under[0] > 0)


def _unaudited(one: Record) -> bool:
    return loosens(one) and _ends(one, "under_block") is None


def _ends(one: Record, error: str) -> tuple[float, float, float] | None:
    """Estimate, low and high of an effect; None where any of them is not known."""
    told = one[error]
    if told is None:
        return None
    ends = tuple(told.get(name) for name in ("estimate", "low", "high"))
    if any(value is None or not isfinite(value) for value in ends):
        return None
    return ends[0], ends[1], ends[2]


def _tier(one: Record, others: Sequence[Record]) -> str:
    if any(_dominates(other, one) for other in others):
        return DOMINATED
    effects = [ends for error in ERRORS if (ends := _ends(one, error)) is not None]
    if len(effects) < len(ERRORS) or not any(high < 0 for _, _, high in effects):
        return OPEN
    return TRADE if any(high > 0 for _, _, high in effects) else GAIN


def _dominates(other: Record, one: Record) -> bool:
    """As good on both errors, in cost and confidence, and better in one of them, where only one of them is needed:
    two ways of deciding otherwise in one place. A way of appeal repairs, whatever was decided."""
    places, repairs = (other["where"], one["where"]), [row["change"] in REPAIRING for row in (other, one)]
    if other["mitigation"] != one["mitigation"] or not (None in places or places[0] == places[1]) or any(repairs):
        return False
    mine, theirs = _scored(one), _scored(other)
    if mine is None or theirs is None:
        return False
    return all(a <= b for a, b in zip(theirs, mine, strict=True)) and theirs != mine


def _scored(one: Record) -> tuple[float, ...] | None:
    effects = [_ends(one, error) for error in ERRORS]
    if any(ends is None for ends in effects):
        return None
    return (
        *(end for ends in effects if ends for end in (ends[0], ends[2])),
        COST.index(_cost(one)),
        CONFIDENCE.index(one["confidence"]),
    )


def _key(one: Record) -> tuple[Any, ...]:
    gain = sum(-ends[0] for error in ERRORS if (ends := _ends(one, error)) is not None and ends[0] < 0)
    risk = sum(max(ends[2], 0.0) for error in ERRORS if (ends := _ends(one, error)) is not None)
    worth = gain / risk if one["tier"] == TRADE and risk > 0 else gain
    return (
        TIERS.index(one["tier"]),
        CONFIDENCE.index(one["confidence"]),
        -worth,
        COST.index(_cost(one)),
        -int(one["customers"] or 0),
        *_stable(one),
    )


def _stable(one: Record) -> tuple[str, ...]:
    """Anything two recommendations may differ in, so that none depends on which came first."""
    return (*(str(one[name]) for name in ("mitigation", "change", "where", "text")), repr(sorted(one.items())))


def _cost(one: Record) -> str:
    """The word of a cost that may carry its reason: "low: one setting" is low."""
    return WORD.split(str(one["cost"]).lower(), maxsplit=1)[0]


def _checked(one: Record) -> dict[str, Any]:
    missing = [name for name in NEEDED if not one.get(name)]
    if missing:
        raise NotARecommendation(
            f"expected a recommendation with {', '.join(missing)}, got one without; mend its maker"
        )
    if _cost(one) not in COST or one["confidence"] not in CONFIDENCE:
        raise NotARecommendation(
            f"expected a cost of {', '.join(COST)} and a confidence of {', '.join(CONFIDENCE)}, "
            f"got {one['cost']!r:.60} and {one['confidence']!r:.60}; mend its maker"
        )
    return {name: one.get(name, default) for name, default in FIELDS.items()}
