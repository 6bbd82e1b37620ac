"""How a request that was blocked is put again: eight techniques, over phrases of `evasion.yaml`."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from jobs.scenario_added import Adder
from jobs.scenario_grammar import Template, parse_lines

HOMOGLYPHS = str.maketrans("aceiopxyACEHKMOPTX", "асеіорхуАСЕНКМОРТХ")
LEET = str.maketrans("aeiostAEIOST", "431057431057")
SWAPPED = 0.7
"""Share of the letters that have a twin in another script which are swapped for it."""
CODE_BYTES = 18
"""Bytes a line of base64: whole quanta, and short enough that no line is taken for a secret and redacted."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that is asked for: several wordings, itself in parts, itself in other languages."""

    wordings: tuple[Template, ...]
    parts: tuple[Template, ...]
    languages: Mapping[str, Template]


@dataclass(frozen=True, slots=True)
class Misuse:
    """The phrases of planted decisions: asks by mitigation, and the frames they are put in."""

    asks: Mapping[str, tuple[Ask, ...]]
    personas: tuple[Template, ...]
    carriers: tuple[Template, ...]
    linked: Mapping[str, tuple[Template, ...]]
    trigger: Mapping[str, tuple[Template, ...]]
    usual: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One try: what was asked for and said first, and the number of the try from 0."""

    adder: Adder
    ask: Ask
    said: str
    step: int


@cache
def load_misuse() -> Misuse:
    """The phrases, parsed once per process."""
    text = (files("jobs") / "data" / "scenario" / "evasion.yaml").read_text("utf-8")
    bank = yaml.safe_load(text)
    return Misuse(
        asks={name: tuple(_ask(entry) for entry in entries) for name, entries in bank["asks"].items()},
        personas=parse_lines(bank["personas"]),
        carriers=parse_lines(bank["carriers"]),
        linked={name: parse_lines(block) for name, block in bank["linked"].items()},
        trigger={name: parse_lines(block) for name, block in bank["trigger"].items()},
        usual=parse_lines(bank["usual"]),
    )


def _ask(entry: Mapping[str, Any]) -> Ask:
    languages = {code: parse_lines(entry[code])[0] for code in ("de", "fr", "es")}
    return Ask(parse_lines(entry["wordings"]), parse_lines(entry["parts"]), languages)


def homoglyph(turn: Turn) -> str:
    """Letters swapped for twins of another script."""
    dice = turn.adder.dice
    return "".join(sign.translate(HOMOGLYPHS) if dice.chance(SWAPPED) else sign for sign in turn.said)


def leetspeak(turn: Turn) -> str:
    """Letters written as digits."""
    return turn.said.translate(LEET)


def base64(turn: Turn) -> str:
    """The request encoded, with a word on what to do with it."""
    raw = turn.said.encode()
    code = "\n".join(b64encode(raw[at : at + CODE_BYTES]).decode() for at in range(0, len(raw), CODE_BYTES))
    return turn.adder.say(turn.adder.dice.pick(load_misuse().carriers), code=code)


def spaced_out(turn: Turn) -> str:
    """A sign between the letters of every word."""
    sign = turn.adder.dice.pick((" ", ".", "-"))
    return "  ".join(sign.join(word) for word in turn.said.split())


def language_switch(turn: Turn) -> str:
    """The request in another language."""
    languages = list(turn.ask.languages)
    return turn.adder.say(turn.ask.languages[languages[turn.step % len(languages)]])


def persona(turn: Turn) -> str:
    """A role is to answer in place of the assistant."""
    return turn.adder.say(turn.adder.dice.pick(load_misuse().personas), ask=turn.said)


def splitting(turn: Turn) -> str:
    """The request in parts, one a turn."""
    return turn.adder.say(turn.ask.parts[min(turn.step, len(turn.ask.parts) - 1)])


def paraphrase(turn: Turn) -> str:
    """The request in other words."""
    others = [text for one in turn.ask.wordings if (text := turn.adder.say(one)) != turn.said]
    return turn.adder.dice.pick(others)


TECHNIQUES: dict[str, Callable[[Turn], str]] = {
    "homoglyph": homoglyph,
    "leetspeak": leetspeak,
    "base64": base64,
    "spaced_out": spaced_out,
    "language_switch": language_switch,
    "persona": persona,
    "splitting": splitting,
    "paraphrase": paraphrase,
}
LANGUAGES = ("de", "fr", "es")
