"""Whether the counted weeks are still like the labelled ones: the scores, and what labels say of equal scores."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import chi2

from mitigations.ppi_bins import BINS, SAID_YES, Flags, Ints
from mitigations.ppi_interval import Floats
from mitigations.ppi_pools import weeks_of

if TYPE_CHECKING:
    from mitigations.ppi_claims import Sample

SCORES_ALARM = 0.01
TRUTH_ALARM = 0.05
"""False alarms a week. Labels are few: at a lower level their test would find little."""
LEAST_MOVED = 0.05
"""Share of documents that must lie in other bins before a shift of scores is worth a word."""
SCORES = "scores differ from those of the weeks before"
TRUTH = "labels of equal scores say otherwise than in the weeks before"
SLICES = "labels of equal scores say otherwise than in the other slices"
SLICES_ALARM = 0.05
"""Chance of a false alarm in any of the slices together."""


def score_drift(counts: Floats, week: Ints, *, window: int, span: int = 1) -> Floats:
    """p-value by week of the bin counts (weeks, bins) against those of the rows at most `window` before it.

    Pearson's chi-square of two multinomials, divided by how much more than by chance the rows usually differ
    (the median over all). Rows that overlap, nearer than `span`, are left out. NaN without a row to compare with.
    """
    apart = week[:, None] - week[None, :]
    before = ((apart >= span) & (apart < max(window, 2 * span))).astype(np.float64)
    reference = before @ counts
    own, other = counts.sum(axis=1), reference.sum(axis=1)
    known = (own > 0) & (other > 0)
    safe = np.where(known, own, 1.0), np.where(known, other, 1.0)
    share = (counts + reference) / (safe[0] + safe[1])[:, None]
    seen = share > 0
    expected = np.where(seen, share, 1.0)
    gap = counts / safe[0][:, None] - reference / safe[1][:, None]
    statistic = (gap**2 / expected).sum(axis=1) / (1 / safe[0] + 1 / safe[1])
    freedom = np.maximum(seen.sum(axis=1) - 1, 1)
    usual = statistic[known] / chi2.median(freedom[known])
    found = chi2.sf(statistic / max(1.0, float(np.median(usual)) if len(usual) else 1.0), freedom)
    moved = np.abs(gap).sum(axis=1) / 2
    return np.where(known, np.where(moved >= LEAST_MOVED, found, 1.0), np.nan)


def truth_drift(sample: "Sample", week: Ints, *, window: int, span: int = 1) -> Floats:
    """p-value by week of its labels against those of the weeks at most `window` before, at equal scores.

    Cochran (1954) and Mantel & Haenszel (1959): within each bin the labels of both times are one population;
    the excess of true ones is summed over the bins said yes and over those said no, and both are tested
    together (chi-square). NaN where one of the times has no label, or no bin has both kinds.
    """
    first, last = weeks_of(week, sample.week)
    sums = np.zeros((last - first + 2, len(BINS), 2))
    each = np.stack([np.ones(len(sample.y)), sample.y], axis=1)
    np.add.at(sums, (sample.week - first + 1, sample.bin), each)
    sums = sums.cumsum(axis=0)
    end = week - first + 1
    middle, start = np.maximum(end - span, 0), np.maximum(end - max(window, 2 * span), 0)
    own, before = sums[end] - sums[middle], sums[middle] - sums[start]
    return _excess(own, before)


def slice_drift(sample: "Sample", slices: int) -> Flags:
    """Whether a slice's labels, of all weeks, say otherwise at equal scores than those of the other slices.

    The test of `truth_drift`, at `SLICES_ALARM` over the number of slices that can be tested (Bonferroni).
    """
    sums = np.zeros((slices, len(BINS), 2))
    each = np.stack([np.ones(len(sample.y)), sample.y], axis=1)
    inside = (sample.slice >= 0) & (sample.slice < slices)
    np.add.at(sums, (sample.slice[inside], sample.bin[inside]), each[inside])
    found = _excess(sums, sums.sum(axis=0) - sums)
    return np.asarray(found < SLICES_ALARM / max(int(np.isfinite(found).sum()), 1))


def _excess(own: Floats, before: Floats) -> Floats:
    items, true = own[..., 0], own[..., 1]
    total, share = _shares(own + before)
    free = np.where(total > 1, total - 1, 1.0)
    variance = np.where(total > 1, items * (total - items) * share * (1 - share) / free, 0.0)
    statistic, freedom = np.zeros(len(own)), np.zeros(len(own))
    for side in (False, True):
        columns = SAID_YES == side
        spread = variance[:, columns].sum(axis=1)
        excess = (true - items * share)[:, columns].sum(axis=1)
        told = spread > 0
        statistic += np.where(told, excess**2 / np.where(told, spread, 1.0), 0.0)
        freedom += told
    return np.where(freedom > 0, chi2.sf(statistic, np.maximum(freedom, 1.0)), np.nan)


def _shares(both: Floats) -> tuple[Floats, Floats]:
    total = both[..., 0]
    return total, np.where(total > 0, both[..., 1] / np.where(total > 0, total, 1.0), 0.0)


def drift_words(scores: Floats, truth: Floats, slices: Flags) -> "list[str | None]":
    """What to write beside each number, by the p-values of its week and whether its slice differs; None: nothing.

    >>> drift_words(np.array([0.5, 0.001]), np.array([0.5, np.nan]), np.array([False, False]))
    [None, 'scores differ from those of the weeks before']
    """
    told = np.stack([scores < SCORES_ALARM, truth < TRUTH_ALARM, slices])
    # Seven sentences at most, however many cells.
    code = (np.array([[4], [2], [1]]) * told).sum(axis=0)
    words = ["; ".join(text for bit, text in ((4, SCORES), (2, TRUTH), (1, SLICES)) if key & bit) for key in range(8)]
    return [words[key] or None for key in code.tolist()]
