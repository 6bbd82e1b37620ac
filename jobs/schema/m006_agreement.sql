CREATE TABLE agreement (
  as_of TEXT NOT NULL,
  embedder_version TEXT NOT NULL,
  claims INTEGER NOT NULL,
  cosine REAL NOT NULL,
  PRIMARY KEY (as_of, embedder_version)
) STRICT;
