"""Simulated weeks with known truth for `intervals.py`: a classifier of a given quality, labels drawn by a design."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from mitigations.noise import label_noise
from mitigations.ppi_bins import BINS, score_bins
from mitigations.ppi_pools import Pools

Floats = NDArray[np.float64]
DOCUMENTS = 5_000
FINE = 48
"""Steps of the score: finer than the estimator's bins, so that what is within a bin differs."""
CHECKS = 100
DOUBT = 0.02
"""Variance that even the surest answer is taken to have when labels are allotted."""
MISCALIBRATION = (0.7, 1.3)
"""The classifier's log-odds are multiplied and shifted by these: its probabilities are wrong."""


@dataclass(frozen=True)
class World:
    """Share of documents by truth and score step (2, FINE), the bin of each step, and its true probability."""

    density: Floats
    bin: NDArray[np.int64]
    chance: Floats
    f1: float

    @property
    def prevalence(self) -> float:
        return float(self.density[1].sum())


def world(f1: float, prevalence: float) -> World:
    """Scores normal in either class, so far apart, and said yes to so many, that F1 is this.

    A poor classifier says yes too often: to (1 + (1 - F1) / 2) times as many as are true.
    """
    said = 1 + (1 - f1) / 2
    recall = f1 * (1 + said) / 2
    false = (said - recall) * prevalence / (1 - prevalence)
    threshold = norm.isf(false)
    apart = threshold - norm.isf(recall)
    # Steps are finer around the threshold and carry both classes.
    below = np.linspace(norm.ppf(1e-4), threshold, FINE // 2 + 1)[1:-1]
    above = np.linspace(threshold, apart + 3.5, FINE // 2 + 1)
    edges = np.concatenate([[-np.inf], below, above, [np.inf]])
    density = np.stack(
        [
            (1 - prevalence) * np.diff(norm.cdf(edges)),
            prevalence * np.diff(norm.cdf(edges - apart)),
        ]
    )
    chance = density[1] / np.maximum(density.sum(axis=0), 1e-300)
    odds = np.log(np.clip(chance, 1e-9, 1 - 1e-9) / np.clip(1 - chance, 1e-9, 1))
    shown = 1 / (1 + np.exp(-(MISCALIBRATION[0] * odds + np.log(MISCALIBRATION[1]))))
    yes = np.arange(len(chance)) >= len(below) + 1
    return World(density, score_bins(yes, np.where(yes, shown, 1 - shown)), chance, f1)


def counted(one: World, streams: int, rng: np.random.Generator, *, documents: float = DOCUMENTS) -> NDArray[np.int64]:
    """Documents of each stream by truth and score step, (streams, 2, steps): Poisson."""
    return rng.poisson(documents * one.density, size=(streams, *one.density.shape))


def uniform(
    there: NDArray[np.int64], labels: int, one: World, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Floats]:
    """So many documents of each stream, each equally likely: drawn (as `there`) and inclusion by step."""
    total = there.sum(axis=(1, 2))
    drawn = hypergeometric(there.reshape(len(there), -1), np.minimum(labels, total), rng).reshape(there.shape)
    inclusion = np.minimum(labels / total, 1.0)[:, None] * np.ones(there.shape[2])
    return drawn, inclusion


def stratified(
    there: NDArray[np.int64], labels: int, one: World, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Floats]:
    """Four strata: said no for sure, in doubt; said yes in doubt, for sure. Labels by Neyman's rule, two at least."""
    stratum = np.array([0, 1, 1, 1, 2, 2, 3, 3])[one.bin]
    drawn, inclusion = np.zeros(there.shape, dtype=np.int64), np.ones((len(there), there.shape[2]))
    doubt = there.sum(axis=1) * np.sqrt(one.chance * (1 - one.chance) + DOUBT)
    for part in range(4):
        steps = stratum == part
        own = there[:, :, steps]
        total = own.sum(axis=(1, 2))
        wanted = np.maximum(np.rint(labels * doubt[:, steps].sum(axis=1) / doubt.sum(axis=1)), 2).astype(np.int64)
        wanted = np.minimum(wanted, total)
        drawn[:, :, steps] = hypergeometric(own.reshape(len(there), -1), wanted, rng).reshape(own.shape)
        inclusion[:, steps] = (wanted / np.maximum(total, 1))[:, None]
    return drawn, np.where(inclusion > 0, inclusion, 1.0)


def active(
    there: NDArray[np.int64], labels: int, one: World, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Floats]:
    """Each document by itself, half by doubt, half uniformly (Zrnic & Candes 2024): Poisson sampling."""
    doubt = np.sqrt(one.chance * (1 - one.chance) + DOUBT)
    size = there.sum(axis=1)
    by_doubt = doubt / (size * doubt).sum(axis=1, keepdims=True)
    inclusion = np.minimum(labels * (0.5 * by_doubt + 0.5 / size.sum(axis=1, keepdims=True)), 1.0)
    return rng.binomial(there, inclusion[:, None, :]), inclusion


DESIGNS = {"uniform": uniform, "stratified": stratified, "active": active}


def hypergeometric(there: NDArray[np.int64], wanted: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws without replacement from the categories of each row (streams, categories)."""
    left, rest = wanted.copy(), there.sum(axis=1)
    drawn = np.zeros_like(there)
    for column in range(there.shape[1]):
        own = there[:, column]
        rest = rest - own
        some = left > 0
        drawn[some, column] = rng.hypergeometric(own[some], rest[some], left[some])
        left = left - drawn[:, column]
    return drawn


def flipped(drawn: NDArray[np.int64], noise: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """The labels as people gave them: some of either class called the other."""
    if not noise:
        return drawn
    wrong = rng.binomial(drawn, noise)
    return drawn - wrong + wrong[:, ::-1]


def pools(labelled: NDArray[np.int64], inclusion: Floats, bins: NDArray[np.int64], *, noisy: bool) -> Pools:
    """The labels as the estimator sees them, one pool a stream."""
    weight = 1.0 / inclusion
    items = labelled.sum(axis=1).astype(np.float64)
    sums = (items, items * weight, items * weight**2, labelled[:, 1] * weight, items * weight * noisy)
    each = [by_bin(part, bins) for part in sums]
    number = items.sum(axis=1).astype(np.int64)
    none = np.zeros_like(each[0])
    return Pools(*each, level=np.zeros(len(items), dtype=np.int64), labels=number, own=none, own_true=none)


def by_bin(values: Floats, bins: NDArray[np.int64]) -> Floats:
    """Values by score step (streams, steps) summed by bin (streams, bins)."""
    found = np.zeros((len(values), len(BINS)))
    for place in range(len(BINS)):
        found[:, place] = values[:, bins == place].sum(axis=1)
    return found


def noise_rates(noise: float, streams: int, rng: np.random.Generator) -> Floats:
    """Rate of the noise and what it is worth (streams, 2), from so many items that two people answered."""
    first, second = rng.random((2, streams, CHECKS)) < noise
    found = [label_noise(one, other) for one, other in zip(first, second, strict=True)]
    return np.array([(one.rate, one.answers) for one in found if one is not None])
