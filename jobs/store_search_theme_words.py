"""What a search for themes looks through: names, phrases, centroids, and the full text of their documents."""

from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records
from jobs.store_triage import WITHHELD

MATERIAL = """
    SELECT t.theme_id, t.name, t.state, t.stream, t.level, t.parent_id, t.merged_into, t.phrases, t.centroid,
      f.embedder_version
    FROM theme t JOIN theme_fit f USING (fit_id) ORDER BY t.theme_id"""
# A withheld document is not searched: hits would tell what it says.
HITS = f"""
    WITH found AS MATERIALIZED (
      SELECT a.theme_id FROM document_fts JOIN document d ON d.rowid = document_fts.rowid
      JOIN assignment a ON a.document_id = d.document_id LEFT JOIN duplicate u ON u.document_id = d.document_id
      LEFT JOIN classification c ON c.document_id = d.document_id
      WHERE document_fts MATCH :words AND u.document_id IS NULL AND a.theme_id IS NOT NULL AND NOT {WITHHELD}),
    leaf AS (SELECT theme_id, count(*) AS hits FROM found GROUP BY theme_id)
    SELECT theme_id, hits FROM leaf
    UNION ALL SELECT t.parent_id, sum(hits) FROM leaf JOIN theme t USING (theme_id)
      WHERE t.parent_id IS NOT NULL GROUP BY t.parent_id"""
SIZES = """
    WITH leaf AS (
      SELECT a.theme_id, count(*) AS documents FROM assignment a LEFT JOIN duplicate u USING (document_id)
      WHERE u.document_id IS NULL AND a.theme_id IS NOT NULL GROUP BY a.theme_id)
    SELECT theme_id, documents FROM leaf
    UNION ALL SELECT t.parent_id, sum(documents) FROM leaf JOIN theme t USING (theme_id)
      WHERE t.parent_id IS NOT NULL GROUP BY t.parent_id"""


class ThemeWords:
    """Read queries for a search for themes."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def material(self) -> list[dict[str, Any]]:
        """Every theme: id, name, state, stream, level, parent, phrases, centroid (bytes), version of its vectors."""
        return records(self.db, MATERIAL)

    def hits(self, query: str) -> dict[str, int]:
        """Unique documents by theme that match an FTS5 query, withheld ones left out; a roll-up has its children's."""
        return dict(self.db.execute(HITS, {"words": query}).fetchall())

    def sizes(self) -> dict[str, int]:
        """Unique documents by theme."""
        return dict(self.db.execute(SIZES).fetchall())
