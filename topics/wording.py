"""Which words set the documents of one period apart from those of another."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

PRIOR_WORDS = 500.0
"""Strength of the prior, in words: the whole vocabulary as a pseudo-document of this length."""
LEAST_REPORTERS = 3
LEAST_Z = 1.96
_TOKEN = re.compile(r"[^\W\d_][\w'-]{2,}")

WORD_COLUMNS = ("word", "z", "log_odds", "before", "after")


def telling_words(before: pd.DataFrame, after: pd.DataFrame, *, most: int = 8) -> pd.DataFrame:
    """Words used more after than before; WORD_COLUMNS, most telling first.

    Both: reporter, claim. A reporter counts once a word, so one voice cannot make a wave. Log-odds ratio
    with informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, Political Analysis); `z` is its
    standard score, `before` and `after` the reporters who used the word. English function words are left out.
    """
    old, new = _reporters_by_word(before), _reporters_by_word(after)
    words = sorted(word for word, count in new.items() if count >= LEAST_REPORTERS)
    if not words:
        return pd.DataFrame(columns=list(WORD_COLUMNS))
    y_old = np.array([old[word] for word in words], dtype=float)
    y_new = np.array([new[word] for word in words], dtype=float)
    n_old, n_new = float(sum(old.values())), float(sum(new.values()))
    prior = PRIOR_WORDS * (y_old + y_new) / (n_old + n_new)
    odds_new = (y_new + prior) / (n_new + PRIOR_WORDS - y_new - prior)
    odds_old = (y_old + prior) / (n_old + PRIOR_WORDS - y_old - prior)
    log_odds = np.log(odds_new) - np.log(odds_old)
    z = log_odds / np.sqrt(1.0 / (y_new + prior) + 1.0 / (y_old + prior))
    table = pd.DataFrame({"word": words, "z": z, "log_odds": log_odds, "before": y_old, "after": y_new})
    table = table[(table["z"] >= LEAST_Z) & ~table["word"].isin(_function_words())]
    table = table.sort_values(["z", "word"], ascending=[False, True]).head(most).reset_index(drop=True)
    return table.astype({"before": int, "after": int})


def _reporters_by_word(documents: pd.DataFrame) -> Counter[str]:
    """Word -> number of reporters who used it."""
    used: set[tuple[str, str]] = set()
    for reporter, claim in zip(documents["reporter"], documents["claim"], strict=True):
        used.update((str(reporter), word) for word in _words(str(claim)))
    return Counter(word for _, word in used)


def _words(claim: str) -> Iterable[str]:
    return set(_TOKEN.findall(claim.lower()))


def _function_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS)
