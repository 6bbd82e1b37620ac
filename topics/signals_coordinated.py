"""Near-duplicate complaints of several accounts within days: a campaign, perhaps one that wants a safeguard loosened.

They stay in every count; what is said of them stands beside it."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from topics.signals_corpus import Corpus
from topics.signals_records import MOST_DOCUMENTS, Found, Rows, Split, Word, spoken
from topics.signals_shares import Share, exact_interval

FEWEST_ACCOUNTS = 5
WINDOW_DAYS = 7
LEAST_COMPARED = 20
"""Accounts that a series needs: with fewer nothing is known of when people write."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """One group of near-duplicates: its documents in the second period, the accounts of its busiest week, where that
    week begins, and the chance of so many in any week."""

    rows: Rows
    accounts: int
    first_day: int
    p_value: float


def coordinated(split: Split, corpus: Corpus) -> Found | None:
    """Strength: share of the accounts that file one of a group of near-duplicates crowded into a week."""
    if not split.series.startswith("feedback/"):
        return None  # equal texts of usage anomalies are a monitor's, not people's
    rows = _with_linked(split, corpus)
    everyone = corpus.accounts_of(rows)
    _, day, end = split.cut
    later = corpus.accounts_of(rows[corpus.days[rows] >= day])
    if len(everyone) < LEAST_COMPARED or not len(later):
        return None
    crowds = _crowds(corpus, rows, day, end)
    crowds.sort(key=lambda one: one.p_value)
    least = crowds[0].p_value if crowds else 1.0
    told = [one for one in crowds if one.p_value <= max(2 * least, 1e-4)][:3]
    return _found(split, corpus, told, least, len(later))


def _found(split: Split, corpus: Corpus, told: list[Crowd], least: float, accounts: int) -> Found:
    own = np.concatenate([one.rows for one in told]) if told else split.after[:0]
    share = Share(len(corpus.accounts_of(own)), accounts)
    low, high = exact_interval(share)
    words = _common_words(corpus, told[0].rows, split) if told else ()
    reads = "no text was filed by five accounts within a week"
    if told:
        reads = (
            f"{share.part} of {share.whole} accounts filed nearly the same longer text"
            f" ({share.value:.0%}, {low:.0%} to {high:.0%}), {told[0].accounts} of them within {WINDOW_DAYS} days from"
            f" {np.datetime64(told[0].first_day, 'D')}" + (f": {spoken(words)}" if words else "")
        )
    return Found(
        strength=share.value,
        low=low,
        high=high,
        denominator=share.whole,
        p_value=least,
        rows=corpus.first_of_each(own, MOST_DOCUMENTS),
        reads=reads,
        against="people who meet the same trouble may share a form or a post; all of them stay counted",
        words=words,
        facts={"groups": len(told), "accounts_in_a_week": told[0].accounts if told else 0},
    )


def _with_linked(split: Split, corpus: Corpus) -> Rows:
    """The documents of the series, and what was collapsed into one of them as of a linked hand."""
    roots = set(corpus.documents["document_id"].to_numpy(object)[split.both])
    linked = corpus.linked
    extra = linked[[name in roots for name in corpus.documents["kept_id"].to_numpy(object)[linked]]]
    return np.concatenate([split.both, extra])


def _crowds(corpus: Corpus, rows: Rows, day: int, end: int) -> list[Crowd]:
    """The groups of enough accounts in a week of the second period."""
    groups = corpus.copies[rows]
    known = np.flatnonzero(groups >= 0)
    known = known[np.argsort(groups[known], kind="stable")]
    _, starts, sizes = np.unique(groups[known], return_index=True, return_counts=True)
    large = sizes >= FEWEST_ACCOUNTS
    tests = max(int(large.sum()), 1) * max(end - day, 1)
    found = []
    for start, size in zip(starts[large], sizes[large], strict=True):
        own = rows[known[start : start + size]]
        one = _crowd(corpus, own, np.setdiff1d(rows, own), day, end, tests)
        if one is not None:
            found.append(one)
    return found


def _crowd(corpus: Corpus, own: Rows, others: Rows, day: int, end: int, tests: int) -> Crowd | None:
    """The busiest week of a group: so many of its accounts there, if each came at the times of all the others.

    Binomial tail, times the weeks and groups that were looked at (Bonferroni)."""
    first = corpus.first_of_each(own, len(own))
    days = np.sort(corpus.days[first])
    late = days[(days >= day) & (days < end)]
    if len(late) < FEWEST_ACCOUNTS:
        return None
    counts = np.searchsorted(late, late + WINDOW_DAYS) - np.arange(len(late))
    best = int(counts.argmax())
    if counts[best] < FEWEST_ACCOUNTS:
        return None
    rest = corpus.days[corpus.first_of_each(others, len(others))]
    inside = ((rest >= late[best]) & (rest < late[best] + WINDOW_DAYS)).sum()
    usual = (inside + 1.0) / (len(rest) + 2.0)
    chance = float(betainc(counts[best], len(days) - counts[best] + 1, usual)) * tests
    shown = own[(corpus.days[own] >= day) & (corpus.days[own] < end)]
    return Crowd(shown, int(counts[best]), int(late[best]), min(max(chance, 1e-12), 1.0))


def _common_words(corpus: Corpus, rows: Rows, split: Split) -> tuple[Word, ...]:
    """Words that most of the group have and the rest of the series has least."""
    inside = np.asarray(corpus.words.has[rows].sum(axis=0)).ravel() / len(rows)
    whole = np.asarray(corpus.words.has[split.both].sum(axis=0)).ravel() / len(split.both)
    order = np.argsort(-(inside - whole) * (inside >= 0.5), kind="stable")[:20]
    chosen = [int(code) for code in order if inside[code] >= 0.5]
    return corpus.words.spoken(chosen, split.before, split.after)
