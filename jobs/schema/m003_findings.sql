CREATE TABLE series (
  series TEXT PRIMARY KEY,
  stream TEXT NOT NULL,
  title TEXT NOT NULL,
  theme_id TEXT REFERENCES theme (theme_id),
  kind TEXT,
  harm_domain TEXT,
  hazard TEXT NOT NULL,
  rollup TEXT,
  monitored INTEGER NOT NULL,
  smallest_ratio REAL
) STRICT;
CREATE TABLE volume (
  series TEXT NOT NULL REFERENCES series (series) ON DELETE CASCADE,
  day TEXT NOT NULL,
  documents INTEGER NOT NULL,
  unique_documents INTEGER NOT NULL,
  reporters INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  requests REAL,
  expected REAL,
  completeness REAL,
  masked INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (series, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE coverage_change (
  coverage_id TEXT PRIMARY KEY,
  stream TEXT NOT NULL,
  dimension TEXT NOT NULL,
  value TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('gap', 'start', 'stop')),
  day_low TEXT NOT NULL,
  day_high TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;
CREATE TABLE change (
  change_id TEXT PRIMARY KEY,
  series TEXT NOT NULL,
  theme_id TEXT,
  day TEXT NOT NULL,
  day_low TEXT NOT NULL,
  day_high TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('up', 'down')),
  type TEXT NOT NULL,
  ratio REAL,
  ratio_low REAL,
  ratio_high REAL,
  before_mean REAL NOT NULL,
  after_mean REAL NOT NULL,
  p_value REAL,
  q_value REAL,
  score REAL NOT NULL,
  reporters INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  detected_on TEXT,
  ends_on TEXT,
  confirmed INTEGER NOT NULL DEFAULT 1,
  coverage TEXT,
  as_of TEXT NOT NULL,
  explanation TEXT NOT NULL
) STRICT;
CREATE TABLE alert (
  alert_id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  series TEXT NOT NULL,
  theme_id TEXT,
  direction TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'ongoing', 'escalating', 'resolved', 'regressed')),
  type TEXT NOT NULL,
  hazard TEXT NOT NULL,
  title TEXT NOT NULL,
  day TEXT NOT NULL,
  detected_on TEXT NOT NULL,
  owner TEXT NOT NULL,
  members TEXT NOT NULL,
  raised_as_of TEXT NOT NULL,
  updated_as_of TEXT NOT NULL
) STRICT;
CREATE TABLE alert_event (
  event_id INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alert (alert_id),
  happened_at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL,
  UNIQUE (alert_id, happened_at, actor, action)
) STRICT;
CREATE TABLE notification (
  notification_id TEXT PRIMARY KEY,
  alert_id TEXT,
  digest_id TEXT,
  owner TEXT NOT NULL,
  channel TEXT NOT NULL,
  alert_state TEXT,
  onset TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'dead', 'uncertain')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT,
  claimed_at TEXT,
  sent_at TEXT,
  error TEXT
) STRICT;
CREATE TABLE digest (
  digest_id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to TEXT NOT NULL,
  as_of TEXT NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE TABLE ledger (
  week TEXT NOT NULL,
  kind TEXT NOT NULL,
  slice TEXT NOT NULL,
  claimed_raw INTEGER NOT NULL,
  claimed_unique INTEGER NOT NULL,
  reporters INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  unknown_reporters INTEGER NOT NULL,
  collapsed TEXT NOT NULL,
  top_reporter_share REAL,
  effective_reporters REAL,
  claims_estimated REAL,
  claims_low REAL,
  claims_high REAL,
  correction TEXT NOT NULL,
  corroborated INTEGER,
  adjudicated INTEGER,
  wrongful_estimated REAL,
  wrongful_low REAL,
  wrongful_high REAL,
  audited INTEGER,
  requests REAL,
  blocked REAL,
  active_customers REAL,
  per_10k_requests REAL,
  per_10k_requests_low REAL,
  per_10k_requests_high REAL,
  completeness REAL,
  partial INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}',
  as_of TEXT NOT NULL,
  PRIMARY KEY (week, kind, slice)
) STRICT;
CREATE TABLE ledger_revision (
  week TEXT NOT NULL,
  kind TEXT NOT NULL,
  slice TEXT NOT NULL,
  revision INTEGER NOT NULL,
  as_of TEXT NOT NULL,
  claimed_unique INTEGER NOT NULL,
  PRIMARY KEY (week, kind, slice, revision)
) STRICT;
