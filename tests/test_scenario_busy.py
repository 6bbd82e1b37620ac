"""The demo with all its events: one for everything that a change may coincide with, each with its truth."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from jobs.ingest_reference import read_reference
from jobs.scenario import write_demo


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A small world with all events, and its truth."""
    directory = tmp_path_factory.mktemp("busy")
    return directory, write_demo(directory, seed=2, documents=2400, busy=True)


def test_busy_world_plants_one_event_for_everything_a_change_may_coincide_with(
    busy: tuple[Path, dict[str, Any]],
) -> None:
    directory, truth = busy
    more = {event["id"]: event for event in truth["events"] if "coincides_with" in event}
    assert {name for event in more.values() for name in event["coincides_with"]} == {
        "unclear", "external_event", "reporting_change", "release", "campaign", "policy_change", "demand_growth",
    }  # fmt: skip
    rows = pd.read_csv(directory / "feedback.csv", keep_default_na=False, dtype=str).set_index("id")
    for event in more.values():
        own = rows.loc[event["document_ids"]]
        assert len(own) >= 8, event["id"]
        assert all((own[name] == value).all() for name, value in event["carried_by"].items()), event["id"]
    assert set(rows.loc[more["campaign-chemistry"]["document_ids"], "text"]) == set(more["campaign-chemistry"]["texts"])


def test_undeclared_release_is_in_the_log_alone_and_a_promotion_in_the_exposure(
    busy: tuple[Path, dict[str, Any]],
) -> None:
    directory, truth = busy
    events = {event["id"]: event for event in truth["events"]}
    declared = {str(row["version"]) for row in yaml.safe_load((directory / "releases.yaml").read_text())["releases"]}
    log = pd.read_parquet(directory / "decisions.parquet")
    seen = log[log["decided_at"].dt.strftime("%Y-%m-%d") >= events["wave-undeclared"]["first_day"]]
    assert "1.7" in set(seen.loc[seen["mitigation"] == "agent-guard", "version"]) and "1.7" not in declared
    exposure = pd.read_csv(directory / "exposure.csv", keep_default_na=False)
    daily = exposure[(exposure["mitigation"] == "all") & (exposure["product"] == "")].set_index("day")["requests"]
    first = pd.Timestamp(events["promotion-plus"]["first_day"])
    week = [f"{first + pd.Timedelta(days=ahead):%Y-%m-%d}" for ahead in range(7)]
    before = [f"{first + pd.Timedelta(days=ahead - 7):%Y-%m-%d}" for ahead in range(7)]
    assert daily[week].sum() / daily[before].sum() == pytest.approx(1.45, abs=0.12)
    assert "policy" in {entry.type for entry in read_reference(directory).calendar}
