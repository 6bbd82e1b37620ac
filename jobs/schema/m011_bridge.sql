CREATE TABLE classification_before (
  document_id TEXT NOT NULL REFERENCES document (document_id) ON DELETE CASCADE,
  classifier_version TEXT NOT NULL,
  taxonomy_version TEXT NOT NULL,
  kind TEXT,
  harm_domain TEXT NOT NULL,
  PRIMARY KEY (document_id, classifier_version)
) STRICT, WITHOUT ROWID;
CREATE TABLE bridge (
  week TEXT NOT NULL,
  kind TEXT NOT NULL,
  slice TEXT NOT NULL,
  version_before TEXT NOT NULL,
  version_after TEXT NOT NULL,
  taxonomy_before TEXT NOT NULL,
  taxonomy_after TEXT NOT NULL,
  unique_before INTEGER NOT NULL,
  unique_after INTEGER NOT NULL,
  both INTEGER NOT NULL,
  unread_before INTEGER NOT NULL,
  customers INTEGER NOT NULL,
  since TEXT NOT NULL,
  as_of TEXT NOT NULL,
  PRIMARY KEY (week, kind, slice)
) STRICT;
ALTER TABLE ledger_revision ADD COLUMN relabelled INTEGER;
UPDATE ledger_revision SET relabelled = 0;
