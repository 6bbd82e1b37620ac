"""What a day's count is measured against: exposure, weekday and holiday factors."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

REFERENCE_DAYS = 28
WEEKDAY_PRIOR = 50.0
"""Pseudo-count that pulls a weekday's factor to 1: a theme of one report a day keeps almost none."""
LEAST_EXPOSURE = 0.05
SETTLING_DAYS = 4
"""A day enters the weekday factors once the three days after it are known (its level is a centred mean)."""


def exposure_factor(days: pd.DatetimeIndex, exposure: pd.DataFrame | None, *, mitigation: str | None) -> Array:
    """Multiplier of each day's expected count, about 1; exactly 1 where no exposure is known.

    `exposure`: day, requests, and optionally mitigation (`all` for the whole product). Takes the
    mitigation's own rows where there are any, else `all`, else the sum of what is there. Scaled by the
    median of the first 28 known days, so no later day changes an earlier one. A day without a row takes
    the last known one.
    """
    if exposure is None or exposure.empty:
        return np.ones(len(days))
    frame = exposure
    if "mitigation" in frame:
        own = frame[frame["mitigation"] == mitigation] if mitigation is not None else frame.iloc[:0]
        whole = frame[frame["mitigation"] == "all"]
        frame = own if not own.empty else whole if not whole.empty else frame
    requests = frame.groupby("day")["requests"].sum().sort_index().astype(float)
    requests = requests[requests > 0]
    if requests.empty:
        return np.ones(len(days))
    scale = float(requests.iloc[:REFERENCE_DAYS].median())
    factor = (requests / scale).reindex(requests.index.union(days)).ffill().reindex(days).fillna(1.0)
    return np.maximum(factor.to_numpy(float), LEAST_EXPOSURE)


def weekday_factors(
    counts: Array, expected: Array, days: pd.DatetimeIndex, *, causal: bool, holidays: frozenset[pd.Timestamp]
) -> Array:
    """Shrunken multiplier for the day of the week, (series, days), averaging about 1.

    `w_d = (A_d + κ) / (B_d + κ)`: A_d what weekday d had, B_d what the level of its own week says it
    should have had. `causal` uses for each day only what was settled before it; otherwise the whole row.
    Masked days (expected 0) say nothing. A holiday counts as a Sunday.
    """
    group = day_groups(days, holidays=holidays)
    level = week_level(counts, expected)
    usual = level * expected
    known = (expected > 0) & (usual > 0)
    seen = np.where(known, np.minimum(counts, 3.0 * usual + 3.0), 0.0)
    usual = np.where(known, usual, 0.0)
    factors = np.ones_like(counts)
    for day in range(7):
        here = group == day
        above = np.cumsum(np.where(here, seen, 0.0), axis=1)
        below = np.cumsum(np.where(here, usual, 0.0), axis=1)
        ratio = (above + WEEKDAY_PRIOR) / (below + WEEKDAY_PRIOR)
        ratio = _lagged(ratio, SETTLING_DAYS) if causal else np.repeat(ratio[:, -1:], ratio.shape[1], axis=1)
        factors[:, here] = ratio[:, here]
    return factors


def day_groups(days: pd.DatetimeIndex, *, holidays: frozenset[pd.Timestamp]) -> npt.NDArray[np.int64]:
    """0 for Monday to 6 for Sunday; holidays are Sundays."""
    group = days.dayofweek.to_numpy(np.int64).copy()
    group[days.isin(list(holidays))] = 6
    return group


def week_level(counts: Array, expected: Array) -> Array:
    """Level of each day from the seven days centred on it, (series, days); shorter at the ends."""
    seen = _centred_sum(np.where(expected > 0, counts, 0.0), 3)
    exposed = _centred_sum(expected, 3)
    return seen / np.maximum(exposed, 1e-9)


def _centred_sum(values: Array, reach: int) -> Array:
    padded = np.pad(values, ((0, 0), (reach + 1, reach)))
    running = np.cumsum(padded, axis=1)
    sums: Array = running[:, 2 * reach + 1 :] - running[:, : -(2 * reach + 1)]
    return sums


def _lagged(values: Array, lag: int) -> Array:
    """What was known `lag` days before; 1 until then."""
    shifted = np.ones_like(values)
    shifted[:, lag:] = values[:, :-lag]
    return shifted
