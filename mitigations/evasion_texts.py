"""How one text stands to another that was stopped: the same, other words, hidden, in another language, in parts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from nlp.language import UNKNOWN, identify
from nlp.obfuscation import deobfuscated
from topics.little_words import FOREIGN

Embed = Callable[[list[str]], npt.NDArray[np.float32]]

TOKEN = re.compile(r"[^\W_]{1,40}")
MOST_TOKENS = 400
SURE = 0.8
"""Probability from which on the language of a text counts as known."""
LONG_ENOUGH = 20
"""Characters of a text below which its language is a guess."""
FRAME = (
    r"pretend|role-?play\w{0,3}|act as|imagine (?:you|that you|being)|suppose you|behave (?:as|like)|in character"
    r"|in the role of|let(?: u|')s play (?:a|the)|(?:you|he|she|the \w{1,15}) (?:is asked|answers) ?:"
    r"|you are (?:now )?(?:dan|an? (?:\w{1,15} ){0,2}(?:ai|bot|model|assistant|expert|character|professor|hacker"
    r"|chemist|agent|actor|villain|narrator))|you(?:'re| are) (?:now|going to be)|you are [<\w]{1,20}>?, (?:an?|the|my)"
    r"|from now on|developer mode|jailbreak\w{0,4}|no (?:rules|restrictions|limits|filters?)"
    r"|ignore (?:all|any|your|the|previous)|do anything now|(?:late|dead|deceased) grand(?:ma|mother|father|pa)"
    r"|(?:for|in|write) (?:a|my|the) (?:\w{1,12} )?(?:novel|story|screenplay|script|movie|film|game|play)"
    r"|fiction(?:al)?|hypothetical(?:ly)?|stell dir vor|du bist (?:jetzt|ein)|tu so als|spiel(?:e)? die"
    r"|fais comme si|imagine que tu|tu es (?:maintenant|un)|imagina que|eres (?:ahora|un)|finge|finja|você é"
    r"|fai finta|sei (?:ora|un)|roman|novela"
)
PERSONA = re.compile(rf"(?<!\w)(?:{FRAME})(?!\w)", re.I)
PARTED = re.compile(
    r"(?<!\w)(?:part|step|teil|schritt|partie|étape|parte|paso) (?:\d|one|two|three|i{1,3}|eins|zwei|un|deux|uno|dos)\b"
    r"|\(\d/\d\)|\b\d of \d\b|\b(?:first|second|third|next|last|other) (?:part|half|lines?|step|piece|section)\b"
    r"|(?:only|just|nur|seulement|solo) (?:the|den|la|le|el) (?:\w{1,12} )?(?:teil|schritt|partie|parte)"
    r"|(?:i have|got) the (?:rest|others?)|\blet [a-z] ?=|\b(?:rest|more) later"
    r"|\b(?:combine|join|concatenate|merge|put) (?:both|them|these|it|the (?:parts?|pieces?|strings?)|[a-z] ?\+)"
    r"|^(?:now |then |and )?(?:go on (?:until|with)|continue|finish|(?:give|make|write|do) (?:it|them)|add that"
    r"|(?:write |do )?the same (?:with|in|for|again))\b",
    re.I,
)
"""Marks of a part, and words that lean on what was said before: they count within a conversation."""
SAME, FEW_MORE = 0.8, 2
"""Share of the words of both texts that are the same, or words more, for a retry."""
SPLIT_SHARE, SPLIT_LENGTH = 0.75, 0.75
HOLDS, LEAST_HELD = 0.6, 4
"""Share of the stopped words that a new frame holds; of texts with so many words."""
LEAST_ALIKE = 0.4
NEAR, NEAR_WITHIN = 0.4, 0.3
"""Cosine from which on two texts ask for the same: of one customer, and within one conversation."""


@dataclass(frozen=True, slots=True)
class Text:
    """An excerpt as it was meant: its plain words, how it was hidden, its language, its unit vector (None: unknown)."""

    plain: str
    hidden: tuple[str, ...]
    tokens: frozenset[str]
    length: int
    language: str
    persona: bool
    parted: bool
    vector: npt.NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """`technique`: what it does to the stopped text, "" where it is about something else. `cosine`: None unknown."""

    technique: str
    cosine: float | None


def read(excerpts: Sequence[str], *, embed: Embed | None) -> list[Text]:
    """Every excerpt as `Text`; `embed` is asked once for all plain texts."""
    found = [deobfuscated(excerpt) for excerpt in excerpts]
    plain = [one.plain for one in found]
    vectors = None if embed is None or not plain else embed(plain)
    return [
        Text(
            one.plain,
            one.techniques,
            tokens := _tokens(one.plain),
            len(tokens),
            code if probability >= SURE and len(one.plain) >= LONG_ENOUGH else UNKNOWN,
            bool(PERSONA.search(one.plain)),
            bool(PARTED.search(one.plain)),
            None if vectors is None else vectors[place],
        )
        for place, (one, (code, probability)) in enumerate(zip(found, identify(plain), strict=True))
    ]


def _tokens(plain: str) -> frozenset[str]:
    """Words that say something; all of them where none does."""
    words = [word.lower() for word in TOKEN.findall(plain)[:MOST_TOKENS]]
    return frozenset(word for word in words if word not in little_words()) or frozenset(words)


@cache
def little_words() -> frozenset[str]:
    """Pronouns, auxiliaries, prepositions of English and the main European languages."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS) | FOREIGN


def likeness(stopped: Text, later: Text, *, together: bool) -> Likeness:
    """What `later` does to `stopped`; `together`: in one conversation, where less likeness will do.

    Hidden in a way that `stopped` was not: that technique. Else retry, language_switch, splitting, persona, paraphrase
    (near, other words in place of some), other (most of the same words in a new frame).
    """
    cosine = None
    if stopped.vector is not None and later.vector is not None:
        cosine = float(stopped.vector @ later.vector)
    shared = len(stopped.tokens & later.tokens)
    alike = shared / max(len(stopped.tokens | later.tokens), 1)
    holds = stopped.length >= LEAST_HELD and shared >= HOLDS * stopped.length
    near = alike >= LEAST_ALIKE or (cosine is not None and cosine >= (NEAR_WITHIN if together else NEAR))
    hidden = next((name for name in later.hidden if name not in stopped.hidden), "")
    for technique, told in (
        (hidden, near or together or holds),
        ("retry", alike >= SAME or (shared == stopped.length > 1 and later.length <= shared + FEW_MORE)),
        ("language_switch", _switched(stopped, later)),
        ("splitting", _split(stopped, later, shared, together)),
        ("persona", later.persona and not stopped.persona and (together or near or holds)),
        # Most of the same words and no frame around them: some were put in other words.
        ("paraphrase", near and (not holds or later.length <= stopped.length + FEW_MORE)),
        ("other", holds or near),
    ):
        if technique and told:
            return Likeness(technique, cosine)
    return Likeness("", cosine)


def _switched(stopped: Text, later: Text) -> bool:
    return UNKNOWN not in (stopped.language, later.language) and stopped.language != later.language


def _split(stopped: Text, later: Text, shared: int, together: bool) -> bool:
    if later.parted and not stopped.parted and (together or shared >= 2):
        return True
    part = shared >= SPLIT_SHARE * max(later.length, 1) and later.length >= 2
    return part and later.length <= SPLIT_LENGTH * stopped.length
