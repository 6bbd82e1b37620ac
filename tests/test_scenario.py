"""The demo world: files the product can read, a truth that agrees with them, texts that vary."""

import csv
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from jobs.ingest_reference import read_reference
from jobs.scenario import WorldTooSmall, write_demo
from nlp.taxonomy import load_taxonomy

EXPECTED_TYPES = {
    "over_block_wave",
    "under_block_ramp",
    "single_reporter_flood",
    "slow_season",
    "late_filing",
    "feed_gap",
    "product_start",
    "outage_burst",
    "grave_reports",
    "background_duplicates",
}


@dataclass(frozen=True)
class Demo:
    """A demo on disk, read back."""

    directory: Path
    truth: dict[str, Any]
    feedback: pd.DataFrame
    documents: pd.DataFrame
    decisions: pd.DataFrame

    def event(self, kind: str) -> dict[str, Any]:
        """The planted event of a type."""
        return next(event for event in self.truth["events"] if event["type"] == kind)

    def anomalies(self) -> list[dict[str, Any]]:
        """The rows of usage_anomalies.jsonl."""
        text = (self.directory / "usage_anomalies.jsonl").read_text("utf-8")
        return [json.loads(line) for line in text.split("\n") if line]

    def daily(self, **wanted: str) -> pd.Series:
        """Documents by day of occurrence with the given truth, days without any left out."""
        chosen = self.documents
        for column, value in wanted.items():
            chosen = chosen[chosen[column] == value]
        return chosen.groupby("day").size()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A quarter of the full density over all 180 days."""
    directory = tmp_path_factory.mktemp("demo")
    truth = write_demo(directory, documents=5000)
    documents = pd.read_csv(directory / "truth_documents.csv", keep_default_na=False)
    documents["day"] = documents["occurred_at"].str.slice(0, 10)
    return Demo(
        directory=directory,
        truth=truth,
        feedback=pd.read_csv(directory / "feedback.csv", keep_default_na=False, dtype=str),
        documents=documents,
        decisions=pd.read_parquet(directory / "decisions.parquet"),
    )


def digests(directory: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.iterdir())}


def test_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("first", 4), ("second", 4), ("other", 5)):
        write_demo(tmp_path / name, seed=seed, days=60, documents=600)
    first, second, other = (digests(tmp_path / name) for name in ("first", "second", "other"))
    assert first == second
    assert first["feedback.csv"] != other["feedback.csv"]


def test_sizes_are_as_asked(demo: Demo) -> None:
    assert len(demo.feedback) == pytest.approx(5000, rel=0.05)
    assert len(demo.anomalies()) == 500
    assert len(demo.decisions) == pytest.approx(3 * 5000, rel=0.3)
    assert len(pd.read_csv(demo.directory / "labels.csv")) == 300


def test_truth_on_disk_is_the_truth_returned(demo: Demo) -> None:
    assert json.loads((demo.directory / "truth.json").read_text("utf-8")) == demo.truth
    assert {event["type"] for event in demo.truth["events"]} == EXPECTED_TYPES


def test_ids_are_unique_and_every_id_of_the_truth_is_in_the_file(demo: Demo) -> None:
    ids = set(demo.feedback["id"])
    assert len(ids) == len(demo.feedback)
    assert set(demo.documents["id"]) == ids
    named = [one for event in demo.truth["events"] for one in event.get("document_ids", ())]
    named += [name for pair in demo.event("background_duplicates")["pairs"] for name in pair.values()]
    named += [item["document_id"] for item in demo.truth["personal_data"]]
    assert set(named) <= ids
    labels = pd.read_csv(demo.directory / "labels.csv")
    assert set(labels["document_id"]) <= ids


def test_planted_personal_data_stands_in_its_text(demo: Demo) -> None:
    texts = demo.feedback.set_index("id")["text"]
    assert len(demo.truth["personal_data"]) > 0.015 * len(demo.feedback)
    assert all(item["value"] in texts[item["document_id"]] for item in demo.truth["personal_data"])


def test_labels_of_documents_are_labels_of_the_taxonomy(demo: Demo) -> None:
    taxonomy = load_taxonomy()
    assert set(demo.documents["kind"]) == {label.id for label in taxonomy.kinds}
    assert set(demo.documents["harm_domain"]) <= {label.id for label in taxonomy.harm_domains}
    assert set(demo.documents["use_case"]) <= {label.id for label in taxonomy.use_cases}


def test_over_blocks_are_a_tenth_or_so_and_under_blocks_few(demo: Demo) -> None:
    ordinary = demo.documents[demo.documents["event"] == ""]["kind"].value_counts(normalize=True)
    assert 0.10 <= ordinary["over_block"] <= 0.15
    assert 0.015 <= ordinary["under_block"] <= 0.035


def test_wave_multiplies_its_series_between_release_and_rollback(demo: Demo) -> None:
    event = demo.event("over_block_wave")
    daily = demo.daily(kind="over_block", harm_domain="cyber")
    inside = daily[(daily.index >= event["first_day"]) & (daily.index <= event["last_day"])]
    days_outside = demo.truth["world"]["days"] - 21
    ratio = (inside.sum() / 21) / ((daily.sum() - inside.sum()) / days_outside)
    assert ratio == pytest.approx(event["expected_multiplier"], rel=0.3)
    released = {
        row["id"]: row["released_on"]
        for row in yaml.safe_load((demo.directory / "releases.yaml").read_text())["releases"]
    }
    assert released[event["release"]].isoformat() == event["first_day"]
    assert (released[event["ended_by"]] - date.fromisoformat(event["last_day"])).days == 1


def test_wave_comes_from_verified_customers(demo: Demo) -> None:
    rows = demo.feedback[demo.feedback["id"].isin(demo.event("over_block_wave")["document_ids"])]
    assert (rows["verified"] == "true").mean() > 0.5


def test_ramp_ends_higher_than_it_began_in_feedback_and_anomalies(demo: Demo) -> None:
    event = demo.event("under_block_ramp")
    daily = demo.daily(kind="under_block")
    before = daily[daily.index < event["first_day"]].sum() / 128
    after = daily[daily.index >= event["top_day"]].sum() / 10
    assert after > 3 * before
    rows = demo.anomalies()
    planted = [rows[line - 1] for line in demo.truth["planted_anomaly_lines"]]
    assert {row["anomaly_type"] for row in planted} == set(event["anomaly_types"])
    assert min(row["observed_at"] for row in planted)[:10] >= event["first_day"]


def test_flood_is_one_reporter_with_own_ids_and_varied_texts(demo: Demo) -> None:
    event = demo.event("single_reporter_flood")
    rows = demo.feedback[demo.feedback["id"].isin(event["document_ids"])]
    assert set(rows["reporter_id"]) == {event["reporter_id"]}
    assert len(rows) == event["documents"] >= 40
    assert rows["text"].nunique() == len(rows)
    assert rows["request_id"].nunique() > 0.85 * len(rows)


def test_gap_source_is_silent_and_the_new_product_absent_before_its_start(demo: Demo) -> None:
    gap, start = demo.event("feed_gap"), demo.event("product_start")
    received = demo.feedback["received_at"].str.slice(0, 10)
    silent = received.between(gap["first_day"], gap["last_day"])
    assert not (silent & (demo.feedback["source"] == gap["source"])).any()
    assert silent.any()
    first = received[demo.feedback["product"] == start["product"]].min()
    assert first >= start["first_day"]


def test_desk_files_seven_to_twenty_days_late(demo: Demo) -> None:
    event = demo.event("late_filing")
    rows = demo.feedback[demo.feedback["source"] == event["source"]]
    late = pd.to_datetime(rows["received_at"].str.slice(0, 10)) - pd.to_datetime(rows["occurred_at"].str.slice(0, 10))
    assert late.dt.days.between(7, 20).all()
    assert len(rows) > 20


def test_rows_are_in_order_of_receipt_and_never_received_before_they_happened(demo: Demo) -> None:
    assert demo.feedback["received_at"].is_monotonic_increasing
    dated = demo.feedback[demo.feedback["occurred_at"] != ""]
    assert (dated["occurred_at"] <= dated["received_at"]).all()
    assert demo.feedback["received_at"].max()[:10] <= demo.truth["world"]["last_day"]


def test_decisions_have_the_columns_and_types_of_the_input(demo: Demo) -> None:
    assert str(demo.decisions["decided_at"].dtype) == "datetime64[us, UTC]"
    wanted = {"mitigation", "action", "decision_id", "request_id", "version", "score", "threshold", "customer_id"}
    wanted |= {"use_case", "language", "product", "plan", "locale", "truth", "truth_source", "inclusion_probability"}
    assert wanted <= set(demo.decisions.columns)
    assert demo.decisions["decision_id"].is_unique
    assert set(demo.decisions["action"]) == {"allow", "block", "downgrade", "flag"}


def test_scores_agree_with_thresholds_and_audits_have_probabilities(demo: Demo) -> None:
    stopped = demo.decisions["action"] != "allow"
    assert ((demo.decisions["score"] >= demo.decisions["threshold"]) == stopped).all()
    audited = demo.decisions["truth_source"] == "audit"
    assert (demo.decisions["inclusion_probability"].notna() == audited).all()
    assert set(demo.decisions.loc[audited, "truth"]) == {"benign", "harmful"}


def test_version_and_threshold_change_with_the_releases(demo: Demo) -> None:
    event = demo.event("over_block_wave")
    cyber = demo.decisions[demo.decisions["mitigation"] == event["mitigation"]]
    days = cyber["decided_at"].dt.strftime("%Y-%m-%d")
    inside = (days >= event["first_day"]) & (days <= event["last_day"])
    assert set(cyber.loc[inside, "version"]) == {"4.0"}
    assert cyber.loc[inside, "threshold"].max() < cyber.loc[~inside, "threshold"].min()
    blocks = cyber["action"] == "block"
    assert (blocks & inside).sum() / 21 > 1.6 * (blocks & ~inside).sum() / 159


def test_request_ids_join_the_same_customer_at_about_the_same_time(demo: Demo) -> None:
    joined = demo.feedback.merge(demo.decisions, on="request_id", suffixes=("", "_log"))
    flood = joined["id"].isin(demo.event("single_reporter_flood")["document_ids"])
    agree = joined["customer_id"] == joined["customer_id_log"]
    assert agree[~flood].all()
    assert 0 < (~agree[flood]).sum() < 0.3 * flood.sum()
    dated = joined[agree & (joined["occurred_at"] != "")]
    apart = pd.to_datetime(dated["occurred_at"], utc=True) - dated["decided_at"]
    assert apart.dt.total_seconds().between(0, 1800).all()
    assert len(dated) > 50


def test_appeals_join_stops_and_exposure_counts_the_blocks_of_the_log(demo: Demo) -> None:
    appeals = pd.read_csv(demo.directory / "appeals.csv", keep_default_na=False)
    joined = appeals.merge(demo.decisions, on="request_id", suffixes=("", "_log"))
    assert len(joined) == len(appeals)
    assert (joined["action"] != "allow").all()
    exposure = pd.read_csv(demo.directory / "exposure.csv")
    days = demo.decisions["decided_at"].dt.strftime("%Y-%m-%d")
    blocks = ((demo.decisions["action"] == "block") & (days >= demo.truth["world"]["first_day"])).sum()
    whole, total = exposure["product"].isna(), exposure["mitigation"] == "all"
    for chosen in (whole, total & ~whole, ~total):
        assert exposure.loc[chosen, "blocked"].sum() == blocks
    assert (exposure["blocked"] <= exposure["requests"]).all()


def test_no_text_is_common_and_copies_are_few(demo: Demo) -> None:
    counts = Counter(demo.feedback["text"])
    assert counts.most_common(1)[0][1] <= 0.01 * len(demo.feedback)
    assert sum(count - 1 for count in counts.values()) < 0.06 * len(demo.feedback)


def test_about_a_tenth_is_not_english(demo: Demo) -> None:
    foreign = (demo.documents["language"] != "en").mean()
    assert 0.05 < foreign < 0.13
    assert demo.documents["language"].nunique() >= 8


def test_no_slot_or_choice_of_the_banks_is_left_in_a_text(demo: Demo) -> None:
    texts = demo.feedback["text"]
    assert not texts.str.contains(r"\{[a-z_]+\}", regex=True).any()
    assert not texts.str.contains(r"\[[^\]\n]*\|[^\]\n]*\]", regex=True).any()
    assert (texts.str.strip() != "").all()


def test_bad_file_names_each_row_that_must_be_quarantined(demo: Demo) -> None:
    with (demo.directory / "feedback_bad.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    bad = demo.truth["bad_rows"]
    assert len(bad) == 10
    assert [rows[note["record"] - 1]["id"] for note in bad] == [note["id"] for note in bad]
    good = {row["id"] for row in rows[: len(rows) - 10]}
    assert good <= set(demo.feedback["id"])


def test_yaml_files_are_what_the_workspace_reads(demo: Demo) -> None:
    reference = read_reference(demo.directory)
    assert len(reference.mitigations) == 5


def test_small_world_still_holds_every_event(tmp_path: Path) -> None:
    truth = write_demo(tmp_path, seed=1, days=60, documents=600)
    assert {event["type"] for event in truth["events"]} == EXPECTED_TYPES
    wave = next(event for event in truth["events"] if event["type"] == "over_block_wave")
    assert wave["documents"] >= 20


def test_world_that_cannot_hold_its_events_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorldTooSmall, match="need 40 days and 300 documents or more, got 10 and 600"):
        write_demo(tmp_path, days=10, documents=600)
