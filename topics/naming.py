"""Name groups of claims: a headline, phrases, and the shares of documents that bear the name out."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topics.describe import distinct, safe_name
from topics.grammar import Reader, sample
from topics.headlines import (
    LEAST_SCORE,
    Headline,
    diverse,
    from_clauses,
    from_keys,
    name_of,
    unlike,
    weaker,
    widespread,
)
from topics.language_names import of_many, texts_in
from topics.name_check import content_words, summed
from topics.roll_up_names import interleaved, joined, shared
from topics.shares import Counted, counted_groups
from topics.terms import term_table
from topics.word_shares import LEAST_SHARE, GroupWords, Words

if TYPE_CHECKING:
    from spacy.language import Language

_CANDIDATES = 200  # most telling terms of a group that are looked at
_PHRASES = 10
_MOST_CLAIMS = 5_000  # that one group is held against: a share of one in a hundred is known to a sixth

Groups = Sequence[Sequence[int]]
"""Row numbers of each group's claims, nearest to its centroid first; groups may overlap, rows may be in none."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a theme is called: `name` one plain line, up to ten `phrases`, best first.

    `inside`, `outside`: mean share of the documents in and out of the group that hold a content word of the name.
    """

    name: str
    phrases: list[str]
    inside: float
    outside: float


class Namer:
    """Counts and parses a set of claims once, to name any groupings of them.

    `reporters`, one per claim: who wrote it. With a `pipeline` that tags and parses English, names are whole
    phrases of it.
    """

    def __init__(
        self,
        claims: Sequence[str],
        *,
        reporters: Sequence[str] | None = None,
        pipeline: "Language | None" = None,
    ) -> None:
        self.claims = [str(claim) for claim in claims]
        self.reporters = reporters
        self.terms = term_table(self.claims)
        self._reader = Reader(self.claims, pipeline)

    def described(
        self, groups: Groups, *, candidates: Sequence[Collection[str]] | None = None, taken: Collection[str] = ()
    ) -> list[Description]:
        """A description per group, no two names alike nor like one of `taken`; earlier groups keep the plain name.

        `candidates`: keys per group to choose from (the adapter's c-TF-IDF); None takes the group's own.
        """
        found: list[Description] = []
        for shares, own, rows in self._read(groups, candidates):
            headlines, foreign = self._headlines(shares, own, rows), self._reader.foreign(rows)
            used = [*taken, *(one.name for one in found)]
            instead, unread = self._in_languages(rows) if foreign else ("", False)
            named = [weaker(one) for one in headlines] if instead and unread else headlines
            found.append(_description(shares, named, used, foreign=foreign, instead=instead))
        return found

    def rolled_up(
        self, parents: Sequence[Groups], names: Sequence[Sequence[str]], *, taken: Collection[str] = ()
    ) -> list[Description]:
        """A description per roll-up, in words that half of its children share, else by its languages, where these set
        it apart, else by the names of the first two.

        `parents`: the groups of each one's children; `names`: those children's names.
        """
        pooled = [interleaved(children) for children in parents]
        found: list[Description] = []
        for shares, own, rows in self._read(pooled, None):
            headlines = shared(self._headlines(shares, own, rows), shares, parents[shares.group])
            used, foreign = [*taken, *(one.name for one in found)], self._reader.foreign(rows)
            instead = (self._in_languages(rows)[0] if foreign else "") or joined(names[shares.group])
            found.append(_description(shares, headlines, used, foreign=foreign, instead=instead))
        return found

    def _read(
        self, groups: Groups, candidates: Sequence[Collection[str]] | None
    ) -> Iterator[tuple[GroupWords, Collection[str], list[int]]]:
        """Each group's words, its candidate terms, and the rows of it that were parsed."""
        counts = counted_groups(self.terms, groups)
        words = Words(self.terms, counts.groups, self.reporters)
        samples = [sample(list(rows), self.claims) for rows in groups]
        self._reader.read(row for rows in samples for row in rows)
        for number, rows in enumerate(samples):
            yield GroupWords(words, number), candidates[number] if candidates else telling(counts, number), rows

    def _in_languages(self, rows: Sequence[int]) -> tuple[str, bool]:
        """A name that tells the languages, where these set the rows apart; whether no language has most of them."""
        own = self._reader.languages(rows)
        return texts_in(own, self._reader.usual_languages()), of_many(own)

    def _headlines(self, shares: GroupWords, own: Collection[str], rows: Sequence[int]) -> list[Headline]:
        """Candidates of a group, best first: of its parsed claims, else of its terms.

        Where none is good enough for a name, the word that most hold and merely typical terms come after them.
        """
        found = from_clauses(shares, self._reader.parsed(rows)) or from_keys(shares, own)
        if found and found[0].score >= LEAST_SCORE:
            return found
        lenient = GroupWords(shares.words, shares.group, least_share=LEAST_SHARE / 4)
        typical = [weaker(one) for one in from_keys(lenient, own)]
        known = {one.stems for one in found}
        return found + [one for one in widespread(shares) + typical if one.stems not in known]


def _description(
    shares: GroupWords, headlines: Sequence[Headline], used: Collection[str], *, foreign: bool, instead: str = ""
) -> Description:
    """The description by the candidates; where these are too weak and a name is given `instead`, by that."""
    said = [safe_name(one.text) for one in diverse(headlines, _PHRASES)]
    weak = not headlines or headlines[0].score < LEAST_SCORE
    name = instead if weak and instead else name_of(shares, unlike(headlines, used), foreign=foreign)
    name = distinct(name, used, said)
    check = summed({word: shares.of(word) for word in content_words(name)})
    return Description(name, said, check.inside, check.outside)


def described(
    claims: Sequence[str],
    members: Sequence[int],
    *,
    reporters: Sequence[str] | None = None,
    taken: Collection[str] = (),
    pipeline: "Language | None" = None,
) -> Description:
    """The name of one group, `claims[members]`, against the rest of the claims.

    `members`: row numbers, nearest to the centroid first. Of more than _MOST_CLAIMS others an even sample is taken.
    """
    inside = set(members)
    others = [row for row in range(len(claims)) if row not in inside]
    if len(others) > _MOST_CLAIMS:
        others = [others[place * len(others) // _MOST_CLAIMS] for place in range(_MOST_CLAIMS)]
    rows = [*members, *others]
    writers = [reporters[row] for row in rows] if reporters is not None else None
    namer = Namer([claims[row] for row in rows], reporters=writers, pipeline=pipeline)
    return namer.described([range(len(members))], taken=taken)[0]


def described_groups(
    claims: Sequence[str],
    groups: Groups,
    *,
    reporters: Sequence[str] | None = None,
    taken: Collection[str] = (),
    pipeline: "Language | None" = None,
) -> list[Description]:
    """Names of several groups of the claims at once (a split, roll-ups), told apart from one another."""
    return Namer(claims, reporters=reporters, pipeline=pipeline).described(groups, taken=taken)


def telling(counts: Counted, group: int) -> list[str]:
    """A group's keys of highest class-based TF-IDF (Grootendorst 2022), best first."""
    row = counts.inside[[group]]
    average = counts.sizes.mean() if len(counts.sizes) else 1.0
    keys = [counts.terms.keys[column] for column in row.indices]
    weights = row.data / max(counts.sizes[group], 1) * np.log1p(average / np.maximum(counts.total[row.indices], 1))
    order = sorted(range(len(keys)), key=lambda place: (-round(float(weights[place]), 9), keys[place]))
    return [keys[place] for place in order[:_CANDIDATES]]
