"""Both errors at every threshold, today's point beside them, and the threshold that costs least."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.judged import Judged
from mitigations.melding import Melded, Side, figures
from mitigations.rates import weighted_rates
from mitigations.reliability import cannot, scored

Floats = npt.NDArray[np.float64]

MOST_POINTS = 12
"""Candidate thresholds on each side of today's point: quantiles of the judged scores, which can tell them apart."""
RESAMPLES = 500
BLOCK = 25
SEED = 20_260_304
PER = 1_000.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What a wrong decision costs, in any one unit: a benign one acted on, a harmful one let through."""

    over_block: float
    under_block: float


class NotACost(ValueError):
    """A cost below nought, or both nought."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`points`: threshold, acted (share of the decisions with a score that it would act on), decisions, judged_from
    and judged_below it, and precision, recall, fpr, fnr with _low and _high. `reason`: why there are none."""

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


def threshold_curve(known: Judged, thresholds: npt.ArrayLike | None = None) -> Curve:
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
    counted = np.full(len(at), size.sum() ** 2 / max(float((size**2).sum()), 1e-9))
    for name, figure in figures(below, above, counted).items():
        if name != "prevalence":
            points = points.assign(**_columns(name, figure))
    return Curve(points)


def cheapest(
    known: Judged, costs: Costs, thresholds: npt.ArrayLike | None = None, *, seed: int = SEED
) -> dict[str, Any]:
    """The candidate that costs least, by bootstrap samples of the judged decisions of either side.

    threshold with the ends of 95 % of the samples' own best ones; cost and cost_today a thousand decisions; saving of
    the threshold against today with its ends; cheaper, the share of samples in which it saves; verdict. Raises
    `NotACost`.
    """
    if min(costs.over_block, costs.under_block) < 0 or costs.over_block + costs.under_block <= 0:
        raise NotACost(f"expected costs from 0 on, one above it, got {costs.over_block:g} and {costs.under_block:g}")
    reason = cannot(known)
    if reason:
        return {"verdict": reason}
    at = candidates(known) if thresholds is None else np.unique(np.asarray(thresholds, dtype=np.float64))
    items, today = _with_sides(known)
    cost_of = np.where(items.harmful > 0, -costs.under_block, costs.over_block)
    acts = (items.score[:, None] >= at[None, :]).astype(np.float64)
    acts = np.column_stack([acts, today])
    let_through = float((items.weight * items.harmful).sum()) * costs.under_block
    here = ((items.weight * cost_of) @ acts + let_through) * PER / items.weight.sum()
    drawn = _resampled(items.weight, cost_of, items.harmful * costs.under_block, acts, today, seed)
    best = int(np.argmin(here[:-1]))
    saving = drawn[:, -1] - drawn[:, best]
    own_best = at[np.argmin(drawn[:, :-1], axis=1)]
    low, high = (float(end) for end in np.quantile(saving, [0.025, 0.975]))
    return {
        "threshold": float(at[best]),
        "threshold_low": float(np.quantile(own_best, 0.025, method="lower")),
        "threshold_high": float(np.quantile(own_best, 0.975, method="higher")),
        "cost": float(here[best]),
        "cost_today": float(here[-1]),
        "saving": float(here[-1] - here[best]),
        "saving_low": low,
        "saving_high": high,
        "cheaper": float((saving > 0).mean()),
        "judged": len(items.score),
        "verdict": "cheaper than today" if low > 0 else "cannot tell whether it is cheaper than today",
    }


def _with_sides(known: Judged) -> tuple[Any, Floats]:
    """The judged decisions by score, and which of them were acted on."""
    items = scored(known)
    score = known.rows["score"].to_numpy(np.float64)
    use = np.flatnonzero(known.used & ~np.isnan(score))
    return items, known.acted[use[np.argsort(score[use], kind="stable")]].astype(np.float64)


def _resampled(weight: Floats, cost: Floats, missed: Floats, acts: Floats, today: Floats, seed: int) -> Floats:
    """Costs a thousand decisions of each column of `acts` in RESAMPLES samples of each side."""
    dice = np.random.default_rng(seed)
    total, found = weight.sum(), []
    for _ in range(RESAMPLES // BLOCK):
        drawn = np.zeros((BLOCK, len(weight)))
        for side in (0.0, 1.0):
            own = np.flatnonzero(today == side)
            if len(own):
                picked = dice.poisson(1.0, (BLOCK, len(own))) * weight[own]
                drawn[:, own] = picked * (weight[own].sum() / np.maximum(picked.sum(1, keepdims=True), 1e-9))
        found.append(((drawn * cost) @ acts + (drawn @ missed)[:, None]) * PER / total)
    return np.concatenate(found)


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
