CREATE TABLE label_draw (
  draw_id TEXT PRIMARY KEY,
  "of" TEXT NOT NULL CHECK ("of" IN ('documents', 'decisions')),
  field TEXT NOT NULL,
  drawn_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  design TEXT NOT NULL,
  seed INTEGER NOT NULL,
  items INTEGER NOT NULL
) STRICT;
CREATE TABLE label_item (
  draw_id TEXT NOT NULL REFERENCES label_draw (draw_id),
  item_id TEXT NOT NULL,
  position INTEGER,
  stratum TEXT NOT NULL,
  inclusion_probability REAL CHECK (inclusion_probability > 0 AND inclusion_probability <= 1),
  opinions INTEGER NOT NULL DEFAULT 1,
  said TEXT,
  said_probability REAL,
  why TEXT NOT NULL,
  gold_value TEXT,
  PRIMARY KEY (draw_id, item_id)
) STRICT;
CREATE INDEX label_item_by_item ON label_item (item_id);
CREATE TABLE label_verdict (
  target TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (target, field)
) STRICT;
CREATE INDEX label_by_target ON label (coalesce(document_id, decision_id), field);
CREATE VIEW label_answer AS
  SELECT target, of_decision, field, value, labeller, labelled_at, inclusion_probability FROM (
    SELECT coalesce(document_id, decision_id) AS target, document_id IS NULL AS of_decision, field, value, labeller,
      labelled_at, inclusion_probability, row_number() OVER (
        PARTITION BY coalesce(document_id, decision_id), document_id IS NULL, field, labeller
        ORDER BY labelled_at DESC, label_id DESC) AS place
    FROM label)
  WHERE place = 1;
CREATE VIEW label_drawn AS
  SELECT i.item_id AS target, d."of" = 'decisions' AS of_decision, d.field,
    max(i.inclusion_probability) AS inclusion_probability, min(i.stratum) AS stratum
  FROM label_item i JOIN label_draw d USING (draw_id)
  WHERE i.inclusion_probability IS NOT NULL GROUP BY 1, 2, 3;
CREATE TABLE settled_answer (
  target TEXT NOT NULL,
  of_decision INTEGER NOT NULL,
  field TEXT NOT NULL,
  value TEXT,
  inclusion_probability REAL,
  labellers INTEGER NOT NULL,
  disputed INTEGER NOT NULL,
  PRIMARY KEY (target, of_decision, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE settled_document (
  document_id TEXT PRIMARY KEY,
  kind TEXT,
  harm_domain TEXT,
  use_case TEXT,
  severity INTEGER
) STRICT, WITHOUT ROWID;
CREATE VIEW settled_label AS
  SELECT target AS document_id, field, value, inclusion_probability, labellers, disputed
  FROM settled_answer WHERE of_decision = 0;
CREATE VIEW settled_audit AS
  SELECT target AS decision_id, value, inclusion_probability, labellers, disputed
  FROM settled_answer WHERE of_decision = 1 AND field = 'truth';
CREATE VIEW settle AS SELECT target, of_decision, field FROM settled_answer;
CREATE TRIGGER settle_again INSTEAD OF INSERT ON settle BEGIN
  DELETE FROM settled_answer WHERE target = new.target AND of_decision = new.of_decision AND field = new.field;
  INSERT INTO settled_answer
    SELECT new.target, new.of_decision, new.field,
      CASE WHEN v.target IS NOT NULL THEN v.value WHEN a.differing = 1 THEN a.value END,
      coalesce((SELECT max(i.inclusion_probability) FROM label_item i JOIN label_draw d USING (draw_id)
        WHERE i.item_id = new.target AND (d."of" = 'decisions') = new.of_decision AND d.field = new.field), a.stated),
      a.labellers, v.target IS NULL AND a.differing > 1
    FROM (SELECT count(*) AS labellers, count(DISTINCT value) AS differing, min(value) AS value,
        max(inclusion_probability) AS stated
      FROM label_answer WHERE target = new.target AND of_decision = new.of_decision AND field = new.field) a
    LEFT JOIN label_verdict v ON v.target = new.target AND v.field = new.field
    WHERE a.labellers > 0 OR v.target IS NOT NULL;
  DELETE FROM settled_document WHERE document_id = new.target AND new.of_decision = 0;
  INSERT INTO settled_document
    SELECT target, max(CASE field WHEN 'kind' THEN value END), max(CASE field WHEN 'harm_domain' THEN value END),
      max(CASE field WHEN 'use_case' THEN value END),
      max(CASE field WHEN 'severity' THEN CAST(value AS INTEGER) END)
    FROM settled_answer
    WHERE target = new.target AND of_decision = 0 AND new.of_decision = 0 AND value IS NOT NULL
      AND field IN ('kind', 'harm_domain', 'use_case', 'severity')
    GROUP BY target;
END;
CREATE TRIGGER label_given AFTER INSERT ON label BEGIN
  INSERT INTO settle VALUES (coalesce(new.document_id, new.decision_id), new.document_id IS NULL, new.field);
END;
CREATE TRIGGER label_changed AFTER UPDATE ON label BEGIN
  INSERT INTO settle VALUES (coalesce(old.document_id, old.decision_id), old.document_id IS NULL, old.field);
  INSERT INTO settle VALUES (coalesce(new.document_id, new.decision_id), new.document_id IS NULL, new.field);
END;
CREATE TRIGGER label_taken_back AFTER DELETE ON label BEGIN
  INSERT INTO settle VALUES (coalesce(old.document_id, old.decision_id), old.document_id IS NULL, old.field);
END;
CREATE TRIGGER label_decided AFTER INSERT ON label_verdict BEGIN
  INSERT INTO settle VALUES (new.target, new.field = 'truth', new.field);
END;
CREATE TRIGGER label_decided_again AFTER UPDATE ON label_verdict BEGIN
  INSERT INTO settle VALUES (new.target, new.field = 'truth', new.field);
END;
CREATE TRIGGER label_undecided AFTER DELETE ON label_verdict BEGIN
  INSERT INTO settle VALUES (old.target, old.field = 'truth', old.field);
END;
CREATE TRIGGER label_item_drawn AFTER INSERT ON label_item WHEN new.inclusion_probability IS NOT NULL BEGIN
  INSERT INTO settle SELECT s.target, s.of_decision, s.field
    FROM label_draw d JOIN settled_answer s ON s.field = d.field AND s.of_decision = (d."of" = 'decisions')
    WHERE d.draw_id = new.draw_id AND s.target = new.item_id;
END;
INSERT INTO settle SELECT DISTINCT coalesce(document_id, decision_id), document_id IS NULL, field FROM label
  WHERE coalesce(document_id, decision_id) IS NOT NULL;
