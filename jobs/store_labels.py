"""Labels: what was drawn to be labelled, what people answered, what is settled among them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from jobs.store_label_queue import LabelQueue
from jobs.store_rows import encoded, frame, records


class Labels(LabelQueue):
    """The tables `label_draw`, `label_item`, `label_verdict` and the views of what is settled.

    A settled answer is the adjudicated one if there is one, else what all who labelled agree on (each one's latest);
    where they differ the item is disputed and nothing is settled.
    """

    def add(self, row: Mapping[str, Any]) -> None:
        """Store one person's answer: target, of, field, value, labeller, at; replaces that person's earlier one.

        It takes the inclusion probability of the item's draws, None where it was not drawn for this field.
        """
        decision = row["of"] == "decisions"
        told = encoded([row[name] for name in ("of", "target", "field", "labeller")])
        given = {
            **row,
            "decision": decision,
            "label_id": "l_" + hashlib.blake2b(told.encode(), digest_size=8).hexdigest(),
            "document_id": None if decision else row["target"],
            "decision_id": row["target"] if decision else None,
        }
        # One person's earlier answers go, whatever id they were stored under.
        earlier = """
            DELETE FROM label WHERE coalesce(document_id, decision_id) = :target AND (document_id IS NULL) = :decision
              AND field = :field AND labeller = :labeller"""
        self.db.execute(earlier, given)
        sql = """
            INSERT INTO label (label_id, document_id, decision_id, field, value, labeller, labelled_at,
              inclusion_probability)
            VALUES (:label_id, :document_id, :decision_id, :field, :value, :labeller, :at,
              (SELECT inclusion_probability FROM label_drawn
               WHERE target = :target AND of_decision = :decision AND field = :field))"""
        self.db.execute(sql, given)

    def adjudicate(self, row: Mapping[str, Any]) -> None:
        """Settle an answer whatever people said: target, field, value, actor, reason, at; the newest stands."""
        sql = "INSERT OR REPLACE INTO label_verdict VALUES (:target, :field, :value, :actor, :reason, :at)"
        self.db.execute(sql, dict(row))

    def settle_audits(self) -> int:
        """Let settled answers be the truth of their decisions; returns the decisions that changed.

        The source is "audit" where the decision was drawn, else "review"; a dispute takes the truth of an earlier
        answer away.
        """
        self.db.execute(FORGOTTEN)
        return int(self.db.execute(AUDITED).rowcount)

    def settled(self, field: str = "kind") -> pd.DataFrame:
        """What people said of documents: document_id, value (None: disputed), inclusion_probability (NaN: not drawn
        at random), labellers, disputed (bool), by id."""
        sql = """
            SELECT document_id, value, inclusion_probability, labellers, disputed FROM settled_label
            WHERE field = ? ORDER BY document_id"""
        found = frame(self.db, sql, (field,))
        return found.astype({"inclusion_probability": float, "labellers": int, "disputed": bool})

    def certain(self, field: str = "kind") -> pd.DataFrame:
        """Settled documents that were not drawn: document_id, value. They count as what they are, and stand for
        no others."""
        found = self.settled(field)
        alone = found["inclusion_probability"].isna() & ~found["disputed"]
        return found.loc[alone, ["document_id", "value"]].reset_index(drop=True)

    def sample(self, field: str = "kind") -> pd.DataFrame:
        """The drawn documents that were answered, as an estimator takes them, by id.

        Columns: document_id, value (None: disputed), answers (list: [value] once settled, else each labeller's),
        labellers (0: adjudicated), drawn_probability, and inclusion_probability: that times the answered share of the
        drawn documents of its week, so that a queue worked off in part still stands for all. Collapsed duplicates are
        left out.
        """
        rows = frame(self.db, SAMPLE, {"field": field})
        rows["answers"] = [text.split(SEPARATOR) if text else [] for text in rows["answers"]]
        answered = rows["answers"].map(bool).astype(bool) | rows["value"].notna()
        # Labels of another draw, which a file stated, have no stratum here and are all answered.
        share = answered.groupby(rows["stratum"]).transform("mean").fillna(1.0)
        rows["drawn_probability"] = rows["drawn_probability"].astype(float)
        rows["inclusion_probability"] = rows["drawn_probability"] * share
        settled = rows["value"].notna()
        rows.loc[settled, "answers"] = rows.loc[settled, "value"].map(lambda value: [value])
        columns = ["document_id", "value", "answers", "labellers", "inclusion_probability", "drawn_probability"]
        return rows.loc[answered, columns].reset_index(drop=True)

    def pairs(self, field: str = "kind", *, of: str = "documents") -> pd.DataFrame:
        """Items that two people answered: document_id (or decision id), first, second; of more the two who did
        so first, in the order of their names."""
        sql = """
            SELECT target, value, labeller FROM label_answer
            WHERE field = ? AND of_decision = ? ORDER BY target, labelled_at, labeller"""
        rows = frame(self.db, sql, (field, of == "decisions"))
        rows["place"] = rows.groupby("target").cumcount()
        two = rows[rows["place"] < 2].sort_values(["target", "labeller"], kind="stable")
        two = two[two.groupby("target")["target"].transform("size") == 2]
        first, second = two.iloc[0::2], two.iloc[1::2]
        return pd.DataFrame(
            {
                "document_id": first["target"].to_numpy(),
                "first": first["value"].to_numpy(),
                "second": second["value"].to_numpy(),
            }
        )

    def gold_answers(self) -> pd.DataFrame:
        """Answers to planted items: labeller, of, field, target, value, gold."""
        sql = """
            SELECT DISTINCT a.labeller, d."of", d.field, a.target, a.value, i.gold_value AS gold
            FROM label_item i JOIN label_draw d USING (draw_id)
            JOIN label_answer a ON a.target = i.item_id AND a.of_decision = (d."of" = 'decisions')
              AND a.field = d.field AND a.labelled_at >= d.drawn_at
            WHERE i.gold_value IS NOT NULL ORDER BY a.labeller, d.field, a.target"""
        return frame(self.db, sql)

    def disputed(self, field: str | None = None) -> list[dict[str, Any]]:
        """Items on which people differ and nobody has decided: target, of, field, answers (labeller, value, when)."""
        sql = """
            SELECT s.target, CASE WHEN s.of_decision THEN 'decisions' ELSE 'documents' END AS "of", s.field,
              (SELECT json_group_array(json_object('labeller', a.labeller, 'value', a.value, 'labelled_at',
                a.labelled_at)) FROM label_answer a
               WHERE a.target = s.target AND a.of_decision = s.of_decision AND a.field = s.field) AS answers
            FROM settled_answer s WHERE s.disputed AND (:field IS NULL OR s.field = :field)
            ORDER BY s.of_decision, s.field, s.target"""
        found = records(self.db, sql, {"field": field})
        return [
            {**row, "answers": sorted(row["answers"], key=lambda one: (one["labelled_at"], one["labeller"]))}
            for row in found
        ]

    def of_target(self, target: str) -> dict[str, Any]:
        """All that was said of one item: labels, verdicts, settled ({field: value}), disputed (fields)."""
        labels = """
            SELECT field, value, labeller, labelled_at FROM label_answer WHERE target = ?
            ORDER BY field, labelled_at, labeller"""
        verdicts = "SELECT field, value, actor, reason, decided_at FROM label_verdict WHERE target = ? ORDER BY field"
        states = "SELECT field, value, disputed FROM settled_answer WHERE target = ? ORDER BY field"
        found = records(self.db, states, (target,))
        return {
            "labels": records(self.db, labels, (target,)),
            "verdicts": records(self.db, verdicts, (target,)),
            "settled": {row["field"]: row["value"] for row in found if row["value"] is not None},
            "disputed": [row["field"] for row in found if row["disputed"]],
        }

    def standing(self, target: str, field: str) -> dict[str, Any] | None:
        """Value, inclusion_probability, labellers and disputed of one answer; None where nobody gave one."""
        sql = """
            SELECT value, inclusion_probability, labellers, disputed FROM settled_answer
            WHERE target = ? AND field = ?"""
        found = records(self.db, sql, (target, field))
        return {**found[0], "disputed": bool(found[0]["disputed"])} if found else None

    def own_answer(self, target: str, field: str, labeller: str) -> str | None:
        """What this person said of it last."""
        sql = "SELECT value FROM label_answer WHERE target = ? AND field = ? AND labeller = ?"
        found = self.db.execute(sql, (target, field, labeller)).fetchone()
        return str(found[0]) if found else None

    def resolve(self, targets: Sequence[str], *, of: str) -> dict[str, str]:
        """The ids of these items, by what they were called: by id, or a document by its id within one source alone."""
        if of == "decisions":
            sql = "SELECT decision_id, decision_id FROM decision JOIN json_each(?) w ON w.value = decision_id"
        else:
            # The plus takes the column's affinity away, as in settle_labels.
            sql = """
                SELECT w.value, coalesce((SELECT d.document_id FROM document d WHERE d.document_id = w.value),
                  (SELECT min(d.document_id) FROM document d
                   WHERE substr(d.document_id, length(d.source) + 2) = +w.value HAVING count(*) = 1)) AS found
                FROM json_each(?) w WHERE found IS NOT NULL"""
        return dict(self.db.conn.execute(sql, (encoded(list(dict.fromkeys(targets))),)).fetchall())


SEPARATOR = "\x1f"
SAMPLE = """
    SELECT p.target AS document_id, p.stratum, p.inclusion_probability AS drawn_probability, s.value,
      CASE WHEN v.target IS NULL THEN coalesce(s.labellers, 0) ELSE 0 END AS labellers,
      (SELECT group_concat(a.value, char(31)) FROM label_answer a
       WHERE a.target = p.target AND NOT a.of_decision AND a.field = p.field) AS answers
    FROM (
      SELECT target, of_decision, field, inclusion_probability, stratum FROM label_drawn
      UNION ALL SELECT target, of_decision, field, inclusion_probability, NULL FROM settled_answer
      WHERE inclusion_probability IS NOT NULL
        AND (target, of_decision, field) NOT IN (SELECT target, of_decision, field FROM label_drawn)) p
    JOIN document d ON d.document_id = p.target
    LEFT JOIN duplicate u ON u.document_id = p.target
    LEFT JOIN settled_answer s ON s.target = p.target AND NOT s.of_decision AND s.field = p.field
    LEFT JOIN label_verdict v ON v.target = p.target AND v.field = p.field
    WHERE NOT p.of_decision AND p.field = :field AND u.document_id IS NULL ORDER BY p.target"""
FORGOTTEN = """
    UPDATE decision SET truth = NULL, truth_source = NULL, inclusion_probability = NULL
    WHERE truth_source IN ('audit', 'review') AND decision_id IN
      (SELECT decision_id FROM settled_audit WHERE disputed)"""
AUDITED = """
    UPDATE decision SET truth = a.value, inclusion_probability = a.inclusion_probability,
      truth_source = CASE WHEN a.inclusion_probability IS NULL THEN 'review' ELSE 'audit' END
    FROM settled_audit a
    WHERE a.decision_id = decision.decision_id AND a.value IN ('harmful', 'benign')
      AND (decision.truth, coalesce(decision.inclusion_probability, -1), coalesce(decision.truth_source, ''))
        IS NOT (a.value, coalesce(a.inclusion_probability, -1),
          CASE WHEN a.inclusion_probability IS NULL THEN 'review' ELSE 'audit' END)"""
