"""Anomalies of accounts: more blocked, more decisions, another mix of mitigations than usual; bursts of new accounts.

Every day is judged by the days before it alone. What is usual is the account's own past, shrunk to that of all
accounts, moved by what all others did that day. The level follows from the expected number of false anomalies.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.accounts_daily import Daily, Day, daily
from mitigations.accounts_events import Found, events
from mitigations.accounts_newcomers import Newcomers
from mitigations.accounts_rates import LEAST_DAYS, Rates
from mitigations.accounts_records import Judged
from mitigations.accounts_shares import Shares
from mitigations.anomalies import MIX, NEWCOMERS, SHARE, VOLUME, Options
from mitigations.anomalies_level import Tail

WARM_DAYS = 42
"""Days of the log before the first anomaly: two weeks until an account is judged, four of tests that make the level."""
QUIET_DAYS = 28
"""After an anomaly the same account (and mitigation) has no other of its type for so long."""
EPISODE_DAYS = 10
"""So long after an anomaly the tests of the same account do not make the level: they are of the same jump."""


def account_anomalies(decisions: pd.DataFrame, options: Options = Options()) -> pd.DataFrame:  # noqa: B008
    """Anomalies of the log, by day: `mitigations.anomalies.COLUMNS`; text is left to who has the excerpts.

    `decisions`: decision_id, decided_at (datetime64, naive UTC, complete days), customer (text or null: left out),
    mitigation, action. What is found on a day does not depend on later days.
    """
    counts = daily(decisions)
    found = [one for place in walk(counts) for one in place.told(options)]
    return events(found, counts, decisions)


@dataclass(slots=True)
class Tests:
    """The tests of one type on one day; `tail` is that of the days before."""

    day: int
    name: str
    judged: Judged
    tail: Tail
    quiet: npt.NDArray[np.int64]
    """By place: the day of the last anomaly, far in the past where there was none."""

    def told(self, options: Options) -> Iterator[Found]:
        """What is surprising enough; `expected` false ones a day that are as surprising or more."""
        judged = self.judged
        if self.day < WARM_DAYS or not len(judged.place):
            return
        expected = self.tail.expected(judged.surprise, len(judged.place))
        for at in np.flatnonzero((expected <= options.daily_budget) & ~self.within(QUIET_DAYS)):
            self.quiet[judged.place[at]] = self.day
            yield Found(self.day, self.name, judged, int(at), float(expected[at]), options.daily_budget)

    def within(self, days: int) -> npt.NDArray[np.bool_]:
        """Tests of what had an anomaly on the `days` before."""
        since = self.day - self.quiet[self.judged.place]
        found: npt.NDArray[np.bool_] = (since > 0) & (since <= days)
        return found


@dataclass(slots=True)
class _State:
    """Everything that is carried from day to day."""

    counts: Daily
    rates: Rates = field(init=False)
    shares: Shares = field(init=False)
    mix: Shares = field(init=False)
    newcomers: Newcomers = field(init=False)
    tails: dict[str, Tail] = field(init=False)
    quiet: dict[str, npt.NDArray[np.int64]] = field(init=False)

    def __post_init__(self) -> None:
        accounts, mitigations = len(self.counts.accounts), len(self.counts.mitigations)
        pairs = accounts * mitigations
        self.rates, self.newcomers = Rates(accounts), Newcomers(mitigations)
        self.shares, self.mix = Shares(pairs, mitigations), Shares(pairs, mitigations)
        sizes = {SHARE: pairs, VOLUME: accounts, MIX: pairs, NEWCOMERS: mitigations}
        self.tails = {name: Tail() for name in sizes}
        self.quiet = {name: np.full(size, -10_000, dtype=np.int64) for name, size in sizes.items()}

    def judge(self, day: Day) -> dict[str, Judged]:
        """All tests of a day."""
        mitigations = len(self.counts.mitigations)
        account, back = np.unique(day.account, return_inverse=True)
        total = np.bincount(back, weights=day.decisions, minlength=len(account)).astype(float)
        volume = self.rates.judge(day.place, day.weekend, account, total)
        newcomers = self.newcomers.judge(day, self.rates.first)
        old = day.place - self.rates.first >= LEAST_DAYS
        pair = day.account * mitigations + day.mitigation
        share = self.shares.judge(pair, day.blocked, day.decisions, old[day.account])
        every = (account[:, None] * mitigations + np.arange(mitigations)).ravel()
        hits = np.zeros(len(every))
        hits[back * mitigations + day.mitigation] = day.decisions
        mix = self.mix.judge(
            every, hits, np.repeat(total, mitigations).astype(float), np.repeat(old[account], mitigations)
        )
        return {SHARE: share, VOLUME: volume, MIX: mix, NEWCOMERS: newcomers}


def walk(counts: Daily) -> Iterator[Tests]:
    """The tests of every day and type, in order; each must be used before the next is asked for."""
    state = _State(counts)
    for place in range(len(counts)):
        for name, judged in state.judge(counts.day(place)).items():
            tests = Tests(place, name, judged, state.tails[name], state.quiet[name])
            yield tests
            state.tails[name].add(judged.surprise[~tests.within(EPISODE_DAYS)])
