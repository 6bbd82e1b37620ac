"""Editing themes in a workspace: checked, kept with author and reason, at once in the list, taken back exactly."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from jobs.cli import cli
from jobs.curation import By, make, place_of, preview, settle, standing, states, undo
from jobs.curation_rules import BadEdit, StaleEdit, UnknownEdit, UnknownTheme
from jobs.digest import build, render_html, render_markdown, render_text
from jobs.store import Store
from jobs.workspace import Workspace
from topics.strands import in_force, placing
from topics.volume import series_table

BY = By("Ada", "they are one subject", datetime(2026, 4, 1, 12, tzinfo=UTC))


@pytest.fixture
def store(vectored: Workspace) -> Iterator[Store]:
    with vectored.open_store() as opened:
        yield opened


def themes(store: Store) -> dict[str, dict[str, object]]:
    return {str(row["theme_id"]): row for row in store.curation.themes("feedback").to_dict("records")}


def listing(store: Store) -> list[tuple[object, ...]]:
    return store.db.execute(
        "SELECT theme_id, name, named_by, state, pinned, muted, level, parent_id, merged_into FROM theme ORDER BY 1"
    ).fetchall()


def test_a_name_holds_at_once_with_author_and_reason(store: Store) -> None:
    row = make(store, "rename", "T0002", {"name": "Lost <b>history</b>"}, by=BY)
    assert themes(store)["T0002"]["name"] == "Lost b history /b" and themes(store)["T0002"]["named_by"] == "Ada"
    kept = store.curation.edit(str(row["edit_id"]))
    assert kept is not None and (kept["author"], kept["reason"]) == ("Ada", "they are one subject")
    assert kept["made_at"] == "2026-04-01T12:00:00Z"
    history = store.db.execute("SELECT event, author FROM theme_event WHERE theme_id = 'T0002'").fetchall()
    assert history == [("renamed", "Ada")]


@pytest.mark.parametrize("name", ["", "  ", "<>", "\u202e"])
def test_a_name_without_letters_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadEdit, match="letters"):
        make(store, "rename", "T0002", {"name": name}, by=BY)


def test_two_living_themes_have_two_names(store: Store) -> None:
    with pytest.raises(BadEdit, match="the name of T0004"):
        make(store, "rename", "T0002", {"name": "charged TWICE for one month"}, by=BY)


def test_a_merged_theme_is_placed_under_its_target_and_is_edited_no_more(store: Store) -> None:
    make(store, "merge", "T0004", {"into": "T0002"}, by=BY)
    row = themes(store)["T0004"]
    assert (row["state"], row["merged_into"]) == ("merged", "T0002")
    owners, _ = placing(store.themes.prototypes("feedback"), standing(store, "feedback"))
    assert owners == ("T0001", "T0002", "T0003", "T0002", "T0005")
    with pytest.raises(StaleEdit, match="merged into T0002; edit T0002"):
        make(store, "mute", "T0004", {}, by=BY)
    with pytest.raises(StaleEdit, match="merged into T0002"):
        make(store, "merge", "T0001", {"into": "T0004"}, by=BY)


REFUSED = [
    ("merge", "T0001", {"into": "T0001"}, BadEdit, "twice"),
    ("merge", "T0001", {"into": "T0006"}, BadEdit, "one stream"),
    ("merge", "T0001", {"into": "T0099"}, UnknownTheme, "T0099"),
    ("pin", "T0099", {}, UnknownTheme, "T0099"),
    ("unmute", "T0001", {}, StaleEdit, "not muted"),
    ("rename", "T0004", {"name": "Charged twice for one month"}, StaleEdit, "already"),
    ("split", "T0001", {"into": 200}, BadEdit, "different documents"),
    ("split", "T0001", {"anchors": [["d0001"], ["d0001"]]}, BadEdit, "twice"),
    ("split", "T0001", {"anchors": [["nobody"], ["d0001"]]}, BadEdit, "nobody"),
    ("move", "T0001", {"document_id": "nobody", "to": "T0001"}, UnknownTheme, "nobody"),
    ("move", "T0006", {"document_id": "d0001", "to": "T0006"}, BadEdit, "of feedback"),
    ("must_not_merge", "T0001", {"other": "T0006"}, BadEdit, "one stream"),
]


@pytest.mark.parametrize(("action", "theme", "given", "error", "text"), REFUSED)
def test_what_cannot_be_is_refused_with_what_to_do(
    store: Store, action: str, theme: str, given: dict[str, object], error: type[Exception], text: str
) -> None:
    before = listing(store)
    with pytest.raises(error, match=text):
        make(store, action, theme, given, by=BY)
    assert listing(store) == before and not store.curation.edits()


def test_nobody_edits_without_a_reason(store: Store) -> None:
    with pytest.raises(BadEdit, match="who does it and why"):
        make(store, "pin", "T0001", {}, by=By("Ada", " ", BY.at))


def test_a_pinned_theme_is_not_merged_away(store: Store) -> None:
    make(store, "pin", "T0002", {}, by=BY)
    with pytest.raises(BadEdit, match="unpin it first"):
        make(store, "merge", "T0002", {"into": "T0001"}, by=BY)
    make(store, "merge", "T0001", {"into": "T0002"}, by=BY)


def test_what_must_not_merge_is_not_merged_by_people_either(store: Store) -> None:
    edit = make(store, "must_not_merge", "T0001", {"other": "T0002"}, by=BY)["edit_id"]
    with pytest.raises(BadEdit, match=f"Ada forbade it in {edit}"):
        make(store, "merge", "T0002", {"into": "T0001"}, by=BY)
    with pytest.raises(StaleEdit, match=f"{edit} keeps apart"):
        make(store, "must_not_merge", "T0002", {"other": "T0001"}, by=BY)
    make(store, "merge", "T0003", {"into": "T0002"}, by=BY)
    with pytest.raises(StaleEdit):
        make(store, "merge", "T0003", {"into": "T0001"}, by=BY)
    undo(store, str(edit), by=BY)
    make(store, "merge", "T0002", {"into": "T0001"}, by=BY)


def test_a_split_is_shown_first_and_divides_along_what_documents_say(store: Store) -> None:
    before = listing(store)
    parts = preview(store, "T0001", {"into": 2})
    assert [part["documents"] for part in parts] == [159, 159] and listing(store) == before
    assert [part["theme_id"] for part in parts] == ["T0007", "T0008"]
    assert len({row["document_id"] for part in parts for row in part["exemplars"]}) > 2
    make(store, "split", "T0001", {"into": 2}, by=BY)
    found = themes(store)
    assert (found["T0001"]["level"], found["T0001"]["state"]) == (1, "active")
    assert (found["T0007"]["parent_id"], found["T0008"]["state"]) == ("T0001", "active")
    rows, kept = store.themes.prototypes("feedback"), standing(store, "feedback")
    assert "T0001" not in set(rows["theme_id"][in_force(rows, kept)])
    assert frozenset(("T0007", "T0008")) in kept.apart
    with pytest.raises(BadEdit, match="roll-up"):
        make(store, "merge", "T0001", {"into": "T0002"}, by=BY)
    # The parts are themes: they can be merged, by a person.
    make(store, "merge", "T0008", {"into": "T0002"}, by=BY)


def test_a_part_with_four_fifths_stays_the_theme(store: Store) -> None:
    odd = store.curation.members("T0001")[1::2]
    for one in odd[:-20]:
        store.db.execute("UPDATE assignment SET theme_id = NULL WHERE document_id = ?", (one,))
    even = next(one for one in store.curation.members("T0001") if one not in odd)
    make(store, "split", "T0001", {"anchors": [[odd[-1]], [even]]}, by=BY)
    found = themes(store)
    assert (found["T0001"]["level"], found["T0001"]["state"]) == (0, "active")
    assert (found["T0007"]["parent_id"], found["T0007"]["state"]) == (None, "active")
    rows = store.themes.prototypes("feedback")
    assert rows.loc[in_force(rows, standing(store, "feedback")), "theme_id"].tolist().count("T0001") == 1


EDITS = [
    ("rename", "T0002", {"name": "Lost history"}),
    ("merge", "T0005", {"into": "T0002"}),
    ("split", "T0001", {"into": 2}),
    ("pin", "T0003", {}),
    ("mute", "T0003", {}),
    ("move", "T0002", {"document_id": "d0001", "to": "T0002"}),
    ("must_not_merge", "T0004", {"other": "T0003"}),
]


@pytest.mark.parametrize(("action", "theme", "given"), EDITS)
def test_an_edit_taken_back_leaves_the_list_as_it_was(
    store: Store, action: str, theme: str, given: dict[str, object]
) -> None:
    before = listing(store), placing(store.themes.prototypes("feedback"), standing(store, "feedback"))[0]
    edit = str(make(store, action, theme, given, by=BY)["edit_id"])
    undo(store, edit, by=By("Bo", "it was right", BY.at))
    known = {row[0] for row in before[0]}
    after = [row for row in listing(store) if row[0] in known]
    owners = placing(store.themes.prototypes("feedback"), standing(store, "feedback"))[0]
    assert (after, owners) == before
    assert all(row[3] == "merged" for row in listing(store) if row[0] not in known)
    with pytest.raises(StaleEdit, match="took back"):
        undo(store, edit, by=BY)


def test_what_rests_on_an_edit_that_was_taken_back_is_named(store: Store) -> None:
    first = str(make(store, "split", "T0001", {"into": 2}, by=BY)["edit_id"])
    second = str(make(store, "merge", "T0002", {"into": "T0007"}, by=BY)["edit_id"])
    done = undo(store, first, by=BY)
    assert list(done["void"]) == [second] and themes(store)["T0002"]["state"] == "active"
    state = states(store)
    assert [state(row).split(":")[0] for row in store.curation.page().rows] == ["void", "taken back"]


def test_an_unknown_edit_is_not_taken_back(store: Store) -> None:
    with pytest.raises(UnknownEdit, match="E0009"):
        undo(store, "E0009", by=BY)


def test_settling_again_writes_nothing_and_every_edit_changes_the_next_run(store: Store) -> None:
    hashes = {store.reference.input_hash()}
    for action, theme, given in EDITS:
        make(store, action, theme, given, by=BY)
        hashes.add(store.reference.input_hash())
    before = listing(store)
    settle(store, "feedback")
    assert listing(store) == before and len(hashes) == len(EDITS) + 1
    undo(store, "E0001", by=BY)
    assert store.reference.input_hash() not in hashes


def test_mutes_and_merges_are_told(store: Store) -> None:
    make(store, "mute", "T0003", {}, by=BY)
    make(store, "merge", "T0004", {"into": "T0002"}, by=BY)
    told = store.curation.told()
    assert [row["theme_id"] for row in told["muted"]] == ["T0003"] and store.curation.muted() == {"T0003"}
    assert [(row["theme_id"], row["into_id"]) for row in told["merged"]] == [("T0004", "T0002")]


def test_every_digest_lists_mutes_and_merges_with_their_reasons(vectored: Workspace, store: Store) -> None:
    hostile = By("Ada", "see <b>https://evil.example</b> @here", BY.at)
    make(store, "mute", "T0003", {}, by=hostile)
    make(store, "merge", "T0004", {"into": "T0002"}, by=BY)
    content = build(store, vectored.settings, "nobody", as_of="2026-04-01T00:00:00Z")
    page = render_html(content, {})
    for text in (render_markdown(content), render_text(content), page):
        assert "(T0003) is muted since 2026-04-01" in text and "(T0004) counts as Chat history vanished" in text
        assert "https://evil" not in text and "@here" not in text
    assert "<b>https" not in page and "<script>document" not in page


def test_a_muted_theme_is_counted_and_raises_no_alert(store: Store) -> None:
    make(store, "mute", "T0002", {}, by=BY)
    documents = store.understanding.counted()
    table = series_table(documents).set_index("series")["paged"]
    assert not table["feedback/theme=T0002"] and table["feedback/theme=T0001"] and table["feedback/total"]
    make(store, "split", "T0001", {"into": 2}, by=BY)
    make(store, "mute", "T0001", {}, by=BY)
    assert {"T0001", "T0002", "T0007", "T0008"} == store.curation.muted(), "with a roll-up its parts"


def test_a_mute_resolves_the_open_alerts_of_its_theme_at_once_and_says_why(store: Store) -> None:
    theme, other = (store.search.findings.alert(one) for one in ("A0001", "A0002"))
    assert theme["state"] == "new" and other["theme_id"] != theme["theme_id"]
    edit = make(store, "mute", theme["theme_id"], {}, by=BY)["edit_id"]
    after = store.search.findings.alert("A0001")
    assert after["state"] == "resolved"
    assert [(one["action"], one["detail"]) for one in after["events"][len(theme["events"]) :]] == [
        ("muted", {"edit": edit, "note": BY.reason})
    ]
    assert store.search.findings.alert("A0002") == other


def test_edits_are_found_by_every_theme_they_name(store: Store) -> None:
    make(store, "split", "T0001", {"into": 2}, by=BY)
    make(store, "merge", "T0004", {"into": "T0002"}, by=BY)
    for theme, count in (("T0007", 1), ("T0002", 1), ("T0004", 1), ("T0005", 0)):
        assert store.curation.page(theme=theme).total == count


def test_a_document_that_is_in_no_theme_has_no_place(store: Store) -> None:
    out = store.db.execute("SELECT document_id FROM assignment WHERE theme_id IS NULL").fetchone()[0]
    with pytest.raises(StaleEdit, match="in none"):
        place_of(store, out)


def run(workspace: Workspace, *words: str) -> str:
    done = CliRunner().invoke(cli, ["-w", str(workspace.path), "themes", *words])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


def test_themes_are_edited_and_set_right_again_from_the_command_line(vectored: Workspace) -> None:
    said = ("--as", "Ada", "--reason", "one subject")
    assert "E0001: T0004 merged into T0002" in run(vectored, "merge", "T0004", "T0002", *said)
    assert "next 'groundswell run'" in run(vectored, "move", "d0001", "T0003", *said)
    assert "nothing is changed yet" in run(vectored, "split", "T0001", "--into", "2", "--dry-run")
    run(vectored, "mute", "T0003", *said)
    run(vectored, "must-not-merge", "T0001", "T0003", *said)
    table = run(vectored, "edits")
    assert "E0004" in table and "in force" in table and "4 of 4 edits" in table
    assert "E0001 is taken back" in run(vectored, "undo", "E0001", *said)
    assert '"state": "taken back"' in run(vectored, "edits", "--theme", "T0004", "--json")
    bare = CliRunner().invoke(cli, ["-w", str(vectored.path), "themes", "split", "T0001", "--into", "2"])
    assert bare.exit_code == 2 and "--dry-run to look first" in bare.output
