"""How many accounts are usually new on a day and blocked on it, by mitigation."""

from collections import deque

import numpy as np

from mitigations.accounts_daily import Day, Places
from mitigations.accounts_rates import WINDOW
from mitigations.accounts_records import Judged, Scatter
from mitigations.accounts_tails import Array, negative_binomial

DECAY = 0.5 ** (1 / 28)
LEAST_ACCOUNTS = 3.0
PRIOR = 0.5


class Newcomers:
    """Accounts first seen on a day and blocked by a mitigation on it, beside the accounts of the day known before.

    In the first weeks of a log everybody is new: what is usual falls, so a burst is judged too mildly then, never too
    sharply.
    """

    def __init__(self, mitigations: int) -> None:
        self.found, self.known = np.full(mitigations, PRIOR), 1.0
        self.recent: deque[tuple[Array, float]] = deque()
        self.scatter = Scatter()
        self.mitigations = mitigations

    def judge(self, day: Day, first: Places) -> Judged:
        """Surprises of every mitigation with enough of them; `first`: the place of the day each account came."""
        fresh = (first[day.account] == day.place) & (day.blocked > 0)
        counts = np.bincount(day.mitigation[fresh], minlength=self.mitigations).astype(float)
        returning = float(len(np.unique(day.account[first[day.account] < day.place])))
        mean = np.maximum(self.found / self.known * returning, 1e-3)
        unsure = 1.0 / self.found
        size = 1.0 / (self.scatter.value + unsure)
        asked = np.flatnonzero(counts >= LEAST_ACCOUNTS)
        surprise = negative_binomial(counts[asked], mean[asked], size[asked])
        self._fold(counts, returning)
        if len(self.recent) >= WINDOW:
            self.scatter.add_counts(counts, mean, unsure)
        return Judged(asked, 1, surprise, counts[asked], mean[asked], size[asked])

    def _fold(self, counts: Array, returning: float) -> None:
        self.recent.append((counts, returning))
        if len(self.recent) > WINDOW:
            before, known = self.recent.popleft()
            self.found = (self.found - PRIOR) * DECAY + before + PRIOR
            self.known = (self.known - 1.0) * DECAY + known + 1.0
