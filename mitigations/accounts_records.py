"""What the baselines of accounts give back, and the running scatter they share."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.accounts_tails import Array

Places = npt.NDArray[np.int64]

STRAY = 4.0
MOST_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Judged:
    """Tests of one type on one day, an entry each: place of the account or pair, days of the window, surprise.

    `seen`: the count; `mean` and `spread`: of a negative binomial (size), or with `trials` of a beta-binomial (share,
    precision).
    """

    place: Places
    days: int | Array
    surprise: Array
    seen: Array
    mean: Array
    spread: Array
    trials: Array | None = None

    def or_longer(self, longer: "Judged") -> "Judged":
        """Of two windows of the same tests the more surprising one, test by test."""
        other = longer.surprise > self.surprise
        trials = None
        if self.trials is not None and longer.trials is not None:
            trials = np.where(other, longer.trials, self.trials)
        pairs = {name: (getattr(longer, name), getattr(self, name)) for name in ("surprise", "seen", "mean", "spread")}
        chosen = {name: np.where(other, *pair) for name, pair in pairs.items()}
        days = np.where(other, longer.days, self.days).astype(np.float64)
        return Judged(self.place, days, trials=trials, **chosen)


class Scatter:
    """Scatter beyond chance, by moments over days that weigh half as much four weeks later.

    No count weighs more than MOST_WEIGHT, however large, and none strays more than STRAY standard deviations: one
    account that runs wild must not make everybody's scatter.
    """

    def __init__(self, *, start: float = 0.3, least: float = 0.005, most: float = 5.0) -> None:
        self._over, self._scale = start * 20.0, 20.0
        self.least, self.most = least, most

    @property
    def value(self) -> float:
        """Of counts 1 / size, of shares the correlation of two trials of a day."""
        return float(np.clip(self._over / self._scale, self.least, self.most))

    def add_counts(self, seen: Array, mean: Array, unsure: Array) -> None:
        """Take in a day of counts beside their means, `unsure` being the squared relative error of these."""
        variance = mean + mean**2 * (self.value + unsure)
        self._take((seen - mean) ** 2, mean + mean**2 * unsure, mean**2, variance)

    def add_shares(self, seen: Array, trials: Array, share: Array) -> None:
        """Take in a day of successes among trials beside their shares."""
        chance = trials * share * (1.0 - share)
        scale = chance * (trials - 1.0)
        self._take((seen - trials * share) ** 2, chance, scale, chance + scale * self.value)

    def _take(self, squares: Array, chance: Array, scale: Array, variance: Array) -> None:
        excess = np.minimum(squares, STRAY**2 * variance) - chance
        weight = 1.0 / (1.0 + scale / MOST_WEIGHT)
        decay = 0.5 ** (1 / 28)
        self._over = self._over * decay + float((excess * weight).sum())
        self._scale = self._scale * decay + float((scale * weight).sum())
