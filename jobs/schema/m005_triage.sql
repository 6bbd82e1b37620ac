ALTER TABLE triage ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';
ALTER TABLE triage ADD COLUMN score REAL NOT NULL DEFAULT 0;
ALTER TABLE triage ADD COLUMN kind TEXT;
ALTER TABLE triage ADD COLUMN kind_probability REAL;
ALTER TABLE triage ADD COLUMN harm_domain TEXT;
ALTER TABLE triage ADD COLUMN harm_domain_probability REAL;
ALTER TABLE triage ADD COLUMN versions TEXT NOT NULL DEFAULT '{}';
ALTER TABLE triage ADD COLUMN owner TEXT;
ALTER TABLE triage ADD COLUMN message_id TEXT;
ALTER TABLE triage ADD COLUMN outcome TEXT CHECK (outcome IN ('grave', 'not_grave', 'duplicate', 'handled'));
UPDATE triage SET score = probability, reasons = json_array(
    json_object('rule', 'critical', 'words', reason, 'probability', probability)),
  kind = (SELECT c.kind FROM classification c WHERE c.document_id = triage.document_id),
  kind_probability = (SELECT c.kind_probability FROM classification c WHERE c.document_id = triage.document_id),
  harm_domain = (SELECT c.harm_domain FROM classification c WHERE c.document_id = triage.document_id),
  harm_domain_probability =
    (SELECT c.harm_domain_probability FROM classification c WHERE c.document_id = triage.document_id);
CREATE INDEX triage_by_score ON triage (score, document_id);
CREATE INDEX triage_untold ON triage (document_id) WHERE message_id IS NULL;
CREATE TABLE triage_look (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE triage_message (
  message_id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  as_of TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE TABLE triage_event (
  event_id INTEGER PRIMARY KEY,
  document_id TEXT NOT NULL,
  happened_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('closed', 'reopened')),
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX triage_event_by_document ON triage_event (document_id);
ALTER TABLE notification ADD COLUMN triage_id TEXT;
CREATE INDEX notification_by_triage ON notification (triage_id) WHERE triage_id IS NOT NULL;
