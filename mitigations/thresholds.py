"""Both errors at every threshold, today's point beside them, and the threshold that costs least."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.cost_bands import Costs, NotACost, bands, checked, kept
from mitigations.error_rates import counted
from mitigations.judged import Judged
from mitigations.melding import TINY, Melded, Side, figures
from mitigations.rates import share_interval, weighted_rates
from mitigations.reliability import cannot, scored
from mitigations.whatif_strata import ABOVE, BELOW, strata

__all__ = ["Costs", "Curve", "NotACost", "candidates", "cheapest", "threshold_curve"]

Floats = npt.NDArray[np.float64]

MOST_POINTS = 12
"""Candidate thresholds on each side of today's point: quantiles of the judged scores, which can tell them apart."""
PER = 1_000.0


@dataclass(frozen=True, slots=True)
class Curve:
    """`points`: threshold, acted (share of the decisions with a score that it would act on), decisions, judged_from
    and judged_below it, and precision, recall, fpr, fnr, over_block, under_block (shares of all decisions) and where
    asked cost (a thousand decisions) with _low and _high. `reason`: why there are none."""

    points: pd.DataFrame
    reason: str = ""


def candidates(known: Judged) -> Floats:
    """Thresholds worth a look: quantiles of judged scores on either side, and the thresholds the log names most."""
    score = known.rows["score"].to_numpy(np.float64)
    found = []
    for side in (False, True):
        own = score[known.used & (known.acted == side) & ~np.isnan(score)]
        if len(own):
            found.append(np.quantile(own, np.linspace(0.0, 1.0, MOST_POINTS + 1)[:-1], method="higher"))
    if "threshold" in known.rows.columns:
        found.append(known.rows["threshold"].dropna().value_counts().index[:3].to_numpy(np.float64))
    return np.unique(np.concatenate(found)) if found else np.zeros(0)


def threshold_curve(known: Judged, thresholds: npt.ArrayLike | None = None, *, costs: Costs | None = None) -> Curve:
    """Figures of a mitigation that would act from each threshold on, over decisions that have a score.

    Decisions are four strata: acted on today or not, scored below the threshold or not; each is judged by its own
    audits, and their exact intervals are melded (`mitigations.melding`).
    """
    reason = cannot(known)
    if reason:
        return Curve(pd.DataFrame(), reason)
    at = candidates(known) if thresholds is None else np.unique(np.asarray(thresholds, dtype=np.float64))
    scores = known.rows["score"].notna().to_numpy(bool)
    size = known.size[scores]
    strata = [_strata(known, threshold) for threshold in at]
    below, above = (Side(*(np.array([pair[side][part] for pair in strata]) for part in range(3))) for side in (0, 1))
    points = pd.DataFrame({"threshold": at, "acted": above.total.sum(1) / (above.total + below.total).sum(1)})
    judged = known.rows["score"].to_numpy(np.float64)[known.used & scores]
    points["decisions"] = round(float(size.sum()))
    points["judged_from"] = (judged[:, None] >= at).sum(0)
    points["judged_below"] = (judged[:, None] < at).sum(0)
    score, unscored = known.rows["score"].to_numpy(np.float64), (~scores).astype(np.int64)
    worth = np.array([counted(known, unscored, 2, score >= threshold)[0] for threshold in at])
    prices = None if costs is None else (PER * costs.over_block, PER * costs.under_block)
    for name, figure in figures(below, above, worth, costs=prices).items():
        if name != "prevalence":
            points = points.assign(**_columns(name, figure))
    return Curve(points)


def cheapest(known: Judged, costs: Costs, thresholds: npt.ArrayLike | None = None) -> dict[str, Any]:
    """The candidate that costs least, with the range of candidates that the truths do not rule out.

    threshold with threshold_low and threshold_high (95 %, see `mitigations.cost_bands.kept`); cost and cost_today a
    thousand decisions; saving of the threshold against today's actions with its ends; judged decisions; verdict. How
    often people complain is no part of it. Raises `NotACost`.
    """
    even = checked(costs).even
    reason = cannot(known)
    if reason:
        return {"verdict": reason}
    items = scored(known)
    # The highest judged score stands for acting on next to nothing, which may be what costs least.
    wide = np.append(candidates(known), items.score[-1]) if thresholds is None else np.asarray(thresholds, np.float64)
    at = np.unique(wide)
    acts = (items.score[:, None] >= at[None, :]).astype(np.float64)
    cost_of = np.where(items.harmful > 0, -costs.under_block, costs.over_block)
    let_through = float((items.weight * items.harmful).sum()) * costs.under_block
    here = ((items.weight * cost_of) @ acts + let_through) * PER / items.weight.sum()
    best = int(np.argmin(here))
    first, last = kept(bands(known, at), even)
    saving, low, high = _saving(known, float(at[best]), costs)
    return {
        "threshold": float(at[best]),
        "threshold_low": float(at[min(first, best)]),
        "threshold_high": float(at[max(last, best)]),
        "cost": float(here[best]),
        "cost_today": float(here[best]) + saving,
        "saving": saving,
        "saving_low": low,
        "saving_high": high,
        "judged": len(items.score),
        "verdict": "cheaper than today" if low > 0 else "cannot tell whether it is cheaper than today",
    }


def _saving(known: Judged, threshold: float, costs: Costs) -> tuple[float, float, float]:
    """What a threshold saves a thousand decisions against what was done, with exact ends: the decisions that it would
    treat otherwise, those acted on (1) and those allowed (0) each judged by their own audits."""
    found = strata(known, threshold, threshold)
    # Of the allowed, those from the threshold on change; of the acted on, those below it.
    cells = ((0, ABOVE, -1.0), (1, BELOW, 1.0))
    each = costs.over_block + costs.under_block
    ends = np.zeros(3)
    for side, band, freed in cells:
        share = found.share()[side, band]
        low, high = share_interval([found.hits[side, band]], [found.tried[side, band]])
        told = found.tried[side, band] > 0
        shares = np.array([share, low[0], high[0]]) if told else np.array([np.nan_to_num(share), 0.0, 1.0])
        saved = freed * (costs.over_block - each * shares) * found.total[side, band]
        ends += np.array([saved[0], saved[1:].min(), saved[1:].max()])
    value, low_end, high_end = (float(end) for end in ends * PER / max(found.total.sum(), TINY))
    return value, min(low_end, value), max(high_end, value)


def _strata(known: Judged, threshold: float) -> tuple[tuple[Floats, Floats, Floats], ...]:
    """Below and from the threshold: total, hits and tried of the decisions allowed and acted on today."""
    score = known.rows["score"].to_numpy(np.float64)
    cell = (score >= threshold).astype(np.int64) + 2 * known.acted.astype(np.int64)
    has = ~np.isnan(score)
    total = np.bincount(cell[has], weights=known.size[has], minlength=4).astype(np.float64)
    use = known.used & has
    rates = weighted_rates(known.harmful[use], known.inclusion[use], cell[use], 4)
    tried = np.nan_to_num(rates.effective)
    hits = np.clip(np.nan_to_num(rates.estimate) * tried, 0.0, tried)
    return tuple((total[side::2], hits[side::2], tried[side::2]) for side in (0, 1))


def _columns(name: str, figure: Melded) -> dict[str, Floats]:
    return {name: figure.estimate, f"{name}_low": figure.low, f"{name}_high": figure.high}
