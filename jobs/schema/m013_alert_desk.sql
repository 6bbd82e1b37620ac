-- What people's acts come to: an alert is closed unless it came back worse than it was closed.
CREATE VIEW alert_standing AS
SELECT l.alert_id,
  a.happened_at AS acknowledged_at, a.actor AS acknowledged_by,
  c.happened_at AS closed_at, c.actor AS closed_by, json_extract(c.detail, '$.did') AS closed_with,
  json_extract(z.detail, '$.until') AS snoozed_until, z.actor AS snoozed_by,
  json_extract(t.detail, '$.ticket') AS ticket,
  (SELECT count(*) FROM alert_event u WHERE u.alert_id = l.alert_id AND u.action = 'useful'
    AND NOT EXISTS (SELECT 1 FROM alert_event later WHERE later.alert_id = u.alert_id AND later.actor = u.actor
      AND later.action IN ('useful', 'not_useful') AND later.event_id > u.event_id)) AS useful,
  (SELECT count(*) FROM alert_event u WHERE u.alert_id = l.alert_id AND u.action = 'not_useful'
    AND NOT EXISTS (SELECT 1 FROM alert_event later WHERE later.alert_id = u.alert_id AND later.actor = u.actor
      AND later.action IN ('useful', 'not_useful') AND later.event_id > u.event_id)) AS not_useful
FROM alert l
LEFT JOIN alert_event a ON a.event_id = (
  SELECT max(event_id) FROM alert_event WHERE alert_id = l.alert_id AND action = 'acknowledged')
LEFT JOIN alert_event c ON c.action = 'closed' AND c.event_id = (
  SELECT max(event_id) FROM alert_event WHERE alert_id = l.alert_id AND action IN ('closed', 'reopened'))
  AND NOT (l.state IN ('escalating', 'regressed') AND l.state <> json_extract(c.detail, '$.state'))
LEFT JOIN alert_event z ON z.action = 'snoozed' AND z.event_id = (
  SELECT max(event_id) FROM alert_event WHERE alert_id = l.alert_id AND action IN ('snoozed', 'woken'))
LEFT JOIN alert_event t ON t.event_id = (
  SELECT max(event_id) FROM alert_event WHERE alert_id = l.alert_id AND action = 'ticketed');
