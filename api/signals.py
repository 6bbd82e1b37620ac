"""/signals: what changed in themes beside their volume."""

from typing import Literal

from flask import Response
from pydantic import Field

from api.access import STAFF, allow
from api.db import store
from api.description import resource
from api.queries import Name, Paging
from api.representation import listing
from api.rows import Listed, Row
from jobs.store_signals import SignalFilter

blueprint = resource("signals")

SignalName = Literal["wording_shift", "new_accounts", "probing", "coordinated", "displacement"]


class SignalQuery(Paging):
    """Which signals."""

    theme: Name | None = None
    series: Name | None = None
    signal: SignalName | None = None
    owner: Name | None = None
    at: Literal["now", "change"] | None = Field(None, description="the last 28 days, or the days after a change")
    told: bool | None = Field(None, description="sure and large enough to be told; both unless given")

    def wanted(self) -> SignalFilter:
        """The store's filter."""
        return SignalFilter(self.theme, self.series, self.signal, self.owner, self.at, self.told)


class SignalWord(Row):
    """A word of documents that may be shown (or our name of what is asked), and accounts that used it."""

    word: str
    before: int
    after: int


class SignalRow(Row):
    """One signal of one series; never by itself a reason to loosen a safeguard."""

    series: str
    title: str
    theme_id: str | None
    signal: str
    at: str
    day: str = Field(description="first of the `days` days that are compared with the 56 before")
    days: int
    strength: float = Field(description="a share in [0, 1]; of what, says docs/signals.md")
    low: float | None = Field(description="95 % interval of the strength; null where it cannot be told")
    high: float | None
    denominator: int = Field(description="accounts that the strength is a share of")
    p_value: float
    q_value: float = Field(description="within `at`, over all series and signals of the run")
    told: bool
    type: str | None = Field(description="`adversarial_shift` or `campaign`; null: it speaks for neither by itself")
    owner: str | None = Field(description="who would answer for the series; null unless told")
    reads: str
    against: str
    words: list[SignalWord]
    facts: dict[str, float | int | str | None]
    document_ids: list[str] = Field(description="evidence, at /documents; texts of critical hazard are withheld there")
    as_of: str


class Signals(Listed[SignalRow]):
    """A page of signals."""

    judged: int = Field(description="signals that could be judged in the last 28 days")
    told: int = Field(description="of them, those told")


@blueprint.get("/signals", responses={200: Signals}, summary="Signals beside volume, the surest first")
@allow(STAFF, "changes")
def list_signals(query: SignalQuery) -> Response:
    """Other words, new accounts, probing, near-duplicates of many, displacement: told or not."""
    page = store().signals.page(query.wanted(), limit=query.limit, cursor=query.cursor)
    return listing(page, SignalRow, chosen=query.format)
