"""The words of all claims as numbers, and which of them may be shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array

from nlp.near import Runs
from topics.little_words import FOREIGN
from topics.signals_records import Rows, Word

LEAST_SPOKEN = 3
"""A word that fewer accounts used in documents that may be shown is not shown."""
_TOKEN = re.compile(r"[^\W\d_][\w'-]{2,}")
# Scripts without spaces: there a run of letters is a sentence, and two letters stand for a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """Words by document. `accounts`: a code of who wrote each; `withheld`: whether its text may not be shown."""

    claims: Sequence[str]
    accounts: npt.NDArray[np.int64]
    withheld: Flags

    @cached_property
    def tokens(self) -> Runs:
        """Codes of the words of every claim, in order."""
        said = [words_of(claim) for claim in self.claims]
        starts = np.zeros(len(said) + 1, dtype=np.int64)
        np.cumsum([len(words) for words in said], out=starts[1:])
        codes = self._codes
        flat = (codes.setdefault(word, len(codes)) for word in chain.from_iterable(said))
        return Runs(np.fromiter(flat, dtype=np.uint64, count=int(starts[-1])), starts)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {}

    @cached_property
    def vocabulary(self) -> Sequence[str]:
        """The word of each code."""
        assert self.tokens is not None  # filling the codes
        return list(self._codes)

    def code_of(self, word: str) -> int:
        """The code of a word of the vocabulary."""
        return self._codes[word]

    @cached_property
    def has(self) -> csr_array:
        """Which document has which word: (documents, vocabulary), ones."""
        tokens = self.tokens
        shape = (len(tokens.starts) - 1, len(self.vocabulary))
        ones = np.ones(len(tokens.hashes), dtype=np.float32)
        found = csr_array((ones, tokens.hashes.astype(np.int32), tokens.starts.astype(np.int32)), shape=shape)
        found.sum_duplicates()
        found.data[:] = 1.0
        return found

    @cached_property
    def _by_word(self) -> csc_array:
        return csc_array(self.has)

    def spoken(self, codes: Sequence[int], before: Rows, after: Rows, *, most: int = 6) -> tuple[Word, ...]:
        """These words with the accounts that used each, without those that say nothing and those that fewer than
        LEAST_SPOKEN accounts used where it may be shown."""
        found: list[Word] = []
        for code in codes:
            if len(found) < most and self._says(code):
                if len(self._users(code, np.concatenate([before, after]), shown=True)) >= LEAST_SPOKEN:
                    counts = len(self._users(code, before)), len(self._users(code, after))
                    found.append(Word(self.vocabulary[code], *counts))
        return tuple(found)

    def _says(self, code: int) -> bool:
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        word = self.vocabulary[code]
        return word not in FOREIGN and word not in ENGLISH_STOP_WORDS

    def _users(self, code: int, rows: Rows, *, shown: bool = False) -> npt.NDArray[np.int64]:
        """Accounts that used a word in these documents, or in those of them that may be shown."""
        column = self._by_word.indices[self._by_word.indptr[code] : self._by_word.indptr[code + 1]]
        own = np.intersect1d(column, rows)
        return np.unique(self.accounts[own[~self.withheld[own]] if shown else own])


def words_of(claim: str) -> list[str]:
    """The words of a claim in lower case, in order; pairs of letters where a script has no spaces.

    >>> words_of("The FILTER blocked it")
    ['the', 'filter', 'blocked']
    >>> words_of("触发的词")
    ['触发', '发的', '的词']
    """
    low = claim.lower()
    found = _TOKEN.findall(low)
    if not _UNSPACED.search(low):
        return found
    pairs: list[str] = []
    for word in found:
        split = _UNSPACED.search(word) is not None
        pairs += [word[at : at + 2] for at in range(len(word) - 1)] if split else [word]
    return pairs
