"""The small template language of the phrase banks: `{slot}` is looked up, `[this|that|]` is a choice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.scenario_dice import Dice

TOKEN = re.compile(r"\{[a-z_]+\}|[\[\]|]")

Lookup = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A name replaced at composition time."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several templates; brackets without a bar are ordinary text, not a choice."""

    options: tuple["Template", ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed phrase."""

    nodes: tuple[str | Slot | Choice, ...]

    def render(self, dice: Dice, lookup: Lookup) -> str:
        """The phrase with every choice drawn and every slot filled."""
        return "".join(_render(node, dice, lookup) for node in self.nodes)


def parse(text: str) -> Template:
    """Parse one phrase; a backslash followed by n stands for a line break.

    >>> parse("a [b|c] {d}").nodes[0]
    'a '
    """
    spread = text.replace("\\n", "\n")
    tokens = _tokens(spread)
    return _sequence(tokens)


def parse_lines(block: str) -> tuple[Template, ...]:
    """One phrase per non-empty line."""
    return tuple(parse(line.strip()) for line in block.splitlines() if line.strip())


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    for match in TOKEN.finditer(text):
        if match.start() > at:
            tokens.append(text[at : match.start()])
        tokens.append(match.group())
        at = match.end()
    if at < len(text):
        tokens.append(text[at:])
    return tokens[::-1]


def _sequence(tokens: list[str]) -> Template:
    nodes: list[str | Slot | Choice] = []
    while tokens:
        token = tokens.pop()
        if token == "[":
            nodes.extend(_bracket(tokens))
        elif re.fullmatch(r"\{[a-z_]+\}", token):
            nodes.append(Slot(token[1:-1]))
        else:
            nodes.append(token)
    return Template(tuple(nodes))


def _bracket(tokens: list[str]) -> Sequence[str | Slot | Choice]:
    """What stands in brackets, up to the closing one."""
    options: list[list[str]] = [[]]
    depth = 0
    while tokens:
        token = tokens.pop()
        if token == "]" and depth == 0:
            break
        depth += (token == "[") - (token == "]")
        if token == "|" and depth == 0:
            options.append([])
        else:
            options[-1].append(token)
    templates = tuple(_sequence(option[::-1]) for option in options)
    if len(templates) == 1:
        return ["[", *templates[0].nodes, "]"]
    return [Choice(templates)]


def _render(node: str | Slot | Choice, dice: Dice, lookup: Lookup) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, Slot):
        return lookup(node.name)
    return dice.pick(node.options).render(dice, lookup)
