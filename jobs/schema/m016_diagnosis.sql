-- What the last run found of each mitigation, whole: the page, the API and the board read it as it is.
CREATE TABLE diagnosis (
  mitigation TEXT PRIMARY KEY,
  as_of TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
