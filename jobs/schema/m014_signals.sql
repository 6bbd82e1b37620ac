-- Adversarial signals beside volume: every series and signal that could be judged, told or not.
CREATE TABLE signal (
  series TEXT NOT NULL,
  signal TEXT NOT NULL,
  at TEXT NOT NULL CHECK (at IN ('now', 'change')),
  day TEXT NOT NULL,
  days INTEGER NOT NULL,
  theme_id TEXT,
  strength REAL NOT NULL,
  low REAL,
  high REAL,
  denominator INTEGER NOT NULL,
  p_value REAL NOT NULL,
  q_value REAL NOT NULL,
  told INTEGER NOT NULL,
  type TEXT CHECK (type IN ('adversarial_shift', 'campaign')),
  owner TEXT,
  evidence TEXT NOT NULL,
  as_of TEXT NOT NULL,
  PRIMARY KEY (series, signal, at, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX signal_by_theme ON signal (theme_id) WHERE theme_id IS NOT NULL;
CREATE TABLE signal_document (
  series TEXT NOT NULL,
  signal TEXT NOT NULL,
  at TEXT NOT NULL,
  day TEXT NOT NULL,
  position INTEGER NOT NULL,
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  PRIMARY KEY (series, signal, at, day, position)
) STRICT, WITHOUT ROWID;
