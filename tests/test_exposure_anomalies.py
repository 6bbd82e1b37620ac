"""Anomalies of slices of traffic: jumps of one slice are told, nothing else is, and later days change nothing."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from click.testing import CliRunner

from api import ServerSettings, create_app
from jobs import anomalies
from jobs.anomaly_documents import document_id
from jobs.cli import cli
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.store_anomalies import AnomalyFilter
from jobs.workspace import create_workspace
from mitigations.anomalies import COLUMNS, SLICE_BLOCKED, SLICE_VOLUME, Options
from mitigations.exposure_anomalies import exposure_anomalies

DAYS, JUMP = 120, 90


def exposure(seed: int, *, blocked: float = 1.0, requests: float = 1.0, days: int = DAYS) -> pd.DataFrame:
    """Six slices of one mitigation and of everything; from JUMP on the first has so many times as much."""
    dice = np.random.default_rng(seed)
    first, parts = pd.Timestamp("2026-01-05"), []
    for number in range(6):
        mean = np.full(DAYS, 4_000.0 * (1 + number))
        mean[JUMP:] *= requests if number == 0 else 1.0
        asked = dice.poisson(mean).astype(float)
        rate = np.full(DAYS, 0.002)
        rate[JUMP:] *= blocked if number == 0 else 1.0
        stopped = dice.poisson(asked * rate).astype(float)
        told = {
            "day": pd.date_range(first, periods=DAYS),
            "requests": asked,
            "segments": [{"plan": f"p{number}"}] * DAYS,
        }
        parts += [
            pd.DataFrame({**told, "mitigation": "guard", "blocked": stopped}),
            pd.DataFrame({**told, "mitigation": "all", "blocked": np.nan}),
        ]
    found = pd.concat(parts, ignore_index=True)
    return found[found["day"] < first + pd.Timedelta(days=days)]


def test_a_slice_that_is_blocked_three_times_as_often_is_told_on_its_day() -> None:
    found = exposure_anomalies(exposure(1, blocked=3.0))
    (row,) = found.to_dict("records")
    assert (row["anomaly_type"], row["mitigation"], row["segments"]) == (SLICE_BLOCKED, "guard", {"plan": "p0"})
    assert row["attributes"]["first_day"] == "2026-04-05"
    assert row["attributes"]["usual_low"] <= row["attributes"]["usual"] <= row["attributes"]["usual_high"]
    assert row["attributes"]["observed"] > row["attributes"]["usual_high"]
    assert row["attributes"]["counted"] == "blocked requests of plan=p0"


def test_a_slice_that_grows_at_once_is_told_once_though_every_mitigation_sees_its_requests() -> None:
    found = exposure_anomalies(exposure(2, requests=2.0))
    assert [(row["anomaly_type"], row["mitigation"]) for row in found.to_dict("records")] == [(SLICE_VOLUME, None)]


def test_where_nothing_jumps_nothing_is_told() -> None:
    assert not sum(len(exposure_anomalies(exposure(seed), Options(false_per_week=0.1))) for seed in range(10, 20))


def test_later_days_change_nothing_of_earlier_ones() -> None:
    whole = exposure_anomalies(exposure(3, blocked=4.0))
    part = exposure_anomalies(exposure(3, blocked=4.0, days=JUMP + 5))
    pd.testing.assert_frame_equal(whole.iloc[: len(part)], part)
    assert len(part)


def test_without_exposure_there_is_an_empty_table() -> None:
    nothing = exposure(4).iloc[:0]
    assert list(exposure_anomalies(nothing).columns) == list(COLUMNS)


def test_two_slices_of_one_day_are_two_documents() -> None:
    (row,) = exposure_anomalies(exposure(1, blocked=3.0)).to_dict("records")
    other = {**row, "segments": {"plan": "p1"}}
    ids = {document_id({**one, "detector": "exposure"}) for one in (row, other, dict(row))}
    assert len(ids) == 2


def test_exposure_alone_makes_documents_that_command_and_page_show_escaped(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    workspace, _ = create_workspace(tmp_path / "w")
    table = exposure(1, blocked=3.0)
    plans = [segments["plan"].replace("p0", "<b>p0") for segments in table["segments"]]
    table.drop(columns="segments").assign(plan=plans).to_csv(tmp_path / "exposure.csv", index=False)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    with workspace.open_store() as store:
        ingest(workspace, store, Request(tmp_path / "exposure.csv", input="exposure"), now=now)
        first, again = (anomalies.run(store, workspace, as_of="2026-05-01T09:00:00Z") for _ in range(2))
        (row,) = store.anomalies.page(AnomalyFilter()).rows
        _, secret = store.keys.create(holder="Ann", role="analyst", now=now)
    assert (first.new, again.new, again.known) == (1, 0, 1)
    assert row["day"] == "2026-04-05" and row["observed_at"] < "2026-05-01" and row["decisions_behind"] == 0
    listed = CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["-w", str(workspace.path), "anomalies"])
    assert "blocked requests of plan=<b>p0" in listed.output
    client = create_app(workspace, ServerSettings(rate="100000 per minute")).test_client()
    page = client.get(f"/anomalies/{row['document_id']}", headers={"X-API-Key": secret})
    assert "plan=&lt;b&gt;p0" in page.text and "<b>p0" not in page.text
    assert "/mitigations/guard" not in page.text, "there is no page of a mitigation that exposure alone names"
