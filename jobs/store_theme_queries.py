"""Queries over themes and the documents in them, of the last 28 days and of the 28 before."""

from jobs.store_small_cells import marked

RECENT_DAYS = 28
WINDOW = {"recent": f"-{RECENT_DAYS - 1} days", "before": f"-{2 * RECENT_DAYS - 1} days"}
COUNTS = (
    "documents unique_documents reporters customers share previous_reporters ratio size size_documents kinds "
    "harm_domains".split()
)
"""What is about documents in a row of `LISTED`; blank where a cell is small."""
SEGMENT_COUNTS = ("documents", "reporters", "customers", "share", "stream_share")
MIX_COUNTS = ("documents", "customers", "share")

AS_OF = """(SELECT date(coalesce((SELECT max(as_of) FROM job_run WHERE state = 'done'), max(received_at)))
      FROM document)"""
# Both streams, named so that the index by stream and day serves.
SINCE = "d.stream IN ('feedback', 'usage_anomaly') AND d.occurred_at >="
# Documents of the last 56 days; the later 28 are `recent`.
LATELY = f"""
    lately AS MATERIALIZED (
      SELECT d.stream, d.reporter, d.customer, a.theme_id, t.parent_id, u.document_id IS NULL AS kept,
        d.occurred_at >= date({AS_OF}, :recent) AS recent
      FROM document d LEFT JOIN assignment a USING (document_id) LEFT JOIN duplicate u USING (document_id)
      LEFT JOIN theme t ON t.theme_id = a.theme_id
      WHERE {SINCE} date({AS_OF}, :before))"""
NUMBERS = """
        sum(recent) AS documents, sum(recent AND kept) AS unique_documents,
        count(DISTINCT CASE WHEN recent AND kept THEN reporter END) AS reporters,
        count(DISTINCT CASE WHEN recent AND kept THEN customer END) AS customers,
        CASE WHEN count(DISTINCT CASE WHEN NOT recent AND kept AND :small_cell THEN customer END) >= :small_cell
          THEN count(DISTINCT CASE WHEN NOT recent AND kept THEN reporter END) END AS previous_reporters"""
# A roll-up's documents are those of its children.
SIZED = f"""
    sized AS (
      SELECT theme_id, {NUMBERS} FROM lately WHERE theme_id IS NOT NULL GROUP BY theme_id
      UNION ALL SELECT parent_id, {NUMBERS} FROM lately WHERE parent_id IS NOT NULL GROUP BY parent_id)"""
# All days as they were counted last; first and last day with a document.
GROWN = """
    leaf AS MATERIALIZED (
      SELECT t.theme_id, t.parent_id, sum(v.documents) AS size_documents, sum(v.unique_documents) AS size,
        min(CASE WHEN v.documents > 0 THEN v.day END) AS first_seen,
        max(CASE WHEN v.documents > 0 THEN v.day END) AS last_seen
      FROM theme t JOIN volume v ON v.series = t.stream || '/theme=' || t.theme_id
      WHERE t.level = 0 GROUP BY t.theme_id),
    grown AS (
      SELECT theme_id, size_documents, size, first_seen, last_seen FROM leaf
      UNION ALL SELECT parent_id, sum(size_documents), sum(size), min(first_seen), max(last_seen)
        FROM leaf WHERE parent_id IS NOT NULL GROUP BY parent_id)"""
COUNTED = f"""
    WITH {LATELY}, {SIZED}, {GROWN},
    whole AS (
      SELECT stream, count(*) AS stream_unique_documents FROM lately WHERE recent AND kept GROUP BY stream)
    SELECT t.theme_id, t.name, t.named_by, t.state, t.stream, t.level, t.parent_id, p.name AS parent_name,
      t.merged_into, t.pinned, t.muted, t.born_on, g.first_seen, coalesce(g.last_seen, t.last_seen) AS last_seen,
      t.phrases, t.quality,
      coalesce(z.documents, 0) AS documents, coalesce(z.unique_documents, 0) AS unique_documents,
      coalesce(z.reporters, 0) AS reporters, coalesce(z.customers, 0) AS customers,
      coalesce(w.stream_unique_documents, 0) AS stream_unique_documents,
      1.0 * coalesce(z.unique_documents, 0) / w.stream_unique_documents AS share,
      CASE WHEN z.theme_id IS NULL THEN 0 ELSE z.previous_reporters END AS previous_reporters,
      1.0 * z.reporters / nullif(z.previous_reporters, 0) AS ratio,
      coalesce(g.size, 0) AS size, coalesce(g.size_documents, 0) AS size_documents,
      s.hazard, s.smallest_ratio, s.kind AS main_kind, s.harm_domain AS main_domain,
      (SELECT count(*) FROM alert l WHERE l.theme_id = t.theme_id AND l.state <> 'resolved') AS open_alerts
    FROM theme t LEFT JOIN theme p ON p.theme_id = t.parent_id
    LEFT JOIN sized z ON z.theme_id = t.theme_id LEFT JOIN grown g ON g.theme_id = t.theme_id
    LEFT JOIN whole w ON w.stream = t.stream LEFT JOIN series s ON s.series = t.stream || '/theme=' || t.theme_id"""
# Leaves add up to their roll-up; roll-ups and the leaves without one add up to the stream.
LISTED = marked(COUNTED, group="stream, parent_id", key="theme_id")

EFFECTIVE_KIND = "coalesce(k.kind, c.kind, d.anomaly_type)"
EFFECTIVE_DOMAIN = "coalesce(k.harm_domain, c.harm_domain)"
# CROSS JOIN: begin at the days, which are few, not at the themes.
MIX = f"""
    WITH mixed AS MATERIALIZED (
      SELECT a.theme_id, {EFFECTIVE_KIND} AS kind, {EFFECTIVE_DOMAIN} AS harm_domain, count(*) AS documents
      FROM document d CROSS JOIN assignment a USING (document_id) LEFT JOIN duplicate u USING (document_id)
      LEFT JOIN classification c USING (document_id) LEFT JOIN settled_document k USING (document_id)
      WHERE {SINCE} date({AS_OF}, :recent) AND u.document_id IS NULL AND a.theme_id IS NOT NULL GROUP BY 1, 2, 3)
    SELECT theme_id, kind, harm_domain, documents FROM mixed
    UNION ALL SELECT t.parent_id, kind, harm_domain, documents FROM mixed JOIN theme t USING (theme_id)
      WHERE t.parent_id IS NOT NULL"""
INSIDE = "a.theme_id IN (SELECT theme_id FROM theme WHERE theme_id = :theme OR parent_id = :theme)"
"""Whether an assignment is to this theme or, for a roll-up, to one of its children."""
MIX_OF_ONE = f"""
    SELECT {{what}} AS value, count(*) AS documents, count(DISTINCT d.customer) AS customers
    FROM assignment a JOIN document d USING (document_id)
    LEFT JOIN duplicate u USING (document_id) LEFT JOIN classification c USING (document_id)
    LEFT JOIN settled_document k USING (document_id)
    WHERE {INSIDE} AND d.occurred_at >= date({AS_OF}, :recent) AND u.document_id IS NULL GROUP BY 1"""
WEEKS = f"""
    SELECT date(d.occurred_at, 'weekday 0', '-6 days') AS monday,
      date(d.occurred_at, 'weekday 0', '-6 days') >= date({AS_OF}, :recent) AS recent, count(*) AS documents,
      sum(u.document_id IS NULL) AS unique_documents,
      count(DISTINCT CASE WHEN u.document_id IS NULL THEN d.reporter END) AS reporters,
      count(DISTINCT CASE WHEN u.document_id IS NULL THEN d.customer END) AS customers
    FROM assignment a JOIN document d USING (document_id) LEFT JOIN duplicate u USING (document_id)
    WHERE {INSIDE} GROUP BY monday"""
STREAM_WEEKS = """
    SELECT date(day, 'weekday 0', '-6 days') AS monday, sum(unique_documents) AS stream_unique_documents
    FROM volume WHERE series = :stream || '/total' GROUP BY monday"""
TRENDS = """
    SELECT s.theme_id, v.reporters FROM volume v JOIN series s USING (series)
    WHERE s.theme_id IN ({marks}) AND v.day > date((SELECT max(day) FROM volume), '-56 days')
    ORDER BY s.theme_id, v.day"""
# The stream is counted by its few different sets of segments, the theme document by document.
SEGMENTS = f"""
    WITH combined AS (
      SELECT d.segments, count(*) AS unique_documents
      FROM document d LEFT JOIN duplicate u USING (document_id)
      WHERE d.stream = :stream AND d.occurred_at >= date({AS_OF}, :recent) AND u.document_id IS NULL
      GROUP BY d.segments),
    around AS (
      SELECT e.key AS segment, CAST(e.value AS TEXT) AS value, sum(unique_documents) AS stream_documents
      FROM combined, json_each(combined.segments) e GROUP BY 1, 2),
    inside AS (
      SELECT e.key AS segment, CAST(e.value AS TEXT) AS value, count(*) AS documents,
        sum(u.document_id IS NULL) AS unique_documents,
        count(DISTINCT CASE WHEN u.document_id IS NULL THEN d.reporter END) AS reporters,
        count(DISTINCT CASE WHEN u.document_id IS NULL THEN d.customer END) AS customers
      FROM assignment a JOIN document d USING (document_id) LEFT JOIN duplicate u USING (document_id),
        json_each(d.segments) e
      WHERE {INSIDE} AND d.occurred_at >= date({AS_OF}, :recent) GROUP BY 1, 2)
    SELECT i.*, 1.0 * i.unique_documents / nullif(sum(i.unique_documents) OVER (PARTITION BY segment), 0) AS share,
      1.0 * r.stream_documents / nullif(t.stream_documents, 0) AS stream_share
    FROM inside i LEFT JOIN around r USING (segment, value)
    LEFT JOIN (SELECT segment, sum(stream_documents) AS stream_documents FROM around GROUP BY segment) t
      USING (segment)"""
ABOUT = """
    SELECT t.exemplars, t.fit_id, f.fitted_as_of, f.threshold, f.coverage, f.embedder_version,
      f.documents AS fitted_documents
    FROM theme t JOIN theme_fit f USING (fit_id) WHERE t.theme_id = ?"""
LINEAGE = """
    SELECT event, happened_as_of, author, detail FROM theme_event WHERE theme_id = ?
    ORDER BY happened_as_of DESC, event"""
# Who a theme came from and what became of it. Ids in the evidence of events are those of fits and of people.
FAMILY = """
    SELECT 'parent' AS relation, p.theme_id, p.name, p.state FROM theme t JOIN theme p ON p.theme_id = t.parent_id
      WHERE t.theme_id = :theme
    UNION SELECT 'child', theme_id, name, state FROM theme WHERE parent_id = :theme
    UNION SELECT 'merged_into', p.theme_id, p.name, p.state FROM theme t JOIN theme p ON p.theme_id = t.merged_into
      WHERE t.theme_id = :theme
    UNION SELECT 'merged_from', theme_id, name, state FROM theme WHERE merged_into = :theme
    UNION SELECT 'split_from', p.theme_id, p.name, p.state FROM theme_event e
      JOIN theme p ON p.theme_id = json_extract(e.detail, '$.split_from')
      WHERE e.theme_id = :theme AND e.event = 'born'
    UNION SELECT 'split_into', t.theme_id, t.name, t.state FROM theme_event e JOIN theme t USING (theme_id)
      WHERE e.event = 'born' AND json_extract(e.detail, '$.split_from') = :theme
    ORDER BY 1, 2"""
EDITS = """
    SELECT edit_id, action, theme_id, detail, author, reason, made_at, undone_by, undone_at, undone_reason
    FROM theme_edit WHERE theme_id = :theme OR json_extract(detail, '$.into') = :theme
      OR json_extract(detail, '$.to') = :theme OR json_extract(detail, '$.other') = :theme
    ORDER BY made_at DESC, edit_id"""
WATCHED = f"""
    SELECT w.watchlist, count(*) AS documents, sum(w.novel) AS novel
    FROM watch_match w JOIN assignment a USING (document_id) WHERE {INSIDE} GROUP BY 1 ORDER BY 2 DESC, 1"""
WEEK_COUNTS = ("documents", "unique_documents", "reporters", "customers")
