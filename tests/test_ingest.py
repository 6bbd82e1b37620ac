"""Ingest from a file to the store: redacted, hashed, resumable, and never twice."""

import csv
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jobs.columns import Wishes
from jobs.dates_verdict import ColumnRefused
from jobs.ingest import Outcome, Progress, ingest, quiet
from jobs.ingest_plan import Request
from jobs.workspace import Workspace, create_workspace

pytestmark = pytest.mark.usefixtures("no_models")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DATA = Path(os.environ.get("GROUNDSWELL_DATA", Path(__file__).parents[2] / "shared" / "data"))
Rows = Sequence[Mapping[str, Any]]
Take = Callable[..., Outcome]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "workspace")[0]


@pytest.fixture
def take(workspace: Workspace) -> Take:
    """Ingests a file into the workspace."""

    def taken(path: Path, *, progress: Progress = quiet, **options: Any) -> Outcome:
        with workspace.open_store() as store:
            return ingest(workspace, store, Request(path, **options), now=NOW, progress=progress)

    return taken


def put(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def documents(workspace: Workspace) -> list[dict[str, Any]]:
    connection = sqlite3.connect(workspace.database)
    connection.row_factory = sqlite3.Row
    rows = [dict(row) for row in connection.execute("SELECT * FROM document ORDER BY document_id")]
    connection.close()
    return rows


def complaint(number: int, **cells: str) -> dict[str, str]:
    return {
        "id": f"t{number}",
        "text": f"Complaint {number}: my request was refused again",
        "received_at": f"2026-06-{1 + number % 28:02d}T10:00:00Z",
        "customer_id": f"acme-{number % 7}",
        **cells,
    }


COMPLAINTS = [complaint(number) for number in range(1200)]


def test_document_is_stored_with_its_times_people_and_segments(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    row = complaint(1, occurred_at="2026-05-30T08:00:00Z", plan="pro", reporter_id="jo", verified="yes", seats="1,200")
    take(put(tmp_path / "in.csv", [row]))
    (found,) = documents(workspace)
    assert found["document_id"] == "in:t1"
    assert (found["received_at"], found["occurred_at"]) == ("2026-06-02T10:00:00Z", "2026-05-30T08:00:00Z")
    assert (found["occurred_from"], found["verified"], found["seats"]) == ("reported", 1, 1200.0)
    assert json.loads(found["segments"]) == {"plan": "pro"}
    assert found["customer"].startswith("c_") and found["reporter"].startswith("r_") and found["reporter_known"] == 1


def test_reporter_is_the_customer_where_none_is_given_and_unknown_without_either(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    take(put(tmp_path / "in.csv", [complaint(1), complaint(2, customer_id=""), complaint(3, customer_id="")]))
    one, two, three = documents(workspace)
    assert one["reporter"][2:] == one["customer"][2:] and one["reporter_known"] == 1
    assert two["customer"] is None and two["reporter"].startswith("u_") and two["reporter_known"] == 0
    assert two["reporter"] != three["reporter"]


def test_nothing_raw_is_kept_anywhere_in_the_workspace(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    secrets = ["ann.lee@example.com", "acme-secret-7", "4111 1111 1111 1111", "10.1.2.99"]
    text = f"Write to {secrets[0]}, card {secrets[2]}"
    good = complaint(1, text=text, customer_id=secrets[1], url=f"https://x.example/t/1?mail={secrets[0]}")
    bad = complaint(2, text=text, customer_id=secrets[1], received_at=f"on {secrets[0]}")
    take(put(tmp_path / "in.csv", [good, bad, *COMPLAINTS[3:99]]))
    event = {"observed_at": "2026-06-01", "anomaly_type": "probing", "attributes": {"from": [secrets[3], secrets[0]]}}
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
    take(tmp_path / "events.jsonl", input="usage_anomaly")
    stored = b"".join(path.read_bytes() for path in workspace.path.rglob("*") if path.is_file())
    assert b"<EMAIL_1>" in stored
    assert not [secret for secret in secrets if secret.encode() in stored]


def test_second_ingest_of_a_file_is_nothing_new(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    path = put(tmp_path / "in.csv", COMPLAINTS[:30])
    assert take(path).rows_new == 30
    before = documents(workspace)
    again = take(path)
    assert again.already and again.rows_new == 0
    assert documents(workspace) == before


def test_grown_file_brings_only_its_new_rows(tmp_path: Path, take: Take) -> None:
    take(put(tmp_path / "in.csv", COMPLAINTS[:20]))
    outcome = take(put(tmp_path / "in.csv", COMPLAINTS[:25]))
    assert (outcome.rows_same, outcome.rows_new, outcome.rows_quarantined) == (20, 5, 0)


def test_same_id_with_other_content_is_quarantined(tmp_path: Path, take: Take) -> None:
    outcome = take(put(tmp_path / "in.csv", [complaint(1), complaint(1), complaint(1, text="Something else")]))
    assert (outcome.rows_new, outcome.rows_same) == (1, 1)
    assert outcome.reasons == {"id_conflict": 1}


def test_identical_complaints_without_ids_are_different_documents(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    row = {"text": "unfair billing practices", "received_at": "2026-06-01"}
    assert take(put(tmp_path / "in.csv", [row] * 3), source="web").rows_new == 3
    before = {found["document_id"] for found in documents(workspace)}
    outcome = take(put(tmp_path / "later.csv", [row] * 4), source="web")
    assert (outcome.rows_same, outcome.rows_new) == (3, 1)
    assert before < {found["document_id"] for found in documents(workspace)}


class Killed(BaseException):
    """What stands for a kill."""


def killed_after(chunks: int) -> Progress:
    """Progress that ends the ingest after some chunks are committed."""

    @contextmanager
    def bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
        left = iter(range(chunks - 1))

        def advance(count: int) -> None:
            if next(left, None) is None:
                raise Killed

        yield advance

    def progress(title: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        return bar(title, total)

    return progress


@pytest.mark.parametrize("with_ids", [True, False])
def test_interrupted_ingest_is_continued_without_loss_or_doubles(
    tmp_path: Path, take: Take, workspace: Workspace, with_ids: bool
) -> None:
    rows = [dict(row) for row in COMPLAINTS]
    if not with_ids:
        rows = [{"text": f"no {number % 3}", "received_at": "2026-06-01"} for number in range(1200)]
    path = put(tmp_path / "in.csv", rows)
    with pytest.raises(Killed):
        take(path, progress=killed_after(1))
    assert len(documents(workspace)) == 500
    outcome = take(path)
    assert outcome.rows_new == 700
    assert len(documents(workspace)) == 1200
    with workspace.open_store() as store:
        (account,) = store.runs.files()
        states = [row["state"] for row in store.runs.last()]
    assert (account["rows_in"], account["rows_new"], account["finished"]) == (1200, 1200, 1)
    assert states == ["done"]


def test_dry_run_stores_nothing(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    outcome = take(put(tmp_path / "in.csv", COMPLAINTS[:9]), dry_run=True)
    assert outcome.rows_in == 9 and "text <- text (guessed)" in outcome.mapping
    assert documents(workspace) == []


def test_impossible_time_of_an_event_gives_way_to_arrival_and_is_noted(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    times = {"1": "2026-06-20T00:00:00Z", "2": "2020-01-01T00:00:00Z", "3": "2026-06-04T20:00:00Z", "4": ""}
    rows = [complaint(int(number), occurred_at=time) for number, time in times.items()]
    take(put(tmp_path / "in.csv", rows))
    found = documents(workspace)
    assert [row["occurred_from"] for row in found] == ["received", "received", "reported", "received"]
    assert "after it was received" in found[0]["attributes"] and "three years" in found[1]["attributes"]
    assert found[2]["occurred_at"] == found[2]["received_at"]


def test_naive_times_are_of_the_named_zone(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    take(put(tmp_path / "in.csv", [{"text": "w", "received_at": "2026-06-01 23:00"}]), timezone="America/New_York")
    assert documents(workspace)[0]["received_at"] == "2026-06-02T03:00:00Z"


def test_usage_anomaly_needs_no_text_but_a_type(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    events = [
        {"observed_at": "2026-06-01T00:00:00Z", "anomaly_type": "probing", "magnitude": 4.5, "attributes": {"n": 3}},
        {"observed_at": "2026-06-01T00:00:00Z", "anomaly_type": None},
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    outcome = take(path, input="usage_anomaly")
    (found,) = documents(workspace)
    assert (found["text"], found["anomaly_type"], found["magnitude"]) == ("", "probing", 4.5)
    assert json.loads(found["attributes"]) == {"n": 3}
    assert outcome.reasons == {"no_type": 1}


def test_tables_are_stored_by_key(tmp_path: Path, take: Take, workspace: Workspace) -> None:
    day = {"day": "2026-06-01", "mitigation": "all", "plan": "pro", "requests": "100", "blocked": "3"}
    take(put(tmp_path / "a.csv", [day]), input="exposure")
    take(put(tmp_path / "b.csv", [{**day, "requests": "120"}, {**day, "requests": "-1"}]), input="exposure")
    take(
        put(
            tmp_path / "c.csv", [{"filed_at": "2026-06-02", "request_id": "q1", "outcome": "Granted", "text": "t@x.de"}]
        ),
        input="appeals",
    )
    take(put(tmp_path / "in.csv", [complaint(1)]))
    label = {
        "document_id": "t1",
        "field": "kind",
        "value": "over_block",
        "labeller": "a",
        "inclusion_probability": "0.1",
    }
    outcome = take(put(tmp_path / "d.csv", [label, {**label, "document_id": "lost"}]), input="labels")
    with workspace.open_store() as store:
        exposure, appeals, labels = store.reference.exposure(), store.reference.appeals(), store.reference.labels()
        assert store.runs.quarantined() == [{"input": "exposure", "reason": "negative_count", "rows": 1}]
    assert exposure[["requests", "segments"]].to_dict("records") == [{"requests": 120.0, "segments": {"plan": "pro"}}]
    assert appeals[["outcome", "text"]].to_dict("records") == [{"outcome": "overturned", "text": "<EMAIL_1>"}]
    assert sorted(labels["document_id"]) == ["in:t1", "lost"]
    assert outcome.notes[-1] == "1 labels name documents that are not here (yet)"


def decisions(count: int) -> pd.DataFrame:
    days = pd.date_range("2026-05-20", periods=count, freq="h", tz="UTC")
    return pd.DataFrame(
        {
            "decision_id": [f"d{number}" for number in range(count)],
            "decided_at": days,
            "mitigation": ["cyber" if number % 3 else "bio/../x" for number in range(count)],
            "action": ["block" if number % 2 else "allow" for number in range(count)],
            "customer_id": [f"acme-{number % 5}" for number in range(count)],
            "score": [0.5] * count,
            "threshold": [0.8] * count,
            "plan": ["pro"] * count,
            "truth": ["benign" if number % 50 == 0 else None for number in range(count)],
            "inclusion_probability": [0.02] * count,
        }
    )


def test_decisions_are_kept_whole_on_disk_by_day_and_with_truth_in_the_store(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    decisions(600).to_parquet(tmp_path / "log.parquet")
    assert take(tmp_path / "log.parquet", input="decisions").rows_new == 600
    parts = sorted(path.relative_to(workspace.decisions).as_posix() for path in workspace.decisions.rglob("*.parquet"))
    assert len(parts) == 4 and parts[0].startswith("mitigation=bio%2F..%2Fx/month=2026-05/part-")
    assert sum(len(pd.read_parquet(workspace.decisions / part, partitioning=None)) for part in parts) == 600
    with workspace.open_store() as store:
        by_day, judged = store.reference.decision_days(), store.reference.decisions()
    assert by_day["decisions"].sum() == 600 and by_day["customers"].max() <= 5
    assert len(judged) == 12 and set(judged["truth"]) == {"benign"}
    assert judged["segments"].tolist()[0] == {"plan": "pro"}


def test_decision_in_two_files_is_counted_once_and_its_late_truth_is_taken(
    tmp_path: Path, take: Take, workspace: Workspace
) -> None:
    log = decisions(100)
    log.to_parquet(tmp_path / "a.parquet")
    log.assign(truth=["harmful" if number == 7 else None for number in range(100)]).to_parquet(tmp_path / "b.parquet")
    take(tmp_path / "a.parquet", input="decisions")
    outcome = take(tmp_path / "b.parquet", input="decisions")
    assert (outcome.rows_new, outcome.rows_same) == (0, 100)
    with workspace.open_store() as store:
        assert store.reference.decision_days()["decisions"].sum() == 100
        truth = store.reference.decisions().set_index("decision_id")["truth"].to_dict()
    assert truth == {"d0": "benign", "d50": "benign", "d7": "harmful"}


def test_decision_that_says_nothing_usable_is_quarantined(tmp_path: Path, take: Take) -> None:
    good = {"decided_at": "2026-06-01T00:00:00Z", "mitigation": "m", "action": "Blocked", "truth": ""}
    good |= {"inclusion_probability": "0"}  # what logs write where nothing was drawn
    rows = [good, {**good, "action": "maybe"}, {**good, "mitigation": ""}, {**good, "truth": "perhaps"}]
    rows += [{**good, "inclusion_probability": "1.5"}, {**good, "inclusion_probability": "-0.1"}]
    outcome = take(put(tmp_path / "log.csv", rows), input="decisions")
    assert outcome.rows_new == 1
    assert outcome.reasons == {"bad_action": 1, "no_mitigation": 1, "bad_truth": 1, "bad_probability": 2}


def real(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    return path


def test_airline_tweets_need_no_option(take: Take, workspace: Workspace) -> None:
    outcome = take(real("airline_tweets_2015.csv.gz"), dry_run=True)
    assert {"text <- text (guessed)", "segment product <- airline (guessed)"} <= set(outcome.mapping)
    assert outcome.rows_in == 14_640 and outcome.rows_quarantined == 0


def test_issues_of_an_ai_product_need_no_option(take: Take) -> None:
    outcome = take(real("ai_product_issues_2025.csv.gz"), dry_run=True)
    assert "text <- title, body (guessed)" in outcome.mapping
    assert "created_at' read as iso: 2025-11-27 to 2025-12-16" in "".join(outcome.notes)
    assert not [line for line in outcome.mapping if line.startswith("segment")]


def test_app_reviews_need_no_option(take: Take, workspace: Workspace) -> None:
    outcome = take(real("ai_app_reviews_2023.csv.gz"))
    assert outcome.rows_new == 2292
    assert len({row["document_id"] for row in documents(workspace)}) == 2292


def test_telecom_dates_are_refused_and_right_with_the_option_that_is_named(take: Take, workspace: Workspace) -> None:
    path = real("telecom_complaints_2015.csv.gz")
    with pytest.raises(ColumnRefused) as error:
        take(path)
    assert "9 months that have no row on days 13 to 31" in str(error.value)
    assert "--date-format mixed-mdy" in str(error.value)
    assert "'Date_month_year': expected days that can be true, got implausible ones" in str(error.value)
    assert documents(workspace) == []
    take(path, date_formats={"": "mixed-mdy"})
    days = {row["received_at"][:10] for row in documents(workspace)}
    assert (min(days), max(days), len(days)) == ("2015-04-01", "2015-06-30", 91)
    by_id = {row["document_id"].partition(":")[2]: row for row in documents(workspace)}
    assert by_id["250635"]["received_at"] == "2015-04-22T15:53:50Z"
    assert by_id["223441"]["received_at"] == "2015-04-08T10:22:56Z"
    other = Wishes({"received_at": ("Date_month_year",)})
    assert "rows on 91 of 91 days" in "".join(
        take(path, date_formats={"": "mixed-mdy"}, wishes=other, dry_run=True).notes
    )
