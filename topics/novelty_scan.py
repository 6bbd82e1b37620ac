"""Where more people write alike than before: a scan of the space of claims for density that is new."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from topics.assign import Indices, Vectors, similarities

Floats = NDArray[np.float64]

NEIGHBOURS = 96
"""A place is looked at up to so many documents around it; what is denser than that is no news."""

_CHUNK = 512
_PRIOR = 0.5  # documents that a place without any might have had
_SHRINK = 20.0  # recent documents' worth of belief that a domain grew like all
_TINIEST = 1e-30


@dataclass(frozen=True, slots=True)
class Bar:
    """What a cluster must pass to be born.

    `windows`: days over which news may gather; `crowds`: numbers of further voices at which a place is judged;
    `false_births`: to expect of a day without news; `overlap`: how many places that pass by chance come to one
    birth, since places, sizes and windows share their documents and some are no subject of their own (measured on
    quiet streams, `benchmarks/theme_birth.py`); `dispersion`: variance of a subject's daily volume beyond Poisson's,
    as m + dispersion · m²; `apart`: cosine to a standing theme at which it is that theme.
    """

    windows: tuple[int, ...] = (1, 3, 7)
    crowds: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 10, 12, 15, 20)
    false_births: float = 0.02
    overlap: float = 5.0
    dispersion: float = 0.12
    apart: float = 0.85


@dataclass(frozen=True, slots=True)
class Crowd:
    """Documents that can be news: unit `vectors` (n, d), `age` (n,) in days before now, codes of who wrote each in
    which `template` (n,)."""

    vectors: Vectors
    age: Floats
    writer: Indices
    template: Indices


@dataclass(frozen=True, slots=True)
class Place:
    """A place with news: `rows` of the crowd, the seed first, then the nearest of other voices within `window` days.

    `before`: documents of the earlier days no farther from the seed; `expected`: of the window, by them and by how
    the rest of the crowd grew; `chance`: of so many voices if nothing changed; `trials`: places looked at.
    """

    rows: Indices
    window: int
    voices: int
    before: int
    expected: float
    chance: float
    trials: int


def places(crowd: Crowd, bar: Bar, *, growth: dict[int, float] | None = None) -> list[Place]:
    """Every recent document as the middle of a place at its most telling size, the least likely first.

    Nothing is assumed of how dense a subject is: a place is as large as its n-th new voice is far, for each n of
    `bar.crowds`, and is held against what lay as near in the days before. `growth`: window -> how many recent
    documents come on one before over all domains, which a small crowd is shrunken to; None: its own.
    """
    own = {days: grown(crowd.age, days) for days in bar.windows}
    found: list[tuple[float, int, Place]] = []
    recent = np.flatnonzero(crowd.age < max(bar.windows))
    for start in range(0, len(recent), _CHUNK):
        seeds = recent[start : start + _CHUNK]
        near = _nearest(crowd.vectors, seeds)
        for days in bar.windows:
            odds = _Odds.of(crowd.age, days, bar, (growth or own)[days])
            found += _sightings(crowd, seeds, near, odds)
    return [place for _, _, place in sorted(found, key=lambda one: one[:2])]


def grown(age: Floats, days: int) -> float:
    """Documents of the last `days` for one of the days before."""
    recent = int((age < days).sum())
    return recent / max(len(age) - recent, 1)


@dataclass(frozen=True, slots=True)
class _Odds:
    """Chance and expectation by documents before (rows) and further voices (columns), for one window."""

    days: int
    expected: Floats
    chance: Floats
    trials: int

    @classmethod
    def of(cls, age: Floats, days: int, bar: Bar, growth: float) -> "_Odds":
        """Negative binomial tails; where a number of voices is not judged the chance is 1."""
        from scipy.stats import nbinom

        recent = int((age < days).sum())
        before = np.arange(NEIGHBOURS + 1, dtype=np.float64)[:, None]
        voices = np.arange(max(bar.crowds) + 1, dtype=np.float64)[None, :]
        # How all else grew: the place itself is left out, or a large subject would excuse itself.
        # Where little else is left its growth is a guess: a day on which a small domain's other subjects happen to
        # be silent would make news of the one that is not.
        rest = np.maximum(recent - 1 - voices, 0) + _SHRINK
        expected = (before + _PRIOR) * rest / (np.maximum(len(age) - recent - before, 0) + _SHRINK / max(growth, 1e-9))
        size = 1 / (bar.dispersion + 1 / (before + _PRIOR))
        chance = nbinom.sf(voices - 1, size, size / (size + expected))
        judged = np.isin(voices, bar.crowds) & (before < NEIGHBOURS)
        trials = recent * len(bar.crowds) * len(bar.windows)
        return cls(days, expected, np.where(judged, np.maximum(chance, _TINIEST), 1.0), max(trials, 1))


def _nearest(vectors: Vectors, seeds: Indices) -> tuple[Indices, Vectors]:
    """The nearest other rows of each seed (m, k) and their cosines, nearest first, ties to the earlier row."""
    scores = similarities(vectors[seeds], vectors)
    scores[np.arange(len(seeds)), seeds] = -2
    k = min(NEIGHBOURS, len(vectors) - 1)
    rows = np.sort(np.argpartition(-scores, max(k - 1, 0), axis=1)[:, :k], axis=1)
    order = np.argsort(-np.take_along_axis(scores, rows, axis=1), axis=1, kind="stable")
    rows = np.take_along_axis(rows, order, axis=1)
    return rows, np.take_along_axis(scores, rows, axis=1)


def _sightings(
    crowd: Crowd, seeds: Indices, near: tuple[Indices, Vectors], odds: _Odds
) -> list[tuple[float, int, Place]]:
    """The most telling size of the place around each seed of the window, with its chance and seed to sort by."""
    inside = crowd.age[seeds] < odds.days
    seeds, rows = seeds[inside], near[0][inside]
    if not rows.size:
        return []
    recent = crowd.age[rows] < odds.days
    fresh = recent.copy()
    for code in (crowd.writer, crowd.template):
        fresh &= code[rows] != code[seeds][:, None]
    voices = np.minimum(
        _distinct(crowd.writer[rows], fresh).cumsum(axis=1), _distinct(crowd.template[rows], fresh).cumsum(axis=1)
    )
    before = (~recent).cumsum(axis=1)
    most = odds.chance.shape[1] - 1
    chance = np.where(voices <= most, odds.chance[before, np.minimum(voices, most)], 1.0)
    best = chance.argmin(axis=1)
    found = []
    for row, last in enumerate(best.tolist()):
        if chance[row, last] * odds.trials >= 1:
            continue
        members = rows[row, : last + 1][fresh[row, : last + 1]]
        n, b = int(voices[row, last]), int(before[row, last])
        place = Place(
            rows=np.concatenate([seeds[row : row + 1], members]),
            window=odds.days,
            voices=n + 1,
            before=b,
            expected=float(odds.expected[b, n]),
            chance=float(chance[row, last]),
            trials=odds.trials,
        )
        found.append((place.chance * place.trials, int(seeds[row]), place))
    return found


def _distinct(codes: Indices, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the counted entries (m, k) is the first of its code in its row."""
    columns = np.arange(codes.shape[1])
    own = np.where(counted, codes, -1 - columns)
    order = np.argsort(own, axis=1, kind="stable")
    ordered = np.take_along_axis(own, order, axis=1)
    first = np.ones_like(counted)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    back = np.zeros_like(counted)
    np.put_along_axis(back, order, first, axis=1)
    return back & counted
