"""Decisions by what two thresholds would make of them, and how many of each kind were judged harmful."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.judged import Flags, Judged
from mitigations.melding import DRAWS, TINY, confidence_draws
from mitigations.rates import weighted_rates

Floats = npt.NDArray[np.float64]

SEED = 20_260_305
MOST_UNJUDGED = 0.1
"""A figure is told only where the kinds of decisions without a single judged one are no larger a part."""
BELOW, MOVED, ABOVE = 0, 1, 2
"""Bands of the score: below both thresholds, between them, above both."""


@dataclass(frozen=True, slots=True)
class Strata:
    """Decisions by side (allowed, acted) and band of the score (below both thresholds, between, above both), (2, 3).

    `total` decisions, as precise as `counted` equally weighted ones; `tried` judged ones, `hits` of them harmful
    (fractional); `judged` as they are; `unknown` decisions of a kind of which none was judged.
    """

    total: Floats
    counted: Floats
    hits: Floats
    tried: Floats
    judged: npt.NDArray[np.int64]
    unknown: Floats

    def share(self) -> Floats:
        """Of harmful ones; of a kind without a judged one that of its band, else of all; NaN where none was judged."""
        with np.errstate(divide="ignore", invalid="ignore"):
            own = self.hits / self.tried
            seen = np.where(self.tried > 0, self.total, 0.0)
            bad = seen * np.nan_to_num(own)
            band = np.where(seen.sum(0) > 0, bad.sum(0) / seen.sum(0), bad.sum() / seen.sum())
        return np.where(self.tried > 0, own, np.where(self.total > 0, band[None, :], 0.0))

    def told(self, bands: Flags) -> bool:
        """Whether enough of the decisions in these bands are of a kind that was judged."""
        return bool(self.unknown[:, bands].sum() <= MOST_UNJUDGED * self.total[:, bands].sum())


def strata(known: Judged, low: float, high: float) -> Strata:
    """The decisions with a score by side and band."""
    score = known.rows["score"].to_numpy(np.float64)
    has = ~np.isnan(score)
    cell = 3 * known.acted.astype(np.int64) + (score >= low).astype(np.int64) + (score >= high)
    use = known.used & has
    total, made = _counts(cell[has], known.size[has]), _counts(cell[has], np.ones(int(has.sum())))
    squares = _counts(cell[has], known.size[has] ** 2)
    rates = weighted_rates(known.harmful[use], known.inclusion[use], cell[use], 6)
    tried = np.nan_to_num(rates.effective)
    hits = np.clip(np.nan_to_num(rates.estimate) * tried, 0.0, tried)
    # Where audits stand for a whole side, a band without one counts nothing, though decisions were made there.
    unknown = np.where(rates.audited > 0, 0.0, np.maximum(total, made))
    parts = (total, total**2 / np.maximum(squares, TINY), hits, tried, rates.audited, unknown)
    return Strata(*(part.reshape(2, 3) for part in parts))  # type: ignore[arg-type]


def _counts(cell: npt.NDArray[np.int64], weight: Floats) -> Floats:
    return np.bincount(cell, weights=weight, minlength=6).astype(np.float64)


def drawn(found: Strata) -> tuple[Floats, Floats, Floats]:
    """Draws (DRAWS, 2, 3): decisions, and the lower and the upper confidence distribution of the harmful share."""
    dice = np.random.default_rng(SEED)
    some = found.counted > 0
    times = dice.gamma(np.where(some, found.counted, 1.0), 1.0, (DRAWS, 2, 3)) / np.where(some, found.counted, 1.0)
    return (found.total * times, *confidence_draws(found.hits, found.tried, dice))
