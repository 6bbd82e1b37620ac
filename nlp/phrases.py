"""Find given words and phrases in a text, whatever their case, and however they are disguised."""

import re
from collections.abc import Sequence
from functools import lru_cache

from nlp.fold import fold

SEARCHED_CHARACTERS = 20_000
"""A text longer than this is searched up to here: what it is about is said early."""
SIGNS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
"""Digits and signs that stand in for letters; 1 and ! may be an i or an l."""
ELLS = ("i", "l")
NEIGHBOURS = re.compile(r"[a-z][0134578@$!]|[0134578@$!][a-z]")
RUN = re.compile(r"[a-z0134578@$!]{3,}")
# Scripts that put no spaces between words: there a word has no edge.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class BadPhrase(ValueError):
    """A word to look for without a letter or digit."""


class Phrases:
    """Words and phrases to look for; a `*` at the end stands for any ending, a space also for a hyphen.

    >>> Phrases(["sabotag*", "kill switch"]).found("It S\u0430botaged the KILL-switch, pure s4b0tage.")
    ('sabotag*', 'kill switch')
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self._patterns = [(phrase, _beginning(phrase), re.compile(_pattern(phrase))) for phrase in phrases]

    def found(self, text: str) -> tuple[str, ...]:
        """The phrases that occur, as given, in the order given."""
        if not self._patterns:
            return ()
        readings = _readings(text[:SEARCHED_CHARACTERS])
        return tuple(
            phrase
            for phrase, beginning, pattern in self._patterns
            if any(beginning in reading and pattern.search(reading) for reading in readings)
        )


def normal(text: str) -> str:
    """The text without disguises, in lower case.

    >>> normal("S\u0430bot\u200bage")
    'sabotage'
    """
    return fold(text)[0].casefold()


@lru_cache(maxsize=2048)  # of one text, once for all watchlists
def _readings(text: str) -> tuple[str, ...]:
    """The text as it is written, and, where digits stand among letters, as it may be meant."""
    plain = normal(text)
    if not NEIGHBOURS.search(plain):
        return (plain,)
    meant = dict.fromkeys(_unmasked(plain, ell) for ell in ELLS)
    return (plain, *meant)


def _unmasked(text: str, ell: str) -> str:
    """The text with its mixed words read as letters alone; 1 and ! as this one."""
    letters = str.maketrans("".join([*SIGNS, "1!"]), "".join([*SIGNS.values(), ell * 2]))
    return RUN.sub(lambda run: run[0].translate(letters) if _mixed(run) else run[0], text)


def _mixed(run: re.Match[str]) -> bool:
    """Whether a run of letters and signs is a word that holds both: two letters or more, and no part of another word.

    Counted, not matched: a pattern that looks ahead from every sign takes the square of a long row of them.
    """
    word, text = run[0], run.string
    letters = sum("a" <= sign <= "z" for sign in word)
    beside = text[run.start() - 1 : run.start()] + text[run.end() : run.end() + 1]
    return 2 <= letters < len(word) and not any(sign.isalnum() for sign in beside)


def _words(phrase: str) -> list[str]:
    return re.split(r"[\s_-]+", normal(phrase).strip().removesuffix("*").strip())


def _beginning(phrase: str) -> str:
    """What every text with the phrase holds literally: looking for it first is quick."""
    return _words(phrase)[0]


def _pattern(phrase: str) -> str:
    plain, words = normal(phrase).strip(), _words(phrase)
    stem = plain.removesuffix("*")
    if not any(sign.isalnum() for sign in stem):
        raise BadPhrase(f"expected a word or phrase to look for, got {phrase!r}; give it a letter or a digit")
    inner = r"[\s_-]+".join(re.escape(word) for word in words)
    edge = "" if UNSPACED.search(stem) else r"(?!\w)"
    start = "" if UNSPACED.search(stem) else r"(?<!\w)"
    return f"{start}{inner}{'' if plain.endswith('*') else edge}"
