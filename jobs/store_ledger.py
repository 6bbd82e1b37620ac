"""What the ledger is made of, and the ledger: one row a week, kind and slice, with its revisions."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame, null, records


class Ledger:
    """The tables `ledger` and `ledger_revision`, and the reading of what they account for."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def documents(self) -> pd.DataFrame:
        """The feedback stream as `mitigations.claims.counted` takes it, by id; segments are columns."""
        sql = """
            SELECT d.document_id, d.occurred_at AS day, d.received_at, d.source, d.customer, d.reporter,
              d.reporter_known, d.seats, d.revenue, d.segments, c.kind, c.harm_domain, c.use_case,
              u.document_id IS NULL AS kept, u.rule,
              coalesce(x.mitigation, d.mitigation) AS mitigation, x.action
            FROM document d
            LEFT JOIN classification c USING (document_id)
            LEFT JOIN duplicate u USING (document_id)
            LEFT JOIN document_decision j USING (document_id)
            LEFT JOIN decision x ON x.decision_id = j.decision_id AND j.agrees
            WHERE d.stream = 'feedback' ORDER BY d.document_id"""
        found = dated(frame(self.db, sql))
        found["received_day"] = pd.to_datetime(found.pop("received_at").astype(str).str[:10])
        for name in ("reporter_known", "kept"):
            found[name] = found[name].astype(bool)
        silent = [name for name in ("seats", "revenue") if found[name].isna().all()]
        return spread(found.drop(columns=silent))

    def exposure(self) -> pd.DataFrame:
        """Exposure as `mitigations.denominators.exposed` takes it."""
        sql = """
            SELECT e.day, e.mitigation, m.harm_domain, e.segments, e.requests, e.blocked, e.customers
            FROM exposure e LEFT JOIN mitigation m ON m.mitigation_id = e.mitigation
            ORDER BY e.day, e.mitigation, e.segments"""
        found = dated(frame(self.db, sql))
        found["segments"] = pd.Series([json.loads(text) for text in found["segments"]], dtype=object)
        return found.astype({"requests": float, "blocked": float, "customers": float})

    def decision_days(self) -> pd.DataFrame:
        """Decisions by day, mitigation, action and segments; segments are columns."""
        sql = """
            SELECT d.day, d.mitigation, m.harm_domain, d.action, d.segments, sum(d.decisions) AS decisions
            FROM decision_day d LEFT JOIN mitigation m ON m.mitigation_id = d.mitigation
            GROUP BY d.day, d.mitigation, d.action, d.segments ORDER BY 1, 2, 4, 5"""
        return spread(dated(frame(self.db, sql)))

    def audited(self) -> pd.DataFrame:
        """Decisions whose truth is known, by id; segments are columns."""
        sql = """
            SELECT d.decision_id, d.decided_at AS day, d.mitigation, m.harm_domain, d.use_case, d.action,
              d.truth, d.truth_source, d.inclusion_probability, d.segments
            FROM decision d LEFT JOIN mitigation m ON m.mitigation_id = d.mitigation
            WHERE d.truth IS NOT NULL ORDER BY d.decision_id"""
        found = spread(dated(frame(self.db, sql)))
        return found.astype({"inclusion_probability": float})

    def appeals(self) -> pd.DataFrame:
        """Appeals with the decision they are against, as far as it is known; segments are columns."""
        sql = """
            SELECT coalesce(d.decision_id, a.decision_id, 'request ' || a.request_id) AS decision_id,
              coalesce(d.decided_at, a.filed_at) AS day, a.outcome, d.action, d.mitigation, m.harm_domain,
              d.use_case, coalesce(d.segments, '{}') AS segments
            FROM appeal a
            LEFT JOIN decision d ON d.decision_id = coalesce(a.decision_id,
              (SELECT min(x.decision_id) FROM decision x WHERE x.request_id = a.request_id))
            LEFT JOIN mitigation m ON m.mitigation_id = d.mitigation
            ORDER BY a.appeal_id"""
        return spread(dated(frame(self.db, sql)))

    def labels(self) -> pd.DataFrame:
        """Labels of documents: document_id, field, value, labelled_at, inclusion_probability."""
        sql = """
            SELECT document_id, field, value, labelled_at, inclusion_probability FROM label
            WHERE document_id IS NOT NULL ORDER BY labelled_at, label_id"""
        return frame(self.db, sql).astype({"inclusion_probability": float})

    def closed(self) -> pd.DataFrame:
        """What was last said of full weeks: week, kind, slice, claimed_unique, as_of, revision (0: none)."""
        sql = """
            SELECT l.week, l.kind, l.slice, l.claimed_unique, l.as_of,
              coalesce(max(r.revision), 0) AS revision
            FROM ledger l LEFT JOIN ledger_revision r USING (week, kind, slice)
            WHERE NOT l.partial GROUP BY l.week, l.kind, l.slice"""
        return frame(self.db, sql)

    def replace(self, rows: pd.DataFrame, revisions: Sequence[dict[str, Any]]) -> None:
        """Replace the ledger by these rows (columns as the table's) and append to its revisions."""
        self.db.execute("DELETE FROM ledger")
        columns = list(self.db.table("ledger").columns_dict)
        marks = ", ".join("?" * len(columns))
        cells = (
            [encoded(value) if isinstance(value, dict) else null(value) for value in row]
            for row in rows[columns].astype(object).itertuples(index=False, name=None)
        )
        self.db.conn.executemany(f"INSERT INTO ledger ({', '.join(columns)}) VALUES ({marks})", cells)
        self.db.table("ledger_revision").insert_all(revisions)

    def rows(self, *, kind: str | None = None, newest: int | None = None) -> list[dict[str, Any]]:
        """Ledger rows by week, kind and slice (the total first); `newest`: of so many weeks alone."""
        sql = """
            SELECT * FROM ledger WHERE (:kind IS NULL OR kind = :kind) AND week IN
              (SELECT DISTINCT week FROM ledger ORDER BY week DESC LIMIT :newest)
            ORDER BY week, kind, slice != 'all', slice"""
        return records(self.db, sql, {"kind": kind, "newest": -1 if newest is None else newest})

    def revisions(self) -> list[dict[str, Any]]:
        """Every revision of a closed week's count, in order; a cell's first is what was said at first."""
        return records(self.db, "SELECT * FROM ledger_revision ORDER BY week, kind, slice, revision")


def dated(found: pd.DataFrame) -> pd.DataFrame:
    """The frame with `day` (ISO text, maybe with a time) as the UTC day, datetime64."""
    found["day"] = pd.to_datetime(found["day"].astype(str).str[:10])
    return found


def spread(found: pd.DataFrame) -> pd.DataFrame:
    """The frame with its JSON column `segments` as one column a segment; a name already taken is left out."""
    codes, texts = pd.factorize(found["segments"])
    parsed = [json.loads(text) for text in texts]
    names = sorted({name for segments in parsed for name in segments} - set(found.columns))
    spread_out = {
        name: pd.Series([parsed[code].get(name) for code in codes], index=found.index, dtype=object) for name in names
    }
    return found.drop(columns="segments").assign(**spread_out)
