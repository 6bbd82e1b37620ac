"""Parse some claims of each theme, once each: those in English."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from nlp.language import UNKNOWN, identify

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_CHARACTERS = 3_000
"""Of a topic's claims are parsed, and of each claim _LONGEST: what takes 60 topics some ten seconds."""
_LONGEST = 300
_MOST = 100  # claims of a topic
_USUAL = 500  # claims that tell which languages all are in
_SURE = 0.9  # probability from which on a language is told


class Reader:
    """Parses claims once each. Without a pipeline none is parsed, but their languages are known."""

    def __init__(self, claims: Sequence[str], pipeline: "Language | None") -> None:
        self.claims = claims
        self._pipeline = pipeline
        self._parsed: dict[int, Doc] = {}
        self._language: dict[int, str] = {}
        self._sure: set[int] = set()

    def read(self, rows: Iterable[int]) -> None:
        """Parse the English ones of the rows."""
        new = sorted(set(rows) - self._language.keys())
        languages = identify([self.claims[row] for row in new])
        self._language |= {row: code for row, (code, _) in zip(new, languages, strict=True)}
        self._sure |= {row for row, (_, probability) in zip(new, languages, strict=True) if probability >= _SURE}
        self._parse([row for row in new if self._in_english(row)])

    def foreign(self, rows: Sequence[int]) -> bool:
        """Whether most of the rows that were read are not English."""
        return sum(map(self._in_english, rows)) < 0.5 * len(rows)

    def languages(self, rows: Iterable[int]) -> list[str]:
        """Codes of those of the rows that were read; `und` where the language is doubtful."""
        return [self._language[row] if row in self._sure else UNKNOWN for row in rows]

    def usual_languages(self) -> list[str]:
        """Codes of an even sample of all claims; `und` where the language is doubtful."""
        step = max(len(self.claims) // _USUAL, 1)
        told = identify(self.claims[::step])
        return [code if probability >= _SURE else UNKNOWN for code, probability in told]

    def _in_english(self, row: int) -> bool:
        return self._language[row] in ("en", UNKNOWN)

    def parsed(self, rows: Iterable[int]) -> "Iterator[tuple[int, Doc]]":
        """Row and parse of those of the rows that were read."""
        return ((row, self._parsed[row]) for row in rows if row in self._parsed)

    def _parse(self, rows: Sequence[int]) -> None:
        if self._pipeline is None or not rows:
            return
        texts = (self.claims[row][:_LONGEST] for row in rows)
        readable = (text.encode("utf-8", "replace").decode() for text in texts)
        with threadpool_limits(limits=1):
            for row, document in zip(rows, self._pipeline.pipe(readable, batch_size=64), strict=True):
                document.tensor = np.zeros((0, 0), dtype=np.float32)  # nobody needs it; it is most of the memory
                self._parsed[row] = document


def sample(ordered: Sequence[int], claims: Sequence[str]) -> list[int]:
    """Rows to parse of a topic's rows, nearest to the centroid first: evenly from the nearer two thirds."""
    mean = sum(min(len(claims[row]), _LONGEST) for row in ordered) / max(len(ordered), 1)
    most = int(min(_MOST, len(ordered), max(12, _CHARACTERS / max(mean, 1))))
    nearer = ordered[: max(most, 2 * len(ordered) // 3)]
    return [nearer[place * (len(nearer) - 1) // max(most - 1, 1)] for place in range(most)]
