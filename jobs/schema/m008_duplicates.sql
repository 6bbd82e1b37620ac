CREATE TABLE duplicate_verdict (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  kept_id TEXT REFERENCES document (document_id) ON DELETE CASCADE,
  verdict TEXT NOT NULL CHECK (verdict IN ('separate', 'same')),
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  CHECK ((verdict = 'same') = (kept_id IS NOT NULL))
) STRICT;
CREATE TABLE id_flag (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  id_type TEXT NOT NULL CHECK (id_type IN ('request', 'decision')),
  value TEXT NOT NULL,
  reporters INTEGER NOT NULL,
  PRIMARY KEY (document_id, id_type)
) STRICT;
CREATE INDEX id_flag_by_value ON id_flag (id_type, value);
CREATE TABLE campaign_document (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  campaign_id TEXT NOT NULL
) STRICT;
CREATE INDEX campaign_document_by_campaign ON campaign_document (campaign_id);
