-- Ten weeks of feedback to Tuesday 2026-03-10: over-blocks of cyber rise from 2026-02-23 after a release; one
-- reporter floods on 2026-02-11; a theme with a hostile name; a critical biological alert; two owners.
INSERT INTO mitigation (mitigation_id, name, harm_domain, owner, thresholds) VALUES
  ('cyber-guard', 'Cyber guard', 'cyber', 'cyber-team', '{}'),
  ('bio-guard', 'Biology guard', 'biological', 'bio-team', '{}');
INSERT INTO owner (owner_id, name, channels, cadence, budget, urgent) VALUES
  ('bio-team', 'Biology safeguards', '[{"type":"file","path":"digests/bio"}]', 'daily', 1.0, NULL),
  ('cyber-team', 'Cyber safeguards', '[{"type":"file","path":"digests"}]', 'weekly', 1.0, NULL);
INSERT INTO release (release_id, mitigation, released_on, version, note, declared)
  VALUES ('cyber-4', 'cyber-guard', '2026-02-23', '4.0', 'lower threshold', 1);
INSERT INTO theme_fit (fit_id, stream, fitted_as_of, documents, embedder_version, threshold, coverage, parameters)
  VALUES ('f1', 'feedback', '2026-03-10T00:00:00Z', 400, 'e1', 0.6, 0.9, '{}');
INSERT INTO theme (theme_id, stream, name, phrases, state, parent_id, centroid, fit_id, born_on, exemplars) VALUES
  ('T0001', 'feedback', 'Exploit analysis refused', '[]', 'active', NULL, zeroblob(8), 'f1', '2026-01-05', '[]'),
  ('T0002', 'feedback', '<img src=x onerror=alert(1)> [free](https://evil.example) @channel', '[]', 'active', NULL,
   zeroblob(8), 'f1', '2026-01-05', '[]'),
  ('T0003', 'feedback', 'Culture protocols', '[]', 'active', NULL, zeroblob(8), 'f1', '2026-01-05', '[]');
CREATE TEMP TABLE filing AS
  WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 449)
  SELECT i, printf('d%04d', i) AS document_id,
    date('2026-01-05', '+' || CASE WHEN i < 300 THEN i * 65 / 300 WHEN i < 420 THEN 49 + (i - 300) * 16 / 120
      ELSE 37 END || ' days') AS day,
    CASE WHEN i >= 420 THEN 1 WHEN i >= 300 THEN 1 ELSE i % 4 END AS theme
  FROM n;
INSERT INTO document (document_id, stream, source, text, claim, received_at, occurred_at, occurred_from, ingested_at, customer, reporter,
    reporter_known, customer_since, verified, segments, seats, revenue, request_id, decision_id, mitigation, url, thread_id,
    anomaly_type, magnitude, attributes, content_hash, fingerprint, template, file_hash, redactor_version)
  SELECT document_id, 'feedback', 'desk', c.claim || ' Case ' || i, c.claim || ' Case ' || i,
    day || 'T' || printf('%02d:00:00Z', i % 24), date(day, '-' || (i % 2) || ' days') || 'T' || printf('%02d:00:00Z', i % 24),
    'reported', '2026-03-10T20:00:00Z', CASE WHEN i % 10 = 0 THEN NULL ELSE 'c' || (i % 90) END,
    CASE WHEN i >= 420 THEN 'tool' ELSE 'r' || (i % 120) END, i % 10 > 0, NULL, NULL,
    json_object('plan', CASE i % 3 WHEN 0 THEN 'free' WHEN 1 THEN 'pro' END), NULL, NULL, NULL, NULL,
    CASE theme WHEN 1 THEN 'cyber-guard' WHEN 3 THEN 'bio-guard' END, NULL, NULL, NULL, NULL, NULL,
    'h' || i, 'f' || i, CASE WHEN i >= 420 THEN 'flood' ELSE 't' || i END, 'file', 'redact-1'
  FROM filing JOIN (
    SELECT 0 AS theme, 'Please add a darker colour scheme to the editor.' AS claim
    UNION ALL SELECT 1, 'My exploit analysis for work was refused by the filter.'
    UNION ALL SELECT 2, 'Charged twice <img src=x onerror=alert(1)> see [refund](https://evil.example) @channel'
    UNION ALL SELECT 3, 'SECRETPROTOCOL was answered in full by the assistant.') c USING (theme);
INSERT INTO classification (document_id, language, kind, kind_probability, harm_domain, harm_domain_probability, use_case,
    use_case_probability, severity, severity_probability, hazard, facets, abstained, classifier_version, taxonomy_version)
  SELECT document_id, 'en', CASE theme WHEN 0 THEN 'feature_request' WHEN 1 THEN 'over_block' WHEN 2 THEN 'billing'
    ELSE 'under_block' END, 0.9, CASE theme WHEN 1 THEN 'cyber' WHEN 3 THEN 'biological' ELSE 'none' END, 0.9,
    'unknown', 0.5, 1, 0.6, CASE theme WHEN 3 THEN 'critical' WHEN 1 THEN 'elevated' ELSE 'low' END, '[]', '[]', 'c1', 't1'
  FROM filing;
INSERT INTO assignment (document_id, theme_id, similarity, fit_id)
  SELECT document_id, CASE WHEN theme > 0 THEN 'T000' || theme END, 0.7, 'f1' FROM filing;
INSERT INTO duplicate (document_id, kept_id, rule) SELECT document_id, 'd0420', 'template' FROM filing WHERE i > 420;
INSERT INTO decision (decision_id, decided_at, mitigation, action, request_id, conversation_id, version, score, threshold, customer,
    use_case, language, excerpt, segments, truth, truth_source, inclusion_probability)
  SELECT 'x' || i, day || 'T01:00:00Z', 'cyber-guard', 'block', 'q' || i, NULL, '4.0', 0.9, 0.8, NULL, NULL, NULL,
    NULL, json_object('plan', 'pro'), CASE WHEN i % 4 = 0 THEN 'benign' ELSE 'harmful' END, 'audit', 0.5
  FROM filing WHERE i % 3 = 0;
INSERT INTO document_decision (document_id, decision_id, agrees, contradiction)
  SELECT document_id, 'x' || i, 1, NULL FROM filing WHERE i % 3 = 0 AND theme = 1;
INSERT INTO decision_day (day, mitigation, version, action, segments, decisions, customers, threshold_low, threshold_high)
  SELECT day, 'cyber-guard', '4.0', 'block', '{"plan":"pro"}', 20, 15, 0.8, 0.8 FROM filing GROUP BY day;
INSERT INTO exposure (day, mitigation, segments, requests, blocked, customers)
  SELECT day, m.column1, '{}', 40000, 20, 900
  FROM (SELECT DISTINCT day FROM filing) JOIN (VALUES ('all'), ('cyber-guard')) m;
INSERT INTO series (series, stream, title, theme_id, kind, harm_domain, hazard, rollup, monitored) VALUES
  ('feedback/total', 'feedback', 'all feedback', NULL, NULL, NULL, 'low', NULL, 1),
  ('feedback/kind=over_block', 'feedback', 'over-block', NULL, 'over_block', NULL, 'elevated', 'feedback/total', 1),
  ('feedback/theme=T0001', 'feedback', 'Exploit analysis refused', 'T0001', 'over_block', 'cyber', 'elevated', 'feedback/total', 1),
  ('feedback/theme=T0002', 'feedback', '<img src=x onerror=alert(1)> [free](https://evil.example) @channel', 'T0002',
   'billing', 'none', 'low', 'feedback/total', 1),
  ('feedback/theme=T0003', 'feedback', 'Culture protocols', 'T0003', 'under_block', 'biological', 'critical', 'feedback/total', 1);
INSERT INTO volume (series, day, documents, unique_documents, reporters, customers, requests, expected, completeness, masked)
  SELECT s.series, f.day, count(*), count(*), count(DISTINCT f.i % 120), count(DISTINCT f.i % 90), 40000, 2.0,
    CASE WHEN f.day >= '2026-03-09' THEN 0.7 ELSE 1.0 END, 0
  FROM series s JOIN filing f ON s.theme_id IS NULL OR s.theme_id = 'T000' || f.theme GROUP BY 1, 2;
INSERT INTO coverage_change (coverage_id, stream, dimension, value, type, day_low, day_high, evidence) VALUES
  ('cov1', 'feedback', 'source', '<b>app</b>', 'gap', '2026-03-05', '2026-03-06', '{}');
INSERT INTO change (change_id, series, theme_id, day, day_low, day_high, direction, type, ratio, ratio_low, ratio_high,
  before_mean, after_mean, p_value, q_value, score, reporters, customers, detected_on, ends_on, as_of, explanation) VALUES
  ('ch1', 'feedback/theme=T0001', 'T0001', '2026-02-23', '2026-02-22', '2026-02-25', 'up', 'step', 4.31, 3.2, 5.7,
   1.6, 6.9, 0.0001, 0.0004, 40, 88, 71, '2026-02-27', NULL, '2026-03-10T20:00:00Z',
   '{"reads":["Exploit analysis refused rose ×4.31 (95 % interval 3.2 to 5.7), from 1.6 to 6.9 reporters a day.","Carried by plan pro (62 % of it). Words that came with it: [exploit](https://evil.example)."]}'),
  ('ch2', 'feedback/theme=T0002', 'T0002', '2026-03-01', '2026-02-27', '2026-03-02', 'up', 'birth', NULL, NULL, NULL,
   0.0, 2.2, 0.001, 0.01, 12, 21, 19, '2026-03-03', NULL, '2026-03-10T20:00:00Z', '{}'),
  ('ch3', 'feedback/theme=T0003', 'T0003', '2026-03-02', '2026-03-01', '2026-03-04', 'up', 'step', 2.6, 1.7, 4.0,
   1.1, 2.9, 0.001, 0.01, 14, 22, 18, '2026-03-05', NULL, '2026-03-10T20:00:00Z', '{"reads":[]}');
INSERT INTO alert (alert_id, fingerprint, series, theme_id, direction, state, type, hazard, title, day, detected_on, owner, members,
    raised_as_of, updated_as_of) VALUES
  ('A1', 'fp1', 'feedback/theme=T0001', 'T0001', 'up', 'new', 'step', 'elevated', 'Exploit analysis refused ×4.31',
   '2026-02-23', '2026-02-27', 'cyber-team', '[]', '2026-03-10T20:00:00Z', '2026-03-10T20:00:00Z'),
  ('A2', 'fp2', 'feedback/theme=T0002', 'T0002', 'up', 'escalating', 'birth', 'low',
   '<img src=x onerror=alert(1)> [free](https://evil.example) @channel', '2026-03-01', '2026-03-03', 'cyber-team', '[]',
   '2026-03-10T20:00:00Z', '2026-03-10T20:00:00Z'),
  ('A3', 'fp3', 'feedback/theme=T0003', 'T0003', 'up', 'new', 'step', 'critical', 'Culture protocols ×2.6',
   '2026-03-02', '2026-03-05', 'bio-team', '[]', '2026-03-10T20:00:00Z', '2026-03-10T20:00:00Z'),
  ('A4', 'fp4', 'feedback/kind=over_block', NULL, 'up', 'ongoing', 'step', 'elevated', 'over-block ×1.9',
   '2026-02-24', '2026-02-28', 'cyber-team', '[]', '2026-03-10T20:00:00Z', '2026-03-10T20:00:00Z');
INSERT INTO silence (silence_id, matcher, until, reason, author, created_at) VALUES
  ('s1', '{"kind":"praise"}', '2026-04-01', 'campaign [x](y)', 'jo', '2026-03-01T00:00:00Z'),
  ('s0', '{"kind":"billing"}', '2026-01-01', 'over', 'jo', '2025-12-01T00:00:00Z');
