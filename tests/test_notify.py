"""Notifications: each once, claimed before it is sent; failures retried, crashes told, silences kept."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina
from receivers import SECRET, Receiver

from jobs import notify
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace

AS_OF = "2026-03-10T20:00:00Z"
NOW = datetime(2026, 3, 10, 21, tzinfo=UTC)
ALONE = "UPDATE alert SET state = 'ongoing' WHERE alert_id != 'A1'"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One try an attempt, no waiting, no proxy, the secret of the hook in the environment."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HOOK", SECRET)
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A small world (delivery_world.sql) in which only alert A1 is news."""
    made, _ = create_workspace(tmp_path / "workspace")
    connection = sqlite3.connect(made.database)
    connection.executescript(Path(__file__).with_name("delivery_world.sql").read_text(encoding="utf-8"))
    connection.execute(ALONE)
    connection.commit()
    connection.close()
    return made


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with workspace.open_store() as opened:
        yield opened


def listen(store: Store, *channels: dict[str, str]) -> None:
    store.db.execute("UPDATE owner SET channels = ?", (json.dumps(list(channels)),))


def webhook(receiver: Receiver) -> dict[str, str]:
    return {"type": "webhook", "url": f"http://127.0.0.1:{receiver.port}/hook", "secret_env": "HOOK"}


def run(store: Store, workspace: Workspace, *, later: timedelta = timedelta(0)) -> int:
    return notify.run(store, workspace.settings, workspace, as_of=AS_OF, now=NOW + later)


def states(store: Store) -> list[str]:
    return [row["state"] for row in store.delivery.notifications()]


def test_alert_is_delivered_once_a_channel(store: Store, workspace: Workspace, hook: Receiver) -> None:
    listen(store, {"type": "file", "path": "digests"}, webhook(hook))
    assert run(store, workspace) == 2
    assert run(store, workspace) == 0
    assert len(hook.received) == 1
    assert [path.name for path in workspace.digests.glob("*.md")] == ["alert-A1-new-2026-02-23.md"]
    assert states(store) == ["sent", "sent"]


def test_only_news_is_delivered_and_each_owner_gets_their_own(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE alert SET state = 'new' WHERE alert_id = 'A3'")
    run(store, workspace)
    told = {(row["alert_id"], row["owner"]) for row in store.delivery.notifications()}
    assert told == {("A1", "cyber-team"), ("A3", "bio-team")}


def test_alert_without_a_known_owner_goes_to_the_digests_directory(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE alert SET owner = 'nobody'")
    assert run(store, workspace) == 1
    assert list(workspace.digests.glob("alert-A1*.md"))


def test_growing_alert_is_told_again_and_a_day_found_anew_is_not(store: Store, workspace: Workspace) -> None:
    run(store, workspace)
    store.db.execute("UPDATE alert SET day = '2026-02-25' WHERE alert_id = 'A1'")
    assert run(store, workspace) == 0
    store.db.execute("UPDATE alert SET state = 'escalating' WHERE alert_id = 'A1'")
    assert run(store, workspace) == 1


def test_silenced_alert_waits_until_the_silence_is_over(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE silence SET matcher = '{\"harm_domain\":\"cyber\"}' WHERE silence_id = 's1'")
    assert run(store, workspace) == 0
    store.db.execute("UPDATE silence SET until = '2026-03-10' WHERE silence_id = 's1'")
    assert run(store, workspace) == 1


def test_passing_failure_is_tried_again_when_its_time_has_come(
    store: Store, workspace: Workspace, hook: Receiver
) -> None:
    listen(store, webhook(hook))
    hook.answers = [503, 503]
    assert run(store, workspace) == 0
    assert states(store) == ["failed"]
    assert run(store, workspace, later=timedelta(minutes=1)) == 0
    assert len(hook.received) == 1, "not due yet"
    run(store, workspace, later=timedelta(minutes=6))
    assert run(store, workspace, later=timedelta(minutes=12)) == 0, "each wait is twice as long"
    assert run(store, workspace, later=timedelta(minutes=20)) == 1
    assert len(set(hook.ids())) == 1, "the same id each time"


def test_delivery_that_never_succeeds_is_given_up_and_listed(
    store: Store, workspace: Workspace, hook: Receiver
) -> None:
    listen(store, webhook(hook))
    hook.answers = [500] * 20
    for day in range(8):
        run(store, workspace, later=timedelta(days=day))
    (row,) = store.delivery.notifications(states=["dead"])
    assert row["attempts"] == notify.MOST_ATTEMPTS == len(hook.received)
    assert "500" in row["error"]


def test_permanent_failure_is_not_tried_again(store: Store, workspace: Workspace, hook: Receiver) -> None:
    listen(store, webhook(hook))
    hook.answers = [410]
    run(store, workspace)
    run(store, workspace, later=timedelta(days=1))
    assert states(store) == ["dead"] and len(hook.received) == 1


def test_channel_that_cannot_be_opened_is_dead_with_the_reason(store: Store, workspace: Workspace) -> None:
    listen(store, {"type": "pigeon"}, {"type": "email", "to": "a@example.org"})
    assert run(store, workspace) == 0
    errors = {row["channel"]: row["error"] for row in store.delivery.notifications(states=["dead"])}
    assert "available: apprise, email, file, webhook" in errors["pigeon"]
    assert "smtp_host" in errors["email:a@example.org"]


def test_two_processes_at_once_send_one_message(store: Store, workspace: Workspace) -> None:
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    (row,) = store.delivery.notifications()
    with workspace.open_store() as other:
        claims = [one.delivery.claim(row, now=NOW) for one in (store, other)]
    assert claims == [True, False]


def killed_while_sending(workspace: Workspace, receiver: Receiver) -> None:
    """Run a delivery in a process of its own that the receiver kills once it has the message."""
    code = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from jobs import notify
from jobs.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
sys.stdin.readline()
with workspace.open_store() as store:
    notify.run(store, workspace.settings, workspace, as_of={AS_OF!r}, now=datetime(2026, 3, 10, 21, tzinfo=UTC))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(workspace.path)], stdin=subprocess.PIPE, text=True
    ) as process:
        receiver.victim.append(process.pid)
        process.communicate("go\n", timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_webhook_whose_sender_was_killed_is_sent_again_under_its_id(
    store: Store, workspace: Workspace, hook: Receiver
) -> None:
    listen(store, webhook(hook))
    killed_while_sending(workspace, hook)
    assert states(store) == ["claimed"]
    assert run(store, workspace) == 1
    assert len(hook.received) == 2 and len(set(hook.ids())) == 1
    assert states(store) == ["sent"]


def test_mail_whose_sender_was_killed_is_listed_as_uncertain_and_never_doubled(
    store: Store, workspace: Workspace, post_office: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSWELL_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("GROUNDSWELL_SMTP_PORT", str(post_office.port))
    monkeypatch.setenv("GROUNDSWELL_SMTP_STARTTLS", "false")
    listen(store, {"type": "email", "to": "owner@example.org"})
    killed_while_sending(workspace, post_office)
    assert run(store, workspace, later=timedelta(minutes=1)) == 0
    assert states(store) == ["claimed"], "somebody may still be at it"
    for hours in (1, 2):
        assert run(store, workspace, later=timedelta(hours=hours)) == 0
    assert states(store) == ["uncertain"]
    assert len(post_office.received) == 1


def test_notification_of_an_alert_that_is_gone_is_dead(store: Store, workspace: Workspace) -> None:
    notify.queue_alerts(store, workspace.settings, as_of=AS_OF)
    store.db.execute("DELETE FROM alert")
    assert notify.deliver(store, workspace.settings, workspace, as_of=AS_OF, now=NOW) == 0
    assert states(store) == ["dead"]


def test_critical_alert_is_told_without_the_words_of_its_reports(store: Store, workspace: Workspace) -> None:
    store.db.execute("UPDATE alert SET state = 'new' WHERE alert_id = 'A3'")
    run(store, workspace)
    for path in workspace.digests.glob("bio/*"):
        text = path.read_text(encoding="utf-8")
        assert "SECRETPROTOCOL" not in text and "/alerts/A3" in text
    assert len(list(workspace.digests.glob("bio/*"))) == 2
