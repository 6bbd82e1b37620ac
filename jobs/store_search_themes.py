"""Finding themes: their recent size and movement, their lineage, and which segments they come from."""

from typing import Any

from sqlite_utils import Database

from jobs.store_paging import Listing, Page, read_page
from jobs.store_rows import records
from jobs.store_search_documents import DocumentSearch
from jobs.store_small_cells import blanked, marked

RECENT_DAYS = 28
WINDOW = {"recent": f"-{RECENT_DAYS - 1} days", "before": f"-{2 * RECENT_DAYS - 1} days"}
COUNTS = ("documents", "unique_documents", "reporters", "customers", "share", "previous_reporters", "ratio")
SEGMENT_COUNTS = ("documents", "reporters", "customers", "share", "stream_share")


class ThemeSearch:
    """Read queries over `theme` and the documents assigned to it. `small_cell` 0 hides nothing."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(
        self,
        *,
        stream: str | None = None,
        state: str | None = None,
        small_cell: int = 0,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """Themes by reporters in the last 28 days before the as-of day, most first.

        `previous_reporters` counts the 28 days before those, `ratio` compares the two (None from zero),
        `share` is of the stream's unique documents, `stream_unique_documents`. `trend` holds reporters by
        day, oldest first, and is empty where cells are suppressed. `state` may be "living".
        """
        filters = {"stream": stream, "state": state, "small_cell": small_cell}
        listing = Listing(FILTERED, {**WINDOW, **filters}, ("sort_key", "theme_id"))
        page = read_page(self.db, listing, limit=limit, cursor=cursor)
        rows = blanked(page.rows, COUNTS)
        trends = {} if small_cell else self._trends([row["theme_id"] for row in rows])
        kept = [{**_without(row, "sort_key"), "trend": trends.get(row["theme_id"], [])} for row in rows]
        return Page(kept, page.next_cursor, page.total)

    def movers(self, *, small_cell: int = 0, limit: int = 6) -> list[dict[str, Any]]:
        """Living themes that moved most against the 28 days before, by reporters gained or lost."""
        sql = f"""
            SELECT * FROM ({FILTERED}) WHERE NOT suppressed
            AND (reporters >= 2 * previous_reporters OR previous_reporters >= 2 * reporters)
            ORDER BY abs(reporters - previous_reporters) DESC, theme_id LIMIT :most"""
        parameters = {**WINDOW, "stream": None, "state": "living", "small_cell": small_cell, "most": limit}
        rows = blanked(records(self.db, sql, parameters), COUNTS)
        trends = {} if small_cell else self._trends([row["theme_id"] for row in rows])
        return [{**_without(row, "sort_key"), "trend": trends.get(row["theme_id"], [])} for row in rows]

    def theme(self, theme_id: str, *, small_cell: int = 0, exemplars: bool = True) -> dict[str, Any] | None:
        """One theme with its history, segments and exemplars, None if there is no such theme."""
        filters = {"stream": None, "state": None, "small_cell": small_cell, "id": theme_id}
        found = records(self.db, f"SELECT * FROM ({FILTERED}) WHERE theme_id = :id", {**WINDOW, **filters})
        if not found:
            return None
        theme = _without(blanked(found, COUNTS)[0], "sort_key")
        about = records(self.db, ABOUT, (theme_id,))[0]
        chosen = about.pop("exemplars")
        theme |= about
        theme["history"] = records(self.db, HISTORY, (theme_id,))
        theme["segments"] = self._segments(theme_id, theme["stream"], small_cell)
        theme["exemplars"] = DocumentSearch(self.db).some(_ids(chosen)) if exemplars else []
        theme["trend"] = [] if small_cell else self._trends([theme_id]).get(theme_id, [])
        return theme

    def _trends(self, theme_ids: list[str]) -> dict[str, list[int]]:
        marks = ", ".join("?" * len(theme_ids))
        sql = f"""
            SELECT s.theme_id, v.reporters FROM volume v JOIN series s USING (series)
            WHERE s.theme_id IN ({marks}) AND v.day > date((SELECT max(day) FROM volume), '-56 days')
            ORDER BY s.theme_id, v.day"""
        trends: dict[str, list[int]] = {}
        for theme_id, reporters in self.db.execute(sql, theme_ids):
            trends.setdefault(theme_id, []).append(reporters)
        return trends

    def _segments(self, theme_id: str, stream: str, small_cell: int) -> list[dict[str, Any]]:
        parameters = {"theme": theme_id, "stream": stream, "recent": f"-{RECENT_DAYS - 1} days"}
        sql = f"{marked(SEGMENTS, group='segment', key='value')} ORDER BY segment, unique_documents DESC, value"
        rows = records(self.db, sql, {**parameters, "small_cell": small_cell})
        return [_without(row, "unique_documents") for row in blanked(rows, SEGMENT_COUNTS)]


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _ids(exemplars: list[Any]) -> list[str]:
    return [str(entry["document_id"]) if isinstance(entry, dict) else str(entry) for entry in exemplars]


AS_OF = """(SELECT date(coalesce((SELECT max(as_of) FROM job_run WHERE state = 'done'), max(received_at)))
      FROM document)"""
# Documents of the last 56 days; the later 28 are `recent`.
LATELY = f"""
    lately AS MATERIALIZED (
      SELECT d.document_id, d.stream, d.reporter, d.customer, a.theme_id, u.document_id IS NULL AS kept,
        d.occurred_at >= date({AS_OF}, :recent) AS recent
      FROM document d LEFT JOIN assignment a USING (document_id) LEFT JOIN duplicate u USING (document_id)
      WHERE d.occurred_at >= date({AS_OF}, :before))"""
COUNTED = f"""
    WITH {LATELY},
    whole AS (
      SELECT stream, count(*) AS stream_unique_documents FROM lately WHERE recent AND kept GROUP BY stream),
    sized AS (
      SELECT theme_id, sum(recent) AS documents, sum(recent AND kept) AS unique_documents,
        count(DISTINCT CASE WHEN recent AND kept THEN reporter END) AS reporters,
        count(DISTINCT CASE WHEN recent AND kept THEN customer END) AS customers,
        CASE WHEN count(DISTINCT CASE WHEN NOT recent AND kept THEN customer END) >= :small_cell
          THEN count(DISTINCT CASE WHEN NOT recent AND kept THEN reporter END) END AS previous_reporters
      FROM lately WHERE theme_id IS NOT NULL GROUP BY theme_id)
    SELECT t.theme_id, t.name, t.state, t.stream, t.born_on, t.phrases,
      coalesce(z.documents, 0) AS documents, coalesce(z.unique_documents, 0) AS unique_documents,
      coalesce(z.reporters, 0) AS reporters, coalesce(z.customers, 0) AS customers,
      coalesce(w.stream_unique_documents, 0) AS stream_unique_documents,
      1.0 * coalesce(z.unique_documents, 0) / w.stream_unique_documents AS share,
      CASE WHEN z.theme_id IS NULL THEN 0 ELSE z.previous_reporters END AS previous_reporters,
      1.0 * z.reporters / nullif(z.previous_reporters, 0) AS ratio,
      (SELECT hazard FROM series s WHERE s.theme_id = t.theme_id) AS hazard,
      (SELECT smallest_ratio FROM series s WHERE s.theme_id = t.theme_id) AS smallest_ratio,
      (SELECT count(*) FROM alert l WHERE l.theme_id = t.theme_id AND l.state <> 'resolved') AS open_alerts
    FROM theme t LEFT JOIN sized z USING (theme_id) LEFT JOIN whole w ON w.stream = t.stream"""
SORTED = f"""
    SELECT *, CASE WHEN suppressed THEN -1 ELSE reporters END AS sort_key
    FROM ({marked(COUNTED, group="stream", key="theme_id")})"""
FILTERED = f"""
    SELECT * FROM ({SORTED}) WHERE (:stream IS NULL OR stream = :stream)
    AND (:state IS NULL OR state = :state
      OR (:state = 'living' AND state IN ('emerging', 'active', 'dormant')))"""
ABOUT = """
    SELECT t.exemplars, t.parent_id, t.fit_id, f.fitted_as_of, f.threshold, f.coverage, f.embedder_version,
      f.documents AS fitted_documents
    FROM theme t JOIN theme_fit f USING (fit_id) WHERE t.theme_id = ?"""
HISTORY = """
    SELECT event, happened_as_of, author, detail FROM theme_event WHERE theme_id = ?
    ORDER BY happened_as_of DESC, event"""
SEGMENTS = f"""
    WITH recently AS MATERIALIZED (
      SELECT d.document_id, d.reporter, d.customer, d.segments, a.theme_id, u.document_id IS NULL AS kept
      FROM document d LEFT JOIN assignment a USING (document_id) LEFT JOIN duplicate u USING (document_id)
      WHERE d.stream = :stream AND d.occurred_at >= date({AS_OF}, :recent)),
    cell AS (
      SELECT e.key AS segment, CAST(e.value AS TEXT) AS value, r.theme_id = :theme AS inside, r.*
      FROM recently r, json_each(r.segments) e),
    counted AS (
      SELECT segment, value, sum(coalesce(inside, 0)) AS documents,
        sum(coalesce(inside, 0) AND kept) AS unique_documents,
        count(DISTINCT CASE WHEN inside AND kept THEN reporter END) AS reporters,
        count(DISTINCT CASE WHEN inside AND kept THEN customer END) AS customers,
        sum(kept) AS stream_documents
      FROM cell GROUP BY segment, value)
    SELECT segment, value, documents, unique_documents, reporters, customers,
      1.0 * unique_documents / nullif(sum(unique_documents) OVER (PARTITION BY segment), 0) AS share,
      1.0 * stream_documents / nullif(sum(stream_documents) OVER (PARTITION BY segment), 0) AS stream_share
    FROM counted WHERE documents > 0"""
