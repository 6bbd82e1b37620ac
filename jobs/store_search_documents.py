"""Finding documents: full-text search, filters, and everything known about one of them."""

import re
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import records
from jobs.store_triage import WITHHELD

# Marks of a hit inside an excerpt: control characters, so that a page can escape first and mark after.
HIT_START, HIT_END = "\x02", "\x03"
TERM = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')
PRIVATE = ("text", "claim", "url", "attributes", "spans", "entities", "decision_excerpt")


class BadSearch(ValueError):
    """A search text without any word to look for."""


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What to look for. Days are ISO text, half-open, by `occurred_at`; segments are (name, value) pairs.

    `theme` is a theme id or "unassigned", `watch` a watchlist's id, `novel` what is new within it or is not.
    With `search_critical` False, words are not looked for in withheld documents, so that a search cannot be used
    to guess what they say.
    """

    text: str | None = None
    stream: str | None = None
    kind: str | None = None
    harm_domain: str | None = None
    theme: str | None = None
    source: str | None = None
    mitigation: str | None = None
    watch: str | None = None
    novel: bool | None = None
    day_from: str | None = None
    day_to: str | None = None
    segments: tuple[tuple[str, str], ...] = ()
    search_critical: bool = False


def fts_query(text: str) -> str:
    """An FTS5 query from what a person types: words all required, "a phrase", prefix*, -not.

    >>> fts_query('blocked "false positive" refus* -billing')
    '("blocked" AND "false positive" AND "refus"*) NOT ("billing")'
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in TERM.findall(text.replace("\x00", " ")):
        term = (phrase or word).strip()
        if not re.search(r"\w", term):
            continue
        star = "*" if word.endswith("*") else ""
        (unwanted if minus else wanted).append('"' + term.rstrip("*").replace('"', '""') + '"' + star)
    if not wanted:
        raise BadSearch(f"expected at least one word to look for, got {len(text)} characters without one; add a word")
    query = "(" + " AND ".join(wanted) + ")" if unwanted else " AND ".join(wanted)
    return query + (" NOT (" + " OR ".join(unwanted) + ")" if unwanted else "")


class DocumentSearch:
    """Read queries over `document` and what was made of it."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(self, wanted: DocumentFilter, *, limit: int = 50, cursor: str | None = None) -> Page:
        """Documents that match, newest first. `extra["of"]` is how many documents there are in all.

        An excerpt marks hits with `HIT_START` and `HIT_END`; it is None where `withheld`.
        """
        conditions, parameters = _conditions(wanted)
        where = "WHERE " + " AND ".join(conditions) if conditions else ""
        searched = wanted.text is not None
        source = "document_fts JOIN document d ON d.rowid = document_fts.rowid" if searched else "document d"
        excerpt = "snippet(document_fts, 0, char(2), char(3), '…', 40)" if searched else "substr(d.claim, 1, 320)"
        sql = f"SELECT {ROW.format(excerpt=excerpt)} FROM {source} {JOINS} {where}"
        listing = Listing(sql, parameters, ("occurred_at", "document_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        of = self.db.execute("SELECT count(*) FROM document").fetchone()[0]
        return Page(_flags(page.rows), page.next_cursor, page.total, {"of": of})

    def document(self, document_id: str, *, revealed: bool = False) -> dict[str, Any] | None:
        """All about one document, None if there is no such one.

        Text, claim, spans and excerpts of a withheld document are None or empty unless `revealed`.
        """
        rows = _flags(records(self.db, f"{DETAIL} {JOINS} {DECISION} WHERE d.document_id = ?", (document_id,)))
        if not rows:
            return None
        row = rows[0]
        spans = "SELECT type, name, start, end FROM span WHERE document_id = ? ORDER BY start, end, type, name"
        row["spans"] = records(self.db, spans, (document_id,))
        entities = "SELECT name, value FROM entity WHERE document_id = ? ORDER BY name, value"
        row["entities"] = records(self.db, entities, (document_id,))
        row["duplicates"] = self._duplicates(row["kept_id"] or document_id)
        reveals = "SELECT count(*) FROM reveal WHERE document_id = ?"
        row["reveals"] = self.db.execute(reveals, (document_id,)).fetchone()[0]
        if row["withheld"] and not revealed:
            row |= {name: [] if name in ("spans", "entities") else None for name in PRIVATE}
        return row

    def some(self, document_ids: list[str]) -> list[dict[str, Any]]:
        """List rows of these documents, in the order given, unknown ids left out."""
        marks = ", ".join("?" * len(document_ids))
        sql = f"SELECT {ROW.format(excerpt='substr(d.claim, 1, 320)')} FROM document d {JOINS}"
        found = _flags(records(self.db, f"{sql} WHERE d.document_id IN ({marks})", document_ids))
        by_id = {row["document_id"]: row for row in found}
        return [by_id[name] for name in document_ids if name in by_id]

    def choices(self) -> dict[str, list[str]]:
        """The values there are to filter by: streams, sources, kinds, harm domains, mitigations."""
        return {
            name: [row[0] for row in self.db.execute(f"SELECT DISTINCT {column} FROM {table} {where} ORDER BY 1")]
            for name, (column, table, where) in CHOICES.items()
        }

    def _duplicates(self, kept_id: str) -> list[dict[str, Any]]:
        sql = """
            SELECT d.document_id, d.received_at, d.source, u.rule FROM document d
            LEFT JOIN duplicate u USING (document_id)
            WHERE u.kept_id = :kept OR (d.document_id = :kept AND EXISTS
              (SELECT 1 FROM duplicate WHERE kept_id = :kept))
            ORDER BY d.received_at, d.document_id"""
        return records(self.db, sql, {"kept": kept_id})


CHOICES = {
    "stream": ("stream", "document", ""),
    "source": ("source", "document", ""),
    "kind": ("kind", "classification", "WHERE kind IS NOT NULL"),
    "harm_domain": ("harm_domain", "classification", ""),
    "mitigation": ("mitigation", "document", "WHERE mitigation IS NOT NULL"),
}
STATE = """(SELECT CASE WHEN g.closed_at IS NULL THEN 'open' ELSE g.outcome END FROM triage g
      WHERE g.document_id = d.document_id)"""
# What people settled stands in place of what the classifier said; a settled answer that differs is a correction.
EFFECTIVE = """coalesce(s.kind, c.kind) AS kind, coalesce(s.harm_domain, c.harm_domain) AS harm_domain,
      coalesce(s.use_case, c.use_case) AS use_case, coalesce(s.severity, c.severity) AS severity"""
CORRECTED = """(s.document_id IS NOT NULL AND (s.kind <> coalesce(c.kind, '') OR s.severity <> coalesce(c.severity, -1)
      OR s.harm_domain <> coalesce(c.harm_domain, '') OR s.use_case <> coalesce(c.use_case, '')) IS TRUE)"""
ROW = f"""
    d.document_id, d.stream, d.source, d.occurred_at, d.received_at, d.segments, d.mitigation, d.anomaly_type,
    c.language, {EFFECTIVE}, c.kind_probability, c.harm_domain_probability, {CORRECTED} AS corrected,
    c.hazard, a.theme_id, t.name AS theme_name, u.kept_id, u.rule AS collapsed_by, {WITHHELD} AS withheld,
    {STATE} AS triage,
    CASE WHEN {WITHHELD} THEN NULL ELSE {{excerpt}} END AS excerpt"""
JOINS = """
    LEFT JOIN classification c ON c.document_id = d.document_id
    LEFT JOIN settled_document s ON s.document_id = d.document_id
    LEFT JOIN assignment a ON a.document_id = d.document_id
    LEFT JOIN theme t ON t.theme_id = a.theme_id
    LEFT JOIN duplicate u ON u.document_id = d.document_id"""
DECISION = """
    LEFT JOIN document_decision j ON j.document_id = d.document_id
    LEFT JOIN decision x ON x.decision_id = j.decision_id"""
DETAIL = f"""
    SELECT d.document_id, d.stream, d.source, d.occurred_at, d.occurred_from, d.received_at, d.ingested_at,
      d.customer, d.reporter, d.reporter_known, d.customer_since, d.verified, d.segments, d.seats, d.revenue,
      d.request_id, d.mitigation, d.anomaly_type, d.magnitude, d.attributes, d.url, d.thread_id,
      d.text, d.claim, d.redactor_version,
      c.language, {EFFECTIVE}, {CORRECTED} AS corrected, c.kind AS said_kind, c.kind_probability,
      c.harm_domain AS said_harm_domain, c.harm_domain_probability, c.use_case AS said_use_case,
      c.use_case_probability, c.severity AS said_severity, c.severity_probability, c.hazard, c.facets, c.abstained,
      c.classifier_version, c.taxonomy_version, {WITHHELD} AS withheld, {STATE} AS triage,
      a.theme_id, t.name AS theme_name, a.similarity, u.kept_id, u.rule AS collapsed_by,
      j.agrees AS decision_agrees, j.contradiction AS decision_contradiction, x.decision_id,
      x.decided_at, x.mitigation AS decision_mitigation, x.action, x.version, x.score, x.threshold,
      x.truth, x.truth_source, x.excerpt AS decision_excerpt
    FROM document d"""
EQUALS = {
    "stream": "d.stream = :stream",
    "kind": "coalesce(s.kind, c.kind) = :kind",
    "harm_domain": "coalesce(s.harm_domain, c.harm_domain) = :harm_domain",
    "source": "d.source = :source",
    "mitigation": "d.mitigation = :mitigation",
    "day_from": "d.occurred_at >= :day_from",
    "day_to": "d.occurred_at < :day_to",
}
MATCHED = """EXISTS (SELECT 1 FROM watch_match w WHERE w.document_id = d.document_id AND w.watchlist = :watch
      AND (:novel IS NULL OR w.novel = :novel))"""
FLAGS = ("withheld", "corrected", "reporter_known", "verified", "decision_agrees")


def _conditions(wanted: DocumentFilter) -> tuple[list[str], dict[str, Any]]:
    given = {name: value for name in EQUALS if (value := getattr(wanted, name)) is not None}
    conditions, parameters = [EQUALS[name] for name in given], dict(given)
    if wanted.theme == "unassigned":
        conditions.append("a.document_id IS NOT NULL AND a.theme_id IS NULL")
    elif wanted.theme is not None:
        # A roll-up's documents are those of its children.
        conditions.append("a.theme_id IN (SELECT theme_id FROM theme WHERE theme_id = :theme OR parent_id = :theme)")
        parameters["theme"] = wanted.theme
    if wanted.watch is not None:
        conditions.append(MATCHED)
        parameters |= {"watch": wanted.watch, "novel": wanted.novel}
    for place, (name, value) in enumerate(wanted.segments):
        conditions.append(f"json_extract(d.segments, :path_{place}) = :segment_{place}")
        parameters |= {f"path_{place}": f'$."{name}"', f"segment_{place}": value}
    if wanted.text is not None:
        conditions.append("document_fts MATCH :words")
        parameters["words"] = fts_query(wanted.text)
        if not wanted.search_critical:
            conditions.append(f"NOT {WITHHELD}")
    return conditions, parameters


def _flags(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    present = [name for name in FLAGS if rows and name in rows[0]]
    return [{**row, **{name: None if row[name] is None else bool(row[name]) for name in present}} for row in rows]
