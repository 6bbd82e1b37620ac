"""Decision logs in which some customers try again after a block, by a known technique and with a known success."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.evasion_grammar import TECHNIQUES, Ask, unrelated

START = pd.Timestamp("2026-01-05")
WEEKS = 16
SUCCESS, RISEN = 0.25, 0.75
RISING, OFTEN = "leetspeak", 0.15
"""The technique that succeeds more often from the middle of the log on, and its share beside that of any."""
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class World:
    """`log` as `mitigations.episodes.tries` takes it; `planted`: decision_id -> technique of a planted try;
    `chance`: week (0 on) -> chance of an episode to pass in it, mean over its customers."""

    log: pd.DataFrame
    planted: dict[str, str]
    chance: dict[int, float]


def world(seed: int, *, customers: int = 300, conversations: float = 0.5) -> World:
    """A log of WEEKS: ordinary requests, some stopped; a fifth of the customers evade, in one to six episodes each.

    `conversations`: share of the episodes that stay within one conversation; others only share the customer.
    """
    dice = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    planted: dict[str, str] = {}
    chances: dict[int, dict[str, list[float]]] = {}
    for customer in range(customers):
        name = f"c{customer:04d}"
        for _ in range(int(dice.integers(4, 20))):
            rows += _ordinary(name, _moment(dice), dice)
        if dice.random() < 0.2:
            skill = float(dice.beta(2, 2)) - 0.5
            for _ in range(int(dice.integers(1, 7))):
                rows += _episode(name, skill, conversations, planted, chances, dice)
    log = pd.DataFrame(rows).sort_values("decided_at", kind="stable", ignore_index=True)
    log["decision_id"] = [
        row if isinstance(row, str) else f"n{place:06d}" for place, row in enumerate(log["decision_id"])
    ]
    return World(
        log, planted, {week: float(np.mean([np.mean(own) for own in each.values()])) for week, each in chances.items()}
    )


def _moment(dice: Dice) -> pd.Timestamp:
    return START + pd.Timedelta(minutes=int(dice.integers(WEEKS * 7 * 24 * 60)))


def _row(name: str, moment: pd.Timestamp, action: str, text: str, conversation: str | None) -> dict[str, Any]:
    return {"decision_id": None, "decided_at": moment, "action": action, "customer": name,
            "conversation_id": conversation, "excerpt": text}  # fmt: skip


def _ordinary(name: str, moment: pd.Timestamp, dice: Dice) -> list[dict[str, Any]]:
    """One request; one in seven is stopped, and then something else is asked soon after."""
    conversation = f"{name}-{moment.value}" if dice.random() < 0.5 else None
    if dice.random() < 0.85:
        return [_row(name, moment, "allow", unrelated(dice), conversation)]
    later = moment + pd.Timedelta(minutes=int(dice.integers(1, 40)))
    stopped = Ask(dice).text() if dice.random() < 0.5 else unrelated(dice)
    return [
        _row(name, moment, "block", stopped, conversation),
        _row(name, later, "allow", unrelated(dice), conversation),
    ]


def _episode(
    name: str,
    skill: float,
    together: float,
    known: dict[str, str],
    chances: dict[int, dict[str, list[float]]],
    dice: Dice,
) -> list[dict[str, Any]]:
    moment, ask = _moment(dice), Ask(dice)
    week = int((moment - START).days // 7)
    technique = RISING if dice.random() < OFTEN else str(dice.choice(list(TECHNIQUES)))
    base = RISEN if technique == RISING and week >= WEEKS // 2 else SUCCESS
    chance = float(np.clip(base + 0.3 * skill, 0.02, 0.98))
    conversation = f"{name}-e{moment.value}" if dice.random() < together else None
    rows = [_row(name, moment, "block", ask.text(), conversation)]
    tries = int(dice.integers(1, 5))
    for number in range(tries):
        moment += pd.Timedelta(minutes=int(dice.integers(1, 9)))
        # The chance is that of the episode: spread over its tries.
        passed = dice.random() < 1 - (1 - chance) ** (1 / tries)
        row = _row(name, moment, "allow" if passed else "block", TECHNIQUES[technique](ask, dice), conversation)
        row["decision_id"] = f"{name}-{moment.value}-{number}"
        known[row["decision_id"]] = technique
        rows.append(row)
        if passed:
            break
    chances.setdefault(week, {}).setdefault(name, []).append(chance)
    return rows
