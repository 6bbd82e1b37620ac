ALTER TABLE document ADD COLUMN rules_version TEXT NOT NULL DEFAULT '';
CREATE INDEX document_by_rules ON document (rules_version);
