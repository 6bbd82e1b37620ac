"""What another threshold would do: both errors before and after, what it moves, and how many truths that rests on."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mitigations.judged import Flags, Judged
from mitigations.melding import TINY
from mitigations.whatif_strata import MOVED, Floats, Strata, drawn, strata

Drawn = tuple[Floats, Floats, Floats]

NEAR = 0.05
"""Truths near a threshold are those within this part of the scores' span on either side of it."""
PER = 10_000.0
FIGURES = ("acted", "over", "under", "acted_per_10k", "over_per_10k", "under_per_10k", "precision", "fpr", "fnr")
CHANGES = (
    *("moved", "over_change", "under_change", "moved_per_10k", "over_change_per_10k", "under_change_per_10k"),
    "moved_harmful",
)


def what_if(known: Judged, thresholds: Sequence[float], *, today: float) -> pd.DataFrame:
    """Today's threshold, then each candidate, a row each.

    Only decisions with a score count; from the threshold on all are acted on, today as then. Columns: threshold,
    is_today, each of FIGURES with _low and _high, CHANGES against today likewise (NaN in today's row), decisions,
    judged_below, judged_from, near_below, near_from (judged decisions on either side, and near it), judged_moved.
    acted, over (benign, acted on), under (harmful, allowed) and moved (to the other side) are decisions; per 10k: of
    10,000 of all. moved_harmful: share of harmful ones among the moved. NaN: no truths that tell; what moves may be
    told where the rest is not: audits of blocks alone tell what a higher threshold would let through.
    """
    found = pd.DataFrame([_row(known, float(at), today) for at in (today, *thresholds)])
    found.insert(1, "is_today", [True, *[False] * len(thresholds)])
    return found


def moved(rows: pd.DataFrame, threshold: float, today: float) -> Flags:
    """The decisions that a threshold would treat otherwise than today's does."""
    score = rows["score"].to_numpy(np.float64)
    return (score >= min(threshold, today)) & (score < max(threshold, today))


def _row(known: Judged, threshold: float, today: float) -> dict[str, float]:
    """What one threshold would do, beside today's."""
    found = strata(known, min(threshold, today), max(threshold, today))
    acts = np.array([False, threshold < today, True])
    ends = drawn(found)
    score = known.rows["score"].to_numpy(np.float64)
    judged = score[known.used & ~np.isnan(score)]
    width = NEAR * float(np.nanmax(score) - np.nanmin(score)) if (~np.isnan(score)).any() else 0.0
    return {
        "threshold": threshold,
        "decisions": float(found.total.sum()),
        **_figures(found, acts, ends),
        **_changes(found, threshold, today, ends),
        "judged_below": int((judged < threshold).sum()),
        "judged_from": int((judged >= threshold).sum()),
        "near_below": int(((judged < threshold) & (judged >= threshold - width)).sum()),
        "near_from": int(((judged >= threshold) & (judged < threshold + width)).sum()),
        "judged_moved": int(found.judged[:, MOVED].sum()),
    }


def _figures(found: Strata, acts: Flags, draws: Drawn) -> dict[str, float]:
    """FIGURES of a threshold that acts on these bands. Each is monotone in the harmful share of either side of the
    threshold, so its ends are quantiles over those ends of the shares that make it small or large (Fay, Proschan &
    Brittain 2015, Biometrics: melding)."""
    total, low, high = draws
    over, under = found.told(acts), found.told(~acts)
    told = {
        "acted": True,
        "over": over,
        "under": under,
        "precision": over,
        "fpr": over and under,
        "fnr": over and under,
    }
    point = _parts(found.total, found.share(), acts)
    ends = (
        _parts(total, np.where(acts, high, low), acts),
        _parts(total, np.where(acts, low, high), acts),
    )
    row: dict[str, float] = {}
    for name in FIGURES:
        bottom, top = ends[::-1] if name == "precision" else ends
        row |= _ends(name, point[name], bottom[name], top[name], told[name.removesuffix("_per_10k")])
    return row


def _parts(total: Floats, share: Floats, acts: Flags) -> dict[str, Floats]:
    """FIGURES of decisions and harmful shares (..., 2, 3)."""
    bad, good = total * share, total * (1 - share)
    over, caught = good[..., acts].sum((-1, -2)), bad[..., acts].sum((-1, -2))
    under, let = bad[..., ~acts].sum((-1, -2)), good[..., ~acts].sum((-1, -2))
    times = PER / np.maximum(total.sum((-1, -2)), TINY)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = (caught / (over + caught), over / (over + let), under / (under + caught))
    counts = (over + caught, over, under)
    return dict(zip(FIGURES, (*counts, *(count * times for count in counts), *rates), strict=True))


def _changes(found: Strata, threshold: float, today: float, draws: Drawn) -> dict[str, float]:
    """CHANGES against today; they rest on the decisions that change sides alone."""
    if threshold == today:
        return {f"{name}{end}": np.nan for name in CHANGES for end in ("", "_low", "_high")}
    tightens = threshold < today
    told = found.told(np.array([False, True, False]))
    total, low, high = draws
    point, one, other = (
        _moved(count, share, tightens) for count, share in ((found.total, found.share()), (total, low), (total, high))
    )
    row: dict[str, float] = {}
    for name in CHANGES:
        ends = np.minimum(one[name], other[name]), np.maximum(one[name], other[name])
        row |= _ends(name, point[name], *ends, told or name in ("moved", "moved_per_10k"))
    return row


def _moved(total: Floats, share: Floats, tightens: bool) -> dict[str, Floats]:
    """CHANGES of decisions and harmful shares (..., 2, 3): who is acted on newly is no harm let through any more."""
    times = PER / np.maximum(total.sum((-1, -2)), TINY)
    here, bad = total[..., MOVED].sum(-1), (total * share)[..., MOVED].sum(-1)
    turn = 1.0 if tightens else -1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        harmful = bad / here
    counts = (here, turn * (here - bad), -turn * bad)
    return dict(zip(CHANGES, (*counts, *(count * times for count in counts), harmful), strict=True))


def _ends(name: str, at: Floats, low: Floats, high: Floats, told: bool) -> dict[str, float]:
    """The estimate and its 95 % interval, which holds it."""
    value = float(at)
    if not told or np.isnan(value):
        return {name: np.nan, f"{name}_low": np.nan, f"{name}_high": np.nan}
    bottom, top = float(np.nanquantile(low, 0.025)), float(np.nanquantile(high, 0.975))
    return {name: value, f"{name}_low": min(bottom, value), f"{name}_high": max(top, value)}
