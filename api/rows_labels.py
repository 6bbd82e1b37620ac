"""What the API answers about labels and duplicates."""

from typing import Any

from pydantic import Field

from api.rows import Listed, Row


class QueueItem(Row):
    """Something to label: why it is here, never what the classifier or another labeller said of it."""

    item_id: str = Field(description="id of the document or decision: the `target` of a label")
    of: str
    field: str
    draw_id: str
    position: int | None = Field(description="place in its draw; null: from an earlier draw, kept by this one")
    stratum: str | None
    why: str
    opinions: int = Field(description="labellers wanted")
    answers: int = Field(description="labellers who answered so far")
    withheld: bool = Field(description="the text only on reveal")
    occurred_at: str | None = Field(description="of a decision: when it was made")
    received_at: str | None
    source: str | None
    mitigation: str | None
    segments: dict[str, Any]
    action: str | None
    score: float | None
    threshold: float | None
    use_case: str | None = Field(description="of a decision, as its log says")
    text: str | None = Field(description="redacted; null where `withheld`")


class Progress(Row):
    """How far the labels of one field are."""

    of: str
    field: str
    draws: int
    drawn: int
    answered: int
    waiting: int
    second_opinions_waiting: int
    disputed: int
    adjudicated: int
    labellers: int
    last_drawn_at: str | None


class Queue(Row):
    """What to label now."""

    items: list[QueueItem]
    progress: list[Progress]


class Drawn(Row):
    """What a draw did; `drawn` is 0 where enough waited already."""

    drawn: int
    waiting: int
    draw_id: str | None
    population: int | None = Field(description="what was drawn from; null where nothing was drawn")


class LabelRow(Row):
    """A label as a person gave it."""

    label_id: str
    document_id: str | None
    decision_id: str | None
    field: str
    value: str | None = Field(description="null where `hidden`")
    labeller: str
    labelled_at: str
    inclusion_probability: float | None = Field(description="null: not drawn at random")
    settled: str | None = Field(description="what counts for the field; null where disputed or hidden")
    disputed: bool
    decided_by: str | None = Field(description="who adjudicated")
    hidden: bool = Field(description="another's answer to something you are still asked about")


class Labels(Listed[LabelRow]):
    """A page of labels."""


class Given(Row):
    """What a label or a verdict made of the field."""

    target: str
    of: str
    field: str
    value: str
    before: str | None = Field(None, description="your own answer before")
    inclusion_probability: float | None
    settled: str | None = Field(description="what counts now; null while labellers differ")
    disputed: bool


class GivenLabels(Row):
    """Labels as given, in their order."""

    items: list[Given]


class FieldAgreement(Row):
    """How far labellers agree on what two of them labelled (Cohen's kappa)."""

    of: str
    field: str
    items: int
    agreement: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


class LabellerAccuracy(Row):
    """How often a labeller found the planted answer."""

    labeller: str
    field: str
    gold: int
    right: int
    accuracy: float | None
    low: float | None
    high: float | None


class Answer(Row):
    """One labeller's answer."""

    labeller: str
    value: str
    labelled_at: str


class Disputed(Row):
    """Something labellers differ about."""

    target: str
    of: str
    field: str
    answers: list[Answer]


class Agreement(Row):
    """Do labellers agree, are they right, and what is open between them."""

    fields: list[FieldAgreement]
    labellers: list[LabellerAccuracy]
    disputed: list[Disputed]


class DuplicateRow(Row):
    """A document that counts for others too."""

    kept_id: str
    received_at: str
    source: str
    reporter: str
    documents: int = Field(description="collapsed into it")
    reporters: int
    rules: dict[str, int]
    first_received: str
    last_received: str


class RuleSize(Row):
    """How many documents a rule collapsed, and into how many."""

    rule: str
    documents: int
    kept: int


class Duplicates(Listed[DuplicateRow]):
    """A page of groups, the largest first."""

    by_rule: list[RuleSize]


class Member(Row):
    """A document of a group; `rule` is null for the one that counts."""

    document_id: str
    received_at: str
    source: str
    reporter: str
    rule: str | None
    verdict: str | None


class DuplicateVerdict(Row):
    """What a person decided: `separate`, or `same` as `kept_id`; the next run counts so."""

    verdict: str
    kept_id: str | None
    actor: str
    reason: str
    decided_at: str


class Group(Row):
    """How a document counts, and with which others."""

    document_id: str
    kept_id: str = Field(description="the document that counts, maybe itself")
    collapsed_by: str | None
    members: list[Member]
    verdict: DuplicateVerdict | None
    flags: list[dict[str, Any]] = Field(description="ids that several reporters quote")
    campaign: dict[str, Any] | None = Field(description="the suspected campaign it belongs to")
