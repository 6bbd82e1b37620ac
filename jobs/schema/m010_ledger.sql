ALTER TABLE ledger RENAME TO ledger_before;
CREATE TABLE ledger (
  week TEXT NOT NULL,
  kind TEXT NOT NULL,
  slice TEXT NOT NULL,
  span INTEGER NOT NULL DEFAULT 1,
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
  method TEXT NOT NULL DEFAULT 'uncorrected',
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
  wrongful_per_10k_requests REAL,
  wrongful_per_10k_requests_low REAL,
  wrongful_per_10k_requests_high REAL,
  block_precision REAL,
  block_precision_low REAL,
  block_precision_high REAL,
  customers_per_10k_active REAL,
  seats REAL,
  revenue REAL,
  nowcast REAL,
  nowcast_low REAL,
  nowcast_high REAL,
  change_4w REAL,
  change_4w_low REAL,
  change_4w_high REAL,
  drift TEXT,
  suspected_campaign INTEGER NOT NULL DEFAULT 0,
  sparse INTEGER NOT NULL DEFAULT 0,
  completeness REAL,
  partial INTEGER NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}',
  as_of TEXT NOT NULL,
  PRIMARY KEY (week, kind, slice, span)
) STRICT;
INSERT INTO ledger (week, kind, slice, span, claimed_raw, claimed_unique, reporters, customers, unknown_reporters,
  collapsed, top_reporter_share, effective_reporters, claims_estimated, claims_low, claims_high, correction, method,
  corroborated, adjudicated, wrongful_estimated, wrongful_low, wrongful_high, audited, requests, blocked,
  active_customers, per_10k_requests, per_10k_requests_low, per_10k_requests_high, completeness, partial, detail, as_of)
SELECT week, kind, slice, 1, claimed_raw, claimed_unique, reporters, customers, unknown_reporters,
  collapsed, top_reporter_share, effective_reporters, claims_estimated, claims_low, claims_high, correction,
  CASE WHEN correction LIKE 'adjusted%' THEN 'adjusted counting' ELSE 'uncorrected' END,
  corroborated, adjudicated, wrongful_estimated, wrongful_low, wrongful_high, audited, requests, blocked,
  active_customers, per_10k_requests, per_10k_requests_low, per_10k_requests_high, completeness, partial, detail, as_of
FROM ledger_before;
DROP TABLE ledger_before;
ALTER TABLE ledger_revision RENAME TO ledger_revision_before;
CREATE TABLE ledger_revision (
  week TEXT NOT NULL,
  kind TEXT NOT NULL,
  slice TEXT NOT NULL,
  span INTEGER NOT NULL DEFAULT 1,
  revision INTEGER NOT NULL,
  as_of TEXT NOT NULL,
  claimed_raw INTEGER,
  claimed_unique INTEGER NOT NULL,
  claims_estimated REAL,
  customers INTEGER,
  reason TEXT,
  PRIMARY KEY (week, kind, slice, span, revision)
) STRICT;
INSERT INTO ledger_revision (week, kind, slice, span, revision, as_of, claimed_unique)
SELECT week, kind, slice, 1, revision, as_of, claimed_unique FROM ledger_revision_before;
DROP TABLE ledger_revision_before;
CREATE TABLE ledger_state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
DELETE FROM job_state WHERE job = 'ledger';
