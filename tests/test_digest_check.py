"""The numbers of a digest: each text is held against the object it is made of before it leaves."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jobs import digest, letters, notify
from jobs.cli import cli
from jobs.digest_check import NumberNotInDigest, check_message, figures
from jobs.digest_content import alert_content, completed
from jobs.digest_facts import View, look
from jobs.digest_lines import brief, summary
from jobs.message import Message
from jobs.store import Store
from jobs.workspace import Workspace
from jobs.wrapping import wrapped

AS_OF = "2026-03-10T20:00:00Z"
LATER = "2026-03-17T20:00:00Z"
FORMS = ("text", "markdown", "html")


@pytest.fixture(scope="module")
def world(delivery_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Workspace]]:
    """One for the tests that only read."""
    made = Workspace(Path(shutil.copytree(delivery_world, tmp_path_factory.mktemp("read") / "workspace")))
    with made.open_store() as opened:
        yield opened, made


@pytest.fixture(scope="module")
def view(world: tuple[Store, Workspace]) -> View:
    return look(world[0], world[1].settings, as_of=AS_OF)


@pytest.fixture(scope="module")
def content(world: tuple[Store, Workspace]) -> dict[str, Any]:
    return digest.build(world[0], world[1].settings, "cyber-team", as_of=AS_OF)


def without_charts(content: dict[str, Any]) -> Message:
    """The texts of a letter, checked as they are before it leaves."""
    page = digest.render_html(content, {}, inline=False)
    texts = {"text": wrapped(digest.render_text(content)), "markdown": digest.render_markdown(content), "html": page}
    made = Message(message_id="N1", name="n", subject="s", payload={}, brief=brief(content), **texts)
    check_message(made, content)
    return made


@pytest.fixture(scope="module")
def message(content: dict[str, Any]) -> Message:
    return without_charts(content)


def test_letter_of_every_owner_and_alert_passes(world: tuple[Store, Workspace], view: View) -> None:
    for owner in ("bio-team", "nobody"):
        content = digest.build(world[0], world[1].settings, owner, as_of=AS_OF)
        without_charts(content)
    for alert in view.alerts:
        without_charts(alert_content(view, alert, {"owner_id": "x", "name": "X"}))


@pytest.mark.parametrize("form", FORMS)
def test_number_that_the_content_does_not_hold_is_refused(form: str, message: Message, content: dict[str, Any]) -> None:
    said = getattr(message, form)
    assert "4.31" in said
    with pytest.raises(NumberNotInDigest, match=r"got 4\.32"):
        check_message(replace(message, **{form: said.replace("4.31", "4.32", 1)}), content)


@pytest.mark.parametrize("form", FORMS)
def test_number_of_another_alert_is_refused_in_the_block_of_this_one(
    form: str, message: Message, content: dict[str, Any]
) -> None:
    """The second alert has no ratio: that of the first must not appear there."""
    said = getattr(message, form)
    at = said.rindex("Charged twice")
    with pytest.raises(NumberNotInDigest, match="block of alert A"):
        check_message(replace(message, **{form: f"{said[:at]}4.31 {said[at:]}"}), content)


def test_content_that_changed_after_the_text_was_made_is_noticed(message: Message, content: dict[str, Any]) -> None:
    """Every figure that an alert's block is made of, one at a time."""
    noticed, asked = 0, 0
    first = content["alerts"][0]
    for name in ("ratio", "ratio_low", "ratio_high", "before_mean", "after_mean"):
        alert = {**first, name: 987.5, "reads": []}
        asked += 1
        try:
            check_message(message, {**content, "alerts": [alert, *content["alerts"][1:]]})
        except NumberNotInDigest:
            noticed += 1
    assert noticed == asked


def test_a_list_is_counted_by_a_tally_not_by_the_text() -> None:
    assert figures({"days": ["2026-03-01", "2026-03-02"]}) == {"2026", "03", "01", "02"}


def test_wrong_number_stops_the_digest_of_its_owner_alone(
    store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forged(content: dict[str, Any]) -> str:
        told = render(content)
        return f"{told}\n777 more\n" if content["owner"] == "cyber-team" else told

    store.db.execute("DELETE FROM alert")
    render = letters.render_text
    monkeypatch.setattr(letters, "render_text", forged)
    with pytest.raises(NumberNotInDigest, match="got 777"):
        digest.run(store, workspace.settings, workspace, as_of=AS_OF)
    assert [row["owner"] for row in store.delivery.digests()] == ["bio-team"]
    assert {row["owner"] for row in store.delivery.notifications(states=["sent"])} == {"bio-team"}


def test_wrong_number_in_an_alert_is_a_dead_letter_that_says_so(
    store: Store, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = letters.render_markdown
    monkeypatch.setattr(letters, "render_markdown", lambda content: render(content) + "\n31337 more\n")
    store.db.execute("UPDATE alert SET state = 'ongoing' WHERE alert_id != 'A1'")
    notify.run(store, workspace.settings, workspace, as_of=AS_OF)
    (row,) = store.search.delivery.page(notify_filter()).rows
    assert row["state"] == "dead" and "31337" in row["error"]


def notify_filter() -> Any:
    from jobs.store_search_delivery import NotificationFilter

    return NotificationFilter("dead")


def keep(store: Store, content: dict[str, Any], as_of: str) -> None:
    """Store a digest as if it had been sent."""
    row = {"digest_id": as_of, "owner": content["owner"], "period_from": as_of, "period_to": as_of, "as_of": as_of}
    store.delivery.write_digest({**row, "content": content})


def test_what_ended_since_the_last_digest_is_told_with_who_did_what(store: Store, workspace: Workspace) -> None:
    first = digest.build(store, workspace.settings, "cyber-team", as_of=AS_OF)
    keep(store, first, AS_OF)
    store.db.execute("UPDATE alert SET state = 'resolved' WHERE alert_id = 'A2'")
    store.findings.add_alert_event(
        "A1", at=AS_OF, actor="Ann", action="closed", detail={"did": "release 4.2", "state": "new"}
    )
    later = digest.build(store, workspace.settings, "cyber-team", as_of=LATER)
    assert [(row["alert_id"], row["by"], row["did"]) for row in later["ended"]] == [
        ("A1", "Ann", "release 4.2"),
        ("A2", None, None),
    ]
    lines = summary(later)
    assert lines[0] == (
        "Nothing new since the digest of 2026-03-10: 1 over, 1 closed by people, 1 alert told before and still open."
    )
    assert lines[1].startswith("Gravest of those still open: over-block ×1.9")
    assert len(lines) == 5
    text = digest.render_text(later)
    assert "closed by Ann: release 4.2" in text and "over by itself" in text
    keep(store, later, LATER)
    last = digest.build(store, workspace.settings, "cyber-team", as_of="2026-03-24T20:00:00Z")
    assert last["ended"] == [], "told once"


def test_digest_stored_by_an_earlier_version_can_still_be_sent(view: View, content: dict[str, Any]) -> None:
    fresh = ("previous", "ended", "effects", "signals", "more_effects", "more_signals", "tallies")
    old = {name: value for name, value in content.items() if name not in fresh}
    old["alerts"] = [{name: value for name, value in one.items() if name != "links"} for one in old["alerts"]]
    old["silences"] = [{name: value for name, value in one.items() if name != "holds_back"} for one in old["silences"]]
    assert set(completed(old)) == set(content)
    assert without_charts(completed(old)).text.startswith("Cyber safeguards")


def test_exemplars_of_critical_hazard_are_links_to_the_documents(world: tuple[Store, Workspace]) -> None:
    content = digest.build(world[0], world[1].settings, "bio-team", as_of=AS_OF)
    (alert,) = content["alerts"]
    assert alert["exemplars"] == [] and len(alert["links"]) == 3
    page = digest.render_html(content, {})
    for example in alert["links"]:
        assert f'href="{example["link"]}"' in page and "/documents/d0" in example["link"]


def test_dry_run_says_what_would_go_where_and_sends_nothing(workspace: Workspace, store: Store) -> None:
    store.db.execute(
        "UPDATE owner SET channels = ?", (json.dumps([{"type": "email", "to": "a@example.org"}, {"type": "file"}]),)
    )
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "digest", "--owner", "cyber-team", "--dry-run"])
    assert '"[groundswell] Cyber safeguards: 3 alerts, to 2026-03-10"' in done.stderr
    assert "would be sent to email:a@example.org, file" in done.stderr
    assert store.delivery.notifications() == [] and not list(workspace.digests.glob("*.md"))


def test_owner_who_listed_no_channel_is_told_by_files(workspace: Workspace, store: Store) -> None:
    store.db.execute("UPDATE owner SET channels = '[]'")
    assert notify.queue_alerts(store, workspace.settings, as_of=AS_OF) == 3
    assert {row["channel"] for row in store.delivery.notifications()} == {"file:digests"}


EFFECT = """
    INSERT INTO effect_check (alert_id, action, closed_on, onset, checked_as_of, verdict, ratio, ratio_low, ratio_high,
      reason, detail)
    VALUES (?, 'release [4.2](x)', '2026-02-10', '2026-02-10', ?, 'improved', 0.412345, 0.3, 0.55, 'fell', '{}')"""
SIGNAL = """
    INSERT INTO signal (series, signal, at, day, days, theme_id, strength, low, high, denominator, p_value, q_value,
      told, type, owner, evidence, as_of)
    VALUES ('feedback/theme=T0001', 'new_accounts', 'now', '2026-03-05', 7, 'T0001', 0.4, 0.3, 0.5, 30, 0.001234,
      0.00987, 1, 'adversarial_shift', 'cyber-team',
      '{"reads":"of 30 accounts 12 are new","against":"a launch brings new accounts"}', '2026-03-10T20:00:00Z')"""


def test_effects_and_signals_are_told_once_to_their_owner(store: Store, workspace: Workspace) -> None:
    store.db.execute(EFFECT, ("A4", "2026-03-09T20:00:00Z"))
    store.db.execute(SIGNAL)
    content = digest.build(store, workspace.settings, "cyber-team", as_of=AS_OF)
    (effect,), (signal,) = content["effects"], content["signals"]
    assert (effect["alert_id"], effect["verdict"], effect["ratio"]) == ("A4", "improved", 0.412)
    assert signal["sentence"] == (
        "Exploit analysis refused, new accounts: of 30 accounts 12 are new. "
        "Such a thing by chance: q = 0.00987; against it: a launch brings new accounts."
    )
    assert "1 effect checked" in summary(content)[0]
    letter = without_charts(content)
    for text in (letter.text, letter.markdown, letter.html):
        assert "What closed alerts came to" in text and "Signals beside volume" in text
    assert "[4.2](x)" not in letter.markdown
    keep(store, content, AS_OF)
    later = digest.build(store, workspace.settings, "cyber-team", as_of=LATER)
    assert later["effects"] == later["signals"] == []
    other = digest.build(store, workspace.settings, "bio-team", as_of=AS_OF)
    assert other["effects"] == other["signals"] == []


def test_plain_part_of_a_letter_has_lines_that_fit(message: Message) -> None:
    for line, below in zip(message.text.split("\n"), [*message.text.split("\n")[1:], ""], strict=True):
        assert len(line) <= 78 or "://" in line or set(below) in ({"="}, {"-"}), line
