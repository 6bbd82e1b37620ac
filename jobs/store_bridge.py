"""What the classifier before said of recent documents, and the weeks counted under both versions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_ledger import dated, spread
from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import encoded, frame, records
from jobs.store_search_counts import CountFilter
from jobs.store_small_cells import blanked, hidden_cells, marked
from mitigations.bridge import SIDES


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions that are compared. `since`: ISO 8601 UTC, as of when the second took over."""

    version_before: str
    version_after: str
    taxonomy_before: str
    taxonomy_after: str
    since: str


class Bridge:
    """The tables `classification_before` and `bridge`, and the mark on revisions that a new version caused."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def keep(self, ids: Sequence[str], *, version: str, since: str) -> None:
        """Keep what is said of these documents before `version` answers anew; only of feedback since that day.

        Of each document only the last answer before is kept.
        """
        wanted = {"ids": encoded(list(ids)), "version": version, "since": since}
        chosen = """
            FROM classification c JOIN document d USING (document_id)
            WHERE c.document_id IN (SELECT value FROM json_each(:ids)) AND c.classifier_version <> :version
              AND d.stream = 'feedback' AND d.occurred_at >= :since"""
        self.db.execute(
            f"DELETE FROM classification_before WHERE document_id IN (SELECT c.document_id {chosen})", wanted
        )
        self.db.execute(
            "INSERT INTO classification_before "
            f"SELECT c.document_id, c.classifier_version, c.taxonomy_version, c.kind, c.harm_domain {chosen}",
            wanted,
        )

    def forget(self, *, before: str) -> None:
        """Drop the earlier answers about documents of before this day."""
        sql = """
            DELETE FROM classification_before WHERE
              (SELECT occurred_at FROM document d WHERE d.document_id = classification_before.document_id) < ?"""
        self.db.execute(sql, (before,))

    def pair(self, *, as_of: str) -> Pair | None:
        """The version that most recent documents had before the one that serves, with that; None if none had.

        `since` is what was written down when this pair was first seen, else `as_of`.
        """
        sql = """
            SELECT b.classifier_version AS version_before, c.classifier_version AS version_after,
              b.taxonomy_version AS taxonomy_before, c.taxonomy_version AS taxonomy_after
            FROM classification_before b JOIN classification c USING (document_id)
            WHERE b.classifier_version <> c.classifier_version
            GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"""
        found = records(self.db, sql)
        if not found:
            return None
        known = self.standing()
        same = known is not None and all(found[0][name] == getattr(known, name) for name in found[0])
        return Pair(**found[0], since=known.since if same and known is not None else as_of)

    def standing(self) -> Pair | None:
        """The pair that the bridge as it is written compares; None where there is none."""
        names = ", ".join(Pair.__slots__)
        found = records(self.db, f"SELECT {names} FROM bridge ORDER BY as_of DESC LIMIT 1")
        return Pair(**found[0]) if found else None

    def versions(self) -> tuple[str, str]:
        """Version of classifier and of taxonomy that most documents were read by; "none" where none was."""
        sql = """
            SELECT classifier_version, taxonomy_version FROM classification
            GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"""
        found = self.db.execute(sql).fetchone()
        return (str(found[0]), str(found[1])) if found else ("none", "none")

    def documents(self, pair: Pair, *, since: str) -> pd.DataFrame:
        """Feedback since this day as `mitigations.bridge.bridged` takes it; segments are columns.

        What people settled is the same under both versions: it overrides either.
        """
        sql = """
            SELECT d.document_id, d.occurred_at AS day, d.source, d.customer, d.segments,
              u.document_id IS NULL AS kept, b.document_id IS NOT NULL AS read_before,
              coalesce(s.kind, c.kind) AS kind, coalesce(s.harm_domain, c.harm_domain) AS harm_domain,
              coalesce(s.use_case, c.use_case) AS use_case, coalesce(s.kind, b.kind) AS kind_before,
              coalesce(s.harm_domain, b.harm_domain) AS harm_domain_before,
              coalesce(x.mitigation, d.mitigation) AS mitigation
            FROM document d
            JOIN classification c USING (document_id)
            LEFT JOIN classification_before b
              ON b.document_id = d.document_id AND b.classifier_version = :before AND c.classifier_version = :after
            LEFT JOIN (SELECT * FROM settled_document) s ON s.document_id = d.document_id
            LEFT JOIN duplicate u ON u.document_id = d.document_id
            LEFT JOIN document_decision j ON j.document_id = d.document_id
            LEFT JOIN decision x ON x.decision_id = j.decision_id AND j.agrees
            WHERE d.stream = 'feedback' AND d.occurred_at >= :since ORDER BY d.document_id"""
        wanted = {"before": pair.version_before, "after": pair.version_after, "since": since}
        found = dated(frame(self.db, sql, wanted))
        for name in ("kept", "read_before"):
            found[name] = found[name].astype(bool)
        return spread(found)

    def replace(self, rows: pd.DataFrame, pair: Pair | None, *, as_of: str) -> None:
        """Replace the bridge by these rows (`mitigations.bridge.COLUMNS`) of this pair; by nothing without one."""
        self.db.execute("DELETE FROM bridge")
        if pair is not None:
            fixed = {**asdict(pair), "as_of": as_of}
            self.db.table("bridge").insert_all({**row, **fixed} for row in rows.to_dict("records"))

    def unjudged(self) -> list[dict[str, Any]]:
        """Revisions of which it was not yet said how far a new version moved them, as the table has them."""
        return records(self.db, "SELECT * FROM ledger_revision WHERE relabelled IS NULL")

    def judge(self, moved: Mapping[tuple[str, str, str, int], int]) -> None:
        """Say of the new revisions by how many documents the new version moved them; 0 where it moved none."""
        for row in self.unjudged():
            cell = {name: row[name] for name in ("week", "kind", "slice", "span", "revision")}
            # The first revision is what was said before: nothing had moved it.
            shift = moved.get((row["week"], row["kind"], row["slice"], row["span"]), 0) if row["revision"] > 1 else 0
            where = " AND ".join(f"{name} = :{name}" for name in cell)
            self.db.execute(f"UPDATE ledger_revision SET relabelled = :shift WHERE {where}", {**cell, "shift": shift})

    def page(self, wanted: CountFilter, *, small_cell: int = 0, limit: int = 50, cursor: str | None = None) -> Page:
        """Rows of the bridge, newest week first. Where `suppressed`, every count is None."""
        own = (
            marked(OWN, group="week, kind, cell_group(slice)", key="slice", documents="claims") if small_cell else PLAIN
        )
        sql = f"SELECT {', '.join(SHOWN)}, suppressed FROM ({own}) WHERE {CHOSEN}"
        parameters = {**asdict(wanted), "small_cell": small_cell}
        page = read_page(self.db, Listing(sql, parameters, ("week", "kind", "slice")), limit=limit, cursor=cursor)
        hidden, _ = hidden_cells(self.db, kind=wanted.kind, small_cell=small_cell)
        rows = [{**row, "suppressed": row["suppressed"] or _key(row) in hidden} for row in page.rows]
        return Page(blanked(rows, SIDES), page.next_cursor, page.total)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """The cell of the ledger that a row of the bridge is about."""
    return row["week"], row["kind"], row["slice"], 1


SHOWN = ("week", "kind", "slice", *Pair.__slots__, *SIDES, "as_of")
OWN = "SELECT *, unique_before + unique_after + unread_before AS claims FROM bridge"
PLAIN = "SELECT *, 0 AS suppressed FROM bridge"
CHOSEN = """(:kind IS NULL OR kind = :kind) AND (:slice IS NULL OR slice = :slice)
    AND (:week_from IS NULL OR week >= :week_from) AND (:week_to IS NULL OR week < :week_to)"""
