"""True claims behind predicted ones, cell by cell, from randomly drawn labels: prediction-powered counts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.drift import drift_words, score_drift, slice_drift, truth_drift
from mitigations.estimate import adjusted_counts, classifier_error
from mitigations.noise import LabelNoise
from mitigations.ppi_bins import GUESS, SAID_YES, Ints, groups, sides, summed
from mitigations.ppi_interval import Floats, Noise, Shares, corrected
from mitigations.ppi_pools import EVERYBODY, NO_POOL, POOLS, WINDOW, Pools, pooled
from mitigations.rates import poisson_interval
from mitigations.swings import swings

SEED = 20
PPI, ADJUSTED, UNCORRECTED = "ppi", "adjusted counting", "uncorrected"


@dataclass(frozen=True, slots=True)
class Sample:
    """Randomly drawn labels, parallel arrays: what was said of each and by which design it came.

    `bin`: of the classifier's own answer, see `ppi_bins.score_bins`. `week`: number of the ISO week. `slice`:
    code of the slice, -1 where it has no cell. `y`: 1 a true one, 0 not, between them the mean of answers that
    differ. `inclusion`: probability of the draw, in (0, 1]. `labellers`: people who answered; 0 where the answer
    was adjudicated or known beforehand, and so is free of noise.
    """

    bin: Ints
    week: Ints
    slice: Ints
    y: Floats
    inclusion: Floats
    labellers: Ints


@dataclass(frozen=True, slots=True)
class Cells:
    """What was counted: `unique` documents by cell and score bin, `certain` true ones beside them.

    `unique` (cells, bins) holds the drawn ones too, in the bin of the classifier's own answer; documents that were
    labelled but not drawn are in neither, the true ones among them in `certain`. `week`: the last of `span` weeks.
    """

    unique: Floats
    certain: Floats
    week: Ints
    slice: Ints
    span: int = 1


@dataclass(frozen=True, slots=True)
class Estimates:
    """Mean number of true claims of each cell with its 95 % interval, and how it was come by.

    `method`: "ppi", "adjusted counting" or "uncorrected"; `correction`: the same in a sentence; `labels` it rests
    on; `drift`: what changed between labels and count, None if nothing did.
    """

    estimate: Floats
    low: Floats
    high: Floats
    method: npt.NDArray[np.object_]
    correction: npt.NDArray[np.object_]
    labels: Ints
    drift: npt.NDArray[np.object_]


def claims(sample: Sample, cells: Cells, *, noise: LabelNoise | None = None) -> Estimates:
    """True claims of each cell.

    Each cell is estimated from the labels of its pool (`ppi_pools`): its own where they are enough, else those of
    its slice, else of all slices in the trailing weeks. Cells without a pool are corrected by adjusted counting if
    all labels together suffice for it, else left as they were predicted.
    """
    pools = pooled(sample, cells)
    shares, counts, touched = strata(pools, cells.unique)
    wrong = noise_of(noise, touched, sides(groups(pools.items)))
    found = corrected(counts, cells.certain, shares, wrong, swings(sample, cells, pools, shares))
    none = pools.level == NO_POOL
    rest = Cells(cells.unique[none], cells.certain[none], cells.week[none], cells.slice[none], cells.span)
    fallback, method = _fallback(sample, rest)
    for own, other in zip(found, fallback, strict=True):
        own[none] = other
    estimate, low, high = found
    ways = np.where(none, method, PPI).astype(object)
    labels = np.where(none, 0 if method == UNCORRECTED else len(sample.y), pools.labels).astype(np.int64)
    said = _words(pools.level, ways, labels, noise)
    return Estimates(estimate, low, high, ways, said, labels, _drift(sample, cells, pools))


def strata(pools: Pools, unique: Floats) -> tuple[Shares, Floats, Floats]:
    """Shares of true ones by group of bins, the counts of those groups, and how far noise touches them."""
    group = groups(pools.items)
    items, weight, squares = (summed(part, group) for part in (pools.items, pools.weight, pools.squares))
    true, noisy = summed(pools.true, group), summed(pools.noisy, group)
    held = items > 0
    weighed = np.where(held, weight, 1.0)
    share = true / weighed
    # Effective sample size (Kish 1965), never above the number of labels.
    trials = np.where(held, np.minimum(weighed**2 / np.where(held, squares, 1.0), items), 0.0)
    counts = summed(unique, group)
    guess = summed(unique * GUESS, group) / np.where(counts > 0, counts, 1.0)
    # Where every document of the cell was read, what was read counts, and no other cell's labels.
    own = summed(pools.own, group)
    read = (counts > 0) & (own >= counts)
    trials = np.where(read, own, trials)
    share = np.where(read, summed(pools.own_true, group) / np.where(read, own, 1.0), share)
    return Shares(share * trials, trials, guess), counts, np.where(held, noisy / weighed, 0.0)


def noise_of(noise: LabelNoise | None, touched: Floats, yes: npt.NDArray[np.bool_]) -> Noise | None:
    """Label noise as the interval takes it, of each side of the classifier's answer where that is known."""
    if noise is None:
        return None
    either = noise.sides or (noise, noise)
    rate, answers = (np.array([getattr(side, name) for side in either]) for name in ("rate", "answers"))
    return Noise(touched, yes, rate, answers, apart=noise.sides is not None)


def _drift(sample: Sample, cells: Cells, pools: Pools) -> npt.NDArray[np.object_]:
    """What changed in the cell's week over all slices, and how its slice differs from those it borrows labels from."""
    week, place = np.unique(cells.week, return_inverse=True)
    counts = np.zeros((len(week), cells.unique.shape[1]))
    np.add.at(counts, place, cells.unique)
    scores = score_drift(counts, week, window=WINDOW, span=cells.span)
    truth = truth_drift(sample, week, window=WINDOW, span=cells.span)
    differs = slice_drift(sample, int(cells.slice.max(initial=-1)) + 1)[cells.slice]
    words = np.full(len(cells.week), None, dtype=object)
    words[:] = drift_words(scores[place], truth[place], differs & (pools.level == EVERYBODY))
    words[(pools.level == 0) | (pools.level == NO_POOL)] = None
    return words


def _fallback(sample: Sample, cells: Cells) -> tuple[tuple[Floats, Floats, Floats], str]:
    yes = cells.unique[:, SAID_YES].sum(axis=1)
    error = classifier_error(SAID_YES[sample.bin], sample.y >= 0.5, sample.inclusion)
    if error.enough:
        estimate, low, high = adjusted_counts(yes, cells.unique.sum(axis=1) - yes, error, seed=SEED)
        return (estimate + cells.certain, low + cells.certain, high + cells.certain), ADJUSTED
    raw = yes + cells.certain
    return (raw, *poisson_interval(raw)), UNCORRECTED


def _words(
    level: Ints, method: npt.NDArray[np.object_], labels: Ints, noise: LabelNoise | None
) -> npt.NDArray[np.object_]:
    noisy = "" if noise is None else f", label noise from {noise.checks} checks"
    where = (*(f"{words}{noisy}" for words in POOLS), "")
    known: dict[tuple[int, str, int], str] = {}
    found = np.empty(len(level), dtype=object)
    for place, key in enumerate(zip(level.tolist(), method.tolist(), labels.tolist(), strict=True)):
        if key not in known:
            known[key] = _sentence(key[1], key[2], where[key[0]])
        found[place] = known[key]
    return found


def _sentence(method: str, labels: int, where: str) -> str:
    if method == UNCORRECTED:
        return "uncorrected: sampling variation only"
    if method == ADJUSTED:
        return f"adjusted counting: sampling and classifier error, {labels} random labels of all weeks"
    return f"prediction-powered: sampling and classifier error, {labels} random labels {where}"
