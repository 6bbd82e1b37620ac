"""A change of wording inside a series: other words from as many accounts.

Distances of the word distributions of two periods, an account counting once, judged against permutations of the
accounts."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from topics.signals_corpus import Corpus
from topics.signals_permuted import Floats, Voices, means, permuted_chance
from topics.signals_records import MOST_DOCUMENTS, Found, Split, Word, spoken

FEWEST_ACCOUNTS = 12
"""Accounts with words that each period needs."""
MOST_WORDS = 400
LEAST_USED = 0.01
"""Words that fewer accounts use, or fewer than three, say nothing of a distribution."""
RESAMPLES = 39
MOST_ACCOUNTS = 1_500
"""Accounts of a period that are compared, drawn where there are more: more would only cost time."""
SEED = 20_250_901
LEAST_TELLING = 1.96
LEAST_CURIOUS = 0.1
"""Words of what is likelier by chance are not looked for."""


def wording_shift(split: Split, corpus: Corpus) -> Found | None:
    """Strength: share of the words that are others than before, beyond what chance makes of so many accounts."""
    if min(len(split.before), len(split.after)) < FEWEST_ACCOUNTS:
        return None
    random = np.random.default_rng(SEED)
    voices = voices_of(split, corpus, random)
    if voices is None:
        return None
    before, after = means(voices, voices.late[None, :].astype(np.float64))
    chance = permuted_chance(voices, random)
    strength, low, high = _strength(voices, random)
    came, went = _telling(voices, corpus, split, before[0], after[0]) if chance <= LEAST_CURIOUS else ((), ())
    ways = [f"{name} {spoken(words)}" for name, words in (("came", came), ("went", went)) if words]
    return Found(
        strength=strength,
        low=low,
        high=high,
        denominator=int(voices.late.sum()),
        p_value=chance,
        rows=_examples(split, corpus, came),
        reads=(
            f"{strength:.0%} of the wording is other than before ({low:.0%} to {high:.0%}; {int(voices.late.sum())}"
            f" accounts, {int((~voices.late).sum())} before)" + (f": {'; '.join(ways)}" if ways else "")
        ),
        against="a new subject, product or language changes wording as well",
        words=(*came, *went),
        facts={"accounts_before": int((~voices.late).sum())},
    )


def voices_of(split: Split, corpus: Corpus, random: np.random.Generator) -> Voices | None:
    """The accounts of both periods with the words of one document of each, drawn; None where they are too few.

    All documents of an account would say more words the longer the period is, and so shift the distribution."""
    rows = random.permutation(split.both)
    late = (corpus.days[rows] >= split.cut[1]).astype(np.int64)
    keys, first = np.unique(corpus.accounts[rows] * 2 + late, return_index=True)
    chosen = np.sort(np.concatenate([_some(np.flatnonzero(keys % 2 == side), random) for side in (0, 1)]))
    used = csr_array(corpus.words.has[rows[first[chosen]]])
    counts = np.bincount(used.indices, minlength=used.shape[1])
    least = max(3, LEAST_USED * len(chosen))
    codes = np.argsort(-counts, kind="stable")[:MOST_WORDS]
    codes = np.sort(codes[counts[codes] >= least])
    used = csr_array(used[:, codes])
    lengths = np.asarray(used.sum(axis=1)).ravel()
    spoke = lengths > 0
    own = keys[chosen][spoke]
    sides = own % 2 == 1
    if min(int(sides.sum()), int((~sides).sum())) < FEWEST_ACCOUNTS:
        return None
    used = csr_array(used[np.flatnonzero(spoke)])
    used.data /= np.repeat(lengths[spoke], np.diff(used.indptr))
    at = np.searchsorted(own, own ^ 1)
    found = (at < len(own)) & (own[np.minimum(at, len(own) - 1)] == (own ^ 1))
    return Voices(used, sides, np.where(found, at, -1), codes.astype(np.int64))


def _some(places: npt.NDArray[np.int64], random: np.random.Generator) -> npt.NDArray[np.int64]:
    if len(places) <= MOST_ACCOUNTS:
        return places
    return random.choice(places, MOST_ACCOUNTS, replace=False)


def _strength(voices: Voices, random: np.random.Generator) -> tuple[float, float, float]:
    """Total variation and its 95 % interval, rid of what sampling adds, from resampled accounts (basic bootstrap,
    Davison and Hinkley 1997)."""
    weights = np.zeros((RESAMPLES + 1, len(voices.late)))
    weights[0] = 1.0
    for side in (voices.late, ~voices.late):
        size = int(side.sum())
        weights[1:, side] = random.multinomial(size, np.full(size, 1.0 / size), size=RESAMPLES)
    halves = []
    for side in (voices.late, ~voices.late):
        halves.append((voices.words.T @ (weights * side).T).T / side.sum())
    apart = np.abs(halves[0] - halves[1]).sum(axis=1) / 2
    found, drawn = float(apart[0]), apart[1:]
    low, high = (float(np.clip(2 * found - np.quantile(drawn, at), 0.0, 1.0)) for at in (0.975, 0.025))
    return float(np.clip(2 * found - drawn.mean(), 0.0, 1.0)), low, high


def _telling(
    voices: Voices, corpus: Corpus, split: Split, before: Floats, after: Floats
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Words that came and words that went, those that carry most of the distance first."""
    used = csr_array(voices.words)
    used.data = np.ones_like(used.data)
    new = np.asarray(used[np.flatnonzero(voices.late)].sum(axis=0)).ravel()
    old = np.asarray(used.sum(axis=0)).ravel() - new
    many, few = voices.late.sum(), (~voices.late).sum()
    odds = np.log((new + 0.5) / (many - new + 0.5)) - np.log((old + 0.5) / (few - old + 0.5))
    error = np.sqrt(1 / (new + 0.5) + 1 / (many - new + 0.5) + 1 / (old + 0.5) + 1 / (few - old + 0.5))
    order = np.argsort(-np.abs(np.sqrt(after) - np.sqrt(before)), kind="stable")
    told = [at for at in order if abs(odds[at]) >= LEAST_TELLING * error[at]]
    came = [int(voices.codes[at]) for at in told if odds[at] > 0]
    went = [int(voices.codes[at]) for at in told if odds[at] < 0]
    return (
        corpus.words.spoken(came[:30], split.before, split.after),
        corpus.words.spoken(went[:30], split.before, split.after, most=3),
    )


def _examples(split: Split, corpus: Corpus, came: tuple[Word, ...]) -> npt.NDArray[np.int64]:
    """Documents with the words that came, those with most of them first."""
    codes = [corpus.words.code_of(one.word) for one in came]
    if not codes:
        return corpus.first_of_each(split.after, MOST_DOCUMENTS)
    counts = np.asarray(corpus.words.has[split.after][:, codes].sum(axis=1)).ravel()
    order = np.argsort(-counts, kind="stable")
    return split.after[order[counts[order] > 0]][:MOST_DOCUMENTS]
