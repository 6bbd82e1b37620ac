"""What the API answers about one decision of a mitigation."""

from typing import Any

from pydantic import Field

from api.rows import DocumentRow, Row
from api.rows_labels import LabelRow


class Appeal(Row):
    """An appeal against the decision, without its text."""

    appeal_id: str
    filed_at: str
    outcome: str = Field(description="`upheld`, `overturned` or `open`")
    closed_at: str | None


class Logged(Row):
    """What the log says of any decision."""

    decision_id: str
    decided_at: str
    action: str
    score: float | None
    threshold: float | None
    version: str | None


class Turn(Logged):
    """A decision of the same mitigation about the same customer or conversation, within a day of this one."""

    together: bool = Field(description="in the same conversation")


class Decision(Logged):
    """Everything known about one decision."""

    mitigation: str
    request_id: str | None
    conversation_id: str | None
    customer: str | None = Field(description="hashed")
    use_case: str | None
    language: str | None
    segments: dict[str, Any]
    excerpt: str | None = Field(description="redacted; null where the log has none, and where `withheld`")
    withheld: bool = Field(description="what the mitigation looks for is grave or not known: text only on reveal")
    truth: str | None = Field(description="`harmful` or `benign`, as figures count it; null where nobody judged")
    truth_source: str | None = Field(description="who gave it: `audit`, `label`, `appeal` ...")
    inclusion_probability: float | None = Field(description="of the random audit; null: not drawn at random")
    hidden: bool = Field(description="you are still asked for an opinion of your own: no truth, no label is told")
    labels: list[LabelRow]
    appeals: list[Appeal]
    around: list[Turn] = Field(description="by time, this one among them; at most 50")
    documents: list[DocumentRow] = Field(description="that name it or its request, or rest on it; at most 50")


class RevealedDecision(Row):
    """A decision with its withheld excerpt, once it is written down who reads it and why."""

    decision: Decision
