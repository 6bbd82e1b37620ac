"""How far apart the words of two periods are, and how far chance alone would put them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import gammaincc, ndtr

FIRST, MORE = 99, 300
"""Permutations at first, and further ones where few of those are as far apart."""
FEW = 10
FOREMOST = 6
"""Words of a new trick: a handful."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voices:
    """Accounts as rows: `words` (rows sum to 1), `late` where the row is of the second period, `twin` the row of the
    same account in the other period (-1: none); `codes` of the columns."""

    words: csr_array
    late: npt.NDArray[np.bool_]
    twin: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int64]


def permuted_chance(voices: Voices, random: np.random.Generator) -> float:
    """Chance of such distances if accounts had changed places between the periods; more permutations where it is
    small, and below what they resolve the tail of the gamma distribution with their first three moments.

    Of two distances, one for a shift of many words and one for that of a few, the less likely counts, twice.
    (Sequential stopping: Besag and Clifford 1991, Biometrika. Tail: Winkler et al. 2016, NeuroImage.)"""
    seen = distances(voices, voices.late[None, :].astype(np.float64))[0]
    drawn = _permuted(voices, FIRST, random)
    if ((drawn >= seen).sum(axis=0) < FEW).any():
        drawn = np.concatenate([drawn, _permuted(voices, MORE, random)])
    return min(1.0, 2.0 * min(_chance(drawn[:, one], float(seen[one])) for one in range(len(seen))))


def _chance(drawn: Floats, seen: float) -> float:
    more = int((drawn >= seen).sum())
    return (more + 1) / (len(drawn) + 1) if more >= FEW else gamma_tail(drawn, seen)


def gamma_tail(drawn: Floats, seen: float) -> float:
    """Upper tail at `seen` of the shifted gamma distribution with mean, deviation and skewness of `drawn`."""
    mean, deviation = float(drawn.mean()), float(drawn.std(ddof=1))
    if deviation == 0.0:
        return 1.0 if seen <= mean else 1.0 / (len(drawn) + 1)
    z = (seen - mean) / deviation
    skew = float((((drawn - mean) / deviation) ** 3).mean())
    if skew < 0.05:
        return float(ndtr(-z))
    shape = 4.0 / skew**2
    return float(gammaincc(shape, max(shape + z * 2.0 / skew, 0.0)))


def _permuted(voices: Voices, times: int, random: np.random.Generator) -> Floats:
    """Distances after the accounts of one period alone are dealt anew, and those of both changed sides or not."""
    alone = np.flatnonzero(voices.twin < 0)
    first = np.flatnonzero(voices.twin > np.arange(len(voices.twin)))
    labels = np.zeros((times, len(voices.late)))
    labels[:, alone] = random.permuted(np.tile(voices.late[alone].astype(float), (times, 1)), axis=1)
    flips = random.integers(0, 2, (times, len(first))).astype(float)
    labels[:, first], labels[:, voices.twin[first]] = flips, 1.0 - flips
    return distances(voices, labels)


def means(voices: Voices, labels: Floats) -> tuple[Floats, Floats]:
    """Word distributions of the two periods for each row of labels (1: second period): (times, words) each."""
    late = np.asarray((voices.words.T @ labels.T).T)
    whole = np.asarray(voices.words.sum(axis=0)).ravel()
    many = labels.sum(axis=1, keepdims=True)
    return np.maximum(whole - late, 0.0) / (len(voices.late) - many), late / many


def distances(voices: Voices, labels: Floats) -> Floats:
    """For each row of labels the squared Hellinger distance, to which every word counts by its frequency, and the sum
    of the FOREMOST largest squared standard scores of words: (times, 2)."""
    before, after = means(voices, labels)
    squares = np.asarray(voices.words.power(2).mean(axis=0)).ravel()
    spread = squares - np.asarray(voices.words.mean(axis=0)).ravel() ** 2
    many = float(voices.late.sum())
    error = np.maximum(spread * (1.0 / many + 1.0 / (len(voices.late) - many)), 1e-12)
    scores = (after - before) ** 2 / error
    foremost = np.partition(scores, -FOREMOST, axis=1)[:, -FOREMOST:] if scores.shape[1] > FOREMOST else scores
    return np.stack([1.0 - np.sqrt(before * after).sum(axis=1), foremost.sum(axis=1)], axis=1)
