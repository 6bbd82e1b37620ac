"""The share of accounts with a mark (young, probing) in a series, against before and against everybody else."""

from dataclasses import dataclass

import numpy as np

from topics.signals_corpus import Corpus
from topics.signals_marks import QUIET_DAYS, UNKNOWN, YOUNG_DAYS, Marks
from topics.signals_records import MOST_DOCUMENTS, Found, Rows, Split, Word, spoken
from topics.signals_shares import Share, exact_interval, odds_ratio, rise_p_value

FEWEST_ACCOUNTS = 10
"""Accounts of known mark that each period needs."""
BLOCK_DAYS = 28
LEAST_CURIOUS = 0.1
"""A rise that is as likely by chance alone is not compared with everybody else: that could but make it likelier."""
LEAST_OPENED = 0.5
"""Opening days count if at least this share of the accounts has one; else first sight does."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Accounts with the mark before and after in the series, the odds ratio of everybody else and their shares (None
    where the series alone tells nothing, so that nobody asked), and of how many nothing is known."""

    before: Share
    after: Share
    elsewhere: float
    rest: tuple[Share, Share] | None
    unknown: int

    @property
    def p_value(self) -> float:
        """Chance of such a rise, if the series did as everybody else does."""
        return rise_p_value(self.before, self.after, elsewhere=self.elsewhere)


def new_accounts(split: Split, corpus: Corpus) -> Found | None:
    """Strength: share of accounts opened within 30 days of their first document, or, where few opening days are
    known, first seen then."""
    own = corpus.young[split.both]
    since = bool((own != UNKNOWN).mean() >= LEAST_OPENED) if len(own) else False
    marks = corpus.young if since else corpus.first_seen
    found = compared(split, corpus, marks)
    if found is None:
        return None
    basis = f"opened less than {YOUNG_DAYS} days before" if since else f"not heard of for {QUIET_DAYS} days before"
    return _told(
        found,
        rows=corpus.first_of_each(split.after[marks[split.after] == 1], MOST_DOCUMENTS),
        reads=f"of {found.after.whole} accounts {found.after.part} are new ({basis})",
        facts={"basis": "opened" if since else "first seen", "unknown_accounts": found.unknown},
        against=(
            f"of {found.unknown + found.after.whole} accounts {found.unknown} have no known age"
            if found.unknown
            else "a launch or an offer brings new accounts as well"
        ),
    )


def probing(split: Split, corpus: Corpus) -> Found | None:
    """Strength: share of accounts that ask which word triggers, where the limit is, how to put it."""
    marks = corpus.probes
    found = compared(split, corpus, marks)
    if found is None:
        return None
    rows = split.after[marks[split.after] == 1]
    names = _names(corpus, split)
    ways = f": {spoken(names)}" if names else ""
    return _told(
        found,
        rows=corpus.first_of_each(rows, MOST_DOCUMENTS),
        reads=f"of {found.after.whole} accounts {found.after.part} ask how the safeguard decides{ways}",
        facts={},
        against="who was blocked by mistake asks for the word, too",
        words=names,
    )


def compared(split: Split, corpus: Corpus, marks: Marks) -> Compared | None:
    """Marks of accounts in both periods, in the series and outside it; None where too few accounts have a known one."""
    before, _ = _share(corpus, split.before, marks, split.cut[1])
    after, unknown = _share(corpus, split.after, marks, split.cut[1])
    if min(before.whole, after.whole) < FEWEST_ACCOUNTS:
        return None
    if rise_p_value(before, after) > LEAST_CURIOUS:
        return Compared(before, after, 1.0, None, unknown)
    old, new = (_share(corpus, rows, marks, split.cut[1])[0] for rows in outside(split, corpus))
    enough = min(old.whole, new.whole) >= FEWEST_ACCOUNTS
    return Compared(before, after, odds_ratio(old, new) if enough else 1.0, (old, new), unknown)


def outside(split: Split, corpus: Corpus) -> tuple[Rows, Rows]:
    """Kept documents of the same stream and days that are not of the series, before and after."""
    start, day, end = split.cut
    before, after = (corpus.between(*period, split.stream) for period in ((start, day), (day, end)))
    return np.setdiff1d(before, split.before, assume_unique=True), np.setdiff1d(after, split.after, assume_unique=True)


def _share(corpus: Corpus, rows: Rows, marks: Marks, day: int) -> tuple[Share, int]:
    """Accounts of known mark and how many of them have it in a document; accounts of unknown mark.

    An account counts once in every 28 days from `day` on or back: in twice the time there are not twice the accounts.
    """
    who = corpus.accounts[rows] * 8 + (corpus.days[rows] - day) // BLOCK_DAYS
    known = marks[rows] != UNKNOWN
    whole = np.unique(who[known])
    part = np.unique(who[known & (marks[rows] == 1)])
    unknown = np.setdiff1d(np.unique(who), whole, assume_unique=True)
    return Share(len(part), len(whole)), len(unknown)


def _names(corpus: Corpus, split: Split) -> tuple[Word, ...]:
    """What is asked for, by our own names of it, not by the documents' words; the commonest first."""
    counts: dict[str, list[set[int]]] = {}
    for side, of in enumerate((split.before, split.after)):
        for row in of[corpus.probes[of] == 1]:
            for name in corpus.asked[row]:
                counts.setdefault(name, [set(), set()])[side].add(int(corpus.accounts[row]))
    found = [Word(name, len(sides[0]), len(sides[1])) for name, sides in counts.items() if sides[1]]
    return tuple(sorted(found, key=lambda one: (-one.after, one.word))[:4])


def _told(
    found: Compared,
    *,
    rows: Rows,
    reads: str,
    facts: dict[str, float | int | str | None],
    against: str,
    words: tuple[Word, ...] = (),
) -> Found:
    low, high = exact_interval(found.after)
    elsewhere = f" and {found.rest[1].value:.0%} in everything else" if found.rest and found.rest[1].whole else ""
    shares = {"share_elsewhere": round(found.rest[1].value, 4)} if found.rest else {}
    return Found(
        strength=found.after.value,
        low=low,
        high=high,
        denominator=found.after.whole,
        p_value=found.p_value,
        rows=rows,
        reads=f"{reads}, {found.after.value:.0%} ({low:.0%} to {high:.0%}) after {found.before.value:.0%} before"
        + elsewhere,
        against=against,
        words=words,
        facts={
            "share_before": round(found.before.value, 4),
            "accounts_before": found.before.whole,
            **shares,
            **facts,
        },
    )
