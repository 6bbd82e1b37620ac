"""Decisions added to the demo's log after everything else is drawn: by dice of their own, audited at random."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from jobs.scenario_banks import Banks
from jobs.scenario_calendar import PLANNED_DOCUMENTS
from jobs.scenario_customers import Crowd, Customer
from jobs.scenario_decisions import Decision, draw_score
from jobs.scenario_dice import Dice, cumulate
from jobs.scenario_grammar import Template
from jobs.scenario_lexicon import Lexicon
from jobs.scenario_log import Log

STREAM = 7
"""Number of the dice stream beside the world's own, so that no other draw of the world moves."""


@dataclass(frozen=True, slots=True)
class Planting:
    """What was planted in the log: days are indices, both ends included; `facts` go to the truth as they are."""

    id: str
    type: str
    mitigation: str
    first: int
    last: int
    note: str
    decisions: list[Decision]
    facts: dict[str, Any] = field(default_factory=dict)


class Adder:
    """Makes decisions that agree with the releases in force."""

    def __init__(self, log: Log, banks: Banks, seed: int) -> None:
        self.log, self.calendar, self.banks = log, log.calendar, banks
        self.dice = Dice(np.random.default_rng([seed, STREAM]))
        self.crowd = Crowd(log.clerk.crowd.customers, self.dice)
        self.lexicon = Lexicon(banks.lexicon, self.dice)
        self.scale = self.calendar.documents / PLANNED_DOCUMENTS
        self._days = cumulate([self.calendar.activity(index) for index in range(self.calendar.days - 1)])

    def several(self, planned: float, *, least: int) -> int:
        """How many in this world for so many in one of 20,000 documents."""
        return max(round(planned * self.scale), least)

    def day(self) -> int:
        """Any day but the last, busy ones more often: as even as the traffic, so that no release is bent."""
        return self.dice.weighted(self._days)

    def moment(self, index: int) -> datetime:
        """A moment on a day."""
        return self.calendar.moment(index, self.dice)

    def customer(self, index: int, product: str) -> Customer:
        """A customer of a product on a day."""
        return self.crowd.draw(self.calendar.day(index), product=product)

    def say(self, template: Template, **slots: str) -> str:
        """A phrase with its slots filled: those given, else those that every bank has."""
        return template.render(self.dice, lambda name: slots[name] if name in slots else self.lexicon.word(name))

    def add(self, decision: Decision, *, audit: float) -> Decision:
        """Give a decision its ids, a score unless it has one, and with this probability its truth."""
        threshold = float(self.log.release(decision.mitigation, decision.decided_at)["threshold"])
        decision.score = decision.score or draw_score(decision, threshold, self.dice)
        decision.decision_id = f"dec_{self.dice.hexadecimal(14)}"
        decision.request_id = f"req_{self.dice.hexadecimal(16)}"
        if self.dice.chance(audit):
            decision.truth = "benign" if decision.benign else "harmful"
            decision.truth_source, decision.inclusion_probability = "audit", audit
            decision.excerpt = decision.excerpt or self.prompt(decision)
        return decision

    def prompt(self, decision: Decision) -> str:
        """An excerpt as others of the mitigation have it."""
        group = self.banks.prompts[decision.mitigation]
        return self.say(self.dice.pick(group["benign" if decision.benign else "suspect"]))

    def later(self, decision: Decision, **changes: Any) -> Decision:
        """The next request of a conversation, one to twelve minutes after."""
        moment = decision.decided_at + timedelta(seconds=60 + self.dice.below(660))
        fresh = {"score": 0.0, "truth": "", "truth_source": "", "inclusion_probability": None, "excerpt": ""}
        return replace(decision, **{**fresh, "decided_at": moment, **changes})


Hider = Callable[[Adder], Planting]


def truth(planting: Planting, adder: Adder) -> dict[str, Any]:
    """One record of truth.json."""
    return {
        "id": planting.id,
        "type": planting.type,
        "mitigation": planting.mitigation,
        "first_day": adder.calendar.day(planting.first).isoformat(),
        "last_day": adder.calendar.day(planting.last).isoformat(),
        "note": planting.note,
        **planting.facts,
        "decisions": len(planting.decisions),
        "decision_ids": [decision.decision_id for decision in planting.decisions],
    }
