-- Usage anomalies that were derived from the decision log: documents, what they rest on, and the account of each day.
CREATE TABLE anomaly (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  detector TEXT NOT NULL,
  day TEXT NOT NULL,
  expected_false_a_day REAL,
  decisions_behind INTEGER NOT NULL,
  derived_as_of TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE anomaly_decision (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  decision_id TEXT NOT NULL,
  request_id TEXT,
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX anomaly_decision_by_request ON anomaly_decision (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX anomaly_decision_by_decision ON anomaly_decision (decision_id);
CREATE TABLE anomaly_customer (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  customer TEXT NOT NULL,
  PRIMARY KEY (document_id, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX anomaly_customer_by_customer ON anomaly_customer (customer);
CREATE TABLE anomaly_day (
  day TEXT PRIMARY KEY,
  found INTEGER NOT NULL,
  kept INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX document_by_anomaly ON document (occurred_at DESC, document_id) WHERE stream = 'usage_anomaly';
