"""Scores that bunch just under the threshold: the mark that a limit leaves when people feel their way to it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from nlp.frames import require

REACH, BIN = 0.2, 0.01
"""How far below the threshold scores are looked at, in bins of which width."""
JUST_UNDER = (0.01, 0.02, 0.03, 0.05)
"""What counts as just under it: each is tried, and the number of them allowed for (Bonferroni)."""
RECENT = pd.Timedelta(days=28)
DEGREE = 1
FEWEST, FEWEST_CUSTOMERS, FEWEST_VALUES = 60, 15, 25
"""Scores within reach, customers who have them, and different scores, for either period."""
LEVEL = 0.05
STEPS = 30
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bunching:
    """Scores within `width` under the threshold in the recent weeks: `observed`, `expected` from a smooth curve.

    `excess` (share of `observed` beyond the curve) with ends; `share` of the scores within reach that lie just under,
    `share_before` in earlier weeks; `p_curve`, `p_before` one-sided; `p_value` the larger (intersection-union: Berger
    1982, Technometrics). `verdict`: bunching, no bunching, or cannot tell, with `reason`.
    """

    verdict: str
    reason: str
    width: float = float("nan")
    observed: int = 0
    expected: float = float("nan")
    excess: float = float("nan")
    excess_low: float = float("nan")
    excess_high: float = float("nan")
    share: float = float("nan")
    share_before: float = float("nan")
    p_curve: float = float("nan")
    p_before: float = float("nan")
    p_value: float = float("nan")
    customers: int = 0
    scores: int = 0
    scores_before: int = 0
    threshold: float = float("nan")


def bunching(log: pd.DataFrame) -> Bunching:
    """Whether scores of the RECENT days bunch just under the latest threshold.

    Bunching estimator (Saez 2010, AEJ Economic Policy; Chetty et al. 2011, QJE; Kleven 2016, Annual Review of
    Economics): the mass just under a limit beyond a smooth curve through the scores further below, here a Poisson
    regression of degree DEGREE on the distance. Only scores below count: above it a log may hold another share of the
    requests. As a distribution may rise towards a limit by itself, the share must also exceed that of earlier weeks
    with the same threshold. Errors hold customers together. `log`: decided_at, score, threshold, customer (None: its
    own).
    """
    rows = require(
        log, {"decided_at": "datetime", "score": "float", "threshold": "float", "customer": "str"}, what="log"
    )
    rows = rows[rows["score"].notna() & rows["threshold"].notna()]
    if rows.empty:
        return Bunching("cannot tell", "no scores with thresholds")
    rows = rows.sort_values("decided_at", kind="stable")
    threshold = float(rows["threshold"].iloc[-1])
    under = threshold - rows["score"].to_numpy(np.float64)
    within = (under > 0) & (under <= REACH) & (rows["threshold"] == threshold).to_numpy()
    kept = rows[within].assign(under=under[within])
    who = kept["customer"].where(kept["customer"].notna(), kept.index.to_series().map("row {}".format))
    kept = kept.assign(who=who)
    recent = kept["decided_at"] > rows["decided_at"].iloc[-1] - RECENT
    now, before = kept[recent], kept[~recent]
    short = _too_few(now, "the last four weeks") or _too_few(before, "earlier weeks with this threshold")
    if short:
        return Bunching("cannot tell", short, scores=len(now), scores_before=len(before), threshold=threshold)
    return _judged(now, before, threshold)


def _too_few(rows: pd.DataFrame, when: str) -> str:
    if len(rows) < FEWEST or rows["who"].nunique() < FEWEST_CUSTOMERS:
        return f"{len(rows):,} scores of {rows['who'].nunique():,} customers near the threshold in {when}, too few"
    if rows["under"].round(6).nunique() < FEWEST_VALUES:
        return f"only {rows['under'].round(6).nunique()} different scores near the threshold in {when}"
    return ""


def _judged(now: pd.DataFrame, before: pd.DataFrame, threshold: float) -> Bunching:
    width = min(JUST_UNDER, key=lambda one: _chances(now, before, one)[2])
    p_curve, p_before, p_value = (min(1.0, chance * len(JUST_UNDER)) for chance in _chances(now, before, width))
    observed, expected, spread = _excess(now, width)
    half = float(norm.ppf(0.975)) * spread
    low, high = (max(-10.0, min(1.0, (observed - expected + side * half) / max(observed, 1))) for side in (-1, 1))
    share, earlier = _share(now, width)[0], _share(before, width)[0]
    return Bunching(
        verdict="bunching" if p_value <= LEVEL else "no bunching",
        reason=f"{observed:,} of {len(now):,} scores near the threshold lie within {width:g} under it where "
        f"{expected:,.0f} were to be expected: {share:.0%}, before {earlier:.0%}",
        width=width,
        observed=observed,
        expected=expected,
        excess=(observed - expected) / max(observed, 1),
        excess_low=low,
        excess_high=high,
        share=share,
        share_before=earlier,
        p_curve=p_curve,
        p_before=p_before,
        p_value=p_value,
        customers=int(now.loc[now["under"] <= width, "who"].nunique()),
        scores=len(now),
        scores_before=len(before),
        threshold=threshold,
    )


def _chances(now: pd.DataFrame, before: pd.DataFrame, width: float) -> tuple[float, float, float]:
    """p against the curve, against earlier weeks, and the larger: what lies within `width` under the threshold."""
    observed, expected, spread = _excess(now, width)
    (share, own), (earlier, other) = _share(now, width), _share(before, width)
    against_curve = float(norm.sf((observed - expected) / max(spread, 1e-9)))
    against_past = float(norm.sf((share - earlier) / max(float(np.hypot(own, other)), 1e-9)))
    return against_curve, against_past, max(against_curve, against_past)


def _excess(rows: pd.DataFrame, width: float) -> tuple[int, float, float]:
    """Scores within `width`, how many the curve expects, and the standard error of the difference."""
    counts = np.histogram(rows["under"], bins=np.arange(0.0, REACH + BIN / 2, BIN))[0].astype(np.float64)
    edge = round(width / BIN)
    expected, error = _curve(counts, edge)
    return int(counts[:edge].sum()), expected, float(np.sqrt(_scatter(rows) * (expected + error**2)))


def _scatter(rows: pd.DataFrame) -> float:
    """How much more than single scores those of customers scatter: Kish's design effect of their numbers (1965)."""
    sizes = rows.groupby("who").size().to_numpy(np.float64)
    return float((sizes**2).sum() / sizes.sum())


def _curve(counts: Floats, edge: int) -> tuple[float, float]:
    """Expected count of the first `edge` bins from a Poisson regression on the others, and its standard error."""
    middle = (np.arange(len(counts)) + 0.5) / len(counts)
    design = np.vander(middle, DEGREE + 1, increasing=True)
    known, mean = design[edge:], float(np.log(max(counts[edge:].mean(), 0.1)))
    beta = np.array([mean] + [0.0] * DEGREE)
    ridge = np.diag([0.0] + [1e-3] * DEGREE)
    information = ridge
    for _ in range(STEPS):
        fitted = np.exp(np.clip(known @ beta, -20, 20))
        information = known.T @ (fitted[:, None] * known) + ridge
        step = np.linalg.solve(information, known.T @ (counts[edge:] - fitted) - ridge @ beta)
        beta = beta + np.clip(step, -3.0, 3.0)
        if np.abs(step).max() < 1e-8:
            break
    each = np.exp(np.clip(design[:edge] @ beta, -20, 20))
    slope = each @ design[:edge]
    return float(each.sum()), float(np.sqrt(slope @ np.linalg.solve(information, slope)))


def _share(rows: pd.DataFrame, width: float) -> tuple[float, float]:
    """Share of the scores within reach that lie within `width`, and its standard error over customers."""
    inside = (rows["under"] <= width).astype(float)
    own = pd.DataFrame({"part": inside, "whole": 1.0}).groupby(rows["who"].to_numpy()).sum()
    share = float(own["part"].sum() / own["whole"].sum())
    left = own["part"] - share * own["whole"]
    customers = len(own)
    return share, float(np.sqrt((left**2).sum() * customers / max(customers - 1, 1)) / own["whole"].sum())
