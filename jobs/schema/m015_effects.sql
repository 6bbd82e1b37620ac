-- What the decision log shows of releases, what releases did, and what came of actions on alerts.
CREATE TABLE decision_setting (
  day TEXT NOT NULL,
  mitigation TEXT NOT NULL,
  version TEXT NOT NULL,
  threshold REAL,
  decisions INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_setting_by_month ON decision_setting (mitigation, day);
-- A cell that holds several thresholds does not say how many decisions had which: half and half until it is read again.
INSERT INTO decision_setting
SELECT day, mitigation, version, threshold, sum(decisions) FROM (
  SELECT day, mitigation, version, threshold_low AS threshold,
    CASE WHEN threshold_low = threshold_high OR threshold_low IS NULL THEN decisions ELSE (decisions + 1) / 2 END
      AS decisions
  FROM decision_day
  UNION ALL
  SELECT day, mitigation, version, threshold_high, decisions / 2 FROM decision_day WHERE threshold_low < threshold_high
) GROUP BY day, mitigation, version, threshold HAVING sum(decisions) > 0;
CREATE TABLE release_seen (
  mitigation TEXT NOT NULL,
  first_day TEXT NOT NULL,
  version TEXT NOT NULL,
  release_id TEXT NOT NULL,
  type TEXT NOT NULL,
  half_on TEXT,
  whole_on TEXT,
  until TEXT,
  share REAL NOT NULL,
  rollback INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  as_of TEXT NOT NULL,
  PRIMARY KEY (mitigation, first_day, version)
) STRICT;
CREATE INDEX release_seen_by_release ON release_seen (release_id);
CREATE TABLE release_effect (
  release_id TEXT NOT NULL,
  measure TEXT NOT NULL,
  mitigation TEXT NOT NULL,
  day TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('improved', 'worsened', 'no detectable effect', 'cannot tell')),
  moved TEXT NOT NULL CHECK (moved IN ('up', 'down', 'no', 'unknown')),
  ratio REAL,
  ratio_low REAL,
  ratio_high REAL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  as_of TEXT NOT NULL,
  PRIMARY KEY (release_id, measure)
) STRICT;
CREATE TABLE effect_check (
  alert_id TEXT PRIMARY KEY REFERENCES alert (alert_id),
  action TEXT NOT NULL,
  closed_on TEXT NOT NULL,
  onset TEXT NOT NULL,
  checked_as_of TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('improved', 'worsened', 'no detectable effect', 'cannot tell')),
  ratio REAL,
  ratio_low REAL,
  ratio_high REAL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
