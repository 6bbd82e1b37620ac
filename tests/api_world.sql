-- A small workspace for the tests of API and dashboard: 17 weeks to 2026-03-31, an over-block wave from
-- 2026-03-09 after a release, a hostile theme name, withheld documents, a flood collapsed to one.
INSERT INTO mitigation (mitigation_id, name, harm_domain, owner, thresholds) VALUES
  ('cyber-classifier', 'Cyber classifier', 'cyber', 'safeguards-cyber', '{"block":0.8}'),
  ('bio-filter', 'Biology filter', 'biological', 'safeguards-bio', '{}');
INSERT INTO owner (owner_id, name, channels, cadence, budget, urgent) VALUES
  ('safeguards-cyber', 'Cyber safeguards', '["file"]', 'weekly', 1.0, NULL),
  ('safeguards-bio', 'Biology safeguards', '["file"]', 'daily', 1.0, NULL);
INSERT INTO release (release_id, mitigation, released_on, version, note, declared) VALUES
  ('cyber-v13', 'cyber-classifier', '2026-03-09', 'v13', 'lower block threshold', 1),
  ('bio-v4', 'bio-filter', '2026-01-20', 'v4', '', 1);
INSERT INTO calendar (calendar_id, type, day_from, day_to, note) VALUES ('spring', 'launch', '2026-02-02', '2026-02-03', 'new plan');
INSERT INTO theme_fit (fit_id, stream, fitted_as_of, documents, embedder_version, threshold, coverage, parameters) VALUES
  ('f1', 'feedback', '2026-03-30T00:00:00Z', 900, 'student-1', 0.61, 0.92, '{}'),
  ('f2', 'usage_anomaly', '2026-03-30T00:00:00Z', 120, 'student-1', 0.61, 0.9, '{}');
INSERT INTO theme (theme_id, stream, name, phrases, state, parent_id, centroid, fit_id, born_on, exemplars) VALUES
  ('T0001', 'feedback', 'Verified researchers still blocked on vulnerability analysis',
   '["vulnerability analysis","still blocked","verified researcher","exploit"]', 'active', NULL, zeroblob(8),
   'f1', '2025-12-08', '["d0011","d0710","d0716","d0722"]'),
  ('T0002', 'feedback', 'Chat history vanished after the update',
   '["history vanished","after update"]', 'active', NULL, zeroblob(8), 'f1', '2025-12-08', '["d0002","d0008"]'),
  ('T0003', 'feedback', '<script>document.title="owned"</script><img src=x onerror="document.title=''owned''">',
   '["<b>bold</b>","=cmd|calc"]', 'emerging', NULL, zeroblob(8), 'f1', '2026-02-10', '["d0003","d0903"]'),
  ('T0004', 'feedback', 'Charged twice for one month', '["charged twice","refund"]', 'active', NULL,
   zeroblob(8), 'f1', '2025-12-08', '["d0004"]'),
  ('T0005', 'feedback', 'Pathogen questions refused in class', '["pathogen","class"]', 'dormant', NULL,
   zeroblob(8), 'f1', '2025-12-20', '["d0005"]'),
  ('T0006', 'usage_anomaly', 'Encoded prompts after a block', '["base64","encoded"]', 'active', NULL,
   zeroblob(8), 'f2', '2026-01-05', '["d1005"]');
INSERT INTO theme_event (theme_id, fit_id, event, happened_as_of, author, detail) VALUES
  ('T0001', 'f0', 'born', '2025-12-08T00:00:00Z', 'fit', '{"documents":31}'),
  ('T0001', 'f1', 'matched', '2026-03-30T00:00:00Z', 'fit', '{"similarity":0.97}'),
  ('T0003', 'f1', 'born', '2026-02-10T00:00:00Z', 'fit', '{"note":"<i>from</i> T0001"}');
-- Document n: day by n; from n = 700 on (2026-03-09) five in six belong to the wave.
CREATE TEMP TABLE seed AS
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
  SELECT i, printf('d%04d', i) AS document_id,
    CASE WHEN i > 1000 THEN 'usage_anomaly' ELSE 'feedback' END AS stream,
    CASE WHEN i > 1000 THEN (i - 1000) WHEN i < 700 THEN i * 91 / 700 ELSE 91 + (i - 700) * 23 / 301 END AS offset_,
    CASE WHEN i > 1000 THEN 6 WHEN i >= 700 AND i % 6 > 0 AND i % 6 <> 3 THEN 1
      WHEN i % 6 = 0 THEN 0 ELSE i % 6 END AS theme
  FROM n;
CREATE TEMP TABLE filing AS
  SELECT s.*, date('2025-12-08', '+' || offset_ || ' days') AS day,
    printf('%02d:%02d:00Z', 6 + (i * 7) % 14, (i * 13) % 60) AS time
  FROM seed s;
INSERT INTO document (document_id, stream, source, text, claim, received_at, occurred_at, occurred_from, ingested_at,
    customer, reporter, reporter_known, customer_since, verified, segments, seats, revenue, request_id, decision_id,
    mitigation, url, thread_id, anomaly_type, magnitude, attributes, content_hash, fingerprint, template, file_hash,
    redactor_version)
  SELECT document_id, stream, CASE WHEN stream = 'usage_anomaly' THEN 'gateway'
      WHEN i % 4 = 0 THEN 'app' WHEN i % 9 = 0 THEN 'forum' ELSE 'tickets' END,
    c.claim || CASE WHEN i % 5 = 0 THEN char(10) || 'Environment: web, <OS_1>' ELSE '' END, c.claim,
    day || 'T' || time, day || 'T' || time, CASE WHEN i % 3 = 0 THEN 'decision' ELSE 'received' END,
    '2026-03-31T19:00:00Z', CASE WHEN i % 8 = 0 THEN NULL ELSE printf('c%03d', (i * 17) % 211) END,
    printf('r%03d', (i * 17) % 263), i % 8 > 0, NULL, i % 2,
    json_object('plan', CASE WHEN theme = 1 AND i % 3 > 0 THEN 'team' WHEN i % 2 THEN 'free' ELSE 'pro' END,
      'locale', CASE i % 7 WHEN 0 THEN 'de' WHEN 1 THEN 'ja' ELSE 'en' END),
    NULL, NULL, CASE WHEN i % 3 = 0 THEN 'req-' || i END, CASE WHEN i % 3 = 0 THEN 'dec-' || i END,
    CASE theme WHEN 1 THEN 'cyber-classifier' WHEN 5 THEN 'bio-filter' WHEN 6 THEN 'cyber-classifier' END,
    NULL, NULL, CASE WHEN stream = 'usage_anomaly' THEN 'probing' END,
    CASE WHEN stream = 'usage_anomaly' THEN 3.0 END, NULL, 'h' || i, 'f' || i, 't' || (i % 12), 'file1', 'redact-1'
  FROM filing JOIN (
    SELECT 0 AS theme, 'The answer was fine but I would like a darker colour scheme.' AS claim
    UNION ALL SELECT 1, 'I am a verified security researcher and my vulnerability analysis is still blocked after the review by <PERSON_1>.'
    UNION ALL SELECT 2, 'All my chat history vanished after the update and support does not answer.'
    UNION ALL SELECT 3, '=HYPERLINK("http://evil.example","x") <script>document.title="owned"</script> blocked my <b>filter</b> & more'
    UNION ALL SELECT 4, 'I was charged twice for one month and want a refund.'
    UNION ALL SELECT 5, 'My pathogen question for class was refused.'
    UNION ALL SELECT 6, 'Burst of encoded prompts after a block.') c USING (theme);
INSERT INTO span (document_id, start, end, type, name)
  SELECT document_id, instr(text, char(10)) - 1, length(text), 'boilerplate', 'environment'
  FROM document WHERE instr(text, char(10)) > 0;
INSERT INTO span (document_id, start, end, type, name) SELECT document_id, instr(text, '<PERSON_1>') - 1, instr(text, '<PERSON_1>') + 9, 'redaction', 'PERSON'
  FROM document WHERE instr(text, '<PERSON_1>') > 0;
INSERT INTO entity (document_id, name, value) SELECT document_id, 'request_id', request_id FROM document WHERE request_id IS NOT NULL;
INSERT INTO decision (decision_id, decided_at, mitigation, action, request_id, conversation_id, version, score, threshold,
    customer, use_case, language, excerpt, segments, truth, truth_source, inclusion_probability) SELECT decision_id, occurred_at, coalesce(mitigation, 'cyber-classifier'),
    CASE WHEN rowid % 2 THEN 'block' ELSE 'flag' END, request_id, NULL, 'v13', 0.83, 0.8, customer, NULL, 'en',
    'a <i>redacted</i> excerpt', '{}', CASE WHEN rowid % 5 = 0 THEN 'benign' END, NULL, NULL
  FROM document WHERE decision_id IS NOT NULL;
INSERT INTO document_decision (document_id, decision_id, agrees, contradiction) SELECT document_id, decision_id, 1, NULL FROM document WHERE decision_id IS NOT NULL;
-- The last document is not classified yet; theme 5 is of critical hazard.
INSERT INTO classification (document_id, language, kind, kind_probability, harm_domain, harm_domain_probability, use_case,
    use_case_probability, severity, severity_probability, hazard, facets, abstained, classifier_version,
    taxonomy_version)
  SELECT document_id, CASE i % 7 WHEN 0 THEN 'de' ELSE 'en' END,
    CASE theme WHEN 0 THEN 'feature_request' WHEN 2 THEN 'reliability' WHEN 4 THEN 'billing' WHEN 6 THEN NULL
      ELSE 'over_block' END, CASE WHEN theme < 6 THEN 0.6 + (i % 40) / 100.0 END,
    CASE theme WHEN 1 THEN 'cyber' WHEN 3 THEN 'cyber' WHEN 5 THEN 'biological' WHEN 6 THEN 'cyber' ELSE 'none' END,
    0.7 + (i % 30) / 100.0, 'unknown', 0.5, i % 4, 0.6,
    CASE theme WHEN 5 THEN 'critical' WHEN 1 THEN 'elevated' ELSE 'low' END, '["repeat_report"]',
    CASE WHEN i % 20 = 0 THEN '["use_case"]' ELSE '[]' END, 'classifier-1', 'taxonomy-1'
  FROM filing WHERE i <> 999;
INSERT INTO assignment (document_id, theme_id, similarity, fit_id)
  SELECT document_id, CASE WHEN theme = 0 THEN NULL ELSE printf('T%04d', theme) END, 0.7,
    CASE WHEN theme = 6 THEN 'f2' ELSE 'f1' END FROM filing WHERE i <> 999;
INSERT INTO duplicate (document_id, kept_id, rule) SELECT document_id, 'd0710', 'template' FROM filing
  WHERE i BETWEEN 712 AND 760 AND theme = 1 AND i % 4 = 0;
INSERT INTO series (series, stream, title, theme_id, kind, harm_domain, hazard, rollup, monitored) VALUES
  ('feedback/total', 'feedback', 'All feedback', NULL, NULL, NULL, 'low', NULL, 1),
  ('feedback/unassigned', 'feedback', 'Unassigned feedback', NULL, NULL, NULL, 'low', 'feedback/total', 1),
  ('feedback/kind=over_block', 'feedback', 'Over-block claims', NULL, 'over_block', NULL, 'elevated', 'feedback/total', 1),
  ('feedback/kind=billing', 'feedback', 'Billing', NULL, 'billing', NULL, 'low', 'feedback/total', 1),
  ('usage_anomaly/total', 'usage_anomaly', 'All usage anomalies', NULL, NULL, NULL, 'elevated', NULL, 1);
INSERT INTO series (series, stream, title, theme_id, kind, harm_domain, hazard, rollup, monitored) SELECT stream || '/theme=' || theme_id, stream, name, theme_id, NULL, NULL,
    CASE theme_id WHEN 'T0005' THEN 'critical' WHEN 'T0001' THEN 'elevated' ELSE 'low' END, stream || '/total', 1
  FROM theme;
INSERT INTO volume (series, day, documents, unique_documents, reporters, customers, requests, expected, completeness, masked)
  WITH RECURSIVE calendar_day(day) AS (
    SELECT '2025-12-08' UNION ALL SELECT date(day, '+1 day') FROM calendar_day WHERE day < '2026-03-31'),
  member AS (
    SELECT s.series, d.*, date(d.occurred_at) AS day, u.document_id IS NULL AS kept FROM document d
    LEFT JOIN classification c USING (document_id) LEFT JOIN assignment a USING (document_id)
    LEFT JOIN duplicate u USING (document_id)
    JOIN series s ON s.stream = d.stream AND (s.series LIKE '%/total' OR s.theme_id = a.theme_id OR s.kind = c.kind
      OR (s.series LIKE '%/unassigned' AND a.document_id IS NOT NULL AND a.theme_id IS NULL)))
  SELECT s.series, k.day, count(m.document_id), coalesce(sum(m.kept), 0),
    count(DISTINCT CASE WHEN m.kept THEN m.reporter END), count(DISTINCT CASE WHEN m.kept THEN m.customer END),
    CASE WHEN s.stream = 'feedback' THEN 40000 END, CASE WHEN s.series = 'feedback/theme=T0001' THEN 1.7 END,
    CASE WHEN k.day > '2026-03-28' THEN 0.6 ELSE 1.0 END, k.day BETWEEN '2026-01-12' AND '2026-01-13'
  FROM series s JOIN calendar_day k LEFT JOIN member m ON m.series = s.series AND m.day = k.day
  GROUP BY s.series, k.day;
INSERT INTO coverage_change (coverage_id, stream, dimension, value, type, day_low, day_high, evidence) VALUES
  ('cov1', 'feedback', 'source', 'tickets', 'gap', '2026-01-12', '2026-01-13', '{"documents":0,"expected":13.2}'),
  ('cov2', 'feedback', 'product', '<b>studio</b>', 'start', '2026-02-02', '2026-02-03', '{"documents":12}');
INSERT INTO change (change_id, series, theme_id, day, day_low, day_high, direction, type, ratio, ratio_low, ratio_high,
    before_mean, after_mean, p_value, q_value, score, reporters, customers, detected_on, ends_on, as_of, explanation) VALUES
  ('ch1', 'feedback/theme=T0001', 'T0001', '2026-03-09', '2026-03-08', '2026-03-10', 'up', 'step', 4.1, 3.2, 5.3,
   1.7, 7.9, 0.00001, 0.0004, 41.2, 96, 81, '2026-03-11', NULL, '2026-03-31T18:00:00Z',
   '{"reads":["Verified researchers rose ×4.1 (95 % interval 3.2 to 5.3), from 1.7 to 7.9 reporters a day: 192 documents by 96 reporters and 81 customers.","Carried by plan team (71% of it, 9% before). Words that came with it: vulnerability, exploit.","It coincides with release: <script>document.title=''owned''</script> v13."],"segments":[{"attribute":"plan","value":"<b>team</b>","before":0.2,"after":4.6,"share":0.71,"share_before":0.09}],"words":[{"word":"vulnerability","z":5.1,"before":3,"after":88},{"word":"<i>exploit</i>","z":3.2,"before":1,"after":20}],"without_top_reporter":{"share_of_documents":0.06,"ratio":3.9},"coincides_with":[{"type":"release","id":"cyber-v13","day":"2026-03-09","evidence_for":"cyber-classifier v13 was released on the day","evidence_against":"","chance":0.04}]}'),
  ('ch2', 'feedback/kind=over_block', NULL, '2026-03-09', '2026-03-07', '2026-03-11', 'up', 'step', 2.2, 1.8, 2.7,
   4.0, 8.8, 0.0001, 0.002, 25.0, 140, 120, '2026-03-12', NULL, '2026-03-31T18:00:00Z', '{"reads":[]}'),
  ('ch3', 'feedback/theme=T0002', 'T0002', '2026-02-15', '2026-02-12', '2026-02-18', 'down', 'step', 0.6, 0.4, 0.9,
   1.9, 1.1, 0.01, 0.04, 9.0, 22, 20, NULL, NULL, '2026-03-31T18:00:00Z', '{}');
INSERT INTO alert (alert_id, fingerprint, series, theme_id, direction, state, type, hazard, title, day, detected_on, owner,
    members, raised_as_of, updated_as_of) VALUES
  ('A0001', 'fp1', 'feedback/theme=T0001', 'T0001', 'up', 'new', 'step', 'elevated',
   'Verified researchers still blocked on vulnerability analysis: up 4.1-fold', '2026-03-09', '2026-03-11',
   'safeguards-cyber', '["ch1","ch2"]', '2026-03-11T18:00:00Z', '2026-03-31T18:00:00Z'),
  ('A0002', 'fp2', 'feedback/theme=T0002', 'T0002', 'down', 'resolved', 'step', 'low',
   'Chat history vanished after the update: down', '2026-02-15', '2026-02-18', 'default', '["ch3"]',
   '2026-02-18T18:00:00Z', '2026-03-31T18:00:00Z');
INSERT INTO alert_event (alert_id, happened_at, actor, action, detail) VALUES
  ('A0001', '2026-03-11T18:00:00Z', 'detect', 'raised', '{"state":"new"}');
INSERT INTO ledger (week, kind, slice, claimed_raw, claimed_unique, reporters, customers, unknown_reporters, collapsed,
    top_reporter_share, effective_reporters, claims_estimated, claims_low, claims_high, correction, corroborated, adjudicated, requests,
    blocked, active_customers, per_10k_requests, per_10k_requests_low, per_10k_requests_high, completeness, partial, as_of)
  WITH counted AS (
    SELECT strftime('%Y', d.occurred_at, '-3 days', 'weekday 4') || printf('-W%02d', (strftime('%j', d.occurred_at,
        '-3 days', 'weekday 4') - 1) / 7 + 1) AS week, f.slice, count(*) AS raw, sum(u.document_id IS NULL) AS kept,
      count(DISTINCT d.reporter) AS reporters, count(DISTINCT d.customer) AS customers
    FROM document d JOIN classification c USING (document_id) LEFT JOIN duplicate u USING (document_id)
    JOIN (SELECT 'all' AS slice, NULL AS domain UNION ALL SELECT 'harm_domain=cyber', 'cyber'
      UNION ALL SELECT 'harm_domain=biological', 'biological' UNION ALL SELECT 'harm_domain=none', 'none') f
      ON f.domain IS NULL OR f.domain = c.harm_domain
    WHERE c.kind = 'over_block' GROUP BY 1, 2)
  SELECT week, 'over_block', slice, raw, kept, reporters, customers, 2, json_object('template', raw - kept), 0.08,
    reporters * 0.9, kept, kept * 0.8, kept * 1.25, 'uncorrected', kept / 3, NULL, 280000, 900, 5200, kept / 28.0,
    kept * 0.8 / 28, kept * 1.25 / 28, CASE WHEN week >= '2026-W14' THEN 0.4 ELSE 1.0 END, week >= '2026-W14',
    '2026-03-31T18:00:00Z' FROM counted;
INSERT INTO ledger_revision (week, kind, slice, revision, as_of, claimed_unique) SELECT week, kind, slice, 1, '2026-03-24T18:00:00Z', claimed_unique FROM ledger
  WHERE week < '2026-W13';
INSERT INTO job_run (run_id, job, started_at, finished_at, as_of, state, rows_in, rows_out, quarantined, collapsed, versions,
    seconds, error) VALUES
  ('run1', 'ingest', '2026-03-31T19:00:00Z', '2026-03-31T19:00:09Z', '2026-03-31T18:00:00Z', 'done', 1103, 1100, 3, 0, '{"redactor":"redact-1"}', 9.1, NULL),
  ('run2', 'detect', '2026-03-31T19:01:00Z', '2026-03-31T19:01:04Z', '2026-03-31T18:00:00Z', 'done', 1265, 3, 0, 0, '{}', 4.0, NULL),
  ('run3', 'notify', '2026-03-31T19:02:00Z', '2026-03-31T19:02:01Z', NULL, 'failed', 1, 0, 0, 0, '{}', 1.0, 'connection refused');
INSERT INTO input_file (file_hash, input, mapping_hash, name, mapping, options, first_ingested_at, finished, rows_in,
    rows_new, rows_same, rows_quarantined, next_line) VALUES ('file1', 'feedback', 'm1', '<feedback>.csv', '{}', '{}', '2026-03-31T19:00:00Z', 1, 1103, 1100, 0, 3, 1104);
INSERT INTO quarantine (file_hash, line, input, reason, detail, quarantined_at) VALUES
  ('file1', 17, 'feedback', 'empty text', 'expected a text', '2026-03-31T19:00:00Z'),
  ('file1', 90, 'feedback', 'empty text', 'expected a text', '2026-03-31T19:00:00Z'),
  ('file1', 91, 'feedback', 'impossible date', 'year 2100', '2026-03-31T19:00:00Z');
-- Three documents in triage: two open ones of the biology team, told of by one message; one closed, without an owner's row.
INSERT INTO triage (document_id, reason, reasons, probability, score, kind, kind_probability, harm_domain,
    harm_domain_probability, versions, raised_at, owner, message_id, outcome, closed_at, closed_by, close_reason) VALUES
  ('d0011', 'it says: it names a <b>pathogen</b>', '[{"rule":"wording","words":"it says: it names a <b>pathogen</b>","probability":0.7}]',
   0.41, 0.7, 'under_block', 0.5, 'biological', 0.9, '{"watch":"c1/x"}', '2026-03-31T19:00:00Z', 'safeguards-bio', 'G1',
   NULL, NULL, NULL, NULL),
  ('d0017', 'hazard critical is likely enough', '[{"rule":"critical","words":"hazard critical is likely enough","probability":0.31}]',
   0.31, 0.31, 'under_block', 0.4, 'biological', 0.8, '{"watch":"c1/x"}', '2026-03-31T19:00:00Z', 'safeguards-bio', 'G1',
   NULL, NULL, NULL, NULL),
  ('d0023', 'it reads like a person in distress or danger', '[{"rule":"distress","words":"it reads like a person in distress","probability":0.6}]',
   0.02, 0.6, 'other', 0.4, 'none', 0.8, '{"watch":"c1/x"}', '2026-03-31T19:00:00Z', 'nobody', NULL,
   'not_grave', '2026-03-31T20:00:00Z', 'Bo (k1)', 'a slip of the tongue');
INSERT INTO triage_message (message_id, owner, urgent, as_of, content) VALUES
  ('G1', 'safeguards-bio', 1, '2026-03-31T18:00:00Z', '{"documents":[]}');
INSERT INTO notification (notification_id, triage_id, owner, channel, state, attempts, sent_at) VALUES
  ('N1', 'G1', 'safeguards-bio', 'file:digests', 'sent', 1, '2026-03-31T19:00:01Z');
-- Deliveries that a person must look at, and silences: one in force that holds back an alert, one that is over.
INSERT INTO notification (notification_id, alert_id, digest_id, owner, channel, alert_state, onset, state, attempts, claimed_at,
    error) VALUES
  ('N2', 'A0001', NULL, 'safeguards-cyber', 'email:cyber@example.org', 'new', '2026-03-09', 'dead', 1,
   '2026-03-11T18:00:00.000000+00:00', 'the mail server answered 550 to the recipient <script>alert(1)</script>'),
  ('N3', NULL, 'safeguards-cyber-2026-03-31', 'safeguards-cyber', 'email:cyber@example.org', NULL, NULL, 'uncertain', 1,
   '2026-03-31T18:00:00.000000+00:00', 'the mail server left before it answered (TimeoutError)'),
  ('N4', NULL, 'safeguards-cyber-2026-03-31', 'safeguards-cyber', 'apprise:CHAT', NULL, NULL, 'uncertain', 0,
   '2026-03-31T18:00:00.000000+00:00', NULL);
INSERT INTO silence (silence_id, matcher, until, reason, author, created_at) VALUES
  ('declared-1', '{"theme_id":"T0001"}', '2026-04-15', 'known release <b>4.1</b>', 'Ann', '2026-03-20T10:00:00Z'),
  ('declared-2', '{"kind":"praise"}', '2026-03-01', 'campaign', 'Ann', '2026-02-20T10:00:00Z');
INSERT INTO triage_event (document_id, happened_at, actor, action, detail) VALUES
  ('d0023', '2026-03-31T20:00:00Z', 'Bo (k1)', 'closed', '{"outcome":"not_grave","reason":"a slip of the tongue"}');
-- Labels: two that agree, one that corrects (drawn at random), one dispute; and a draw of which one item is answered.
INSERT INTO label (label_id, document_id, decision_id, field, value, labeller, labelled_at, inclusion_probability) VALUES
  ('l1', 'd0004', NULL, 'kind', 'billing', 'Bo', '2026-03-20T10:00:00Z', NULL),
  ('l2', 'd0004', NULL, 'kind', 'billing', 'Cy', '2026-03-21T10:00:00Z', NULL),
  ('l3', 'd0719', NULL, 'kind', 'quality', 'Bo', '2026-03-22T10:00:00Z', 0.05),
  ('l4', 'd0010', NULL, 'kind', 'billing', 'Bo', '2026-03-23T10:00:00Z', NULL),
  ('l5', 'd0010', NULL, 'kind', 'quality', 'Cy', '2026-03-24T10:00:00Z', NULL);
INSERT INTO label_draw (draw_id, "of", field, drawn_at, actor, design, seed, items) VALUES
  ('L0001', 'documents', 'kind', '2026-03-19T10:00:00Z', 'Bo', '{}', 1, 3);
INSERT INTO label_item (draw_id, item_id, position, stratum, inclusion_probability, opinions, said, said_probability, why,
    gold_value) VALUES
  ('L0001', 'd0719', 1, '2026-W11', 0.05, 2, 'over_block', 0.9, 'random check, 2026-W11', NULL),
  ('L0001', 'd0905', 2, '2026-W13', 0.1, 1, 'over_block', 0.6, 'the classifier is unsure, 2026-W13', NULL),
  ('L0001', 'd0908', 3, '2026-W13', 0.1, 1, 'over_block', 0.6, '<b>random</b> check, 2026-W13', NULL);
INSERT INTO map_theme (theme_id, fit_id, x, y) VALUES
  ('T0001', 'f0', -0.6, 0.4), ('T0002', 'f0', 0.7, 0.5), ('T0003', 'f0', -0.2, -0.6), ('T0004', 'f0', 0.4, -0.2),
  ('T0005', 'f0', -1.1, -0.3);
INSERT INTO map_point (document_id, fit_id, x, y)
  SELECT document_id, 'f0', substr(document_id, 4) / 40.0 - 1.2, substr(document_id, 3, 2) / 60.0 - 0.8
  FROM assignment JOIN document USING (document_id) WHERE stream = 'feedback' ORDER BY document_id LIMIT 60;
-- Signals beside volume: one told with a hostile word, one at a change, one that is not told.
INSERT INTO signal (series, signal, at, day, days, theme_id, strength, low, high, denominator, p_value, q_value, told, type,
    owner, evidence, as_of) VALUES
  ('feedback/theme=T0001', 'probing', 'now', '2026-03-04', 28, 'T0001', 0.2, 0.1, 0.33, 50, 0.00002, 0.004, 1,
   'adversarial_shift', 'safeguards-cyber', '{"reads":"of 50 accounts 10 ask how the safeguard decides: “<b>word</b>”","against":"who was blocked by mistake asks, too","words":[{"word":"=cmd","before":1,"after":10}],"facts":{"share_before":0.02}}', '2026-03-31T18:00:00Z'),
  ('feedback/theme=T0001', 'coordinated', 'change', '2026-03-09', 23, 'T0001', 0.15, 0.08, 0.25, 96, 0.00001, 0.0004, 1,
   'campaign', 'safeguards-cyber', '{"reads":"14 of 96 accounts filed nearly the same","against":"people may share a form","words":[],"facts":{}}', '2026-03-31T18:00:00Z'),
  ('feedback/theme=T0002', 'new_accounts', 'now', '2026-03-04', 28, 'T0002', 0.1, 0.02, 0.26, 31, 0.4, 0.8, 0,
   'adversarial_shift', NULL, '{"reads":"of 31 accounts 3 are new","against":"","words":[],"facts":{}}', '2026-03-31T18:00:00Z');
INSERT INTO signal_document (series, signal, at, day, position, document_id) VALUES
  ('feedback/theme=T0001', 'probing', 'now', '2026-03-04', 0, 'd0710'),
  ('feedback/theme=T0001', 'probing', 'now', '2026-03-04', 1, 'd0005');
-- One watchlist, of the newest feedback; its name is as hostile as a person may type it.
INSERT INTO watchlist (watchlist, position, name, definition, owner, hazard, since) VALUES
  ('agents', 0, 'Agents <script>alert(1)</script>', '{"id":"agents","name":"Agents","streams":["feedback"],"harm_domains":[],"kinds":[],"words":["blocked"],"examples":["It hid the logs."],"similarity":0.65,"match":"any","segments":{"plan":["team","pro"]},"floor":2,"floor_days":28,"false_alerts_per_week":0.05,"owner":null,"hazard":null}', NULL, NULL, '2026-03-01T00:00:00Z');
INSERT INTO watch_match (watchlist, document_id, why, similarity, novel)
  SELECT 'agents', document_id, '{"example":0,"words":["blocked"]}', 0.71, 0 FROM document
  WHERE stream = 'feedback' ORDER BY occurred_at DESC, document_id LIMIT 20;
INSERT INTO diagnosis (mitigation, as_of, record) VALUES ('cyber-classifier', '2026-03-31T18:00:00Z',
  '{"mitigation":"cyber-classifier","as_of":"2026-03-31T18:00:00Z","first_day":"2026-03-20","last_day":"2026-03-21","rows":2,"quarantined":{},"columns":{},"segments":[],"acted":["block"],"notes":["cannot tell of acted decisions: of 1 none was drawn at random and judged","cannot tell of allowed decisions: of 1 none was drawn at random and judged","<script>document.title=''owned''</script>"],"next":["precision needs a random audit of acted decisions: groundswell label next --decisions --action block --as NAME draws one, groundswell label give ID truth harmful (or benign) --as NAME answers; audits made elsewhere come in with their inclusion_probability","what was let through needs a random audit of allowed decisions: groundswell label next --decisions --action allow --as NAME draws one, groundswell label give ID truth harmful (or benign) --as NAME answers; audits made elsewhere come in with their inclusion_probability","appeals, complaints and reviews of chosen decisions show where to look, but not how often it errs: who appeals is no random sample"],"summary":["share of acted decisions that were harmful: cannot tell","share of benign decisions that were acted on: cannot tell","share of harmful decisions that were allowed: cannot tell","share of decisions that were harmful: cannot tell","benign ones acted on of 10,000 decisions: cannot tell","harmful ones allowed of 10,000 decisions: cannot tell","judged: 0 of 1 acted decisions, 0 of 1 allowed","cannot tell any figure: no random audit of acted or allowed decisions here"],"rates":[{"slice":"all","decisions":2,"acted":1,"judged":0,"judged_acted":0,"judged_allowed":0,"prevalence":null,"prevalence_low":null,"prevalence_high":null,"precision":null,"precision_low":null,"precision_high":null,"recall":null,"recall_low":null,"recall_high":null,"fpr":null,"fpr_low":null,"fpr_high":null,"fnr":null,"fnr_low":null,"fnr_high":null,"over_block":null,"over_block_low":null,"over_block_high":null,"under_block":null,"under_block_low":null,"under_block_high":null,"declared":"cannot tell any figure: no random audit of acted or allowed decisions here"}],"versions":[],"trend":[{"slice":"2026-W12","decisions":2,"acted":1,"judged":0,"judged_acted":0,"judged_allowed":0,"prevalence":null,"prevalence_low":null,"prevalence_high":null,"precision":null,"precision_low":null,"precision_high":null,"recall":null,"recall_low":null,"recall_high":null,"fpr":null,"fpr_low":null,"fpr_high":null,"fnr":null,"fnr_low":null,"fnr_high":null,"over_block":null,"over_block_low":null,"over_block_high":null,"under_block":null,"under_block_low":null,"under_block_high":null,"declared":"cannot tell any figure: no random audit of acted or allowed decisions here","partial":true}],"slices":[{"kind":"over_block","measure":"","reason":"cannot tell: no random audit of acted decisions","tested":0,"found":[]},{"kind":"under_block","measure":"","reason":"cannot tell: no random audit of allowed decisions","tested":0,"found":[]}],"evidence":{"over_block":{"count":0,"decisions":[]},"under_block":{"count":0,"decisions":[]}},"reliability":{"reason":"cannot tell: the log has no scores","judged":0,"ece":null,"ece_low":null,"ece_high":null,"ece_by_chance":null,"table":[],"recalibration":[]},"reliability_by":[],"thresholds":{"reason":"cannot tell: the log has no scores","points":[],"today":[],"costs":null,"cheapest":null}}');
UPDATE diagnosis SET record = json_set(record, '$.evasion', json('{"summary":["1 requests were stopped; after 1 of them it was tried again, by 1 customers in 1 tries; 1 got through (100%, 3% to 100% per customer)"],"notes":["<script>document.title=''owned''</script>"],"episodes":{"stopped":1,"count":1,"tries":1,"customers":1,"passed":1,"share":1.0,"share_low":0.025,"share_high":1.0},"success":[{"week":"2026-W12","episodes":1,"tries":1,"customers":1,"passed":1,"share":1.0,"share_low":0.025,"share_high":1.0,"whole":false}],"techniques":[{"technique":"leetspeak","tries":1,"successes":1,"customers":1,"share":1.0,"share_low":0.025,"share_high":1.0,"first_seen":"2026-03-21","last_seen":"2026-03-21","recent_customers":1,"before":null,"recent":1.0,"slope":null,"p_value":null,"trend":"cannot tell","decision_ids":["dec-2"],"weeks":[{"week":"2026-W12","tries":1,"passed":1,"customers":1}]}],"bunching":{"verdict":"cannot tell","reason":"no scores with thresholds","p_value":null},"displacement":{"verdict":"cannot tell","reason":"fewer than 10 stopped customers to follow, or nowhere to go","move":null,"tried":0},"trust":{"verdict":"cannot tell","reason":"no complaints or exposure to go by","ratios":{}}}'))
  WHERE mitigation = 'cyber-classifier';
