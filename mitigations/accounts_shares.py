"""Which share of an account's decisions is usually blocked, or is one mitigation's: shrunk to all accounts' share."""

from collections import deque

import numpy as np
import numpy.typing as npt

from mitigations.accounts_rates import WINDOW
from mitigations.accounts_records import Judged, Scatter
from mitigations.accounts_tails import Array, beta_binomial
from mitigations.anomalies_level import DECAY

Places = npt.NDArray[np.int64]

OTHERS_WEIGHT = 30.0
"""Trials that "the others are as usual" is worth beside the others' own of the day."""
LEAST_SUCCESSES = 3.0


class Shares:
    """Successes among trials by pair of account and group (a mitigation), day by day.

    Usual is a beta-binomial share (Skellam 1948); the day's log odds are moved by as much as those of all other
    accounts of the group were, so a release that blocks more of everybody's requests is nobody's anomaly. What is
    usual ends a week before the day judged.
    """

    def __init__(self, pairs: int, groups: int) -> None:
        self.groups = groups
        self.hits, self.tries = np.zeros(pairs), np.zeros(pairs)
        self.week = np.zeros((2, pairs))
        self.week_groups = np.zeros((3, groups))
        self.recent: deque[tuple[Places, Array, Array, Array, Array]] = deque()
        self.scatter = {days: Scatter(start=0.1, least=0.002, most=0.6) for days in (1, WINDOW)}

    def judge(self, pair: Places, hits: Array, tries: Array, old: npt.NDArray[np.bool_]) -> Judged:
        """Surprises of the pairs seen on a day, of those that are `old` enough; the day becomes part of their past."""
        group = pair % self.groups
        usual, weight = self._usual(pair, group)
        day: Array = np.stack(
            [np.bincount(group, values, self.groups).astype(float) for values in (hits, tries, tries * usual)]
        )
        self._fold(pair, hits, tries, usual, day)
        asked = old & (hits > 0) & (self.week[0, pair] >= LEAST_SUCCESSES)
        found = []
        windows = {1: (hits, tries, day), WINDOW: (*self.week[:, pair], self.week_groups)}
        for days, (seen, trials, sums) in windows.items():
            share = self._moved(usual, (seen, trials), sums[:, group])
            ties = self.scatter[days].value
            precision = 1.0 / (1.0 / weight + ties / (1.0 - ties))
            self.scatter[days].add_shares(seen[old], trials[old], share[old])
            one = (seen[asked], trials[asked], share[asked], precision[asked])
            found.append(Judged(pair[asked], days, beta_binomial(*one), one[0], one[2], one[3], one[1]))
        return found[0].or_longer(found[1])

    def _usual(self, pair: Places, group: Places) -> tuple[Array, Array]:
        """The usual share of each pair, and how many trials it rests on."""
        hits, tries = (table.reshape(-1, self.groups) for table in (self.hits, self.tries))
        shares = (hits.sum(axis=0) + 1.0) / (tries.sum(axis=0) + 2.0)
        chance = tries * shares * (1.0 - shares)
        between = ((hits - tries * shares) ** 2 - chance).sum() / max((chance * (tries - 1.0)).sum(), 1.0)
        prior = 1.0 / float(np.clip(between, 0.01, 0.5)) - 1.0
        weight = prior + self.tries[pair]
        return (prior * shares[group] + self.hits[pair]) / weight, weight

    def _moved(self, usual: Array, own: tuple[Array, Array], sums: Array) -> Array:
        """The usual share moved by what the others did: `sums` of their hits, trials and usual hits."""
        seen, trials = own
        least = np.clip(usual, 1e-4, 1 - 1e-4)
        weight = OTHERS_WEIGHT
        rest = np.maximum(sums[1] - trials, 0.0) + weight
        now = (np.maximum(sums[0] - seen, 0.0) + weight * least) / rest
        then = (np.maximum(sums[2] - trials * usual, 0.0) + weight * least) / rest
        now, then = (np.clip(one, 1e-3, 1 - 1e-3) for one in (now, then))
        odds = least / (1 - least) * (now / (1 - now)) / (then / (1 - then))
        moved: Array = np.clip(odds / (1.0 + odds), 1e-4, 1 - 1e-4)
        return moved

    def _fold(self, pair: Places, hits: Array, tries: Array, usual: Array, day: Array) -> None:
        """The day enters the week; the day a week before it enters what is usual, ties among its trials discounted."""
        ties = self.scatter[1].value
        counted = tries / (1.0 + (tries - 1.0) * ties)
        limit = usual + 6.0 * np.sqrt(usual * (1.0 - usual) * (1.0 / np.maximum(tries, 1.0) + ties))
        share = np.minimum(hits / np.maximum(tries, 1.0), limit)
        self.week[:, pair] += np.stack([hits, tries])
        self.week_groups += day
        self.recent.append((pair, np.stack([hits, tries]), counted, share, day))
        if len(self.recent) <= WINDOW:
            return
        before, values, counted, share, sums = self.recent.popleft()
        self.week[:, before] -= values
        self.week_groups -= sums
        self.hits *= DECAY
        self.tries *= DECAY
        self.tries[before] += counted
        self.hits[before] += counted * share
