"""/metrics: what Prometheus reads, true of the store, and nothing that a stranger must not know."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.workspace import Workspace, create_workspace

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LINE = re.compile(r'(groundswell_[a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?\d+(?:\.\d+)?)')
Samples = dict[tuple[str, str], float]


def samples(text: str) -> Samples:
    """Every sample by name and labels; asserts that the text is what the format allows."""
    found, typed = {}, set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        if line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        assert match, line
        assert match[1] in typed
        assert (match[1], match[2] or "") not in found
        found[match[1], match[2] or ""] = float(match[3])
    return found


@pytest.fixture
def client(api_workspace: Workspace) -> FlaskClient:
    return create_app(api_workspace, ServerSettings(now=lambda: NOW)).test_client()


def test_counts_and_ages_are_those_of_the_store(client: FlaskClient, api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        store.db.execute("DELETE FROM job_run")
        store.db.execute(
            "INSERT INTO job_run (run_id, job, started_at, finished_at, as_of, state) VALUES "
            "('r1', 'digest', '2026-03-31T22:59:00Z', '2026-03-31T23:00:00Z', '2026-03-31T18:00:00Z', 'done'), "
            "('r2', 'enrich', '2026-03-31T23:30:00Z', '2026-03-31T23:30:00Z', NULL, 'failed')"
        )
        refused = store.db.execute("SELECT count(*) FROM quarantine").fetchone()[0]
    response = client.get("/metrics")
    assert response.status_code == 200 and response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(response.text)
    assert found["groundswell_notifications", 'state="uncertain"'] == 2
    assert found["groundswell_notifications", 'state="dead"'] == found["groundswell_notifications", 'state="sent"'] == 1
    assert found["groundswell_notifications", 'state="failed"'] == 0, "a state without deliveries is nought, not absent"
    assert found["groundswell_alerts", 'state="new",hazard="elevated"'] == 1
    assert found["groundswell_job_runs", 'job="enrich",state="failed"'] == 1
    assert found["groundswell_last_run_age_seconds", ""] == 3600
    assert found["groundswell_last_failure_age_seconds", ""] == 1800
    assert found["groundswell_last_run_timestamp_seconds", ""] == NOW.timestamp() - 3600
    assert found["groundswell_triage_documents", 'state="open"'] == 2
    assert sum(value for (name, _), value in found.items() if name == "groundswell_quarantined_rows") == refused


def test_alert_that_somebody_closed_is_counted_as_closed(client: FlaskClient, api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        store.findings.add_alert_event(
            "A0001", at="2026-03-31T18:00:00Z", actor="Ann", action="closed", detail={"did": "x", "state": "new"}
        )
    found = samples(client.get("/metrics").text)
    assert found["groundswell_alerts", 'state="closed",hazard="elevated"'] == 1


def test_no_text_no_name_and_no_id_is_told(client: FlaskClient, api_workspace: Workspace) -> None:
    text = client.get("/metrics").text
    with api_workspace.open_store() as store:
        said = [row[0] for row in store.db.execute("SELECT owner_id FROM owner UNION SELECT name FROM owner")]
        said += [row[0] for row in store.db.execute("SELECT theme_id FROM theme UNION SELECT name FROM theme")]
        said += [
            row[0] for row in store.db.execute("SELECT alert_id FROM alert UNION SELECT channel FROM notification")
        ]
        said += [
            row[0] for row in store.db.execute("SELECT reporter FROM document UNION SELECT document_id FROM document")
        ]
    assert said and not [one for one in said if one in text and len(one) > 3]


def test_it_answers_without_a_key_and_without_a_limit_as_the_other_probes(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]
    limited = create_app(client.application.config["WORKSPACE"], ServerSettings(rate="1 per minute")).test_client()
    assert [limited.get("/metrics").status_code for _ in range(3)] == [200, 200, 200]


def test_empty_workspace_has_noughts_and_no_ages(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "empty")
    found = samples(create_app(workspace).test_client().get("/metrics").text)
    assert found["groundswell_notifications", 'state="dead"'] == 0
    assert not [name for name, _ in found if name.endswith("_age_seconds")]


def test_store_that_cannot_be_read_is_503(client: FlaskClient, api_workspace: Workspace) -> None:
    api_workspace.database.write_bytes(b"this is no database" * 100)
    assert client.get("/metrics").status_code == 503
