"""Telling owners of grave documents: at once, once, without a text, by the next channel where the first one fails."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
import yaml
from receivers import SECRET, Receiver

from jobs import notify, triage
from jobs.cache import cache_directory
from jobs.decision_log import DecisionLog
from jobs.ingest import Outcome, ingest
from jobs.ingest_plan import Request
from jobs.triage_models import make_watch
from jobs.workspace import Workspace, create_workspace
from nlp.taxonomy import load_taxonomy

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
GRAVE = "Our agent ignored every stop command, turned off the SECRETLOG monitoring and copied itself to another server."
ORDINARY = "I was charged twice in March and nobody answers."


@pytest.fixture(scope="module", autouse=True)
def prepared() -> None:
    """The classifier is there: an ingest makes none."""
    make_watch(load_taxonomy(), cache_directory())


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HOOK", SECRET)
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def post_office(post_office: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """The SMTP server, and the settings that lead to it."""
    monkeypatch.setenv("GROUNDSWELL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("GROUNDSWELL_SMTP_PORT", str(post_office.port))
    monkeypatch.setenv("GROUNDSWELL_SMTP_STARTTLS", "false")
    return post_office


def owned(tmp_path: Path, *owners: dict[str, Any], **files: Any) -> Workspace:
    """A workspace with these owners and other reference files."""
    workspace, _ = create_workspace(tmp_path / "workspace")
    given = {"owners": [{"name": one["id"].title(), **one} for one in owners], **files}
    for name, rows in given.items():
        (workspace.path / f"{name}.yaml").write_text(yaml.safe_dump({name: rows}), encoding="utf-8")
    return workspace


def feedback(path: Path, rows: list[dict[str, Any]]) -> Path:
    columns = sorted({name for row in rows for name in row} | {"id", "text", "received_at"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for number, row in enumerate(rows):
            writer.writerow({"id": f"g{number}", "text": GRAVE, "received_at": "2026-06-30T08:00:00Z"} | row)
    return path


def bring(workspace: Workspace, rows: list[dict[str, Any]], name: str = "feedback.csv") -> Outcome:
    path = feedback(workspace.path / name, rows)
    with workspace.open_store() as store:
        return ingest(workspace, store, Request(path=path, input="feedback", source="desk"), now=NOW)


def notifications(workspace: Workspace) -> dict[str, str]:
    with workspace.open_store() as store:
        return {row["channel"]: row["state"] for row in store.delivery.notifications()}


def written(workspace: Workspace, folder: str = "digests") -> list[str]:
    return [path.read_text("utf-8") for path in sorted((workspace.path / folder).glob("triage-*.md"))]


EMAIL = {"type": "email", "to": "duty@example.org"}
FILES = {"type": "file", "path": "digests/own"}


def test_urgent_channel_is_told_at_ingest_in_one_message_by_links(tmp_path: Path, post_office: Receiver) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": EMAIL, "channels": [FILES]})
    outcome = bring(workspace, [{}, {"text": GRAVE + " Twice."}, {"text": ORDINARY}])
    (mail,) = post_office.received
    text = mail.get_body(("plain",)).get_content() + mail.get_body(("html",)).get_content()
    assert outcome.queued == 2 and mail["To"] == "duty@example.org" and "2 documents may be grave" in mail["Subject"]
    assert text.count("/documents/desk%3Ag0") == 2 and "a stop was ignored" in text and "received 2026-06-30" in text
    assert "SECRETLOG" not in mail.as_string() and not written(workspace, "digests/own")
    assert notifications(workspace) == {"email:duty@example.org": "sent"}


def test_a_later_batch_is_told_of_by_itself(tmp_path: Path, post_office: Receiver) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": [EMAIL]})
    bring(workspace, [{}])
    bring(workspace, [{"id": "late", "text": GRAVE + " Later."}], name="late.csv")
    assert [mail["Subject"].count("1 document may be grave") for mail in post_office.received] == [1, 1]


def test_without_an_urgent_channel_the_ordinary_ones_serve_and_without_any_the_default_owners_files(
    tmp_path: Path,
) -> None:
    known = owned(tmp_path / "a", {"id": "default", "channels": [FILES]})
    bring(known, [{}])
    assert notifications(known) == {"file:digests/own": "sent"}
    mitigation = {"id": "agents", "name": "Agents", "harm_domain": "loss_of_control", "owner": "quiet"}
    quiet = owned(
        tmp_path / "b", {"id": "default", "channels": [EMAIL, FILES]}, {"id": "quiet"}, mitigations=[mitigation]
    )
    bring(quiet, [{}])
    assert notifications(quiet) == {"file:digests/own": "sent"} and len(written(quiet, "digests/own")) == 1


def test_where_the_urgent_channel_fails_the_next_one_is_told_in_the_same_round(tmp_path: Path, hook: Receiver) -> None:
    url = f"http://127.0.0.1:{hook.port}/hook"
    webhook = {"type": "webhook", "url": url, "secret_env": "HOOK"}
    workspace = owned(tmp_path, {"id": "default", "urgent": webhook, "channels": [FILES]})
    hook.answers = [503]
    bring(workspace, [{}])
    states = notifications(workspace)
    assert states.pop("file:digests/own") == "sent" and list(states.values()) == ["failed"]
    with workspace.open_store() as store:
        later = datetime.now(UTC) + timedelta(minutes=6)
        assert notify.deliver_triage(store, workspace.settings, workspace, now=later) == 1
    assert len(hook.received) == 2 and hook.told()[0]["data"]["documents"][0]["document_id"] == "desk:g0"
    assert "SECRETLOG" not in json.dumps(hook.told())
    assert set(notifications(workspace).values()) == {"sent"} and len(written(workspace, "digests/own")) == 1


def test_channels_that_cannot_be_opened_end_at_the_default_owners_files(tmp_path: Path) -> None:
    pager = {"type": "apprise", "url_env": "NO_SUCH_SECRET"}
    workspace = owned(tmp_path, {"id": "default", "urgent": pager, "channels": [EMAIL]})
    bring(workspace, [{}])
    states = notifications(workspace)
    assert states.pop("file:digests") == "sent" and set(states.values()) == {"dead"}


def test_a_backfill_is_queued_and_only_counted_and_pages_nobody(tmp_path: Path, post_office: Receiver) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": EMAIL, "channels": [FILES]})
    old = [{"text": f"{GRAVE} Case {n}.", "received_at": f"2026-03-{n % 28 + 1:02d}T08:00:00Z"} for n in range(30)]
    outcome = bring(workspace, [*old, {"text": ORDINARY, "id": "new"}])
    assert outcome.queued == 30 and outcome.told == 1 and post_office.received == []
    (text,) = written(workspace, "digests/own")
    assert "30 older documents queued" in text and "/documents/" not in text and "from 2026-03-01 to 2026-03-28" in text


def test_at_most_so_many_are_listed_and_the_rest_counted_with_the_queue(tmp_path: Path) -> None:
    workspace = owned(tmp_path, {"id": "default", "channels": [FILES]})
    with (workspace.path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\ntriage_listed: 2\nbase_url: https://gs.example.org/\n")
    bring(Workspace(workspace.path), [{"text": f"{GRAVE} Case {n}."} for n in range(5)])
    (text,) = written(workspace, "digests/own")
    assert text.count("https://gs.example.org/documents/") == 2 and "3 further documents" in text
    assert "(https://gs.example.org/triage?owner=default)" in text


def test_the_owner_is_that_of_the_decision_else_the_mitigation_else_the_domain_else_the_route(tmp_path: Path) -> None:
    import pandas as pd

    owners = [{"id": name, "channels": [FILES]} for name in ("default", "one", "two", "three", "four")]
    mitigations = [
        {"id": "m1", "name": "M1", "harm_domain": "cyber", "owner": "one"},
        {"id": "m2", "name": "M2", "harm_domain": "cyber", "owner": "two"},
        {"id": "m3", "name": "M3", "harm_domain": "loss_of_control", "owner": "three"},
    ]
    routes = [{"match": {"harm_domain": "self_harm"}, "owner": "four"}]
    workspace = owned(tmp_path, *owners, mitigations=mitigations, routes=routes)
    decisions = pd.DataFrame(
        {"decision_id": ["x"], "decided_at": ["2026-06-30T07:00:00Z"], "mitigation": ["m1"], "action": ["allow"]}
    )
    decisions.to_csv(workspace.path / "decisions.csv", index=False)
    with workspace.open_store() as store:
        ingest(workspace, store, Request(workspace.path / "decisions.csv", input="decisions"), now=NOW)
    assert DecisionLog(workspace.decisions).partitions()
    own = "I do not want to live any more and your bot is the only one I talk to."
    rows = [
        {"decision_id": "x", "mitigation": "m2"},
        {"mitigation": "m2", "text": GRAVE + " B."},
        {"text": GRAVE + " C."},
    ]
    bring(workspace, [*rows, {"mitigation": "unheard-of", "text": GRAVE + " D."}, {"text": own}])
    with workspace.open_store() as store:
        found = dict(store.db.execute("SELECT document_id, owner FROM triage").fetchall())
    assert [found[f"desk:g{n}"] for n in range(4)] == ["one", "two", "three", "three"]
    assert found["desk:g4"] in ("four", "default")


def test_a_wrong_reference_file_keeps_nothing_from_being_stored_and_is_told(tmp_path: Path) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": {"type": "email"}})
    outcome = bring(workspace, [{}])
    assert outcome.rows_new == 1 and outcome.queued == 1 and "nobody was told" in outcome.triage
    (workspace.path / "owners.yaml").write_text("owners: []\n", encoding="utf-8")
    with workspace.open_store() as store:
        assert triage.tell(store, workspace, now=NOW) == 1
    assert notifications(workspace) == {"file:digests": "sent"}


def test_hostile_names_are_harmless_in_every_form(tmp_path: Path, post_office: Receiver) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": [EMAIL, FILES]})
    bring(workspace, [{"id": "[x](https://evil.example) <script>@all", "plan": "<b>=cmd()"}])
    (mail,) = post_office.received
    page, text = mail.get_body(("html",)).get_content(), mail.get_body(("plain",)).get_content()
    assert "<script>" not in page and "<b>" not in page and "https://evil" not in page + text
    assert "](https://evil" not in written(workspace, "digests/own")[0]


CODE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
sys.stdin.readline()
with workspace.open_store() as store:
    request = Request(path=Path(sys.argv[2]), input="feedback", source="desk")
    ingest(workspace, store, request, now=datetime(2026, 6, 30, 12, tzinfo=UTC))
"""


def killed_while_ingesting(workspace: Workspace, path: Path, arm: Callable[[int], None]) -> None:
    """Ingest in a process of its own that is killed when whoever `arm` tells its id decides so."""
    command = [sys.executable, "-c", CODE, str(workspace.path), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        arm(process.pid)
        process.communicate("go\n", timeout=120)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_mail_whose_sender_was_killed_is_never_doubled_and_the_next_channel_is_told(
    tmp_path: Path, post_office: Receiver
) -> None:
    workspace = owned(tmp_path, {"id": "default", "urgent": EMAIL, "channels": [FILES]})
    path = feedback(workspace.path / "feedback.csv", [{}])
    killed_while_ingesting(workspace, path, post_office.victim.append)
    with workspace.open_store() as store:
        for minutes, sent in ((1, 0), (30, 1), (60, 0)):
            assert triage.tell(store, workspace, now=datetime.now(UTC) + timedelta(minutes=minutes)) == sent
    assert len(post_office.received) == 1
    assert notifications(workspace) == {"email:duty@example.org": "uncertain", "file:digests/own": "sent"}


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.4, 0.8])
def test_an_ingest_killed_at_work_and_repeated_queues_and_tells_once(tmp_path: Path, after: float) -> None:
    rows = [{"text": f"{GRAVE if n % 100 == 0 else ORDINARY} Number {n}."} for n in range(1200)]
    workspace = owned(tmp_path, {"id": "default", "urgent": [FILES]})
    path = feedback(workspace.path / "feedback.csv", rows)

    def arm(pid: int) -> None:
        def strike() -> None:
            wanted = int(after * 2) * 500
            while True:
                with workspace.open_store() as store:
                    if store.documents.count() >= max(wanted, 1):
                        os.kill(pid, signal.SIGKILL)
                        return

        threading.Thread(target=strike, daemon=True).start()

    killed_while_ingesting(workspace, path, arm)
    with workspace.open_store() as store:
        outcome = ingest(workspace, store, Request(path=path, input="feedback", source="desk"), now=NOW)
        assert store.db.execute("SELECT count(*) FROM triage").fetchone()[0] == 12
        assert store.db.execute("SELECT count(*) FROM triage_look").fetchone()[0] == 1200
        assert [row["state"] for row in store.delivery.notifications()] == ["sent"] and outcome.told == 1
    assert len(written(workspace, "digests/own")) == 1
