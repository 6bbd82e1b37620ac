"""What the API answers about mitigations, their releases, and effects."""

from typing import Any, Literal

from pydantic import Field

from api.rows import Row

Verdict = Literal["improved", "worsened", "no detectable effect", "cannot tell"]


class MitigationRow(Row):
    """A mitigation; one that is not in mitigations.yaml has a name like its id and no owner."""

    mitigation: str
    name: str
    harm_domain: str | None
    owner: str | None
    releases: int
    inferred: int = Field(description="releases that nobody declared")
    newest: str | None = Field(description="day of its newest release")


class EffectRow(Row):
    """What a release did to one measure."""

    measure: str
    title: str
    verdict: Verdict
    moved: Literal["up", "down", "no", "unknown"] = Field(
        description="what the counts did; `unknown` where it cannot be told"
    )
    ratio: float | None = Field(description="after to before, per request where requests are known")
    ratio_low: float | None
    ratio_high: float | None
    reason: str = Field(description="why the verdict is what it is")
    detail: dict[str, Any] = Field(description="every number behind it")
    as_of: str


class ReleaseRow(Row):
    """A release, declared or inferred from the decision log, and its effects."""

    release_id: str
    mitigation: str
    mitigation_name: str
    released_on: str
    version: str | None
    note: str
    declared: bool
    first_day: str | None = Field(description="first day in the log; null where the log shows nothing of it")
    type: str | None = Field(description="version, threshold, or both")
    half_on: str | None
    whole_on: str | None = Field(description="first day on 95 % of the requests")
    until: str | None = Field(description="first day without it")
    share: float | None = Field(description="of the requests, on the last seven days of its use")
    rollback: bool
    in_log: str | None = Field(description="what the log shows, in words")
    effects: list[EffectRow]


class MitigationEffects(MitigationRow):
    """A mitigation with its releases, newest first."""

    releases: list[ReleaseRow]  # type: ignore[assignment]


class EffectCheck(Row):
    """What came of the action an alert was closed with."""

    alert_id: str
    title: str
    owner: str
    action: str
    closed_on: str
    onset: str = Field(description="the day it is measured from: of the release that the action names, else of closing")
    checked_as_of: str
    verdict: Verdict
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    reason: str
    sentence: str
