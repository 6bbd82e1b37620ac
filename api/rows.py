"""What the API answers: one model per resource, and lists of them."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

R = TypeVar("R", bound=BaseModel)


class Row(BaseModel):
    """A row as the store reads it; a column the model does not name is a fault of ours."""

    model_config = ConfigDict(extra="forbid")


class Listed(Row, Generic[R]):
    """One page of a list."""

    items: list[R]
    total: int = Field(description="rows that match, on all pages")
    next: str | None = Field(description="address of the next page; null on the last")
    as_of: str | None = Field(description="the moment the findings speak of; null before the first data")


class DocumentRow(Row):
    """A document in a list; `excerpt` is null where `withheld`."""

    document_id: str
    stream: str
    source: str
    occurred_at: str
    received_at: str
    segments: dict[str, Any]
    mitigation: str | None
    anomaly_type: str | None
    language: str | None
    kind: str | None
    kind_probability: float | None
    harm_domain: str | None
    harm_domain_probability: float | None
    use_case: str | None
    severity: int | None
    corrected: bool = Field(description="people settled kind, harm domain, use case or severity as something else")
    hazard: str | None
    theme_id: str | None
    theme_name: str | None
    kept_id: str | None = Field(description="the document this one is collapsed into in unique counts")
    collapsed_by: str | None
    withheld: bool = Field(description="critical hazard, in triage, or not classified yet: text only on reveal")
    triage: str | None = Field(description="`open`, or how it was closed; null if it never was in triage")
    excerpt: str | None


class Span(Row):
    """A redaction or a boilerplate part; offsets into the redacted text."""

    type: str
    name: str
    start: int
    end: int


class Entity(Row):
    """A value found in the text, such as a request id."""

    name: str
    value: str


class Duplicate(Row):
    """A document of the same group; `rule` is null for the one that counts."""

    document_id: str
    received_at: str
    source: str
    rule: str | None


class Document(Row):
    """Everything known about one document; private parts are null or empty where `withheld`."""

    document_id: str
    stream: str
    source: str
    occurred_at: str
    occurred_from: str
    received_at: str
    ingested_at: str
    customer: str | None
    reporter: str
    reporter_known: bool
    customer_since: str | None
    verified: bool | None
    segments: dict[str, Any]
    seats: float | None
    revenue: float | None
    request_id: str | None
    mitigation: str | None
    anomaly_type: str | None
    magnitude: float | None
    attributes: Any
    url: str | None
    thread_id: str | None
    text: str | None
    claim: str | None
    redactor_version: str
    language: str | None
    kind: str | None
    kind_probability: float | None
    harm_domain: str | None
    harm_domain_probability: float | None
    use_case: str | None
    use_case_probability: float | None
    severity: int | None
    severity_probability: float | None
    corrected: bool = Field(description="people settled one of these four as something else than the classifier said")
    said_kind: str | None = Field(description="what the classifier said, as the probabilities do")
    said_harm_domain: str | None
    said_use_case: str | None
    said_severity: int | None
    hazard: str | None
    facets: list[str] | None
    abstained: list[str] | None
    classifier_version: str | None
    taxonomy_version: str | None
    withheld: bool
    triage: str | None
    theme_id: str | None
    theme_name: str | None
    similarity: float | None
    kept_id: str | None
    collapsed_by: str | None
    decision_agrees: bool | None
    decision_contradiction: str | None
    decision_id: str | None
    decided_at: str | None
    decision_mitigation: str | None
    action: str | None
    version: str | None
    score: float | None
    threshold: float | None
    truth: str | None
    truth_source: str | None
    decision_excerpt: str | None
    spans: list[Span]
    entities: list[Entity]
    duplicates: list[Duplicate]
    reveals: int = Field(description="how often the withheld text was revealed")


class Revealed(Row):
    """A withheld document with its text, and the number of the entry in the log of reveals."""

    reveal_id: int
    document: Document


class SeriesRow(Row):
    """Something counted by day."""

    series: str
    stream: str
    title: str
    theme_id: str | None
    kind: str | None
    harm_domain: str | None
    hazard: str
    rollup: str | None
    monitored: bool
    smallest_ratio: float | None = Field(description="the smallest rise that would be found in time; null if unknown")


class VolumeRow(Row):
    """A day of a series; counts are null where `suppressed`."""

    series: str
    title: str
    stream: str
    theme_id: str | None
    day: str
    documents: int | None
    unique_documents: int | None
    reporters: int | None
    customers: int | None
    requests: float | None = Field(description="exposure of the day; null where unknown")
    expected: float | None
    completeness: float | None
    masked: bool = Field(description="left out of detection: a feed gap or a partial day")
    per_10k_requests: float | None = Field(description="unique documents per 10,000 requests")
    suppressed: bool


class RunRow(Row):
    """One execution of a job."""

    run_id: str
    job: str
    started_at: str
    finished_at: str | None
    as_of: str | None
    state: str
    rows_in: int
    rows_out: int
    quarantined: int
    collapsed: int
    versions: dict[str, Any]
    seconds: float | None
    error: str | None


class CoverageRow(Row):
    """A feed gap, a start or a stop: a change in what we see, not in what happens."""

    coverage_id: str
    stream: str
    dimension: str
    value: str
    type: str
    day_low: str
    day_high: str
    evidence: Any
