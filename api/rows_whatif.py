"""What the API answers about other thresholds of a mitigation."""

from typing import Any

from pydantic import Field

from api.rows import Row


class WhatIf(Row):
    """Candidates beside today's threshold."""

    mitigation: str
    segment: str | None
    as_of: str | None
    first_day: str | None = Field(description="of the decisions compared")
    last_day: str | None
    weeks: float | None
    versions: list[str] = Field(description="whose decisions are compared: the newest where its truths suffice")
    acted: list[str] = Field(description="actions that count as a yes: those that follow from the threshold")
    decisions: int = Field(description="decisions with a score")
    judged_acted: int = Field(description="of them judged by random audit, or all")
    judged_allowed: int
    reason: str = Field(description="why the errors over all cannot be told; empty where they can")
    notes: list[str]
    today: dict[str, Any] | None = Field(
        description="null without any score; else threshold, and with _low and _high (95 %; null: cannot tell): acted, "
        "over (benign, acted on) and under (harmful, allowed) as decisions, per_10k and per_week (acted_low_per_week); "
        "precision, fpr, fnr; judged_below, judged_from, and near_below and near_from: "
        "judged decisions just below and above"
    )
    candidates: list[dict[str, Any]] = Field(
        description="likewise, and moved (decisions that change sides), over_change, under_change, moved_harmful; "
        "loosens; touched (customers, revenue, seats); evidence (decision ids); cautions; summary in words"
    )
