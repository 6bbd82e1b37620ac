"""The words of the claims of a fit: read once, to name themes and to check the names that stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from jobs.theme_placing import Corpus
from nlp.names import load_parser
from topics.assign import Indices, Vectors
from topics.model import described_topics
from topics.name_check import NameCheck, content_words, stems_of, summed
from topics.naming import Description, Namer

if TYPE_CHECKING:
    from spacy.language import Language

MOST_CHECKED = 10_000
"""Claims that names are checked on; of more an even sample is taken."""

MOST_READ = 5_000
"""Claims that roll-ups are named from."""

Groups = Sequence[Sequence[int]]


class Wording:
    """The fitted claims of a corpus (`fitted` (n,) bool): what is said of groups of their rows."""

    def __init__(self, corpus: Corpus, fitted: np.ndarray) -> None:
        documents = corpus.documents[fitted]
        self.claims: list[str] = documents["claim"].tolist()
        self.writers: list[str] = documents["reporter"].fillna(documents["document_id"]).tolist()
        self.vectors: Vectors = corpus.vectors[fitted]
        self._pipeline: Language | None = load_parser()
        step = max(1, -(-len(self.claims) // MOST_CHECKED))
        self._stems = {row: stems_of(self.claims[row]) for row in range(0, len(self.claims), step)}

    def themes(self, labels: Indices, directions: Vectors, *, taken: Sequence[str]) -> list[Description]:
        """Name and phrases of every theme: `labels` (n,) of the claims, -1 for none."""
        return described_topics(
            self.claims, self.vectors, labels, directions, reporters=self.writers, taken=taken, pipeline=self._pipeline
        )

    def rollups(
        self, parents: Sequence[Groups], names: Sequence[Sequence[str]], *, taken: Sequence[str]
    ) -> list[Description]:
        """Name and phrases of roll-ups, by the rows and names of their children; read on an even sample."""
        if not parents:
            return []
        step = max(1, -(-len(self.claims) // MOST_READ))
        # The nearest claims of each child are always read: they come first in its rows.
        read = sorted(
            {*range(0, len(self.claims), step), *(row for own in parents for rows in own for row in rows[:20])}
        )
        place = {row: number for number, row in enumerate(read)}
        sampled = [[[place[row] for row in rows if row in place] for rows in own] for own in parents]
        claims, writers = [self.claims[row] for row in read], [self.writers[row] for row in read]
        return Namer(claims, reporters=writers, pipeline=self._pipeline).rolled_up(sampled, names, taken=taken)

    def checks(self, names: Sequence[str], groups: Groups) -> list[NameCheck]:
        """`topics.name_check.checked_name` of each name against its group's rows."""
        wanted = [content_words(name) for name in names]
        holders: dict[str, set[int]] = {word: set() for words in wanted for word in words}
        for row, stems in self._stems.items():
            for word in stems & holders.keys():
                holders[word].add(row)
        checks = []
        for words, members in zip(wanted, groups, strict=True):
            inside = self._stems.keys() & set(members)
            others = max(len(self._stems) - len(inside), 1)
            held = {word: len(holders[word] & inside) for word in words}
            shares = {
                word: (count / max(len(inside), 1), (len(holders[word]) - count) / others)
                for word, count in held.items()
            }
            checks.append(summed(shares))
        return checks
