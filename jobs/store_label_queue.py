"""The queue of items to label: what may be drawn, what was drawn and with which chance, what still waits."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from sqlite_utils import Database

from jobs.store_rows import encoded, frame, records
from jobs.store_triage import WITHHELD

Row = dict[str, Any]


class LabelQueue:
    """Draws: the tables `label_draw` and `label_item`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def latest_day(self, of: str) -> str | None:
        """The last UTC day on which something happened, among feedback or in the decision log; None for none."""
        tables = {
            "documents": "SELECT max(substr(occurred_at, 1, 10)) FROM document WHERE stream = 'feedback'",
            "decisions": "SELECT max(day) FROM decision_day",
        }
        found = self.db.execute(tables[of]).fetchone()[0]
        return str(found) if found else None

    def population(self, field: str, *, since: str) -> pd.DataFrame:
        """Documents that may be drawn to be labelled, by id: classified feedback from this UTC day on, neither
        collapsed nor labelled without having been drawn.

        Columns: item_id, day, reporter (None: unknown), template, said and said_probability (the classifier's
        label of the field), earlier (inclusion probability of draws before; 0: not drawn).
        """
        answer, sure = SAID[field]
        sql = f"""
            SELECT d.document_id AS item_id, substr(d.occurred_at, 1, 10) AS day, d.template,
              CASE WHEN d.reporter_known THEN d.reporter END AS reporter, {answer} AS said, {sure} AS said_probability,
              coalesce(p.inclusion_probability, 0.0) AS earlier
            FROM document d JOIN classification c USING (document_id)
            LEFT JOIN duplicate u USING (document_id)
            LEFT JOIN label_drawn p ON p.target = d.document_id AND NOT p.of_decision AND p.field = :field
            WHERE d.stream = 'feedback' AND u.document_id IS NULL AND d.occurred_at >= :since AND (p.target IS NOT NULL
              OR d.document_id NOT IN (SELECT target FROM settled_answer WHERE NOT of_decision AND field = :field))
            ORDER BY d.document_id"""
        found = frame(self.db, sql, {"field": field, "since": since})
        return found.astype({"said_probability": float, "earlier": float})

    def drawn_decisions(self) -> pd.DataFrame:
        """Decisions that were drawn to be audited: item_id, earlier (inclusion probability)."""
        sql = """
            SELECT target AS item_id, inclusion_probability AS earlier FROM label_drawn
            WHERE of_decision AND field = 'truth' ORDER BY target"""
        return frame(self.db, sql).astype({"earlier": float})

    def audited_elsewhere(self) -> set[str]:
        """Decisions that another random audit has judged: they came with truth and a probability."""
        sql = """
            SELECT decision_id FROM decision
            WHERE truth IS NOT NULL AND inclusion_probability IS NOT NULL
              AND coalesce(truth_source, '') NOT IN ('appeal', 'red_team')
              AND decision_id NOT IN (SELECT target FROM label_drawn WHERE of_decision)"""
        return {row[0] for row in self.db.conn.execute(sql)}

    def gold(self, of: str, field: str, *, action: str | None = None) -> list[Row]:
        """Adjudicated items that can be planted, those planted least first: item_id, value, planted, stratum, said,
        said_probability, why (as they were drawn, None where they never were)."""
        sql = """
            SELECT v.target AS item_id, v.value, count(i.gold_value) AS planted, max(i.stratum) AS stratum,
              max(i.said) AS said, max(i.said_probability) AS said_probability, max(i.why) AS why
            FROM label_verdict v LEFT JOIN label_item i ON i.item_id = v.target
            LEFT JOIN decision x ON x.decision_id = v.target
            WHERE v.field = :field AND (:action IS NULL OR x.action = :action) AND v.target IN
              (SELECT document_id FROM document WHERE :of = 'documents' UNION ALL
               SELECT decision_id FROM decision WHERE :of = 'decisions')
            GROUP BY v.target ORDER BY planted, v.target"""
        return records(self.db, sql, {"field": field, "of": of, "action": action})

    def begin(self) -> int:
        """Take the write lock inside the open transaction; returns how many draws there are."""
        self.db.execute("UPDATE label_draw SET items = items WHERE draw_id IS NULL")
        return int(self.db.execute("SELECT count(*) FROM label_draw").fetchone()[0])

    def write_draw(self, row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
        """Store a draw (design a dict) and its items: item_id, position (None: drawn before), stratum,
        inclusion_probability (None: planted), opinions, said, said_probability, why, gold_value."""
        draw = """
            INSERT INTO label_draw (draw_id, "of", field, drawn_at, actor, design, seed, items)
            VALUES (:draw_id, :of, :field, :drawn_at, :actor, :design, :seed, :items)"""
        self.db.execute(draw, {**row, "design": encoded(row["design"])})
        item = """
            INSERT INTO label_item (draw_id, item_id, position, stratum, inclusion_probability, opinions, said,
              said_probability, why, gold_value)
            VALUES (:draw_id, :item_id, :position, :stratum, :inclusion_probability, :opinions, :said,
              :said_probability, :why, :gold_value)"""
        self.db.conn.executemany(item, [{**one, "draw_id": row["draw_id"]} for one in items])

    def waiting(self, of: str, field: str, *, labeller: str, action: str | None = None) -> int:
        """Drawn items that wait for this labeller's answer, without planted ones; `action`: of decisions."""
        sql = f"SELECT count(*) {OPEN} AND i.gold_value IS NULL"
        wanted = {"of": of, "field": field, "labeller": labeller, "action": action}
        return int(self.db.execute(sql, wanted).fetchone()[0])

    def queue(
        self, of: str, field: str, *, action: str | None = None, labeller: str | None = None, limit: int = 50
    ) -> list[Row]:
        """What waits for an answer, in the order of the draws; nothing that this labeller has answered.

        item_id, draw_id, of, field, position, stratum, why, opinions (wanted), answers (there are); planted items
        cannot be told from others.
        """
        sql = f"""
            SELECT i.item_id, d.draw_id, d."of", d.field, i.position, i.stratum, i.why, i.opinions,
              CASE WHEN i.gold_value IS NULL THEN answers ELSE 0 END AS answers
            {OPEN} ORDER BY d.drawn_at, d.draw_id, i.position LIMIT :limit"""
        wanted = {"of": of, "field": field, "labeller": labeller, "action": action, "limit": limit}
        return records(self.db, sql, wanted)

    def shown(self, of: str, ids: Sequence[str], *, grave: Sequence[str]) -> dict[str, Row]:
        """What a labeller sees of these items, by id; `withheld` says that the text is shown on reveal only.

        Those are documents as in triage, and decisions of a mitigation whose harm domain is grave or not known."""
        found = records(self.db, SHOWN[of], {"ids": encoded(list(ids)), "grave": encoded(list(grave))})
        return {row["item_id"]: {**row, "withheld": bool(row["withheld"])} for row in found}

    def standing_by_field(self) -> list[Row]:
        """By kind of item and field: draws, drawn, answered, waiting, second_opinions_waiting, disputed,
        adjudicated, labellers, last_drawn_at."""
        return records(self.db, STANDING)


SAID = {
    "kind": ("c.kind", "c.kind_probability"),
    "harm_domain": ("c.harm_domain", "c.harm_domain_probability"),
    "use_case": ("c.use_case", "c.use_case_probability"),
    "severity": ("CAST(c.severity AS TEXT)", "c.severity_probability"),
}
# By the indices of `label`: the view of the latest answers would be read anew for every item.
OF_ITEM = "(l.document_id = i.item_id OR l.decision_id = i.item_id) AND l.field = d.field"
ANSWERS = f"(SELECT count(DISTINCT l.labeller) FROM label l WHERE {OF_ITEM})"
# An item is asked once, by the draw that took it; what is planted is asked of everybody who has not answered since.
OPEN = f"""
    FROM (SELECT i.*, {ANSWERS} AS answers FROM label_item i JOIN label_draw d USING (draw_id)) i
    JOIN label_draw d USING (draw_id)
    LEFT JOIN duplicate u ON u.document_id = i.item_id
    LEFT JOIN label_verdict v ON v.target = i.item_id AND v.field = d.field
    WHERE d."of" = :of AND d.field = :field AND i.position IS NOT NULL AND u.document_id IS NULL
      AND (:action IS NULL OR i.said = :action)
      AND CASE WHEN i.gold_value IS NULL THEN v.target IS NULL AND answers < i.opinions
        ELSE NOT EXISTS (SELECT 1 FROM label l WHERE {OF_ITEM}
          AND :labeller IS NULL AND l.labelled_at >= d.drawn_at) END
      AND (:labeller IS NULL OR NOT EXISTS (SELECT 1 FROM label l WHERE {OF_ITEM} AND l.labeller = :labeller))"""
SHOWN = {
    "documents": f"""
        SELECT d.document_id AS item_id, d.received_at, d.occurred_at, d.source, d.mitigation, d.segments, c.language,
          {WITHHELD} AS withheld, d.text
        FROM json_each(:ids) w JOIN document d ON d.document_id = w.value
        LEFT JOIN classification c ON c.document_id = d.document_id""",
    "decisions": """
        SELECT x.decision_id AS item_id, x.decided_at, x.mitigation, x.action, x.version, x.score, x.threshold,
          x.use_case, x.language, x.segments, x.excerpt IS NOT NULL
            AND coalesce(m.harm_domain IN (SELECT value FROM json_each(:grave)), 1) AS withheld, x.excerpt AS text
        FROM json_each(:ids) w JOIN decision x ON x.decision_id = w.value
        LEFT JOIN mitigation m ON m.mitigation_id = x.mitigation""",
}
STANDING = f"""
    WITH asked AS (
      SELECT d."of", d.field, i.item_id, i.opinions, i.gold_value, {ANSWERS} AS answers, v.target AS decided, u.rule
      FROM label_item i JOIN label_draw d USING (draw_id)
      LEFT JOIN label_verdict v ON v.target = i.item_id AND v.field = d.field
      LEFT JOIN duplicate u ON u.document_id = i.item_id
      WHERE i.position IS NOT NULL AND i.gold_value IS NULL),
    keys AS (
      SELECT "of", field FROM label_draw UNION
      SELECT CASE WHEN of_decision THEN 'decisions' ELSE 'documents' END, field FROM settled_answer)
    SELECT k."of", k.field,
      (SELECT count(*) FROM label_draw d WHERE d."of" = k."of" AND d.field = k.field) AS draws,
      count(a.item_id) AS drawn, coalesce(sum(a.answers > 0), 0) AS answered,
      coalesce(sum(a.answers = 0 AND a.decided IS NULL AND a.rule IS NULL), 0) AS waiting,
      coalesce(sum(a.answers > 0 AND a.answers < a.opinions AND a.decided IS NULL), 0) AS second_opinions_waiting,
      (SELECT count(*) FROM settled_answer s WHERE s.disputed AND s.field = k.field
       AND s.of_decision = (k."of" = 'decisions')) AS disputed,
      (SELECT count(*) FROM label_verdict v WHERE v.field = k.field) AS adjudicated,
      (SELECT count(DISTINCT l.labeller) FROM label_answer l WHERE l.field = k.field
       AND l.of_decision = (k."of" = 'decisions')) AS labellers,
      (SELECT max(d.drawn_at) FROM label_draw d WHERE d."of" = k."of" AND d.field = k.field) AS last_drawn_at
    FROM keys k LEFT JOIN asked a ON a."of" = k."of" AND a.field = k.field
    GROUP BY k."of", k.field ORDER BY k."of" DESC, k.field"""
