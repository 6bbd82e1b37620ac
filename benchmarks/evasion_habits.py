"""Decision logs of customers with habits: some write in two languages, encode, play roles, or ask again when blocked.

Nobody evades unless planted: what a text looks like has nothing to do with a block before it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.evasion_grammar import TECHNIQUES, Ask, unrelated
from benchmarks.evasion_texts import HIDERS

START = pd.Timestamp("2026-01-05")
DAYS = 112
WARM = 35
"""Days without anything planted."""
HABITS = {"language_switch": 0.1, "persona": 0.08, "base64": 0.05, "splitting": 0.05, "leetspeak": 0.04,
          "homoglyph": 0.02}  # fmt: skip
"""Share of the customers who write so now and then."""
BLOCKED = 0.15
Dice = np.random.Generator


@dataclass(slots=True)
class World:
    """`log` as `mitigations.evasion_anomalies` takes it; `planted`: (customer, day) -> technique and tries."""

    log: pd.DataFrame
    planted: dict[tuple[str, pd.Timestamp], tuple[str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Person:
    """How one customer writes: habits with the share of their texts, stronger on some days; and how they ask again."""

    name: str
    rate: float
    again: float
    habits: dict[str, float]
    keen: set[int]

    def text(self, day: int, dice: Dice, ask: Ask | None = None) -> str:
        """A request in this customer's manner."""
        plain = unrelated(dice) if ask is None else ask.text() if dice.random() < 0.5 else ask.reworded(dice)
        for habit, share in self.habits.items():
            if dice.random() < (3.0 if day in self.keen else 0.5) * share:
                return _mannered(habit, plain, dice)
        return plain


def _mannered(habit: str, plain: str, dice: Dice) -> str:
    change: Callable[..., str] | None = HIDERS.get(habit)
    return change(plain, dice) if change else TECHNIQUES[habit](Ask(dice), dice)


def habits(seed: int, *, customers: int = 300, planted: int = 0) -> World:
    """A log of DAYS; `planted` customers without habits evade once, in one to four tries of one technique."""
    dice = np.random.default_rng(seed)
    made = World(pd.DataFrame())
    rows: list[dict[str, Any]] = []
    people = [_person(f"c{number:04d}", dice) for number in range(customers)]
    for one in people:
        for day in np.repeat(np.arange(DAYS), dice.poisson(one.rate, DAYS)):
            rows += _asked(one, int(day), dice)
    plain = [one for one in people if not one.habits]
    for one in dice.choice(np.array(plain, dtype=object), min(planted, len(plain)), replace=False):
        rows += _evaded(one, made, dice)
    made.log = pd.DataFrame(rows).sort_values(["decided_at", "customer"], kind="stable", ignore_index=True)
    made.log = made.log.assign(mitigation="guard", decision_id=[f"d{place:06d}" for place in range(len(made.log))])
    return made


def _person(name: str, dice: Dice) -> _Person:
    own = {habit: float(dice.beta(1.0, 4.0)) for habit, share in HABITS.items() if dice.random() < share}
    keen = set(np.flatnonzero(dice.random(DAYS) < 0.15).tolist())
    return _Person(name, float(dice.lognormal(-2.4, 0.9)), float(dice.beta(1.0, 2.0)), own, keen)


def _asked(one: _Person, day: int, dice: Dice) -> list[dict[str, Any]]:
    """A request; where it is blocked some ask again, others go on to something else."""
    moment = START + pd.Timedelta(days=day, minutes=int(dice.integers(1_300)))
    ask = Ask(dice)
    talk = f"{one.name}-{moment.value}" if dice.random() < 0.5 else None
    if dice.random() >= BLOCKED:
        return [_row(one.name, moment, "allow", one.text(day, dice, ask if dice.random() < 0.3 else None), talk)]
    rows = [_row(one.name, moment, "block", one.text(day, dice, ask), talk)]
    while dice.random() < one.again and len(rows) < 8:
        moment += pd.Timedelta(minutes=int(dice.integers(1, 9)))
        rows.append(_row(one.name, moment, str(dice.choice(["allow", "block"])), one.text(day, dice, ask), talk))
    if dice.random() < 0.5:
        moment += pd.Timedelta(minutes=int(dice.integers(1, 40)))
        rows.append(_row(one.name, moment, "allow", one.text(day, dice), talk))
    return rows


def _evaded(one: _Person, made: World, dice: Dice) -> list[dict[str, Any]]:
    day, ask = int(dice.integers(WARM, DAYS)), Ask(dice)
    moment = START + pd.Timedelta(days=day, minutes=int(dice.integers(1_300)))
    technique = str(dice.choice([name for name in TECHNIQUES if name not in ("retry", "paraphrase", "quiz")]))
    talk = f"{one.name}-e{moment.value}" if dice.random() < 0.5 else None
    rows = [_row(one.name, moment, "block", ask.text(), talk)]
    for _ in range(int(dice.integers(1, 5))):
        moment += pd.Timedelta(minutes=int(dice.integers(1, 9)))
        rows.append(_row(one.name, moment, "block", TECHNIQUES[technique](ask, dice), talk))
    made.planted[one.name, START + pd.Timedelta(days=day)] = technique, len(rows) - 1
    return rows


def _row(name: str, moment: pd.Timestamp, action: str, text: str, talk: str | None) -> dict[str, Any]:
    return {"decided_at": moment, "action": action, "customer": name, "conversation_id": talk, "excerpt": text}
