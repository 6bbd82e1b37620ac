CREATE TABLE vector (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  embedder_version TEXT NOT NULL,
  vector BLOB NOT NULL
) STRICT;
CREATE TABLE classification (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  language TEXT NOT NULL,
  kind TEXT,
  kind_probability REAL,
  harm_domain TEXT NOT NULL,
  harm_domain_probability REAL NOT NULL,
  use_case TEXT,
  use_case_probability REAL,
  severity INTEGER,
  severity_probability REAL,
  hazard TEXT NOT NULL CHECK (hazard IN ('low', 'elevated', 'critical')),
  facets TEXT NOT NULL DEFAULT '[]',
  abstained TEXT NOT NULL DEFAULT '[]',
  classifier_version TEXT NOT NULL,
  taxonomy_version TEXT NOT NULL
) STRICT;
CREATE INDEX classification_by_kind ON classification (kind, harm_domain);
CREATE TABLE duplicate (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  kept_id TEXT NOT NULL REFERENCES document (document_id),
  rule TEXT NOT NULL
) STRICT;
CREATE INDEX duplicate_by_kept ON duplicate (kept_id);
CREATE TABLE triage (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  probability REAL NOT NULL,
  raised_at TEXT NOT NULL,
  closed_at TEXT,
  closed_by TEXT,
  close_reason TEXT
) STRICT;
CREATE TABLE theme_fit (
  fit_id TEXT PRIMARY KEY,
  stream TEXT NOT NULL,
  fitted_as_of TEXT NOT NULL,
  documents INTEGER NOT NULL,
  embedder_version TEXT NOT NULL,
  threshold REAL NOT NULL,
  coverage REAL NOT NULL,
  parameters TEXT NOT NULL
) STRICT;
CREATE TABLE theme (
  theme_id TEXT PRIMARY KEY,
  stream TEXT NOT NULL,
  name TEXT NOT NULL,
  phrases TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('emerging', 'active', 'dormant', 'merged', 'retired')),
  parent_id TEXT REFERENCES theme (theme_id),
  centroid BLOB NOT NULL,
  fit_id TEXT NOT NULL REFERENCES theme_fit (fit_id),
  born_on TEXT NOT NULL,
  exemplars TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE theme_event (
  theme_id TEXT NOT NULL REFERENCES theme (theme_id),
  fit_id TEXT NOT NULL,
  event TEXT NOT NULL,
  happened_as_of TEXT NOT NULL,
  author TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (theme_id, fit_id, event)
) STRICT;
CREATE TABLE assignment (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  theme_id TEXT REFERENCES theme (theme_id),
  similarity REAL NOT NULL,
  fit_id TEXT NOT NULL REFERENCES theme_fit (fit_id)
) STRICT;
CREATE INDEX assignment_by_theme ON assignment (theme_id);
