CREATE TABLE document (
  document_id TEXT PRIMARY KEY,
  stream TEXT NOT NULL CHECK (stream IN ('feedback', 'usage_anomaly')),
  source TEXT NOT NULL,
  text TEXT NOT NULL,
  claim TEXT NOT NULL,
  received_at TEXT NOT NULL,
  occurred_at TEXT NOT NULL,
  occurred_from TEXT NOT NULL CHECK (occurred_from IN ('decision', 'reported', 'received')),
  ingested_at TEXT NOT NULL,
  customer TEXT,
  reporter TEXT NOT NULL,
  reporter_known INTEGER NOT NULL,
  customer_since TEXT,
  verified INTEGER,
  segments TEXT NOT NULL DEFAULT '{}',
  seats REAL,
  revenue REAL,
  request_id TEXT,
  decision_id TEXT,
  mitigation TEXT,
  url TEXT,
  thread_id TEXT,
  anomaly_type TEXT,
  magnitude REAL,
  attributes TEXT,
  content_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  template TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  redactor_version TEXT NOT NULL
) STRICT;
CREATE INDEX document_by_occurred ON document (stream, occurred_at);
CREATE INDEX document_by_received ON document (received_at);
CREATE INDEX document_by_request ON document (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX document_by_reporter ON document (reporter, received_at);
CREATE INDEX document_by_own_id ON document (substr(document_id, length(source) + 2));
CREATE VIRTUAL TABLE document_fts USING fts5 (text, content='document', content_rowid='rowid');
CREATE TRIGGER document_fts_insert AFTER INSERT ON document BEGIN
  INSERT INTO document_fts (rowid, text) VALUES (new.rowid, new.text);
END;
CREATE TRIGGER document_fts_delete AFTER DELETE ON document BEGIN
  INSERT INTO document_fts (document_fts, rowid, text) VALUES ('delete', old.rowid, old.text);
END;
CREATE TRIGGER document_fts_update AFTER UPDATE OF text ON document BEGIN
  INSERT INTO document_fts (document_fts, rowid, text) VALUES ('delete', old.rowid, old.text);
  INSERT INTO document_fts (rowid, text) VALUES (new.rowid, new.text);
END;
CREATE TABLE span (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('redaction', 'boilerplate')),
  name TEXT NOT NULL,
  PRIMARY KEY (document_id, type, start, end, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE entity (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (document_id, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_by_value ON entity (name, value);
CREATE TABLE input_file (
  file_hash TEXT NOT NULL,
  input TEXT NOT NULL,
  mapping_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  mapping TEXT NOT NULL,
  options TEXT NOT NULL,
  first_ingested_at TEXT NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  rows_in INTEGER NOT NULL DEFAULT 0,
  rows_new INTEGER NOT NULL DEFAULT 0,
  rows_same INTEGER NOT NULL DEFAULT 0,
  rows_quarantined INTEGER NOT NULL DEFAULT 0,
  next_line INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (file_hash, input, mapping_hash)
) STRICT;
CREATE TABLE quarantine (
  file_hash TEXT NOT NULL,
  line INTEGER NOT NULL,
  input TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  quarantined_at TEXT NOT NULL,
  PRIMARY KEY (file_hash, input, line)
) STRICT;
CREATE TABLE exposure (
  day TEXT NOT NULL,
  mitigation TEXT NOT NULL,
  segments TEXT NOT NULL DEFAULT '{}',
  requests REAL,
  blocked REAL,
  customers REAL,
  PRIMARY KEY (day, mitigation, segments)
) STRICT;
CREATE TABLE decision (
  decision_id TEXT PRIMARY KEY,
  decided_at TEXT NOT NULL,
  mitigation TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('allow', 'flag', 'block', 'downgrade')),
  request_id TEXT,
  conversation_id TEXT,
  version TEXT,
  score REAL,
  threshold REAL,
  customer TEXT,
  use_case TEXT,
  language TEXT,
  excerpt TEXT,
  segments TEXT NOT NULL DEFAULT '{}',
  truth TEXT CHECK (truth IN ('harmful', 'benign')),
  truth_source TEXT,
  inclusion_probability REAL
) STRICT;
CREATE INDEX decision_by_request ON decision (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX decision_by_truth ON decision (mitigation, decided_at) WHERE truth IS NOT NULL;
CREATE TABLE decision_day (
  day TEXT NOT NULL,
  mitigation TEXT NOT NULL,
  version TEXT NOT NULL,
  action TEXT NOT NULL,
  segments TEXT NOT NULL DEFAULT '{}',
  decisions INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  threshold_low REAL,
  threshold_high REAL,
  PRIMARY KEY (day, mitigation, version, action, segments)
) STRICT;
CREATE TABLE document_decision (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  decision_id TEXT REFERENCES decision (decision_id),
  agrees INTEGER NOT NULL,
  contradiction TEXT
) STRICT;
CREATE TABLE appeal (
  appeal_id TEXT PRIMARY KEY,
  filed_at TEXT NOT NULL,
  decision_id TEXT,
  request_id TEXT,
  customer TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('upheld', 'overturned', 'open')),
  closed_at TEXT,
  text TEXT
) STRICT;
CREATE TABLE label (
  label_id TEXT PRIMARY KEY,
  document_id TEXT,
  decision_id TEXT,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  labeller TEXT NOT NULL,
  labelled_at TEXT NOT NULL,
  inclusion_probability REAL
) STRICT;
CREATE INDEX label_by_document ON label (document_id, field);
