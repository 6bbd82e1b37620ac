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


class Reader:
    """Parses claims once each. Without a pipeline none is parsed, but their languages are known."""

    def __init__(self, claims: Sequence[str], pipeline: "Language | None") -> None:
        self.claims = claims
        self._pipeline = pipeline
        self._parsed: dict[int, Doc] = {}
        self._english: dict[int, bool] = {}

    def read(self, rows: Iterable[int]) -> None:
        """Parse the English ones of the rows."""
        new = sorted(set(rows) - self._english.keys())
        languages = identify([self.claims[row] for row in new])
        self._english |= {row: code in ("en", UNKNOWN) for row, (code, _) in zip(new, languages, strict=True)}
        self._parse([row for row in new if self._english[row]])

    def foreign(self, rows: Sequence[int]) -> bool:
        """Whether most of the rows that were read are not English."""
        return sum(self._english[row] for row in rows) < 0.5 * len(rows)

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
