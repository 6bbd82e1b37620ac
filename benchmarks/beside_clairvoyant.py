"""What nobody can beat by much: a likelihood ratio that knows the true mean and scatter of every day."""

import numpy as np
from scipy.ndimage import minimum_filter1d

from benchmarks.beside_alarms import Array, Watched, log_negbin_ratio

WINDOW = 35
RATIOS = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.25, 1.5, 2.0, 2.75, 4.0, 6.0, 10.0, 20.0)


def clairvoyant_statistic(counts: Array, mean: Array, dispersion: Array) -> Watched:
    """Twice the largest log-likelihood ratio of a change within the window, to any of the ratios.

    Window-limited generalised likelihood ratio (Lai 1995, JRSS B) with known null: `mean` (series, days) of an
    unchanged world, 0 on days that say nothing.
    """
    known = mean > 0
    safe = np.where(known, mean, 1.0)
    told = [np.where(known, log_negbin_ratio(counts, safe, ratio, dispersion), 0.0) for ratio in RATIOS]
    sums = np.stack([np.pad(np.cumsum(one, axis=1), ((0, 0), (1, 0))) for one in told])
    gains, firsts = (np.array(each) for each in zip(*map(_gain, sums), strict=True))
    since = np.take_along_axis(firsts, gains.argmax(axis=0)[None], axis=0)[0]

    def lasting(row: int, first: int, day: int) -> float:
        return 2.0 * float((sums[:, row, day + 1] - sums[:, row, first]).max())

    return Watched(2.0 * gains.max(axis=0), since, rest=0.5, calm=7, lasting=lasting)


def _gain(sums: Array) -> tuple[Array, np.ndarray]:
    """Largest sum of the last 1 to WINDOW days and the first of them, (series, days); `sums` cumulate over days."""
    # Trailing windows of starts: positions t-WINDOW+1 .. t of the sums before day t.
    lowest = minimum_filter1d(sums[:, :-1], WINDOW, axis=1, mode="nearest", origin=(WINDOW - 1) // 2)
    views = np.lib.stride_tricks.sliding_window_view(
        np.pad(sums[:, :-1], ((0, 0), (WINDOW - 1, 0)), constant_values=np.inf), WINDOW, axis=1
    )
    since = np.arange(sums.shape[1] - 1) - (WINDOW - 1) + views.argmin(axis=2)
    return sums[:, 1:] - lowest, since
