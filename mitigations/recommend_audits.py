"""Audits that are missing: what cannot be told, and how many more truths would tell it. They change no decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitigations.judged import SIDES, Judged
from mitigations.recommend_effects import NOTHING, recommendation

Record = dict[str, Any]

ENOUGH = 300
"""Random audits after which a share of 1 % is told from none (0 of 300: below 1 % at 95 %)."""
WIDEST = 0.25
"""An interval of recall that is wider says too little to weigh a change by."""
FEWEST_REPORTERS = 5
"""Reporters of a complaint theme from which on it calls for an audit."""


@dataclass(frozen=True, slots=True)
class Complained:
    """A theme of complaints joined to decisions of a mitigation: `decisions` they are about, `judged` of these by
    audit, and its `reporters`. It can call for an audit, and for nothing else."""

    theme: str
    decisions: int
    judged: int
    reporters: int


def audits(known: Judged, rates: Mapping[str, Any], complained: Sequence[Complained] = ()) -> list[Record]:
    """What to have judged. `rates`: the row of all decisions of `mitigations.error_rates.error_rates`."""
    found = [_missing(known, side) for side in (1, 0) if not known.known(side)]
    if not found and _wide(rates):
        taken = known.used & ~known.acted
        more = max(ENOUGH, 3 * int(taken.sum()))
        found.append(
            _audit(
                f"Have {more:,} more allowed decisions judged at random, more of them near the threshold: with "
                f"{int(taken.sum()):,} judged, the share of harm let through is known only as "
                f"{100 * rates['fnr_low']:.2g} to {100 * rates['fnr_high']:.2g} %.",
                None,
                (int(taken.sum()), "judged allowed decisions by random audit"),
            )
        )
    unjudged = [one for one in complained if not one.judged and one.reporters >= FEWEST_REPORTERS]
    if unjudged:
        first = max(unjudged, key=lambda one: (one.reporters, one.theme))
        found.append(
            _audit(
                f"Have decisions judged at random where complaints point and no audit was: {len(unjudged):,} complaint "
                f"theme{'s' * (len(unjudged) > 1)}, {first.theme} with {first.reporters:,} reporters about "
                f"{first.decisions:,} decisions. Complaints are claims: they say where to look, not what is right.",
                f"complaint theme: {first.theme}",
                (0, "judged decisions"),
            )
        )
    return found


def _missing(known: Judged, side: int) -> Record:
    """A side of which nothing is known."""
    count = int((known.acted == bool(side)).sum())
    lost = "how many of its acts are wrong" if side else "how much harm it lets through"
    return _audit(
        f"Have {ENOUGH:,} {SIDES[side]} decisions drawn at random and judged, with the probability of each kept: of "
        f"{count:,} in the log none was, so {lost} cannot be told.",
        None,
        (0, f"judged {SIDES[side]} decisions"),
    )


def _wide(rates: Mapping[str, Any]) -> bool:
    low, high = (rates.get(f"fnr_{end}") for end in ("low", "high"))
    return low is not None and high is not None and not np.isnan([low, high]).any() and high - low > WIDEST


def _audit(text: str, where: str | None, rests: tuple[int, str]) -> Record:
    return recommendation(
        change="audit",
        text=text,
        where=where,
        over_block=NOTHING,
        under_block=NOTHING,
        customers=0,
        cost="low: the time of a few labellers",
        confidence="high",
        rests_on=f"{rests[0]:,} {rests[1]}",
        evidence=[],
        loosens=False,
    )
