"""Whether scores say how likely harm is: observed shares by score, the calibration error, and a map that mends it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.judged import SIDES, Judged
from mitigations.rates import share_interval, weighted_rates

Floats = npt.NDArray[np.float64]
Bins = npt.NDArray[np.int64]

BINS = 10
RESAMPLES = 500
SEED = 20_260_303
FEWEST = 50
"""Judged decisions with a score below which nothing is said."""
MANY = 20_000
"""Judged decisions from which sums of resampled ones are drawn as a whole, as normal as they then are."""
LEAST_MOVED = 1e-9
UNTOLD = (np.nan, np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Reliability:
    """`table`: score_from, score_to, judged, score (mean), observed with _low and _high. `ece` with its interval, and
    `ece_by_chance`, what perfect scores would show on as few judged decisions. `recalibration`: score, harmful (the
    steps of a rising map). `reason`: why nothing, or not all of it, can be told."""

    table: pd.DataFrame
    ece: float
    ece_low: float
    ece_high: float
    ece_by_chance: float
    recalibration: pd.DataFrame
    reason: str


@dataclass(frozen=True, slots=True)
class Scored:
    """Judged decisions with a score: score, harmful (0, 1) and weight, in order of the score."""

    score: Floats
    harmful: Floats
    weight: Floats


def reliability(known: Judged, *, seed: int = SEED) -> Reliability:
    """Of a log with `score`. Bins are of equal width; the expected calibration error is the weighted mean distance
    of a bin's observed share from its mean score (Naeini et al. 2015). Its interval is a bootstrap's, shifted by what
    resampling itself adds; scores outside 0 to 1 are no probabilities and have bins but no error.
    """
    reason = cannot(known)
    if reason:
        empty = pd.DataFrame()
        return Reliability(empty, *UNTOLD, empty, reason)
    items = scored(known)
    probable = bool(items.score.min() >= 0 and items.score.max() <= 1)
    edges = np.linspace(0, 1, BINS + 1) if probable else _even(items.score)
    bins = np.clip(np.searchsorted(edges, items.score, side="right") - 1, 0, len(edges) - 2).astype(np.int64)
    table = _table(items, bins, edges)
    recalibration = recalibrated(items)
    if not probable:
        low, high = items.score.min(), items.score.max()
        told = f"cannot tell the calibration error: scores from {low:.3g} to {high:.3g} are no probabilities"
        return Reliability(table, *UNTOLD, recalibration, told)
    return Reliability(table, *_error(items, bins, seed), recalibration, "")


def cannot(known: Judged) -> str:
    """Why scores cannot be judged; "" where they can."""
    if "score" not in known.rows.columns or known.rows["score"].isna().all():
        return "cannot tell: the log has no scores"
    missing = [SIDES[side] for side in (1, 0) if not known.known(side)]
    if missing:
        return f"cannot tell: no random audit of {' or '.join(missing)} decisions, and scores lie on both sides"
    count = int((known.used & known.rows["score"].notna().to_numpy(bool)).sum())
    return f"cannot tell: {count:,} judged decisions with a score, at least {FEWEST} needed" if count < FEWEST else ""


def scored(known: Judged) -> Scored:
    """The judged decisions with a score; weights of each side come to the decisions of that side that have one."""
    score = known.rows["score"].to_numpy(np.float64)
    has = ~np.isnan(score)
    use = known.used & has
    weight = np.zeros(len(score))
    weight[use] = 1.0 / known.inclusion[use]
    for side in (False, True):
        own = use & (known.acted == side)
        if own.any():
            weight[own] *= known.size[has & (known.acted == side)].sum() / weight[own].sum()
    order = np.flatnonzero(use)[np.argsort(score[use], kind="stable")]
    return Scored(score[order], known.harmful[order].astype(np.float64), weight[order])


def recalibrated(items: Scored) -> pd.DataFrame:
    """The rising map from score to share of harmful ones nearest to what was judged (isotonic regression by pooling;
    Ayer et al. 1955): score (from which on), harmful."""
    from scipy.optimize import isotonic_regression

    score, place = np.unique(items.score, return_inverse=True)
    weight = np.bincount(place, weights=items.weight)
    mean = np.bincount(place, weights=items.weight * items.harmful) / weight
    fitted = isotonic_regression(mean, weights=weight).x
    step = np.concatenate([[True], np.diff(fitted) > LEAST_MOVED])
    return pd.DataFrame({"score": score[step], "harmful": np.clip(fitted[step], 0.0, 1.0)})


def _even(score: Floats) -> Floats:
    edges = np.unique(np.quantile(score, np.linspace(0, 1, BINS + 1)))
    return edges if len(edges) > 1 else np.array([edges[0], edges[0] + 1.0])


def _table(items: Scored, bins: Bins, edges: Floats) -> pd.DataFrame:
    cells = len(edges) - 1
    # Weights come to the decisions there are: hardly any is below one, a decision that stands for itself.
    rates = weighted_rates(items.harmful, np.minimum(1.0, 1.0 / items.weight), bins, cells)
    # Intervals are those of a sample even for a census: they speak of decisions such as these.
    size = np.bincount(bins, weights=items.weight, minlength=cells)
    effective = np.minimum(np.nan_to_num(rates.effective), rates.audited)
    low, high = share_interval(np.nan_to_num(rates.estimate) * effective, effective)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(bins, weights=items.weight * items.score, minlength=cells) / size
    table = pd.DataFrame(
        {
            "score_from": edges[:-1],
            "score_to": edges[1:],
            "decisions": np.rint(size).astype(np.int64),
            "judged": rates.audited,
            "score": mean,
            "observed": rates.estimate,
            "observed_low": low,
            "observed_high": high,
        }
    )
    return table[table["judged"] > 0].reset_index(drop=True)


def _error(items: Scored, bins: Bins, seed: int) -> tuple[float, float, float, float]:
    """The error, its ends, and the mean error of scores that are right."""
    dice = np.random.default_rng(seed)
    found = _distance(items, bins, items.weight, items.harmful)
    again, right = (_many if len(bins) >= MANY else _resampled)(items, bins, dice)
    shifted = again - (again.mean() - found)
    low, high = np.clip(np.quantile(shifted, [0.025, 0.975]), 0.0, 1.0)
    return found, float(min(low, found)), float(max(high, found)), float(right.mean())


def _distance(items: Scored, bins: Bins, weight: Floats, harmful: Floats) -> float:
    gap = np.bincount(bins, weights=weight * (harmful - items.score), minlength=BINS)
    return float(np.abs(gap).sum() / weight.sum())


def _resampled(items: Scored, bins: Bins, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """Errors of RESAMPLES bootstrap samples, and of as many in which every score is right."""
    n = len(bins)
    again = [_distance(items, bins, items.weight * dice.poisson(1.0, n), items.harmful) for _ in range(RESAMPLES)]
    right = [
        _distance(items, bins, items.weight, (dice.random(n) < items.score).astype(np.float64))
        for _ in range(RESAMPLES)
    ]
    return np.asarray(again), np.asarray(right)


def _many(items: Scored, bins: Bins, dice: np.random.Generator) -> tuple[Floats, Floats]:
    """The same by bins: a sum of many independent weights is normal, with the variance of its parts."""
    total = items.weight.sum()

    def drawn(mean: Floats, variance: Floats) -> Floats:
        gaps = mean + np.sqrt(variance) * dice.standard_normal((RESAMPLES, BINS))
        return np.asarray(np.abs(gaps).sum(1) / total, dtype=np.float64)

    apart = items.weight * (items.harmful - items.score)
    spread = items.weight**2 * items.score * (1.0 - items.score)
    mean, variance, chance = (
        np.bincount(bins, weights=one, minlength=BINS).astype(np.float64) for one in (apart, apart**2, spread)
    )
    return drawn(mean, variance), drawn(np.zeros(BINS), chance)
