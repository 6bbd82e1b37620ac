"""How often a customer's texts look like a try without a block before, and how often it is tried again after one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mitigations.accounts_records import Scatter
from mitigations.accounts_tails import Array, beta_binomial, negative_binomial
from mitigations.anomalies_level import DECAY

Places = npt.NDArray[np.int64]

PRIOR_HITS, PRIOR_TEXTS = 0.5, 50.0
"""What a mitigation's share of a technique starts from: a hundredth, and worth little beside the texts read."""
ALIKE, ALIKE_WEIGHT = 0.2, 1.0
"""Correlation of two texts of one customer as long as the texts read tell little of it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Tests of one day: surprise, the technique that tells most (its column), its share and precision."""

    surprise: Array
    technique: Places
    share: Array
    precision: Array


class Marked:
    """Texts of each pair of customer and mitigation that show a technique although no block came before.

    The share of a technique is the customer's own, shrunk to that of the mitigation (beta-binomial).
    """

    def __init__(self, group: Places, groups: int, techniques: int) -> None:
        self.group, self.groups = group, groups
        self.hits, self.texts = np.zeros((techniques, len(group))), np.zeros(len(group))
        self._every: tuple[Array, Array] | None = None

    def judge(self, pair: Places, hits: Array, texts: Array) -> Marks:
        """How surprising it is that of so many `texts` so many (technique x pair) show it.

        Over techniques: the chance that any is as unlikely, each by what it can reach with so few texts at all.
        """
        share, precision = self._usual(pair)
        flat = [np.broadcast_to(one, hits.shape).ravel() for one in (texts, share, precision)]
        chance = np.exp(-beta_binomial(hits.ravel(), *flat)).reshape(hits.shape)
        chance[hits == 0] = 1.0
        any_ = np.exp(-beta_binomial(np.ones(hits.size), *flat)).reshape(hits.shape)
        best = np.argmin(chance, axis=0)
        at = np.arange(len(pair))
        least = chance[best, at]
        every = np.where(least < 1.0, np.minimum(least, any_).sum(axis=0), 1.0)
        return Marks(-np.log(np.clip(every, 1e-300, 1.0)), best, share[best, at], precision[best, at])

    def _usual(self, pair: Places) -> tuple[Array, Array]:
        """Share and precision by technique and pair."""
        shares, prior = self._every = self._every or self._all()
        precision = prior + self.texts[pair]
        return (prior * shares[:, self.group[pair]] + self.hits[:, pair]) / precision, precision

    def _all(self) -> tuple[Array, Array]:
        """The mitigations' shares, and by technique how many texts they are worth beside a customer's own."""
        texts = np.bincount(self.group, self.texts, self.groups)
        hits = np.stack([np.bincount(self.group, one, self.groups) for one in self.hits])
        shares = (hits + PRIOR_HITS) / (texts + PRIOR_TEXTS)
        own = shares[:, self.group]
        chance = self.texts * own * (1.0 - own)
        beyond = ((self.hits - self.texts * own) ** 2 - chance).sum(axis=1) + ALIKE * ALIKE_WEIGHT
        alike = beyond / ((chance * np.maximum(self.texts - 1.0, 0.0)).sum(axis=1) + ALIKE_WEIGHT)
        return shares, (1.0 / np.clip(alike, 0.02, 0.8) - 1.0)[:, None]

    def add(self, pair: Places, hits: Array, texts: Array) -> None:
        """Texts of a day, all pairs different."""
        self._every = None
        self.hits *= DECAY
        self.texts *= DECAY
        self.hits[:, pair] += hits
        self.texts[pair] += texts


class Again:
    """Tries a stopped request of each pair: the customer's own, shrunk to the mitigation's (gamma-Poisson)."""

    def __init__(self, group: Places, groups: int) -> None:
        self.group, self.groups = group, groups
        self.tries, self.stops = np.zeros(len(group)), np.zeros(len(group))
        self.scatter = Scatter()

    def judge(self, pair: Places, tries: Array, stops: Array) -> tuple[Array, Array, Array]:
        """Surprises of the pairs with stopped requests on a day, their means and sizes; the day becomes part of the
        past."""
        every = [np.bincount(self.group, one, self.groups) for one in (self.tries, self.stops)]
        rate = ((every[0] + 0.5) / (every[1] + 1.0))[self.group]
        expected = self.stops * rate
        spread = (self.tries**2 - self.tries).sum() / max(float((expected**2).sum()), 1.0) - 1.0
        weight = 1.0 / float(np.clip(spread, 0.2, 5.0))
        mean = (weight + self.tries[pair]) / (weight / rate[pair] + self.stops[pair]) * stops
        unsure = 1.0 / (weight + self.tries[pair])
        size = 1.0 / (self.scatter.value + unsure)
        self.scatter.add_counts(tries, mean, unsure)
        self.tries *= DECAY
        self.stops *= DECAY
        self.tries[pair] += tries
        self.stops[pair] += stops
        return negative_binomial(tries, mean, size), mean, size
