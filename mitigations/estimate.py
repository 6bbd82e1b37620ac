"""Counts corrected for the classifier's error by randomly drawn labels: adjusted counting."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.rates import Floats, Rate, checked, weighted_rate

FEWEST_LABELS = 20
"""Labelled positives, and labelled negatives, below which a correction adds more noise than it removes."""
LEAST_SEPARATION = 0.1
"""Hit and false rate must differ by more than this, intervals included, for the division to be stable."""
DRAWS = 2000
CHUNK = 256
"""Cells drawn together: bounds the memory at a few megabytes."""


@dataclass(frozen=True, slots=True)
class ClassifierError:
    """How often the classifier says yes to what is there (`hit`) and to what is not (`false`)."""

    hit: Rate
    false: Rate

    @property
    def labels(self) -> int:
        """Labels that both rates rest on."""
        return self.hit.audited + self.false.audited

    @property
    def enough(self) -> bool:
        """Whether the labels suffice to correct by: both classes seen often, the two rates clearly apart."""
        seen = min(self.hit.audited, self.false.audited) >= FEWEST_LABELS
        return seen and self.hit.low - self.false.high > LEAST_SEPARATION


def classifier_error(predicted: npt.ArrayLike, actual: npt.ArrayLike, inclusion: npt.ArrayLike) -> ClassifierError:
    """Hit and false rate of a yes/no prediction from labelled items drawn with known probabilities.

    >>> error = classifier_error([1, 1, 0, 0], [1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5])
    >>> error.hit.estimate, round(error.false.estimate, 3), error.enough
    (1.0, 0.333, False)
    """
    said, true, drawn = np.asarray(predicted, dtype=bool), np.asarray(actual, dtype=bool), checked(inclusion)
    return ClassifierError(hit=weighted_rate(said[true], drawn[true]), false=weighted_rate(said[~true], drawn[~true]))


def adjusted_counts(
    positive: npt.ArrayLike, negative: npt.ArrayLike, error: ClassifierError, *, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Estimate, low and high of the true positives behind predicted counts, cell by cell.

    Adjusted counting, (positive - false·all) / (hit - false) (Rogan & Gladen 1978, Am. J. Epidemiology;
    Forman 2008, Data Mining and Knowledge Discovery), which stands a change of prevalence. It takes both
    rates to be the same in every cell. The 95 % interval is simulated from the counts' Poisson variation
    and the rates' beta distributions, with draws common to all cells, so that a cell's interval does
    not depend on which others are asked for.
    """
    pairs = np.column_stack([np.asarray(positive, np.float64), np.asarray(negative, np.float64)])
    unique, back = np.unique(pairs, axis=0, return_inverse=True)
    low, high = _simulated(unique, error, np.random.default_rng(seed))
    yes, no = unique[:, 0], unique[:, 1]
    hit, false = error.hit.estimate, error.false.estimate
    estimate = np.clip((yes * (1 - false) - no * false) / (hit - false), 0.0, yes + no)
    low, high = np.minimum(low, estimate), np.maximum(high, estimate)
    back = back.ravel()
    return estimate[back], low[back], high[back]


def _simulated(pairs: Floats, error: ClassifierError, rng: np.random.Generator) -> tuple[Floats, Floats]:
    hit, false = (_rate_draws(rate, rng) for rate in (error.hit, error.false))
    apart = np.maximum(hit - false, LEAST_SEPARATION / 2)
    normal = rng.standard_normal((2, DRAWS))
    low, high = np.zeros(len(pairs)), np.zeros(len(pairs))
    for start in range(0, len(pairs), CHUNK):
        rows = slice(start, start + CHUNK)
        yes = _gamma_quantiles(pairs[rows, 0] + 0.5, normal[0])
        no = _gamma_quantiles(pairs[rows, 1] + 0.5, normal[1])
        true = np.maximum((yes * (1 - false) - no * false) / apart, 0.0)
        low[rows], high[rows] = np.quantile(true, [0.025, 0.975], axis=1)
    return low, high


def _rate_draws(rate: Rate, rng: np.random.Generator) -> Floats:
    hits = rate.estimate * rate.effective
    return rng.beta(hits + 0.5, rate.effective - hits + 0.5, size=DRAWS)


def _gamma_quantiles(shape: Floats, normal: Floats) -> Floats:
    """Gamma draws (cells, draws) from common normal ones (Wilson & Hilferty 1931, PNAS)."""
    wide = shape[:, None]
    factor = np.maximum(1 - 1 / (9 * wide) + normal[None, :] / (3 * np.sqrt(wide)), 0.0)
    drawn: Floats = wide * factor**3
    return drawn
