"""Adversarial signals: what is known of every document for them, what was judged, and what is told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, frame, null, records
from jobs.store_triage import WITHHELD

COLUMNS = (
    "series signal at day days theme_id strength low high denominator p_value q_value told type owner evidence as_of"
).split()
NAMES = ("wording_shift", "new_accounts", "probing", "coordinated", "displacement")
"""The signals there are, in the order of `topics.signals.SIGNALS`: known here without loading what computes them."""
KEY = ("series", "signal", "at", "day")


@dataclass(frozen=True, slots=True)
class SignalFilter:
    """Which signals; `told` None: those that are told and those that are not. `at`: "now" or "change"."""

    theme: str | None = None
    series: str | None = None
    signal: str | None = None
    owner: str | None = None
    at: str | None = None
    told: bool | None = None


class Signals:
    """The tables `signal` and `signal_document`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def about(self) -> pd.DataFrame:
        """What signals need of documents beside what is counted, by id: customer_since (day as datetime64, NaT where
        unknown), language, campaign_id (None where there is none), withheld (bool: its text may not be shown)."""
        found = frame(self.db, ABOUT)
        found["customer_since"] = pd.to_datetime(found["customer_since"], errors="coerce").astype("datetime64[ns]")
        return found.astype({"withheld": bool})

    def replace(self, rows: pd.DataFrame) -> None:
        """Replace all signals: COLUMNS as the table has them (evidence a dict), and document_ids (list)."""
        self.db.execute("DELETE FROM signal")
        self.db.execute("DELETE FROM signal_document")
        marks = ", ".join("?" * len(COLUMNS))
        cells = [
            [encoded(value) if name == "evidence" else null(value) for name, value in zip(COLUMNS, row, strict=True)]
            for row in rows[COLUMNS].itertuples(index=False, name=None)
        ]
        self.db.conn.executemany(f"INSERT INTO signal ({', '.join(COLUMNS)}) VALUES ({marks})", cells)
        shown = [
            (*key, place, document_id)
            for *key, ids in rows[[*KEY, "document_ids"]].itertuples(index=False, name=None)
            for place, document_id in enumerate(ids)
        ]
        names = ", ".join((*KEY, "position", "document_id"))
        self.db.conn.executemany(f"INSERT INTO signal_document ({names}) VALUES (?, ?, ?, ?, ?, ?)", shown)

    def page(self, wanted: SignalFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Signals, those told first and of them the least likely; `extra`: how many were judged and are told."""
        listing = Listing(SIGNAL, _parameters(wanted), ("quiet", "q_value", "p_value", *KEY), descending=False)
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        sql = "SELECT count(*), coalesce(sum(told), 0) FROM signal WHERE at = 'now'"
        judged, told = self.db.conn.execute(sql).fetchone()
        return replace(page, rows=[_shown(row) for row in page.rows], extra={"judged": judged, "told": told})

    def told(
        self, *, owner: str | None = None, theme: str | None = None, series: Sequence[str] = (), at: str = "now"
    ) -> list[dict[str, Any]]:
        """What is told, the least likely first: of an owner, of a theme, of these series, or all of it.

        Rows: series, title, theme_id, signal, at, day, days, strength, low, high, denominator, p_value, q_value, told,
        type, owner, reads, against, words, facts, document_ids, as_of. Words come from documents: escape them.
        """
        wanted = SignalFilter(theme=theme, owner=owner, at=at, told=True)
        rows = [_shown(row) for row in records(self.db, f"{SIGNAL} ORDER BY q_value, p_value", _parameters(wanted))]
        return [row for row in rows if not series or row["series"] in series]

    def beside(self, changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What is told of the series of these changes (series, day): at each change, then in the last 28 days."""
        names, moments = {row["series"] for row in changes}, {(row["series"], row["day"]) for row in changes}
        then = [row for row in self.told(at="change") if (row["series"], row["day"]) in moments]
        return then + [row for row in self.told() if row["series"] in names]


def _parameters(wanted: SignalFilter) -> dict[str, Any]:
    return {**asdict(wanted), "told": None if wanted.told is None else int(wanted.told)}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    evidence = row.pop("evidence")
    row.pop("quiet", None)
    told = {name: evidence.get(name) for name in ("reads", "against", "words", "facts")}
    ids = row.pop("ids")
    return {**row, "told": bool(row["told"]), **told, "document_ids": ids.split("\n") if ids else []}


ABOUT = f"""
    SELECT d.document_id, substr(d.customer_since, 1, 10) AS customer_since, c.language, g.campaign_id,
      {WITHHELD} AS withheld
    FROM document d LEFT JOIN classification c USING (document_id)
    LEFT JOIN campaign_document g USING (document_id) ORDER BY d.document_id"""
SIGNAL = """
    SELECT 1 - s.told AS quiet, s.series, coalesce(v.title, m.name, s.series) AS title, s.theme_id, s.signal, s.at,
      s.day, s.days, s.strength, s.low, s.high, s.denominator, s.p_value, s.q_value, s.told, s.type, s.owner,
      s.evidence, s.as_of,
      (SELECT group_concat(document_id, char(10)) FROM
        (SELECT d.document_id FROM signal_document d WHERE d.series = s.series AND d.signal = s.signal
          AND d.at = s.at AND d.day = s.day ORDER BY d.position)) AS ids
    FROM signal s LEFT JOIN series v USING (series)
    LEFT JOIN mitigation m ON s.series LIKE '%/mitigation=%' AND m.mitigation_id = substr(s.series,
      instr(s.series, '=') + 1)
    WHERE (:theme IS NULL OR s.theme_id = :theme) AND (:series IS NULL OR s.series = :series)
    AND (:signal IS NULL OR s.signal = :signal) AND (:owner IS NULL OR s.owner = :owner)
    AND (:at IS NULL OR s.at = :at) AND (:told IS NULL OR s.told = :told)"""
