"""Which phrases of a claim can stand as a headline: noun phrases and whole clauses, by a parse of some claims."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from nlp.language import UNKNOWN, identify
from topics.terms import occurrences
from topics.words import segments

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Span, Token

_CHARACTERS = 3_000
"""Of a topic's claims are parsed, and of each claim _LONGEST: what takes 60 topics some ten seconds."""
_LONGEST = 300
_MOST = 100  # claims of a topic
_USUAL = 0.5  # share of a phrase's uses that must be of one form

_NOUNS = ("NOUN", "PROPN")
_PARTS_OF_NOUN = ("compound", "amod", "nmod", "poss", "npadvmod", "nummod", "dative")
_LOOSE = ("cc", "conj", "appos", "dep", "parataxis", "advcl", "relcl", "mark", "ccomp", "intj", "meta")
_NEEDED = {
    "dobj",
    "attr",
    "acomp",
    "xcomp",
    "ccomp",
    "oprd",
    "neg",
    "prt",
}  # a verb cut off from one says another thing
_INSIDE_NOUN = ("NOUN", "PROPN", "ADJ", "DET", "ADP", "PRON", "NUM", "PART", "VERB", "PUNCT", "SYM", "X")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parse says of the phrases (`topics.terms` keys) of one topic's claims.

    `forms` key -> "noun", "passive", "clause", "verb_object" or "fragment"; `places` key -> mean place in its
    claim, 0 first to 1 last; `foreign` whether most claims are not English, so that none of it was read.
    """

    forms: dict[str, str] = field(default_factory=dict)
    places: dict[str, float] = field(default_factory=dict)
    foreign: bool = False

    def phrases(self) -> list[str]:
        """Keys of several words that are no fragments."""
        return [key for key, kind in self.forms.items() if kind != "fragment" and " " in key]


class Reader:
    """Parses claims once each. Without a pipeline every reading is empty, but for `foreign`."""

    def __init__(self, claims: Sequence[str], pipeline: "Language | None") -> None:
        self.claims = claims
        self._pipeline = pipeline
        self._known: dict[int, list[tuple[str, str, float]]] = {}
        self._english: dict[int, bool] = {}

    def readings(self, topics: Sequence[Sequence[int]]) -> list[Reading]:
        """A reading per topic, from the claims at the given row numbers."""
        rows = sorted({row for topic in topics for row in topic} - self._english.keys())
        languages = identify([self.claims[row] for row in rows])
        self._english |= {row: code in ("en", UNKNOWN) for row, (code, _) in zip(rows, languages, strict=True)}
        self._parse([row for row in rows if self._english[row]])
        return [self._reading(rows) for rows in topics]

    def _parse(self, rows: Sequence[int]) -> None:
        if self._pipeline is None:
            return
        texts = [self.claims[row][:_LONGEST] for row in rows]
        readable = (text.encode("utf-8", "replace").decode() for text in texts)
        with threadpool_limits(limits=1):
            documents = list(self._pipeline.pipe(readable, batch_size=64))
        for row, text, document in zip(rows, texts, documents, strict=True):
            found = []
            for key, part, start, end in occurrences(segments(text)):
                first, last = part.spans[start][0], part.spans[end - 1][1]
                span = document.char_span(first, last, alignment_mode="expand")
                found.append((key, form(span) if span else "fragment", first / max(len(text), 1)))
            self._known[row] = found

    def _reading(self, rows: Iterable[int]) -> Reading:
        rows = list(rows)
        forms: dict[str, Counter[str]] = {}
        places: dict[str, list[float]] = {}
        for row in rows:
            for key, kind, place in self._known.get(row, []):
                forms.setdefault(key, Counter())[kind] += 1
                places.setdefault(key, []).append(place)
        foreign = sum(self._english[row] for row in rows) < 0.5 * len(rows)
        if foreign:
            return Reading(foreign=True)
        return Reading(
            forms={key: usual(count) for key, count in forms.items()},
            places={key: sum(found) / len(found) for key, found in places.items()},
        )


def sample(ordered: Sequence[int], claims: Sequence[str]) -> list[int]:
    """Rows to parse of a topic's rows, nearest to the centroid first: evenly from the nearer two thirds."""
    mean = sum(min(len(claims[row]), _LONGEST) for row in ordered) / max(len(ordered), 1)
    most = int(min(_MOST, len(ordered), max(12, _CHARACTERS / max(mean, 1))))
    nearer = ordered[: max(most, 2 * len(ordered) // 3)]
    return [nearer[place * (len(nearer) - 1) // max(most - 1, 1)] for place in range(most)]


def usual(forms: Counter[str]) -> str:
    """The form of a phrase by those of its uses: the commonest whole one, if most uses are whole.

    >>> usual(Counter({"noun": 3, "fragment": 1}))
    'noun'
    """
    whole = {kind: count for kind, count in forms.items() if kind != "fragment"}
    if not whole or sum(whole.values()) < _USUAL * forms.total():
        return "fragment"
    return min(whole, key=lambda kind: (-whole[kind], kind))


def form(span: "Span") -> str:
    """What a stretch of a parsed claim is: a whole noun phrase, clause, verb with object, or a fragment."""
    root, tokens = span.root, list(span)
    if not _connected(tokens, root) or any(token.dep_ in _LOOSE for token in tokens if token.i != root.i):
        return "fragment"
    if any(child.dep_ == "compound" and child.i < tokens[0].i for token in tokens for child in token.lefts):
        return "fragment"  # "usage limit reached" cut to "limit reached"
    if root.pos_ in _NOUNS:
        return _noun_form(tokens, root)
    if root.pos_ not in ("VERB", "AUX"):
        return "fragment"
    return _verb_form(tokens, root)


def _connected(tokens: "list[Token]", root: "Token") -> bool:
    """Whether every token hangs on another one of the stretch."""
    inside = {token.i for token in tokens}
    return all(token.head.i in inside for token in tokens if token.i != root.i)


def _noun_form(tokens: "list[Token]", root: "Token") -> str:
    if any(token.pos_ not in _INSIDE_NOUN for token in tokens) or tokens[0].pos_ in ("DET", "PRON", "ADP"):
        return "fragment"
    # "longer the conversation": an article stands first or after a preposition.
    if any(token.pos_ == "DET" and before.pos_ != "ADP" for before, token in pairwise(tokens)):
        return "fragment"
    if (
        root.dep_ in _PARTS_OF_NOUN
        or root.head.i == root.i + 1
        and root.dep_ in ("nsubj",)
        and root.head.pos_ in _NOUNS
    ):
        return "fragment"
    last = tokens[-1]
    if last.i != root.i and last.tag_ == "VBN" and last.head.i == root.i:
        return "passive"  # "request blocked by the filter"
    if last.pos_ not in _NOUNS or last.dep_ in _PARTS_OF_NOUN:
        return "fragment"
    return "noun"


def _verb_form(tokens: "list[Token]", root: "Token") -> str:
    subjects = [token for token in tokens if token.dep_ in ("nsubj", "nsubjpass") and token.head.i == root.i]
    objects = [token for token in tokens if token.dep_ in ("dobj", "attr", "oprd") and token.head.i == root.i]
    missing = {child.dep_ for child in root.children} & _NEEDED
    present = {token.dep_ for token in tokens}
    if missing - present or any(token.dep_ == "nsubj" and token.pos_ not in _NOUNS for token in tokens):
        return "fragment"
    if subjects and tokens[0].pos_ not in ("ADP", "ADV", "SCONJ"):
        last = tokens[-1]
        if subjects[0].dep_ == "nsubjpass":
            return "passive" if last.i == root.i else "fragment"
        ends = last.i == root.i or last.pos_ in _NOUNS or last.dep_ == "acomp"
        return "clause" if ends and root.pos_ == "VERB" or "acomp" in present or objects else "fragment"
    # "found the mistake" lacks its subject, "cancel the subscription" does not.
    whole = tokens[0].i == root.i and root.tag_ in ("VB", "VBG", "VBN", "VBP") and tokens[-1].pos_ in _NOUNS
    return "verb_object" if whole and (objects or tokens[-1].dep_ == "pobj") else "fragment"
