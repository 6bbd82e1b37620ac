"""Single decisions of the demo world: their score, their row in the log, what they hide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.scenario_customers import Customer
from jobs.scenario_dice import Dice
from jobs.scenario_filings import Filing

STOPS_PER_REQUEST = {
    "bio-guard": 0.00042,
    "chem-guard": 0.00030,
    "cyber-guard": 0.00118,
    "agent-guard": 0.00066,
    "fraud-guard": 0.00085,
}
STRICTER = 2.3
BENIGN_STOPS = {
    "bio-guard": 0.30,
    "chem-guard": 0.28,
    "cyber-guard": 0.34,
    "agent-guard": 0.22,
    "fraud-guard": 0.18,
}
BENIGN_STRICT = 0.63
ACTIONS = {"block": 0.76, "downgrade": 0.13, "flag": 0.11}
NEAR = 0.6


@dataclass(slots=True)
class Decision:
    """One decision; `benign` is what nobody sees until a truth is recorded.

    `near`: an allowed request with a score of at least 0.6 of the threshold. `language`: "" for the account's.
    """

    decided_at: datetime
    mitigation: str
    action: str
    customer: Customer
    product: str
    benign: bool
    near: bool = False
    score: float = 0.0
    decision_id: str = ""
    request_id: str = ""
    filing: Filing | None = None
    truth: str = ""
    truth_source: str = ""
    inclusion_probability: float | None = None
    excerpt: str = ""
    conversation_id: str = ""
    language: str = ""

    def row(self, release: Mapping[str, Any]) -> dict[str, Any]:
        """Its row in the log, under the release that was in force."""
        return {
            "decided_at": self.decided_at,
            "mitigation": self.mitigation,
            "action": self.action,
            "decision_id": self.decision_id,
            "request_id": self.request_id,
            "version": release["version"],
            "score": round(self.score, 4),
            "threshold": release["threshold"],
            "customer_id": self.customer.id,
            "use_case": self.customer.profile,
            "conversation_id": self.conversation_id or None,
            "language": self.language or self.customer.locale[:2],
            "plan": self.customer.plan,
            "locale": self.customer.locale,
            "product": self.product,
            "excerpt": self.excerpt or None,
            "truth": self.truth or None,
            "truth_source": self.truth_source or None,
            "inclusion_probability": self.inclusion_probability,
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """One mitigation, product and day."""

    mitigation: str
    product: str
    index: int


@dataclass(frozen=True, slots=True)
class Band:
    """A score band of allowed requests: its share, how many of them are audited, how many do harm."""

    near: bool
    share: float
    audit: float
    harm: float


BANDS = (
    Band(near=True, share=0.03, audit=0.0012, harm=0.05),
    Band(near=False, share=0.97, audit=0.00004, harm=0.0002),
)


def draw_action(dice: Dice) -> str:
    """What a mitigation does when it stops something."""
    draw = dice.unit()
    for action, share in ACTIONS.items():
        draw -= share
        if draw < 0:
            return action
    return "block"


def draw_score(decision: Decision, threshold: float, dice: Dice) -> float:
    """A score that agrees with the action; benign stops lie nearer to the threshold."""
    if decision.action != "allow":
        rise = dice.unit() ** (2.2 if decision.benign else 0.8)
        return float(threshold + (0.9995 - threshold) * rise)
    if decision.near:
        return threshold * dice.between(NEAR, 0.999)
    return float(threshold * NEAR * dice.unit() ** 2.5)


def decision_order(decision: Decision) -> tuple[datetime, str]:
    """Sort key: time, then id."""
    return decision.decided_at, decision.decision_id
