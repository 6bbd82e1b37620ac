"""What the API answers about usage anomalies."""

from pydantic import Field

from api.rows import Row
from api.rows_decisions import Logged


class AnomalyRow(Row):
    """One usage anomaly; the baseline is null where it came from a file."""

    document_id: str = Field(description="its document, at /documents; texts of critical hazard are withheld there")
    anomaly_type: str | None
    observed_at: str
    day: str
    magnitude: float | None = Field(description="observed over usual where derived")
    customer: str | None
    accounts: int = Field(description="known accounts that it is about")
    mitigation: str | None
    source: str
    derived: bool = Field(description="derived from the decision log and the exposure, not from a file")
    detector: str | None
    theme_id: str | None
    theme_name: str | None
    worded: bool = Field(description="it carries real excerpts")
    observed: int | None
    decisions: int | None = Field(description="denominator of `observed` where it is a share")
    accounts_ever: int | None = Field(description="accounts that ever used the text of linked accounts")
    counted: str | None = Field(description="what `observed` counts")
    window_days: int | None
    first_day: str | None = Field(description="first of the window's days")
    usual: float | None
    usual_low: float | None = Field(description="Where the usual count lies 95 % of the time")
    usual_high: float | None
    expected_false_a_day: float | None = Field(description="false ones to be expected a day, as unlikely or more")
    level_a_day: float | None = Field(description="what that had to stay below")
    decisions_behind: int
    as_of: str | None = Field(description="when it was derived; null for a file's")


class DecisionBehind(Logged):
    """A decision that an anomaly rests on; its excerpt is shown on the decision's own page."""

    mitigation: str
    language: str | None
    use_case: str | None
    request_id: str | None
    customer: str | None


class Anomaly(AnomalyRow):
    """A usage anomaly with what it rests on."""

    decision_ids: list[str] = Field(description="at most 200 of `decisions_behind`, the earliest")
    customers: list[str]
    rows: list[DecisionBehind] = Field(description="of `decision_ids` those that the log still has")
    actions: dict[str, int] = Field(description="of `rows`, how many of each action")
    above_cap: int = Field(description="anomalies of that day that were found and not stored")
    beside: list[AnomalyRow] = Field(description="other anomalies of its customers, newest first")


class ThemeLink(Row):
    """A theme of the other stream, and one way in which it is tied to this one."""

    theme_id: str
    name: str
    state: str
    stream: str
    kind: str = Field(description="`request`, `customer`, `mitigation` or `vector`")
    strength: float = Field(description="in [0, 1]; a share of `of`, or a cosine")
    low: float | None = Field(description="95 % interval of a share")
    high: float | None
    shared: int | None
    of: int | None = Field(description="denominator of the strength; null for a cosine")
    by_chance: float | None = Field(description="shared customers to be expected by chance")
    value: str | None = Field(description="the mitigation, where the tie is one")
