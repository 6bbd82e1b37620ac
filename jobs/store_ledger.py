"""What the ledger is made of, and the ledger: one row a week, kind and slice, with its revisions."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame, records


class Ledger:
    """The tables `ledger` and `ledger_revision`, and the reading of what they account for."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def documents(self) -> pd.DataFrame:
        """The feedback stream as `mitigations.ledger.weekly` takes it, by id; segments are columns.

        A settled label overrides the classifier, whose own answer stays in `said`; `certain` are documents whose
        kind was settled without having been drawn at random.
        """
        found = dated(frame(self.db, DOCUMENTS))
        found["received_day"] = pd.to_datetime(found["received_at"].astype(str).str[:10])
        for name in ("reporter_known", "kept", "campaign", "certain"):
            found[name] = found[name].astype(bool)
        found["said_probability"] = found["said_probability"].astype(float)
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

    def closed(self) -> pd.DataFrame:
        """What was last said of full weeks: the columns of `REMEMBERED`, as_of, revision (0: none)."""
        sql = f"""
            SELECT {", ".join(f"l.{name}" for name in (*KEY, *REMEMBERED))}, l.as_of,
              coalesce(r.revision, 0) AS revision
            FROM ledger l LEFT JOIN (SELECT week, kind, slice, span, max(revision) AS revision FROM ledger_revision
              GROUP BY week, kind, slice, span) r USING (week, kind, slice, span)
            WHERE NOT l.partial"""
        return frame(self.db, sql).astype({"claims_estimated": float})

    def made_of(self) -> dict[str, str]:
        """What the ledger's numbers rest on now, by name, as hashes: one that changes is a reason for a revision."""
        return {name: text_hash(str(self.db.execute(sql).fetchone()[0])) for name, sql in MADE_OF.items()}

    def was_made_of(self) -> dict[str, str]:
        """`made_of` when the ledger was last written; empty before the first time."""
        return dict(self.db.conn.execute("SELECT name, value FROM ledger_state").fetchall())

    def replace(self, rows: pd.DataFrame, revisions: Sequence[dict[str, Any]]) -> None:
        """Replace the ledger by these rows (columns as the table's) and append to its revisions."""
        self.db.execute("DELETE FROM ledger")
        columns = list(self.db.table("ledger").columns_dict)
        marks = ", ".join("?" * len(columns))
        cells = zip(*(_plain(rows[name]) for name in columns), strict=True)
        self.db.conn.executemany(f"INSERT INTO ledger ({', '.join(columns)}) VALUES ({marks})", cells)
        names = (*KEY, "revision", *REMEMBERED, "as_of", "reason")
        marks = ", ".join(f":{name}" for name in names)
        self.db.conn.executemany(
            f"INSERT INTO ledger_revision ({', '.join(names)}) VALUES ({marks})", [dict(row) for row in revisions]
        )
        sql = "INSERT OR REPLACE INTO ledger_state VALUES (?, ?)"
        self.db.conn.executemany(sql, list(self.made_of().items()))

    def rows(self, *, kind: str | None = None, newest: int | None = None, span: int | None = 1) -> list[dict[str, Any]]:
        """Ledger rows by week, kind and slice (the total first); `newest`: of so many weeks alone; `span`: weeks a
        row stands for, None for both."""
        sql = """
            SELECT * FROM ledger WHERE (:kind IS NULL OR kind = :kind) AND (:span IS NULL OR span = :span) AND week IN
              (SELECT DISTINCT week FROM ledger ORDER BY week DESC LIMIT :newest)
            ORDER BY week, kind, slice != 'all', slice, span"""
        return records(self.db, sql, {"kind": kind, "span": span, "newest": -1 if newest is None else newest})

    def revisions(self) -> list[dict[str, Any]]:
        """Every revision of a closed week's count, in order; a cell's first is what was said at first."""
        return records(self.db, "SELECT * FROM ledger_revision ORDER BY week, kind, slice, span, revision")


KEY = ("week", "kind", "slice", "span")
OF_A_DOCUMENT = ("harm_domain", "mitigation", "source", "use_case")
"""What a document may be sliced by besides its segments."""
REMEMBERED = ("claimed_raw", "claimed_unique", "claims_estimated", "customers")
DOCUMENTS = """
    SELECT d.document_id, d.occurred_at AS day, d.received_at, d.source, d.customer, d.reporter,
      d.reporter_known, d.seats, d.revenue, d.segments, coalesce(s.kind, c.kind) AS kind,
      coalesce(s.harm_domain, c.harm_domain) AS harm_domain, coalesce(s.use_case, c.use_case) AS use_case,
      c.kind AS said, c.kind_probability AS said_probability,
      k.value IS NOT NULL AND k.inclusion_probability IS NULL AS certain,
      u.document_id IS NULL AS kept, u.rule, g.document_id IS NOT NULL AS campaign,
      coalesce(x.mitigation, d.mitigation) AS mitigation, x.action
    FROM document d
    LEFT JOIN classification c USING (document_id)
    LEFT JOIN (SELECT * FROM settled_document) s USING (document_id)
    LEFT JOIN (SELECT * FROM settled_label WHERE field = 'kind') k USING (document_id)
    LEFT JOIN duplicate u USING (document_id)
    LEFT JOIN campaign_document g USING (document_id)
    LEFT JOIN document_decision j USING (document_id)
    LEFT JOIN decision x ON x.decision_id = j.decision_id AND j.agrees
    WHERE d.stream = 'feedback' ORDER BY d.document_id"""
MADE_OF = {
    "labels": """
        SELECT coalesce(group_concat(target || char(31) || field || char(31) || value, char(30)), '') FROM (
          SELECT target, field, value FROM settled_answer WHERE NOT of_decision AND value IS NOT NULL ORDER BY 1, 2)""",
    "duplicates": """
        SELECT coalesce(group_concat(document_id || char(31) || verdict, char(30)), '') FROM (
          SELECT document_id, verdict FROM duplicate_verdict ORDER BY 1)""",
    "new classifier": """
        SELECT coalesce(group_concat(version, char(30)), '') FROM (
          SELECT DISTINCT classifier_version || ' ' || taxonomy_version AS version FROM classification ORDER BY 1)""",
}


def _plain(values: "pd.Series[Any]") -> list[Any]:
    """One column as SQLite takes it: None for what is not known, objects as JSON text."""
    known = values.notna().to_numpy()
    plain = np.array(values, dtype=object)
    if values.dtype == object and any(isinstance(value, dict) for value in plain[:1]):
        texts: dict[int, str] = {}
        # Most cells share one empty object: it is written out once.
        return [texts.get(id(value)) or texts.setdefault(id(value), encoded(value)) for value in plain]
    plain[~known] = None
    out: list[Any] = plain.tolist()
    return out


def text_hash(text: str) -> str:
    """A short name for a text that may be long."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


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
