"""How people type: typos, no capitals, too many exclamation marks, a foreign writer's English."""

import re
from collections.abc import Callable

from jobs.scenario_dice import Dice

FOREIGN = (
    (re.compile(r"\b(?:the|a|an) ", re.I), "", 0.55),
    (re.compile(r"\b(doesn't|does not)\b"), "is not", 0.5),
    (re.compile(r"\b(can't|cannot)\b"), "can not to", 0.3),
    (re.compile(r"\bPlease\b"), "Kindly please", 0.6),
    (re.compile(r"\bI have\b"), "I am having", 0.4),
    (re.compile(r"\bIt was\b"), "Was", 0.5),
    (re.compile(r"\bit is\b|\bit's\b"), "is", 0.5),
    (re.compile(r"\bmany\b|\ba lot of\b"), "very much", 0.5),
    (re.compile(r"\binformation\b"), "informations", 0.7),
    (re.compile(r"\bfor ([a-z]+) (days|weeks|months)\b"), r"since \1 \2", 0.8),
)
SHORTHAND = (
    (re.compile(r"\byou\b", re.I), "u"),
    (re.compile(r"\bplease\b", re.I), "pls"),
    (re.compile(r"\bbecause\b", re.I), "cuz"),
    (re.compile(r"\bpeople\b", re.I), "ppl"),
    (re.compile(r"\bI don't know\b", re.I), "idk"),
    (re.compile(r"\breally\b", re.I), "rly"),
)
ENDINGS = ("", "", "", ".", "!", "!!", "!!!", "??", " ???", "...", " 🙄", " 😡", " smh", " :(", " wtf", " 👎", " ugh")
WORD = re.compile(r"[a-z]{4,}")


def as_outburst(text: str, dice: Dice) -> str:
    """A phrase as it comes out in a feedback box: case and full stop optional."""
    bare = text.rstrip(".")
    style = dice.unit()
    if style < 0.45:
        bare = bare.lower()
    elif style < 0.52:
        bare = bare.upper()
    elif style < 0.62:
        bare = _shorten(bare.lower())
    said = bare if bare.endswith(("?", "!", "…")) else bare + dice.pick(ENDINGS)
    # "..." is all that some people say.
    return said or text


def as_foreigner(text: str, dice: Dice) -> str:
    """English of somebody who writes it as a third language."""
    for pattern, new, chance in FOREIGN:
        text = pattern.sub(_maybe(new, chance, dice), text)
    return text[:1].upper() + text[1:]


def with_typos(text: str, dice: Dice, *, typos: int) -> str:
    """The text with a few slips of the keyboard in words of lower-case letters."""
    for _ in range(typos):
        words = list(WORD.finditer(text))
        if not words:
            return text
        word = dice.pick(words)
        text = text[: word.start()] + _slip(word.group(), dice) + text[word.end() :]
    return text


def _slip(word: str, dice: Dice) -> str:
    at = 1 + dice.below(len(word) - 2)
    kind = dice.below(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + dice.pick("aeiorstnl") + word[at + 1 :]


def _shorten(text: str) -> str:
    for pattern, new in SHORTHAND:
        text = pattern.sub(new, text)
    return text


def _maybe(new: str, chance: float, dice: Dice) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return match.expand(new) if dice.chance(chance) else match.group()

    return replace
