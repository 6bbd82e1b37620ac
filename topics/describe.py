"""Say in a few words what a topic is about, in words its documents use and others do not."""

import re
import unicodedata
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from topics.grammar import Reading
from topics.shares import Counted, TopicShares, ends_like_noun
from topics.terms import Terms

LONGEST_NAME = 80
"""Characters of a name, at most."""

UNNAMED = "Unnamed theme"

_SECOND_PHRASE, _SECOND_OF_TWO = 0.08, 0.12  # share of documents the second half of a name must add
_SHARE_OF_WORD = 0.15  # of a word's documents that a phrase with it must hold to stand for it
_TELLING_WORD = 3.0  # lift at which a lone word may be the second half
_NO_NOUN = ("ed", "ly", "ing", "ous", "ful", "ible", "able", "ive", "est")
_AUXILIARIES = frozenset("is are was were be been being has have had get gets got".split())
_UNSAFE = re.compile(r"[^\w\s'’:&+.,/-]")


def ranked(counts: Counted, topic: int, candidates: Collection[str], reading: Reading | None = None) -> list[str]:
    """Candidate keys from most to least telling, without those that fail `TopicShares.holds`.

    Where all fail, terms that are merely typical serve.
    """
    shares = TopicShares(counts, topic, reading)
    read = reading.phrases() if reading else []
    known = sorted({key for key in [*candidates, *read] if key in counts.number})
    passing = [key for key in known if shares.holds(key)] or [key for key in known if shares.common(key)]
    passing = [key for key in passing if not shares.widespread(key)] or passing
    scored = [(shares.score(key), key) for key in passing]
    return [key for _, key in sorted(scored, key=lambda pair: (-pair[0], pair[1]))]


def phrases(terms: Terms, keys: Sequence[str], *, most: int = 10) -> list[str]:
    """Readable phrases for ranked keys, without those that mostly repeat the words of an earlier one."""
    chosen: list[str] = []
    for key in keys:
        if len(chosen) == most:
            break
        if not any(_overlap(key, earlier) > 0.4 for earlier in chosen):
            chosen.append(key)
    return [written(terms, key) for key in chosen]


def headline(counts: Counted, topic: int, keys: Sequence[str], reading: Reading | None = None) -> str:
    """Name of a topic from its ranked keys: the best phrase, and a second if it is short and covers little.

    Its words pass `TopicShares.holds`. Where no word is common enough the documents have no one subject
    and the name says so: "Mixed: " and some phrases, or UNNAMED. Plain characters only, at most LONGEST_NAME.
    """
    if not keys:
        return UNNAMED
    shares = TopicShares(counts, topic, reading)
    if not shares.subject(keys[0]):
        whole = [key for key in keys if shares.form(key) != "fragment"] or keys
        return safe_name("Mixed: " + ", ".join(phrases(counts.terms, whole, most=3)))
    best = _longer(shares, keys[0], reading or Reading())
    second = _second(counts, shares, topic, [best, *keys])
    parts = [_said(counts.terms, shares, key) for key in (best, second) if key]
    return safe_name(_capital(" and ".join(parts)))


def headlines(counts: Counted, keys: Sequence[Sequence[str]], readings: Sequence[Reading] = ()) -> list[str]:
    """Names of all topics, no two alike; the larger (earlier) topic keeps the plain name."""
    names: list[str] = []
    for topic, own in enumerate(keys):
        name = headline(counts, topic, own, readings[topic] if readings else None)
        names.append(distinct(name, names, phrases(counts.terms, own)))
    return names


def distinct(name: str, taken: Collection[str], others: Sequence[str]) -> str:
    """The name, if need be told apart from those `taken` by the next phrase, else by a number.

    >>> distinct("Data cap", ["data cap"], ["data cap", "usage meter"])
    'Data cap, usage meter'
    """
    used = {_plain(other) for other in taken}
    if _plain(name) not in used:
        return name
    for phrase in others:
        longer = f"{name}, {phrase}"
        if _plain(phrase) not in _plain(name) and len(longer) <= LONGEST_NAME and _plain(longer) not in used:
            return longer
    number = 2
    while _plain(f"{name} {number}") in used:
        number += 1
    return f"{name[: LONGEST_NAME - 8]} {number}"


def safe_name(text: str) -> str:
    """Text as a one-line name: no control or invisible characters, no markup, at most LONGEST_NAME.

    Attackers write theme names; whoever shows one escapes it all the same.

    >>> safe_name("<b>Refunds</b>\\u202e not\\npaid")
    'b Refunds /b not paid'
    """
    normal = unicodedata.normalize("NFKC", text)
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in normal)
    line = " ".join(_UNSAFE.sub(" ", visible).split())
    if len(line) > LONGEST_NAME:
        line = line[: LONGEST_NAME + 1].rsplit(" ", 1)[0][:LONGEST_NAME]
    return line.strip(" ,:/-+=.&'") or UNNAMED


def written(terms: Terms, key: str) -> str:
    """The usual spelling of a key, names and acronyms as the claims write them."""
    return " ".join(terms.shown.get(word, word) for word in terms.surface[key].split())


def _longer(shares: TopicShares, key: str, reading: Reading) -> str:
    """The key, or if it is one word the commonest whole phrase with that word in a fair share of its uses."""
    if " " in key:
        return key
    least = _SHARE_OF_WORD * shares.of(key)[0]
    longer = [phrase for phrase in reading.phrases() if key in phrase.split() and shares.known(phrase)]
    fair = [phrase for phrase in longer if shares.holds(phrase) and shares.of(phrase)[0] >= least]
    return min(fair, key=lambda phrase: (-shares.score(phrase), phrase), default=key)


def _said(terms: Terms, shares: TopicShares, key: str) -> str:
    """A key as a headline says it: "card charged" for "card was charged"."""
    text = written(terms, key)
    return (
        " ".join(word for word in text.split() if word not in _AUXILIARIES) if shares.form(key) == "passive" else text
    )


def _second(counts: Counted, shares: TopicShares, topic: int, keys: Sequence[str]) -> str | None:
    """First later key that shares no word with the best and holds in documents that the best misses.

    Only noun phrases are joined, and only in English, where they are known as such.
    """
    if shares.foreign or not shares.joins(keys[0]) or len(keys[0].split()) > 2:
        return None
    rows = counts.terms.matrix[np.flatnonzero(counts.labels == topic)].tocsc()
    covered = _has(rows, counts.number[keys[0]])
    for key in keys[1:]:
        if _alike(key, keys[0]) or not shares.joins(key) or not _can_follow(counts.terms, key):
            continue
        least = _SECOND_PHRASE if " " not in keys[0] else _SECOND_OF_TWO
        if " " in keys[0] and " " not in key:
            continue
        if " " not in key and shares.lift(key) < _TELLING_WORD:
            continue
        if (_has(rows, counts.number[key]) & ~covered).mean() >= least:
            return key
    return None


def _can_follow(terms: Terms, key: str) -> bool:
    """Whether a term can stand after "and": it ends like a noun, and is no lone verb, adjective or adverb."""
    words = terms.surface[key].split()
    return ends_like_noun(terms, key) and (len(words) > 1 or not words[0].endswith(_NO_NOUN))


def _alike(one: str, other: str) -> bool:
    """Whether two keys share a word or the beginning of one ("fraud", "fraudulent"; "top", "top-up")."""
    pairs = ((left[:5], right[:5]) for left in _bare(one) for right in _bare(other))
    return any(left.startswith(right) or right.startswith(left) for left, right in pairs)


def _bare(key: str) -> list[str]:
    """Words of a key without hyphens and apostrophes."""
    return [re.sub(r"\W", "", word) for word in key.split()]


def _has(rows: csc_matrix, column: int) -> NDArray[np.bool_]:
    """Which rows hold a column's term."""
    found: NDArray[np.bool_] = np.asarray(rows[:, [column]].todense()).ravel() > 0
    return found


def _overlap(one: str, other: str) -> float:
    """Share of words two keys have in common (Jaccard)."""
    left, right = set(one.split()), set(other.split())
    return len(left & right) / len(left | right)


def _capital(text: str) -> str:
    """First letter large unless the first word has its own spelling (iOS)."""
    first = text.split(" ", 1)[0]
    return text if first != first.lower() else text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    """Name for comparison: small letters and single spaces."""
    return " ".join(text.casefold().split())
