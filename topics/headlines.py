"""Choose a group's headline among clauses or phrases of its claims, by how their words are spread."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from topics.clauses import Clause, clauses
from topics.describe import UNNAMED, named_person, safe_name
from topics.name_check import content_words
from topics.terms import Terms
from topics.word_shares import GroupWords, Held
from topics.words import kind

if TYPE_CHECKING:
    from spacy.tokens import Doc

LEAST_SCORE = 0.3
"""Of a headline; below it no words are typical enough to be what the group is about."""

LEAST_MAIN = 0.1
"""Share of the documents that hold the commonest word of a name, at least; else the subject is mixed."""

_TOGETHER = 0.02  # share of the group's documents that hold all words of a headline, at least
_RANK = np.array([1.0, 0.8, 0.5, 0.3, 0.15, 0.1, 0.1, 0.1])  # what the best word adds, the second, ...
_ONE_WORD = 0.55
_FORM = {"noun": 1.0, "passive": 1.0, "clause": 1.0, "verb_object": 0.9, "ends": 1.0, "unread": 0.6}
_LATE = 0.3  # what a clause at the very end of its claims loses: subjects are stated first
_COHESION, _CONTRAST, _USES, _USUAL = 0.25, 0.5, 0.1, 0.3
_ENDS_PHRASE = 0.5  # share of a noun's uses that end a phrase, at least
_LOOKED_AT, _SAME, _DIVERSITY = 60, 0.6, 0.7
_MOST_WORDS, _MOST_OF_TWO = 8, 3
_ADDED, _SECOND_SCORE = 0.1, 0.45  # of the documents, and of the first one's score
_INSTEAD = 0.4  # of the best one's score, for a headline that takes its place because another theme has that name
_LONE_LIFT = 4.0  # of a lone word that may be the second half
_MOST_HOLD = 0.5  # share of the group that holds a word which others hold as well


@dataclass(frozen=True, slots=True)
class Headline:
    """A candidate: small letters but for names, stems of its content words, form, score."""

    text: str
    stems: tuple[str, ...]
    form: str
    score: float
    held: Held
    """Which of the group's claims hold all its words."""


def from_clauses(shares: GroupWords, parsed: "Iterable[tuple[int, Doc]]") -> list[Headline]:
    """Candidates from a group's parsed claims (row, parse), best first."""
    found: dict[tuple[str, ...], list[tuple[int, Clause]]] = {}
    for row, document in parsed:
        for clause in clauses(document, shares.allowed, everywhere=shares.everywhere):
            if len(clause.words) <= _MOST_WORDS:
                found.setdefault(tuple(sorted(clause.stems)), []).append((row, clause))
    return _best_first(shares, (_of_clauses(shares, uses) for uses in found.values()))


def from_keys(shares: GroupWords, keys: Iterable[str]) -> list[Headline]:
    """Candidates from keys of the term table, where nothing is parsed, best first."""
    terms = shares.words.terms
    wanted = [key for key in sorted(set(keys)) if all(shares.allowed(one) for one in key.split())]
    own = terms.matrix[shares.rows][:, [bisect_left(terms.keys, key) for key in wanted]]
    found = []
    for key, count in zip(wanted, np.asarray(own.sum(axis=0)).ravel(), strict=True):
        stems = tuple(key.split())
        ends = terms.heads.get(stems[-1], 0.5) >= _ENDS_PHRASE
        usual = float(count / shares.size) ** _USUAL
        found.append(_scored(shares, spelt(terms, terms.surface[key]), stems, "ends" if ends else "unread", usual))
    return _best_first(shares, found)


def _of_clauses(shares: GroupWords, uses: list[tuple[int, Clause]]) -> Headline | None:
    """The usual wording of clauses with the same words; said and denied, it is what most of them do."""
    negated = sum(clause.negated for _, clause in uses) > 0.5 * len(uses)
    said = [(row, clause) for row, clause in uses if clause.negated == negated]
    shown = shares.words.terms.shown
    spelt = Counter(spelling(clause, shown) for _, clause in said)
    text = min(spelt, key=lambda one: (-spelt[one], len(one), one))
    alike = [clause for _, clause in said if spelling(clause, shown) == text]
    forms = Counter(clause.form for clause in alike)
    form = min(forms, key=lambda kind: (-forms[kind], kind))
    late = float(np.mean([clause.place for _, clause in said]))
    usual = len({row for row, _ in said}) ** _USES * len(said) / len(uses) * (1 - _LATE * late)
    return _scored(shares, text, alike[0].stems, form, usual)


def _scored(shares: GroupWords, text: str, stems: tuple[str, ...], form: str, usual: float = 1.0) -> Headline | None:
    """The headline, unless too few documents or reporters hold all its words, or none of them tells anything."""
    held = shares.holds(stems)
    together = float(held.sum()) / shares.size
    if together < _TOGETHER or shares.reporters_of(held) < shares.least or named_person(text):
        return None
    if not any(shares.telling(one) for one in stems):
        return None
    weights = np.sort([shares.weight(one) for one in stems])[::-1]
    score = float((weights * _RANK[: len(weights)]).sum()) * _FORM[form] * usual
    score *= (together / min(shares.of(one)[0] for one in stems)) ** _COHESION
    score *= _ONE_WORD if len(stems) == 1 else 1.0
    return Headline(text, stems, form, score, held)


def _best_first(shares: GroupWords, found: Iterable[Headline | None]) -> list[Headline]:
    """The best, lowered where other groups say the same."""
    best = sorted((one for one in found if one), key=_rank)[:_LOOKED_AT]
    apart = [replace(one, score=one.score * shares.contrast(one.stems) ** _CONTRAST) for one in best]
    return sorted(apart, key=_rank)


def _rank(one: Headline) -> tuple[float, str]:
    return -round(one.score, 9), one.text


def widespread(shares: GroupWords) -> list[Headline]:
    """The word that most of a group hold, be it held elsewhere too: what is left to say where nothing sets it apart."""
    terms = shares.words.terms
    held = [one for one in terms.words if shares.of(one)[0] >= _MOST_HOLD and one in terms.surface]
    allowed = [one for one in held if shares.allowed(one)]
    if not allowed:
        return []
    stem = min(allowed, key=lambda one: (-shares.of(one)[0], one))
    return [Headline(spelt(terms, terms.surface[stem]), (stem,), "ends", LEAST_SCORE / 2, shares.holds([stem]))]


def weaker(one: Headline) -> Headline:
    """A headline that can stand in a list of phrases, but be no name."""
    return replace(one, score=0.5 * min(one.score, LEAST_SCORE))


def diverse(found: Sequence[Headline], most: int) -> list[Headline]:
    """The best ones that say different things: maximal marginal relevance (Carbonell and Goldstein 1998, SIGIR).

    Two are alike by the words and by the documents they share (Jaccard).
    """
    chosen: list[Headline] = []
    rest = list(found)
    while rest and len(chosen) < most:
        likeness = [max((_alike(one, other) for other in chosen), default=0.0) for one in rest]
        free = [place for place, like in enumerate(likeness) if like <= _SAME]
        if not free:
            break
        best = max(free, key=lambda place: (rest[place].score * (1 - _DIVERSITY * likeness[place]), -place))
        chosen.append(rest.pop(best))
    return chosen


def name_of(shares: GroupWords, found: Sequence[Headline], *, foreign: bool) -> str:
    """The name: the best headline, with a second one if many documents hold that and nothing of the first.

    "Mixed: …" where no words are typical enough or common enough.
    """
    if not found:
        return UNNAMED
    first = found[0]
    if first.score < LEAST_SCORE or max(shares.of(one)[0] for one in first.stems) < LEAST_MAIN:
        return safe_name("Mixed: " + ", ".join(one.text for one in diverse(found, 3)))
    text = first.text
    if not foreign and (second := _second(shares, found)):
        both_nouns = {first.form, second.form} <= {"noun", "ends"}
        text += (" and " if both_nouns else ", ") + second.text
    word = text.split(" ", 1)[0]
    return safe_name(text if word != word.lower() else text[:1].upper() + text[1:])


def _second(shares: GroupWords, found: Sequence[Headline]) -> Headline | None:
    """The best later headline that enough documents hold which hold no telling word of the first."""
    first = found[0]
    if len(first.text.split()) > _MOST_OF_TWO:
        return None
    telling = [one for one in first.stems if shares.telling(one)]
    covered = np.any([shares.holds([one]) for one in telling], axis=0)
    for other in found[1:]:
        if len(other.text.split()) > _MOST_OF_TWO or _share_a_beginning(first.stems, other.stems):
            continue
        if len(other.stems) == 1 and not _says_enough(shares, other):
            continue
        added = float((other.held & ~covered).sum()) / shares.size
        if added >= _ADDED and other.score >= _SECOND_SCORE * first.score:
            return other
    return None


def _says_enough(shares: GroupWords, one: Headline) -> bool:
    """Whether a lone word can be half a name: not weak, and far commoner inside."""
    inside, outside = shares.of(one.stems[0])
    return kind(one.text.lower()) == "content" and inside >= _LONE_LIFT * outside


def spelling(clause: Clause, shown: dict[str, str]) -> str:
    """The clause in small letters but for the names and acronyms it writes otherwise."""
    return " ".join(
        shown[word.low] if word.text != word.low and word.low in shown else word.low for word in clause.words
    )


def spelt(terms: Terms, text: str) -> str:
    """Small letters with names and acronyms as the claims write them."""
    return " ".join(terms.shown.get(word, word) for word in text.split())


def _share_a_beginning(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two share a word or the beginning of one ("fraud", "fraudulent"; "bag", "baggage")."""
    pairs = ((_letters(left)[:5], _letters(right)[:5]) for left in one for right in other)
    return any(left.startswith(right) or right.startswith(left) for left, right in pairs)


def _letters(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum())


def _alike(one: Headline, other: Headline) -> float:
    left, right = set(one.stems), set(other.stems)
    both, either = (one.held & other.held).sum(), (one.held | other.held).sum()
    return max(len(left & right) / len(left | right), float(both / max(either, 1)))


def unlike(found: Sequence[Headline], taken: Iterable[str]) -> Sequence[Headline]:
    """The headlines from the first one on whose words are those of no name taken, if one is good enough."""
    words = [frozenset(content_words(name)) for name in taken]
    for place, one in enumerate(found):
        if one.score < _INSTEAD * found[0].score:
            break
        if frozenset(one.stems) not in words:
            return found[place:]
    return found
