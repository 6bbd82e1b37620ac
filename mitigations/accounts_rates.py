"""How many decisions an account usually has: its own past days, shrunk to what all accounts have, by season."""

from collections import deque

import numpy as np
import numpy.typing as npt

from mitigations.accounts_records import Judged, Scatter
from mitigations.accounts_tails import Array, negative_binomial

Places = npt.NDArray[np.int64]

WINDOW = 7
"""Days of the longer window; and the days before that are kept out of what is usual."""
DECAY = 0.5 ** (1 / 42)
SEASON_WEIGHT = 20.0
"""Decisions that "a day like others" is worth beside the day's own."""
WEEKEND_WEIGHT = 20.0
LEAST_DAYS = 14
LEAST_COUNT = 4.0
STRAY = 6.0
"""Standard deviations above which a count is cut before it becomes part of what is usual."""


class Rates:
    """Counts by account, day by day. Usual is a gamma-Poisson mean (Robbins 1956) times the day's factor.

    The factor is what all other accounts had that day against what they usually have, so a busy day of everybody is
    nobody's anomaly, times the account's own share of weekends. What is usual ends a week before the day judged.
    """

    def __init__(self, accounts: int) -> None:
        self.total, self.exposure, self.weekends = (np.zeros(accounts) for _ in range(3))
        self.recent: deque[tuple[Array, Array, bool]] = deque()
        self.week_count, self.week_exposure = np.zeros(accounts), np.zeros(accounts)
        self.first = np.full(accounts, -1, dtype=np.int64)
        self.scatter = {1: Scatter(), WINDOW: Scatter()}
        self.weekend_share = 2 / 7

    def judge(self, place: int, weekend: bool, account: Places, count: Array) -> Judged:
        """Surprises of the accounts seen on a day, which then becomes part of their past."""
        counts = np.zeros(len(self.total))
        counts[account] = count
        self.first[account[self.first[account] < 0]] = place
        usual, known = self._usual()
        factor = self._factor(counts, usual, weekend)
        self._fold(counts, factor, usual, known, weekend)
        old = known & (place - self.first >= LEAST_DAYS)
        asked = account[old[account] & (self.week_count[account] >= LEAST_COUNT)]
        windows = {1: (counts, factor), WINDOW: (self.week_count, self.week_exposure)}
        found = []
        for days, (seen, exposed) in windows.items():
            mean = np.maximum(usual * exposed, 1e-6)
            size = 1.0 / (self.scatter[days].value + self._unsure())
            self.scatter[days].add_counts(seen[old], mean[old], self._unsure()[old])
            surprise = negative_binomial(seen[asked], mean[asked], size[asked])
            found.append(Judged(asked, days, surprise, seen[asked], mean[asked], size[asked]))
        return found[0].or_longer(found[1])

    def _usual(self) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Decisions a unit of exposure of each account, and which accounts have a past."""
        known = self.exposure > 0
        mean = self.total.sum() / max(self.exposure.sum(), 1.0) if known.any() else 1.0
        mean = max(mean, 1e-4)
        spread = (self.total**2 - self.total).sum() / max((self.exposure**2).sum(), 1.0) / mean**2 - 1.0
        self.weight = 1.0 / float(np.clip(spread, 0.05, 5.0))
        self.own = 1.0 / (1.0 + mean * self.scatter[1].value)
        usual = (self.weight + self.own * self.total) / (self.weight / mean + self.own * self.exposure)
        return usual, known

    def _unsure(self) -> Array:
        """Squared relative error of what is usual."""
        found: Array = 1.0 / (self.weight + self.own * self.total)
        return found

    def _factor(self, counts: Array, usual: Array, weekend: bool) -> Array:
        """How much busier than usual the day is for each account, itself left out."""
        share = (self.weekends + WEEKEND_WEIGHT * self.weekend_share) / (self.total + WEEKEND_WEIGHT)
        share = np.clip(share, 0.01, 0.99)
        own = share * 3.5 if weekend else (1.0 - share) * 1.4
        known = self.exposure > 0
        expected = np.where(known, usual * own, 0.0)
        seen = np.where(known, counts, 0.0)
        others = (seen.sum() - seen + SEASON_WEIGHT) / (expected.sum() - expected + SEASON_WEIGHT)
        factor: Array = own * np.clip(others, 0.1, 10.0)
        return factor

    def _fold(self, counts: Array, factor: Array, usual: Array, known: npt.NDArray[np.bool_], weekend: bool) -> None:
        """The day enters the week; the day a week before it enters what is usual."""
        mean = usual * factor
        limit = mean + STRAY * np.sqrt(mean + mean**2 * (self.scatter[1].value + self._unsure())) + 1.0
        cut = np.where(known, np.minimum(counts, limit), counts)
        seen = np.where(self.first >= 0, factor, 0.0)
        self.week_count += counts
        self.week_exposure += seen
        self.recent.append((np.stack([counts, cut]), seen, weekend))
        if len(self.recent) <= WINDOW:
            return
        before, exposed, was_weekend = self.recent.popleft()
        self.week_count -= before[0]
        self.week_exposure -= exposed
        for table in (self.total, self.exposure, self.weekends):
            table *= DECAY
        self.total += before[1]
        self.exposure += exposed
        if was_weekend:
            self.weekends += before[1]
        self.weekend_share = (self.weekends.sum() + 20 * 2 / 7) / (self.total.sum() + 20)
