CREATE TABLE mitigation (mitigation_id TEXT PRIMARY KEY, name TEXT NOT NULL, harm_domain TEXT NOT NULL,
  owner TEXT NOT NULL, thresholds TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE release (release_id TEXT PRIMARY KEY, mitigation TEXT NOT NULL, released_on TEXT NOT NULL,
  version TEXT, note TEXT NOT NULL DEFAULT '', declared INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE owner (owner_id TEXT PRIMARY KEY, name TEXT NOT NULL, channels TEXT NOT NULL,
  cadence TEXT NOT NULL, budget REAL NOT NULL, urgent TEXT) STRICT;
CREATE TABLE calendar (calendar_id TEXT PRIMARY KEY, type TEXT NOT NULL, day_from TEXT NOT NULL,
  day_to TEXT NOT NULL, note TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE silence (silence_id TEXT PRIMARY KEY, matcher TEXT NOT NULL, until TEXT NOT NULL,
  reason TEXT NOT NULL, author TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE api_key (key_id TEXT PRIMARY KEY, key_hash TEXT NOT NULL UNIQUE, holder TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'analyst', 'owner', 'pm')), scope TEXT,
  created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT, last_used_at TEXT) STRICT;
CREATE TABLE reveal (reveal_id INTEGER PRIMARY KEY, document_id TEXT NOT NULL, actor TEXT NOT NULL,
  reason TEXT NOT NULL, revealed_at TEXT NOT NULL) STRICT;
CREATE TABLE request_once (idempotency_key TEXT NOT NULL, actor TEXT NOT NULL, body_hash TEXT NOT NULL,
  status INTEGER NOT NULL, response TEXT NOT NULL, created_at TEXT NOT NULL,
  PRIMARY KEY (idempotency_key, actor)) STRICT;
CREATE TABLE job_run (
  run_id TEXT PRIMARY KEY,
  job TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  as_of TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'skipped')),
  rows_in INTEGER NOT NULL DEFAULT 0,
  rows_out INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  collapsed INTEGER NOT NULL DEFAULT 0,
  versions TEXT NOT NULL DEFAULT '{}',
  seconds REAL,
  error TEXT
) STRICT;
CREATE INDEX job_run_by_job ON job_run (job, started_at);
CREATE TABLE job_state (
  job TEXT PRIMARY KEY,
  input_hash TEXT NOT NULL,
  run_id TEXT NOT NULL,
  as_of TEXT
) STRICT;
