"""Ways to evade that no rule knows: tries in a new frame, gathered by the words around the stopped ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.evasion_texts import MOST_TOKENS, TOKEN, little_words
from nlp.obfuscation import deobfuscated

OTHER = "other"
MOST_TRIES = 1_000
"""The newest that are gathered; each is compared with each."""
FEWEST_TRIES, FEWEST_CUSTOMERS = 5, 3
APART = 0.8
"""Cosine distance of their added words from which on two groups stay apart."""
WORDS_TOLD = 2


@dataclass(frozen=True, slots=True)
class Framed:
    """A try of technique `other`: the stopped text, the later one, and who."""

    stopped: str
    later: str
    customer: str


def themes(tries: Sequence[Framed], *, words_told: bool) -> list[str]:
    """For each try the name of its theme: "other: quiz blanks" by the commonest added words, or plain "other".

    A theme has FEWEST_TRIES of FEWEST_CUSTOMERS. Words that fewer customers put in are not used. `words_told` False:
    themes are numbered by their first try, for texts whose words may not be shown. The tries must be in order of time.
    """
    from sklearn.cluster import AgglomerativeClustering

    first = max(0, len(tries) - MOST_TRIES)
    words, table = _added(tries[first:])
    names = [OTHER] * len(tries)
    rows = np.flatnonzero(table.any(axis=1))
    if len(rows) < FEWEST_TRIES:
        return names
    model = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=APART)
    labels = model.fit_predict(_weighted(table[rows]))
    known: dict[str, int] = {}
    for label in pd.unique(labels):
        own = rows[labels == label]
        if len(own) < FEWEST_TRIES or len({tries[first + row].customer for row in own}) < FEWEST_CUSTOMERS:
            continue
        share = table[own].mean(axis=0) - table.mean(axis=0) / 2
        best = [words[place] for place in np.lexsort((words, -share))[:WORDS_TOLD]]
        name = f"{OTHER}: {' '.join(best)}" if words_told else f"{OTHER} {len(known) + 1}"
        known[name] = len(own)
        for row in own:
            names[first + row] = name
    return names


def _added(tries: Sequence[Framed]) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Words that were put around the stopped ones by enough customers, and which try has which."""
    each = [sorted(_words(one.later) - _words(one.stopped)) for one in tries]
    by: dict[str, set[str]] = {}
    for one, added in zip(tries, each, strict=True):
        for word in added:
            by.setdefault(word, set()).add(one.customer)
    words = sorted(word for word, who in by.items() if len(who) >= FEWEST_CUSTOMERS)
    place = {word: number for number, word in enumerate(words)}
    table = np.zeros((len(tries), len(words)))
    for row, added in enumerate(each):
        table[row, [place[word] for word in added if word in place]] = 1.0
    return words, table


def _words(text: str) -> set[str]:
    found = (word.lower() for word in TOKEN.findall(deobfuscated(text).plain)[:MOST_TOKENS])
    return {word for word in found if len(word) >= 3 and not word.isdigit() and word not in little_words()}


def _weighted(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rarer words weigh more (Spärck Jones 1972)."""
    found: npt.NDArray[np.float64] = table * np.log(1.0 + len(table) / np.maximum(table.sum(axis=0), 1.0))
    return found
