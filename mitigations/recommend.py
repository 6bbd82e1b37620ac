"""What to change in a mitigation: few, ranked, each with its effect on both errors and the truth it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mitigations.errors import Theme
from mitigations.errors_excerpts import Corpus
from mitigations.recommend_audits import Complained, audits
from mitigations.recommend_effects import HARM_COUNTS
from mitigations.recommend_people import allow_list, appeal_path
from mitigations.recommend_places import at_place, places
from mitigations.recommend_threshold import threshold_change
from mitigations.thresholds import Costs
from mitigations.triggers import Trigger

Record = dict[str, Any]

CHANGES = ("threshold", "rule", "training_data", "appeal_path", "allow_list", "audit")
MOST = 10


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of where a mitigation errs: decisions, truths and appeals alone. `slices` as
    `mitigations.slices.err_more` finds them, with kind and tested; `appeals`: decision_id, outcome."""

    corpus: Corpus
    triggers: Sequence[Trigger] = ()
    themes: Sequence[Theme] = ()
    slices: Sequence[Mapping[str, Any]] = ()
    appeals: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["decision_id", "outcome"]))


def recommendations(
    found: Findings, rates: Mapping[str, Any], *, costs: Costs | None = None, complained: Sequence[Complained] = ()
) -> list[Record]:
    """At most MOST changes, what saves most first, and then the audits that are missing.

    Each has change (of CHANGES), text, where, over_block and under_block (change in wrong decisions per 10,000
    decisions with ends, None where it cannot be told), customers, cost, confidence, rests_on, evidence and loosens.
    `costs`: what either error weighs, else HARM_COUNTS. `rates`: of all decisions. `complained` reaches `audits` and
    nothing else: no number of complaints loosens a safeguard, moves another recommendation or changes an effect.
    """
    weighed = costs or HARM_COUNTS
    known = found.corpus.known
    told = [threshold_change(known, weighed), allow_list(known, weighed), appeal_path(known, found.appeals)]
    for place in places(found.corpus, found.triggers, found.themes, found.slices):
        own = threshold_change(known, weighed, place=place) if place.sort == "slice" else None
        told += [own] if own is not None else at_place(known, place, weighed)
    ranked = sorted((one for one in told if one is not None), key=lambda one: _rank(one, weighed))
    return ranked[:MOST] + audits(known, rates, complained)


def _rank(one: Record, costs: Costs) -> tuple[float, str]:
    """What a change costs by its estimates: less than nought saves. Of what cannot be told nothing is expected."""
    over, under = (one[name]["estimate"] for name in ("over_block", "under_block"))
    cost = costs.over_block * (over or 0.0) + costs.under_block * (under or 0.0)
    return (cost if np.isfinite(cost) else 0.0), one["text"]
