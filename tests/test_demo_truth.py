"""The whole demo, run as a user runs it, held against what was planted in it."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jobs.count import counted
from jobs.demo import make_demo
from jobs.run import run
from jobs.scenario import END
from jobs.workspace import Workspace
from topics.volume import series_names

pytestmark = pytest.mark.slow
NOW = datetime(2026, 7, 1, tzinfo=UTC)
WAVE = "feedback/kind=over_block&harm_domain=cyber"
# An alert is about an event whose documents are so much of the series in the days it speaks of.
ABOUT = 0.2
# One alert of each stream is of the spreading jailbreak for a third at least.
LARGELY = 1 / 3
# Alerts of half a year that no event explains: nearly all of them early warnings that later days did not confirm. The
# budget of the settings, one false alert a week, would allow 26; half of that is held to.
MOST_UNPLANTED = 13
MOST_CONFIRMED = 1
REASONS = {
    "received_at is not a date": "bad_date",
    "received_at has month 13": "bad_date",
    "received_at is empty": "no_date",
    "received_at is NaN": "no_date",
    "received_at lies in 1900": "implausible_date",
    "received_at lies in 2100": "implausible_date",
    "text is empty": "empty_text",
    "text is white space": "empty_text",
    "text is only zero-width characters": "empty_text",
    "id is known with other content": "id_conflict",
}


@dataclass(frozen=True)
class Found:
    """What was planted in a world, and what a run over it found."""

    directory: Path
    events: dict[str, dict[str, Any]]
    truth: dict[str, Any]
    documents: pd.DataFrame
    members: pd.DataFrame
    volumes: pd.DataFrame
    changes: pd.DataFrame
    alerts: pd.DataFrame
    coverage: pd.DataFrame

    def of(self, event: str) -> set[str]:
        """The stored ids of an event's documents."""
        own = set(self.events[event]["document_ids"])
        return {name for name in self.documents["document_id"] if name.partition(":")[2] in own}

    def share(self, change: Mapping[Any, Any], ids: Collection[str]) -> float:
        """How much of the series' documents these are: until the next change, or in the four weeks before a fall."""
        own = self.members[self.members["series"] == change["series"]]
        first = change["day"]
        next_ = self.changes.loc[(self.changes["series"] == change["series"]) & (self.changes["day"] > first), "day"]
        last = min([day for day in (change["ends_on"], *next_) if pd.notna(day)], default=pd.NaT)
        if change["direction"] == "down":
            first, last = change["day"] - pd.Timedelta(days=28), change["day"]
        days = own[(own["day"] >= first) & ((own["day"] < last) if pd.notna(last) else True)]
        return float(days["document_id"].isin(ids).mean()) if len(days) else 0.0

    def told(self) -> pd.DataFrame:
        """The alerts' first changes, with the alert's columns `owner` and `alert_id` beside."""
        first = self.alerts["members"].str[0]
        about = self.changes.set_index("change_id", drop=False).loc[first].reset_index(drop=True)
        return about.assign(owner=self.alerts["owner"], alert_id=self.alerts["alert_id"], title=self.alerts["title"])

    def strange(self) -> pd.DataFrame:
        """The alerts of `told` that are about no planted event; a watchlist tells of a first sight, planted or not."""
        events = {name: self.of(name) for name, event in self.events.items() if "document_ids" in event}
        events["ramp-jailbreak"] |= planted_anomalies(self)
        told = self.told()
        told = told[~told["series"].str.contains("/watch=")]
        own = [any(self.share(change, ids) >= ABOUT for ids in events.values()) for change in told.to_dict("records")]
        return told[[not about for about in own]]


@pytest.fixture(scope="module", params=[0, 1], ids=["seed 0", "seed 1"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """The demo at its full size, ingested and run with the default settings."""
    directory = tmp_path_factory.mktemp("truth") / "demo"
    make_demo(directory, now=NOW, seed=request.param, days=180, documents=20_000, end=END)
    run(Workspace(directory), now=NOW)
    return read(directory)


def read(directory: Path) -> Found:
    """The findings of a demo workspace beside its truth."""
    truth = json.loads((directory / "input" / "truth.json").read_text(encoding="utf-8"))
    with Workspace(directory).open_store() as store:
        documents = counted(store)
        volumes = store.findings.volumes()
        changes = pd.DataFrame(store.findings.changes())
        alerts = store.findings.alerts()
        coverage = pd.DataFrame(store.findings.coverage())
    for table in (changes, coverage):
        for name in table.columns.intersection(["day", "day_low", "day_high", "detected_on", "ends_on"]):
            table[name] = pd.to_datetime(table[name])
    members = series_names(documents).merge(documents[["document_id", "day", "kept"]], on="document_id")
    events = {event["id"]: event for event in truth["events"]}
    return Found(directory, events, truth, documents, members, volumes, changes, alerts, coverage)


def days_after(table: pd.DataFrame, column: str, day: str) -> "pd.Series[float]":
    """How many days a column lies after a day; NaN where it is not set."""
    return (table[column] - pd.Timestamp(day)).dt.days


def rows(found: Found, sql: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(found.directory / "groundswell.db")
    result = connection.execute(sql).fetchall()
    connection.close()
    return result


def wave(found: Found) -> pd.DataFrame:
    """Rises of cyber over-blocks that begin when the planted wave does."""
    changes, event = found.changes, found.events["wave-cyber"]
    near = days_after(changes, "day", event["first_day"]).abs() <= 3
    return changes[(changes["series"] == WAVE) & (changes["direction"] == "up") & near]


def test_over_block_wave_is_dated_to_the_days_and_has_its_end(found: Found) -> None:
    change = wave(found).iloc[0]
    event = found.events["wave-cyber"]
    assert change["confirmed"] and change["q_value"] < 1e-6
    assert change["ratio"] == pytest.approx(event["expected_multiplier"], rel=0.35)
    # The end is the first day after it: of a wave that was seen as one burst, or of the fall that followed a rise.
    changes = found.changes
    falls = changes[(changes["series"] == WAVE) & (changes["direction"] == "down") & changes["confirmed"].astype(bool)]
    ends = [*falls["day"], *([change["ends_on"]] if pd.notna(change["ends_on"]) else [])]
    assert any(abs((day - pd.Timestamp(event["last_day"])).days) <= 4 for day in ends)
    assert (change["detected_on"] - pd.Timestamp(event["first_day"])).days <= 7


def test_over_block_wave_is_explained_by_the_release_that_caused_it(found: Found) -> None:
    explanation = wave(found).iloc[0]["explanation"]
    explanation = json.loads(explanation) if isinstance(explanation, str) else explanation
    releases = [entry["id"] for entry in explanation["coincides_with"] if entry["type"] == "release"]
    assert releases[:1] == [found.events["wave-cyber"]["release"]]
    assert "cyber-guard" in " ".join(explanation["reads"])


def test_over_block_wave_raises_one_alert_and_its_owner_is_that_of_the_mitigation(found: Found) -> None:
    told, ids = found.told(), found.of("wave-cyber")
    own = told[days_after(told, "day", found.events["wave-cyber"]["first_day"]).abs().le(3)]
    own = own[[found.share(change, ids) >= ABOUT for change in own.to_dict("records")]]
    assert own["owner"].tolist() == ["cyber"]
    assert own.iloc[0]["series"].startswith("feedback/kind=over_block")


@pytest.mark.parametrize("stream", ["feedback", "usage_anomaly"])
def test_spreading_jailbreak_is_found_in_three_weeks_in_both_streams(found: Found, stream: str) -> None:
    first = found.events["ramp-jailbreak"]["first_day"]
    ids = found.of("ramp-jailbreak") | planted_anomalies(found)
    told = found.told()
    own = told[told["series"].str.startswith(f"{stream}/") & (told["direction"] == "up")]
    # A slow rise is dated by the days it takes, from its first to its last.
    dated = days_after(own, "day", first).between(-3, 21)
    dated |= (own["day_low"] <= pd.Timestamp(first)) & (own["day_high"] >= pd.Timestamp(first))
    own = own[dated & days_after(own, "detected_on", first).between(0, 21)]
    assert any(found.share(change, ids) >= LARGELY for change in own.to_dict("records"))


def planted_anomalies(found: Found) -> set[str]:
    """The stored ids of the planted usage anomalies: they are kept in the order of their file, and none is refused."""
    ids = [
        name
        for (name,) in rows(found, "SELECT document_id FROM document WHERE stream = 'usage_anomaly' ORDER BY rowid")
    ]
    return {ids[line - 1] for line in found.truth["planted_anomaly_lines"]}


def test_single_reporter_flood_collapses_in_counts_stays_in_raw_and_raises_no_alert(found: Found) -> None:
    event, ids = found.events["flood-tool"], found.of("flood-tool")
    flood = found.documents[found.documents["document_id"].isin(ids)]
    assert len(flood) == event["documents"] and flood["kept"].mean() <= 0.05
    # All over-blocks, because half of these near-identical texts are put down to another domain today.
    volumes = found.volumes[found.volumes["series"] == f"feedback/kind={event['kind']}"].set_index("day")
    during = volumes.loc[event["first_day"] : event["last_day"]]
    assert during["documents"].sum() >= event["documents"]
    usual = volumes["unique_documents"].loc[: pd.Timestamp(event["first_day"]) - pd.Timedelta(days=1)].mean()
    assert during["unique_documents"].mean() <= 1.5 * usual
    told = found.told()
    assert [change["title"] for change in told.to_dict("records") if found.share(change, ids) >= 0.05] == []


def test_new_product_and_feed_gap_are_coverage_and_neither_is_an_alert(found: Found) -> None:
    start, gap = found.events["start-studio"], found.events["gap-in-app"]
    reported = set(zip(*(found.coverage[name] for name in ("dimension", "value", "type")), strict=True))
    assert reported == {("product", start["product"], "start"), ("source", gap["source"], "gap")}
    first = found.coverage[found.coverage["type"] == "start"].iloc[0]
    assert first["day_low"] <= pd.Timestamp(start["first_day"]) <= first["day_high"] + pd.Timedelta(days=2)
    silent = found.coverage[found.coverage["type"] == "gap"].iloc[0]
    assert f"{silent['day_low']:%F} {silent['day_high']:%F}" == f"{gap['first_day']} {gap['last_day']}"
    assert "feedback/total" not in set(found.alerts["series"])
    total = found.changes[found.changes["series"] == "feedback/total"]
    assert total.empty or total["coverage"].notna().all()
    strange = found.strange()
    near = days_after(strange, "day", gap["first_day"]).between(-3, 7) & strange["confirmed"].astype(bool)
    assert strange.loc[near & strange["series"].str.startswith("feedback/"), "title"].tolist() == []


def test_desk_that_files_late_makes_no_change_and_no_gap(found: Found) -> None:
    ids = found.of("late-desk")
    assert len(ids) == found.events["late-desk"]["documents"]
    # Unconfirmed changes of series with a handful of documents may hold two or three of its by chance.
    certain = found.changes[found.changes["confirmed"].astype(bool)]
    carried = certain.to_dict("records")
    assert [change["series"] for change in carried if found.share(change, ids) >= 0.15] == []
    assert found.events["late-desk"]["source"] not in set(found.coverage["value"])


def test_every_document_is_stored_and_bad_rows_are_quarantined_for_their_reason(found: Found) -> None:
    world, bad = found.truth["world"], found.truth["bad_rows"]
    given = found.documents[~found.documents["document_id"].str.startswith("decision_log:")]
    assert given.groupby("stream").size().to_dict() == {
        "feedback": world["documents"],
        "usage_anomaly": world["usage_anomalies"],
    }
    refused = Counter(reason for (reason,) in rows(found, "SELECT reason FROM quarantine"))
    assert refused == Counter(REASONS[row["reason"]] for row in bad)
    stored = set(found.documents["document_id"].str.partition(":")[2])
    assert not stored & {row["id"] for row in bad if row["id"].startswith("bad-")}


def test_planted_personal_data_is_gone_from_what_is_stored(found: Found) -> None:
    stored = {
        name.partition(":")[2]: " ".join(filter(None, texts))
        for name, *texts in rows(found, "SELECT document_id, text, claim, attributes FROM document")
    }
    items = found.truth["personal_data"]
    left = Counter(item["type"] for item in items if item["value"] in stored[item["document_id"]])
    assert left.total() < 0.03 * len(items), left


def test_confirmed_alerts_are_about_planted_events_and_few_early_ones_are_not(found: Found) -> None:
    strange = found.strange()
    assert strange["confirmed"].astype(bool).sum() <= MOST_CONFIRMED, strange["title"].tolist()
    assert len(strange) <= MOST_UNPLANTED, strange["title"].tolist()


def test_weekly_intervals_hold_what_was_planted(found: Found) -> None:
    truth = pd.read_csv(found.directory / "input" / "truth_documents.csv").set_index("id")["kind"]
    own = found.documents[found.documents["kept"] & (found.documents["stream"] == "feedback")]
    planted = own["document_id"].str.partition(":")[2].map(truth) == "over_block"
    each = own.loc[planted, "day"].dt.strftime("%G-W%V").value_counts()
    sql = "SELECT week, claims_low, claims_high FROM ledger WHERE kind = 'over_block' AND slice = 'all' AND span = 1"
    told = rows(found, sql)
    held = [low <= each.get(week, 0) <= high for week, low, high in told]
    assert len(held) >= 25 and sum(held) >= 0.9 * len(held)
