"""Worlds for benchmarks/duplicates.py: floods of five kinds, and genuine traffic around them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
from duplicates_people import person
from duplicates_wordings import SHARED, Grammar, said

START = pd.Timestamp("2026-01-01")
MINUTE = 60
DAY = 86_400
Tool = tuple[str, Grammar]


@dataclass(slots=True)
class World:
    """Documents in the making, and whose each is: the name of a flood or of a genuine wave."""

    chance: random.Random
    rows: list[tuple[str, float, str, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def add(self, part: str, reporter: str, seconds: float, text: str) -> None:
        """One document, so many seconds after the start."""
        self.rows.append((f"d{len(self.rows):08}", seconds, reporter, text))
        self.parts.append(part)

    def frame(self) -> pd.DataFrame:
        """The documents as `nlp.duplicates.account` takes them, reporter by reporter."""
        table = pd.DataFrame(self.rows, columns=["document_id", "seconds", "reporter", "claim"])
        table["received_at"] = START + pd.to_timedelta(table.pop("seconds"), unit="s")
        table["part"] = self.parts
        return table.assign(reporter_known=True, request_id=None, decision_id=None).sort_values(
            ["reporter", "received_at", "document_id"], ignore_index=True
        )


def exact(world: World, name: str, made: Tool) -> None:
    """One text, again and again."""
    text, moment = said(*made, world.chance), world.chance.random() * 90 * DAY
    for number in range(world.chance.randrange(10, 200)):
        world.add(name, name, moment + number * world.chance.random() * MINUTE, text)


def id_varied(world: World, name: str, made: Tool) -> None:
    """One rationale, with ids, times and scores of its own each time."""
    template, moment = _fixed(made, world.chance), world.chance.random() * 90 * DAY
    for number in range(world.chance.randrange(10, 200)):
        world.add(name, name, moment + number * 20 * MINUTE, said(template, SHARED, world.chance))


def reworded(world: World, name: str, made: Tool) -> None:
    """A rationale worded anew each time."""
    moment = world.chance.random() * 90 * DAY
    for number in range(world.chance.randrange(10, 200)):
        world.add(name, name, moment + number * 30 * MINUTE, said(*made, world.chance))


def puppets(world: World, name: str, made: Tool) -> None:
    """Several accounts on one template; in half of the floods the rationale is worded anew too."""
    chance, moment = world.chance, world.chance.random() * 90 * DAY
    template, fixed = _fixed(made, chance), chance.random() < 0.5
    for puppet in range(chance.randrange(4, 25)):
        for _ in range(chance.randrange(3, 15)):
            text = said(template, SHARED, chance) if fixed else said(*made, chance)
            world.add(name, f"{name}-{puppet}", moment + chance.random() * 3 * DAY, text)


def slow_drip(world: World, name: str, made: Tool) -> None:
    """One every 3 to 20 days over months; in half of the floods the rationale is worded anew too."""
    chance, moment = world.chance, world.chance.random() * 30 * DAY
    template, fixed = _fixed(made, chance), chance.random() < 0.5
    for _ in range(chance.randrange(12, 50)):
        moment += chance.uniform(3, 20) * DAY
        world.add(name, name, moment, said(template, SHARED, chance) if fixed else said(*made, chance))


KINDS: dict[str, Callable[[World, str, Tool], None]] = {
    "exact": exact,
    "id_varied": id_varied,
    "reworded": reworded,
    "puppets": puppets,
    "slow_drip": slow_drip,
}


def _fixed(made: Tool, chance: random.Random) -> str:
    """A tool's template with one rationale in it, ids still open."""
    frame, grammar = made
    return frame.replace("{why}", said("{why}", grammar, chance))


def traffic(world: World, documents: int) -> None:
    """Genuine traffic over a year: most people write once, some a few times, each time something else."""
    chance = world.chance
    while documents > 0:
        reporter = f"p{chance.getrandbits(60):015x}"
        for _ in range(min(documents, chance.choice((1, 1, 1, 1, 2, 2, 3, 6)))):
            world.add("traffic", reporter, chance.random() * 365 * DAY, " ".join(person(chance) for _ in range(2)))
            documents -= 1
