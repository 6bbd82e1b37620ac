"""What the API answers about the evidence of a number."""

from pydantic import Field

from api.rows import Listed, Row
from api.rows_findings import WeeklyRow


class EvidenceRow(Row):
    """A document, a label or a decision behind a number of the ledger; texts are at /documents."""

    part: str = Field(
        description=(
            "`counted`; `collapsed`: into `kept_id`; `corrected`: a label moved it into the cell or out of it; "
            "`drawn_here`, `drawn_elsewhere`: random labels that the estimate rests on; `corroborated`: of those "
            "counted, joined to a decision that did what they say; `adjudicated`: found wrong; "
            "`audited`: drawn at random"
        )
    )
    document_id: str | None
    decision_id: str | None
    occurred_at: str = Field(description="of a decision: when it was made")
    source: str | None
    reporter: str | None = Field(description="hashed; null where unknown, which counts as one of its own")
    customer: str | None = Field(description="hashed")
    mitigation: str | None
    rule: str | None = Field(description="what collapsed it")
    kept_id: str | None
    kind: str | None = Field(description="as counted: the settled label, else the classifier's")
    harm_domain: str | None
    classified_kind: str | None
    classified_probability: float | None
    classified_harm_domain: str | None
    label: str | None = Field(description="settled label of the kind; null without one, or where labellers differ")
    labelled_by: str | None
    labelled_at: str | None
    inclusion_probability: float | None
    action: str | None
    truth: str | None
    truth_source: str | None


class Evidence(Listed[EvidenceRow]):
    """One cell of the ledger and a page of what stands behind it."""

    cell: WeeklyRow
    parts: dict[str, int] | None = Field(description="rows by part; null where the cell is suppressed")
