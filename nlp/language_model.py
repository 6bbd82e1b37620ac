"""py3langid's model over many texts at once: the same automaton and weights, walked byte column by byte column."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

TEXTS_PER_WALK = 1_000


@dataclass(frozen=True, slots=True)
class ByteModel:
    """A deterministic automaton over bytes whose states may stand for a feature, and naive Bayes over those.

    `moves` is indexed by `row[state] + byte`; `feature[state]` is -1 for none; `table` has shape (features,
    classes), `prior` (classes,). Two classes may be one language under two scripts.
    """

    moves: NDArray[np.uint32]
    row: NDArray[np.int64]
    feature: NDArray[np.int32]
    table: NDArray[np.float32]
    prior: NDArray[np.float32]
    classes: tuple[str, ...]

    def likeliest(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """For each text its language and the probability; where nothing is known all are equally likely."""
        found: list[tuple[str, float]] = []
        for start in range(0, len(texts), TEXTS_PER_WALK):
            found += self._likeliest([encoded(text) for text in texts[start : start + TEXTS_PER_WALK]])
        return found

    def _likeliest(self, texts: list[bytes]) -> list[tuple[str, float]]:
        counts = self._counts(texts)
        scores = np.asarray(counts @ self.table, dtype=np.float64) + self.prior
        scores[np.diff(counts.indptr) == 0] = 0.0
        # Longer texts are surer than they should be: the root of their length tempers them.
        scores /= np.sqrt([max(len(text), 1) for text in texts])[:, None]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        names = sorted(set(self.classes))
        owner = np.array([names.index(name) for name in self.classes])
        merged = np.zeros((len(texts), len(names)))
        np.add.at(merged.T, owner, powers.T)
        merged /= merged.sum(axis=1, keepdims=True)
        best = merged.argmax(axis=1)
        return [(names[place], float(row[place])) for place, row in zip(best, merged, strict=True)]

    def _counts(self, texts: list[bytes]) -> sparse.csr_array:
        """log(1 + how often) each feature occurs, shape (texts, features)."""
        lengths = np.array([len(text) for text in texts])
        order = np.argsort(-lengths, kind="stable")
        width = int(lengths.max(initial=0))
        padded = b"".join(texts[index].ljust(width, b"\0") for index in order)
        # What is read together lies together.
        letters = np.ascontiguousarray(np.frombuffer(padded, dtype=np.uint8).reshape(len(texts), width).T)
        alive = np.searchsorted(-lengths[order], -np.arange(1, width + 1), side="right")
        state: NDArray[np.uint32] = np.zeros(len(texts), dtype=np.uint32)
        met = np.full((width, len(texts)), -1, dtype=np.int32)
        for place, count in enumerate(alive):
            state = self.moves[self.row[state[:count]] + letters[place, :count]]
            met[place, :count] = self.feature[state]
        by_text = np.empty((len(texts), width), dtype=np.int32)
        by_text[order] = met.T
        seen = by_text >= 0
        ends = np.concatenate([[0], np.cumsum(seen.sum(axis=1))])
        ones = np.ones(int(ends[-1]), dtype=np.float32)
        counts = sparse.csr_array((ones, by_text[seen], ends), shape=(len(texts), len(self.table)))
        counts.sum_duplicates()
        counts.data = np.log1p(counts.data)
        return counts


def encoded(text: str) -> bytes:
    """The bytes the model was made for: composed letters, no text that is all capitals."""
    plain = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", plain).encode("utf-8", errors="surrogatepass")


@cache
def load_byte_model(languages: tuple[str, ...]) -> ByteModel:
    """The model of py3langid restricted to those of `languages` that it knows."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in languages if code in set(identifier.labels)])
    return ByteModel(
        moves=np.frombuffer(identifier.tk_nextmove, dtype=np.uint32),
        row=np.frombuffer(identifier.tk_row, dtype=np.uint16).astype(np.int64) << 8,
        feature=np.array(identifier.tk_output, dtype=np.int32),
        table=np.asarray(identifier.nb_ptc, dtype=np.float32),
        prior=np.asarray(identifier.nb_pc, dtype=np.float32),
        classes=tuple(str(name) for name in identifier.nb_classes),
    )
