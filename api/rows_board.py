"""What the API answers about the two-sided board and the executive brief."""

from typing import Any, Literal

from pydantic import Field

from api.rows import Row
from api.rows_effects import Verdict
from api.rows_reports import ReportFigure


class Ends(Row):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float


class BoardChange(Row):
    """The compared rate against the four weeks before."""

    estimate: float | None = Field(description="how much higher, in the unit of the compared rate")
    low: float | None
    high: float | None
    verdict: Literal["up", "down", "no detectable change", "cannot tell"]


class BoardWeek(Row):
    """The compared rate over the four weeks to this one; null where it cannot be told."""

    week: str
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


class BoardClaims(Row):
    """What customers say: claims, not errors. They enter none of the rates."""

    claimed_raw: int
    claimed_unique: int = Field(description="without copies")
    corroborated: int | None = Field(description="of them, joined to such a decision; null where none is joined at all")
    claims_estimated: float | None
    claims_low: float | None
    claims_high: float | None
    adjudicated: int | None = Field(description="decisions found wrong by audit, review or appeal")


class ErrorShare(Ends):
    """Share of benign decisions acted on, or of harmful ones let through, over the whole diagnosed log."""

    judged: int
    declared: str = Field(description="what it rests on")


class BoardSide(Row):
    """One error of a mitigation, from random audits; null where it cannot be told."""

    wrong: Ends | None = Field(description="wrong decisions of the four weeks")
    per_10k_requests: Ends | None
    per_10k_decisions: Ends | None
    share: Ends | None = Field(description="of the blocks, or of the decisions that let through")
    told: bool = Field(description="whether the interval is narrow enough to be worth a number")
    why: str = Field(description="why it cannot be told; empty where it can")
    audited: int
    audited_before: int = Field(description="of the four weeks before")
    compared: str = Field(description="the rate that `before`, `change` and `trend` are of")
    before: Ends | None
    change: BoardChange
    trend: list[BoardWeek] = Field(description="oldest first; each week with the three before it")
    claims: BoardClaims | None
    error_share: ErrorShare | None


class BoardAppeals(Row):
    """Appeals against decisions of the four weeks; who appeals is no sample, so the share is no error rate."""

    closed: int
    overturned: int
    open: int
    share: Ends | None


class BoardEffect(Row):
    """What a release did to one measure."""

    measure: str
    title: str
    verdict: Verdict
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


class BoardRelease(Row):
    """One of the newest releases."""

    release_id: str
    version: str | None
    day: str
    declared: bool
    rollback: bool
    effects: list[BoardEffect]


class BoardAlert(Row):
    """An open alert that speaks of the mitigation."""

    alert_id: str
    title: str
    state: str
    type: str
    hazard: str
    day: str
    owner_name: str


class BoardRow(Row):
    """Both errors of one mitigation, over the same requests and decisions."""

    mitigation: str
    name: str
    harm_domain: str | None
    owner: str
    slice: str = Field(description="its key in the weekly counts")
    requests: float | None = Field(description="of the four weeks; null without exposure on every day")
    decisions: float | None = Field(description="of the four weeks; allowed ones as the audits' weights say")
    leaning: str = Field(description="which error is the more frequent one; how often says nothing of how bad")
    over_block: BoardSide
    under_block: BoardSide
    appeals: BoardAppeals
    releases: list[BoardRelease]
    alerts: list[BoardAlert]
    diagnosed: str | None = Field(description="as of when it was diagnosed; null before the first time")


class BoardWeeks(Row):
    """The weeks the board speaks of."""

    week: str = Field(description="the last of them")
    weeks: int
    first: str
    last: str
    before: str = Field(description="first day of the weeks they are compared with")


class Intervention(Row):
    """A recommended change; effects are changes in wrong decisions per 10,000, negative is fewer."""

    mitigation: str
    change: str
    text: str
    where: Any
    over_block: dict[str, Any] | None
    under_block: dict[str, Any] | None
    customers: int | None
    cost: Any
    confidence: str
    rests_on: str
    evidence: list[Any]
    loosens: bool
    tier: str
    because: str = Field(description="why it stands where it stands")


class Interventions(Row):
    """What to do, in order. Complaints order nothing but the audits."""

    ranked: list[Intervention]
    first: list[Intervention] = Field(description="would loosen, and nothing audited tells what it would let through")
    audits: list[Intervention]


class Board(Row):
    """The two-sided board."""

    as_of: str | None
    weeks: BoardWeeks | None
    mitigations: list[BoardRow]
    interventions: Interventions


class BriefSection(Row):
    """A heading with its sentences."""

    key: str
    title: str
    lines: list[str]


class Brief(Row):
    """The executive brief; every number of its texts is a cell."""

    title: str
    subtitle: str
    as_of: str
    week: str
    headline: str
    table: list[dict[str, str]]
    sections: list[BriefSection]
    method: list[str]
    figures: list[ReportFigure]
    cells: dict[str, float | None] = Field(description="the board's numbers: mitigation/side/rate")
    derived: dict[str, str] = Field(description="how those cells were computed that the board does not have")
