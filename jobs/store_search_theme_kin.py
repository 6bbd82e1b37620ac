"""Themes of the other stream that speak of the same thing: near in meaning, or about the same mitigation."""

from typing import Any

from sqlite_utils import Database

from jobs.store_rows import records

NEAR = 0.65
"""From this cosine between centroids on, two themes of different streams are shown as related."""
NEAR_WITH_MITIGATION = 0.4
"""The same where both are about one mitigation: without that, likeness of the wording alone ties everything to all."""
NAMES_ONE = 0.2
"""A theme is about a mitigation if this share of its documents name one, and more than half of those this one."""
MOST = 5

CENTROIDS = """
    SELECT t.theme_id, t.name, t.state, t.centroid FROM theme t
    WHERE t.stream <> :stream AND t.level = 0 AND t.state IN ('emerging', 'active', 'dormant') ORDER BY t.theme_id"""
MITIGATIONS = """
    WITH named AS (
      SELECT a.theme_id, d.mitigation, count(*) AS documents FROM assignment a JOIN document d USING (document_id)
      WHERE a.theme_id = :theme OR (d.stream <> :stream AND a.theme_id IS NOT NULL) GROUP BY 1, 2),
    summed AS (
      SELECT *, sum(documents) OVER (PARTITION BY theme_id) AS size,
        sum(documents) FILTER (WHERE mitigation IS NOT NULL) OVER (PARTITION BY theme_id) AS naming FROM named)
    SELECT theme_id, mitigation FROM summed
    WHERE mitigation IS NOT NULL AND 2 * documents > naming AND naming >= :least * size"""


def related(db: Database, theme_id: str, stream: str) -> list[dict[str, Any]]:
    """Living themes of the other stream: theme_id, name, state, similarity (cosine), mitigation where it is shared."""
    import numpy as np

    own = db.execute("SELECT centroid FROM theme WHERE theme_id = ?", (theme_id,)).fetchone()[0]
    others = records(db, CENTROIDS, {"stream": stream})
    others = [row for row in others if len(row["centroid"]) == len(own)]
    if not others:
        return []
    matrix = np.stack([np.frombuffer(row.pop("centroid"), np.float32) for row in others])
    cosine = matrix @ np.frombuffer(own, np.float32)
    parameters = {"theme": theme_id, "stream": stream, "least": NAMES_ONE}
    mitigation = dict(db.execute(MITIGATIONS, parameters).fetchall())
    mine = mitigation.get(theme_id)
    found = []
    for row, similarity in zip(others, cosine.tolist(), strict=True):
        shared = mine if mine is not None and mitigation.get(row["theme_id"]) == mine else None
        if similarity >= (NEAR if shared is None else NEAR_WITH_MITIGATION):
            found.append({**row, "similarity": round(similarity, 3), "mitigation": shared})
    return sorted(found, key=lambda row: (-row["similarity"], row["theme_id"]))[:MOST]
