"""What a request about labels and duplicates may ask for."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from api.queries import Name, Paging, Strict
from api.queries_triage import Words
from jobs.label_draws import Ask
from jobs.store_search_duplicates import DuplicateFilter
from jobs.store_search_labels import LabelFilter

MOST_AT_ONCE = 200
Of = Literal["documents", "decisions"]
FieldName = Literal["kind", "harm_domain", "use_case", "severity", "facets", "truth"]
Value = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]


class Waiting(Strict):
    """What waits to be labelled: documents or decisions, and what of them."""

    of: Of = "documents"
    field: FieldName | None = Field(None, description="`kind` of documents, `truth` of decisions unless given")
    action: Literal["block", "allow"] | None = Field(None, description="of decisions")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.field is not None and (self.field == "truth") != (self.of == "decisions"):
            raise ValueError("expected the field truth for decisions and another for documents; leave one of them out")
        if self.action is not None and self.of != "decisions":
            raise ValueError("expected an action for decisions alone, got one for documents; leave it out")
        return self

    def asked_field(self) -> str:
        """The field, as it is meant where none is given."""
        return self.field or ("truth" if self.of == "decisions" else "kind")


class QueueQuery(Waiting):
    """Whose turn it is: what to label now, in the order of the draw."""

    limit: int = Field(50, ge=1, le=1000, description="items wanted; the rest comes when these are answered")
    format: Literal["json", "csv"] | None = Field(None, description="or send Accept: text/csv")


class DrawBody(Waiting):
    """How many should wait to be labelled, and what they are drawn from."""

    field: Literal["kind", "harm_domain", "use_case", "severity", "truth"] | None = Field(
        None, description="`kind` of documents, `truth` of decisions unless given"
    )
    items: int = Field(50, ge=1, le=2000, description="the queue is filled up to so many")
    weeks: int = Field(8, ge=1, le=520, description="drawn from so many newest weeks")
    action: Literal["block", "allow"] | None = Field(
        None, description="of decisions: which to audit; block unless given"
    )

    def ask(self) -> Ask:
        """As the job takes it."""
        return Ask(of=self.of, field=self.asked_field(), items=self.items, weeks=self.weeks, action=self.action)


class LabelQuery(Paging):
    """Which labels."""

    document: Name | None = Field(None, description="a document's id")
    decision: Name | None = Field(None, description="a decision's id")
    field: FieldName | None = None
    labeller: Name | None = None
    disputed: bool | None = Field(None, description="whether labellers differ and nobody has decided")

    def wanted(self) -> LabelFilter:
        """The store's filter."""
        return LabelFilter(
            document=self.document,
            decision=self.decision,
            field=self.field,
            labeller=self.labeller,
            disputed=self.disputed,
        )


class AgreementQuery(Strict):
    """Of which field; of all unless given."""

    field: FieldName | None = None


class LabelGiven(Strict):
    """One label of a document or of a decision, by its id."""

    target: Name = Field(description="id of the document or decision")
    field: FieldName
    value: Value = Field(description="an id of the taxonomy; of `truth` harmful or benign; facets with commas between")


class LabelsBody(Strict):
    """Labels that are given together or, if one of them does not fit, not at all."""

    labels: list[LabelGiven] = Field(min_length=1, max_length=MOST_AT_ONCE)


class VerdictBody(LabelGiven):
    """Which answer stands, and why."""

    reason: Words


class DuplicateQuery(Paging):
    """Which groups of duplicates."""

    kept_id: Name | None = Field(None, description="the document that counts")
    rule: Name | None = Field(None, description="groups in which this rule collapsed a document")

    def wanted(self) -> DuplicateFilter:
        """The store's filter."""
        return DuplicateFilter(rule=self.rule, kept_id=self.kept_id)


class SeparateBody(Strict):
    """Why a document counts on its own."""

    reason: Words


class JoinBody(Strict):
    """Which document it repeats, and why."""

    kept_id: Name
    reason: Words
