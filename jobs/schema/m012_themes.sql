-- Theme ids outlive fits: a theme has one or more prototypes (unit vectors); people's edits stand beside it.
ALTER TABLE theme ADD COLUMN level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE theme ADD COLUMN quality TEXT NOT NULL DEFAULT '{}';
ALTER TABLE theme ADD COLUMN named_by TEXT NOT NULL DEFAULT 'fit';
ALTER TABLE theme ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE theme ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE theme ADD COLUMN merged_into TEXT;
ALTER TABLE theme ADD COLUMN last_seen TEXT;

CREATE TABLE theme_edit (
  edit_id TEXT PRIMARY KEY,
  action TEXT NOT NULL CHECK (
    action IN ('rename', 'merge', 'split', 'pin', 'unpin', 'mute', 'unmute', 'move', 'must_not_merge')
  ),
  theme_id TEXT NOT NULL REFERENCES theme (theme_id),
  detail TEXT NOT NULL DEFAULT '{}',
  author TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_at TEXT NOT NULL,
  undone_by TEXT,
  undone_at TEXT,
  undone_reason TEXT
) STRICT;

CREATE TABLE theme_prototype (
  theme_id TEXT NOT NULL REFERENCES theme (theme_id),
  number INTEGER NOT NULL,
  centroid BLOB NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('fit', 'merge', 'split', 'novelty')),
  -- Of a person's split: counts while that edit stands.
  edit_id TEXT REFERENCES theme_edit (edit_id),
  -- Documents that were nearest to it at the last fit; 0 where nobody counted.
  documents INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (theme_id, number)
) STRICT;
-- What stood before: a theme's centroid is its only prototype.
INSERT INTO theme_prototype (theme_id, number, centroid, origin)
SELECT theme_id, 0, centroid, 'fit' FROM theme WHERE state IN ('emerging', 'active', 'dormant');

-- Vectors of the teacher, of the few documents that novelty looks at.
CREATE TABLE teacher_vector (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  embedder_version TEXT NOT NULL,
  vector BLOB NOT NULL,
  -- The moment of the run that read it first: a rerun of that moment looks at the same documents.
  read_as_of TEXT NOT NULL
) STRICT;

CREATE TABLE watch_match (
  watchlist TEXT NOT NULL,
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  why TEXT NOT NULL,
  similarity REAL,
  novel INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (watchlist, document_id)
) STRICT;

CREATE TABLE map_point (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  fit_id TEXT NOT NULL,
  x REAL NOT NULL,
  y REAL NOT NULL
) STRICT;

CREATE TABLE map_theme (
  theme_id TEXT PRIMARY KEY REFERENCES theme (theme_id),
  fit_id TEXT NOT NULL,
  x REAL NOT NULL,
  y REAL NOT NULL
) STRICT;

-- The watchlists of the run that matched last; `since`: the moment a query was first run.
CREATE TABLE watchlist (
  watchlist TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  owner TEXT,
  hazard TEXT,
  since TEXT NOT NULL
) STRICT;

-- What the queries saw of a document when they last looked at it: one hash of the document, one of the queries.
CREATE TABLE watch_look (
  document_id TEXT PRIMARY KEY REFERENCES document (document_id) ON DELETE CASCADE,
  seen TEXT NOT NULL,
  queries TEXT NOT NULL
) STRICT;
CREATE INDEX watch_match_by_document ON watch_match (document_id);
