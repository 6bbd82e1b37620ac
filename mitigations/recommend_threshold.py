"""Another threshold, everywhere or in one slice: only where it pays even at the ends that speak against it."""

from dataclasses import fields
from typing import Any

import numpy as np

from mitigations.errors_excerpts import Flags
from mitigations.judged import Judged
from mitigations.recommend_effects import (
    Effect,
    Part,
    customers_of,
    ids_of,
    moved,
    pays,
    recommendation,
    rests_on,
)
from mitigations.recommend_places import Place
from mitigations.thresholds import Costs, candidates

FEWEST_MOVED = 20
"""Judged decisions that must change sides for a threshold to be recommended."""
SURE, FAIRLY = 100, 40


def threshold_change(known: Judged, costs: Costs, *, place: Place | None = None) -> dict[str, Any] | None:
    """The threshold that saves most of those that pay at worst (`pays`); None where there is none or no score.

    Decisions under today's threshold alone count: it is that of the newest decision. Intervals are wider by the number
    of candidates (Bonferroni), for the best of many looks better than it is. In a `place` (a slice) only the way that
    mends its error is tried.
    """
    if not {"score", "threshold"} <= set(known.rows.columns) or known.rows["threshold"].notna().sum() == 0:
        return None
    today = float(known.rows["threshold"].dropna().iloc[-1])
    # Within what was decided otherwise than by today's threshold, the scores do not say what it would do.
    recent = (known.rows["threshold"] == today).to_numpy(bool)
    if place is not None:
        marked = place.part.marked[recent]
    known = only(known, recent)
    inside = marked if place is not None else np.ones(len(known.rows), bool)
    tried = [float(at) for at in candidates(known) if at != today and _asked(float(at) > today, place)]
    sure = 1.0 - 0.05 / max(len(tried), 1)
    best: tuple[float, float, tuple[Effect, Effect], Flags] | None = None
    for at in tried:
        changed = inside & _changed(known, at, today)
        if int((changed & known.used).sum()) < FEWEST_MOVED:
            continue
        effects = _effects(known, Part(changed, True, sure), raised=at > today)
        if np.isnan([effects[0].estimate, effects[1].estimate]).any() or not pays(*effects, costs):
            continue
        cost = costs.over_block * effects[0].estimate + costs.under_block * effects[1].estimate
        if best is None or cost < best[0]:
            best = (cost, at, effects, changed)
    return None if best is None else _told(known, (today, best[1]), best[2], best[3], place)


def _asked(raised: bool, place: Place | None) -> bool:
    return place is None or raised == (place.kind == "over_block")


def only(known: Judged, rows: Flags) -> Judged:
    """The log of some of its rows; what its truths are stays."""
    kept = {one.name: getattr(known, one.name) for one in fields(known)}
    for name in ("acted", "used", "inclusion", "harmful", "size"):
        kept[name] = kept[name][rows]
    return Judged(**{**kept, "rows": known.rows[rows].reset_index(drop=True)})


def _changed(known: Judged, at: float, today: float) -> Flags:
    """The decisions that another threshold would change: acted on below it, or allowed from it on."""
    score = known.rows["score"].to_numpy(np.float64)
    return known.acted & (score < at) if at > today else ~known.acted & (score >= at)


def _effects(known: Judged, part: Part, *, raised: bool) -> tuple[Effect, Effect]:
    """On over-blocks and under-blocks."""
    benign, harm = (moved(known, part, acted=raised, harmful=bad) for bad in (False, True))
    return (-benign, harm) if raised else (benign, -harm)


def _told(
    known: Judged, at: tuple[float, float], effects: tuple[Effect, Effect], changed: Flags, place: Place | None
) -> dict[str, Any]:
    raised = at[1] > at[0]
    judged = changed & known.used
    bad = int((judged & known.harmful).sum())
    count = int(judged.sum())
    here = "" if place is None else f" for {place.name}"
    return recommendation(
        change="threshold",
        text=f"{'Raise' if raised else 'Lower'} the threshold{here} from {at[0]:.4g} to {at[1]:.4g}: of {count:,} "
        f"judged decisions that change sides {count - bad:,} are benign and {bad:,} harmful.",
        where=None if place is None else place.where,
        over_block=effects[0],
        under_block=effects[1],
        customers=customers_of(known, changed),
        cost="low: one setting" if place is None else "medium: a threshold of its own to look after",
        confidence="high" if count >= SURE else "medium" if count >= FAIRLY else "low",
        rests_on=rests_on(known, count, (raised,)),
        evidence=ids_of(known, judged & (known.harmful != raised)),
        loosens=raised,
    )
