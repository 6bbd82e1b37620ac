"""How surprising a test must be: the level comes from the tail of the tests before, not from taste."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STEP = 0.02
BINS = 4_000
DECAY = 0.5 ** (1 / 56)
"""A day's tests, and the day's part in what is usual, weigh half as much 56 days later."""
TAIL_SHARES = (0.02, 0.005)
"""The tail is the 2 % least likely tests; how it falls is also read off the last of them."""
WEIGHT = 200.0
"""Tests that the model's own tail is worth beside those seen."""
WEIGHT_ABOVE = 20.0
LEAST_TESTS = 1.0


class Tail:
    """The upper tail of surprises (minus the log of a tail probability) of one type of test, over the days before.

    Above a high quantile a surprise falls off exponentially, by 1 where the model of the tests is right and slower
    where it is too sure (peaks over a threshold: Pickands 1975, with shape 0). How much slower is read off the median
    excess, so that the few true anomalies among the tests before do not hide the next one.
    """

    def __init__(self) -> None:
        self._counts = np.zeros(BINS)

    def add(self, surprises: Array) -> None:
        """Take in the tests of one more day, all of them."""
        self._counts *= DECAY
        places = np.minimum(surprises / STEP, BINS - 1).astype(np.int64)
        self._counts += np.bincount(places, minlength=BINS)

    def fit(self) -> tuple[float, float, float]:
        """Where the tail begins, the share of tests above, and the scale of its fall."""
        seen = float(self._counts.sum())
        above = seen - np.cumsum(self._counts)
        places = [int(np.searchsorted(-above, -max(share * seen, LEAST_TESTS))) for share in TAIL_SHARES]
        start = (places[0] + 1) * STEP
        share = (float(above[places[0]]) + WEIGHT * float(np.exp(-start))) / (seen + WEIGHT)
        return start, share, max(1.0, *(_scale(above, place) for place in places))

    def expected(self, surprises: Array, tests: int) -> Array:
        """How many of so many tests of a day are to be expected to be as surprising, if nothing is the matter."""
        start, share, scale = self.fit()
        above = share * np.exp(-(surprises - start) / scale)
        # Below the tail the model's own probability is no smaller than what matters here.
        found: Array = tests * np.where(surprises > start, above, np.maximum(np.exp(-surprises), share))
        return found


def _scale(above: Array, place: int) -> float:
    """The median excess over a place as the scale of an exponential, and 1 as far as few tests are beyond."""
    beyond = float(above[place])
    half = int(np.searchsorted(-above[place:], -beyond / 2))
    scale = (half + 0.5) * STEP / float(np.log(2))
    return (beyond * scale + WEIGHT_ABOVE) / (beyond + WEIGHT_ABOVE)
