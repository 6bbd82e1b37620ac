"""Finding what collapsed into what, by which rule, and what stands beside the counts: flags and campaigns."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import records


@dataclass(frozen=True, slots=True)
class DuplicateFilter:
    """Which kept documents: those into which a rule collapsed something, or one alone."""

    rule: str | None = None
    kept_id: str | None = None


class DuplicateSearch:
    """Read queries over `duplicate`, `duplicate_verdict`, `id_flag` and `campaign_document`; a text is in none."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def by_rule(self) -> list[dict[str, Any]]:
        """How many documents each rule collapsed (`documents`), and into how many (`kept`); the largest first."""
        sql = """
            SELECT rule, count(*) AS documents, count(DISTINCT kept_id) AS kept FROM duplicate
            GROUP BY rule ORDER BY documents DESC, rule"""
        return records(self.db, sql)

    def page(self, wanted: DuplicateFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Documents into which others collapsed, the largest group first; `extra["by_rule"]` as `by_rule`."""
        sql = f"""
            SELECT * FROM ({GROUPS}) grouped WHERE (:kept_id IS NULL OR kept_id = :kept_id)
              AND (:rule IS NULL OR EXISTS
                (SELECT 1 FROM duplicate r WHERE r.kept_id = grouped.kept_id AND r.rule = :rule))"""
        parameters = {"rule": wanted.rule, "kept_id": wanted.kept_id}
        listing = Listing(sql, parameters, ("documents", "kept_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        rows = [{**row, "rules": json.loads(row["rules"])} for row in page.rows]
        return replace(page, rows=rows, extra={"by_rule": self.by_rule()})

    def group(self, document_id: str) -> dict[str, Any] | None:
        """The documents that count as one with this one, and why; None for an unknown id.

        Keys: document_id, kept_id (itself where it is kept), collapsed_by (None where it is kept), members (the kept
        one first), verdict, flags, campaign.
        """
        found = records(self.db, OF_ONE, (document_id,))
        if not found:
            return None
        kept_id = found[0]["kept_id"] or document_id
        verdict = records(self.db, VERDICT, (document_id,))
        flags = "SELECT id_type, value, reporters FROM id_flag WHERE document_id = ? ORDER BY id_type"
        campaign = records(self.db, f"{CAMPAIGNS} {OF_DOCUMENT} GROUP BY k.campaign_id", (document_id,))
        return {
            "document_id": document_id,
            "kept_id": kept_id,
            "collapsed_by": found[0]["rule"],
            "members": records(self.db, MEMBERS, {"kept": kept_id}),
            "verdict": verdict[0] if verdict else None,
            "flags": records(self.db, flags, (document_id,)),
            "campaign": campaign[0] if campaign else None,
        }

    def campaigns(self) -> list[dict[str, Any]]:
        """Suspected campaigns, the largest first; their documents are in every count."""
        return records(self.db, f"{CAMPAIGNS} GROUP BY k.campaign_id ORDER BY documents DESC, k.campaign_id")


OF_ONE = """
    SELECT u.kept_id, u.rule FROM document d LEFT JOIN duplicate u USING (document_id) WHERE d.document_id = ?"""
VERDICT = "SELECT verdict, kept_id, actor, reason, decided_at FROM duplicate_verdict WHERE document_id = ?"
GROUPS = """
    SELECT k.document_id AS kept_id, k.received_at, k.source, k.reporter, count(*) AS documents,
      count(DISTINCT d.reporter) AS reporters, min(d.received_at) AS first_received,
      max(d.received_at) AS last_received,
      (SELECT json_group_object(rule, n) FROM
        (SELECT rule, count(*) AS n FROM duplicate WHERE kept_id = u.kept_id GROUP BY rule ORDER BY rule)) AS rules
    FROM duplicate u JOIN document d ON d.document_id = u.document_id JOIN document k ON k.document_id = u.kept_id
    GROUP BY u.kept_id"""
MEMBERS = """
    SELECT d.document_id, d.received_at, d.source, d.reporter, u.rule, v.verdict FROM document d
    LEFT JOIN duplicate u USING (document_id) LEFT JOIN duplicate_verdict v USING (document_id)
    WHERE u.kept_id = :kept OR d.document_id = :kept
    ORDER BY d.document_id != :kept, d.received_at, d.document_id"""
CAMPAIGNS = """
    SELECT k.campaign_id, count(*) AS documents, count(DISTINCT d.reporter) AS reporters,
      count(DISTINCT d.customer) AS customers, min(d.received_at) AS first_received, max(d.received_at) AS last_received
    FROM campaign_document k JOIN document d USING (document_id)"""
OF_DOCUMENT = "WHERE k.campaign_id = (SELECT campaign_id FROM campaign_document WHERE document_id = ?)"
