"""Editing watchlists.yaml: lines that are not concerned stay as they were, or nothing is written."""

from pathlib import Path

import pytest
import yaml

from jobs.watch_file import WatchFile
from jobs.workspace import create_workspace
from jobs.yaml_list import CannotEdit, with_entry, without_entry

ENTRY = {"id": "x", "name": "X: y", "words": ["a b", "c*"], "segments": {"plan": ["pro"]}, "floor": 2}
FILES = {
    "nothing": "",
    "a comment": "# mine\n",
    "no list": "watchlists:\n",
    "an empty list": "# mine\nwatchlists: []  # none yet\n# end\n",
    "one entry": "watchlists:\n- id: a\n  name: A # keep\n\n# tail\n",
    "windows": "watchlists:\r\n  - id: a\r\n    name: A\r\n",
    "a long text": "watchlists:\n  - id: a\n    name: |\n      long\n      text\n  # after\n",
    "no last newline": "watchlists:\n  - {id: a, name: A}\n  - id: b\n    words: [x,\n      y]  # c",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_added_entry_is_the_last_one_and_every_line_stays(text: str) -> None:
    after = with_entry(text, "watchlists", ENTRY)
    before = (yaml.safe_load(text) or {}).get("watchlists") or []
    assert yaml.safe_load(after)["watchlists"] == [*before, ENTRY]
    kept = [line for line in text.splitlines() if "[]" not in line]
    assert [line for line in after.splitlines() if line in kept] == kept
    assert ("\r\n" in after) == ("\r\n" in text)


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_removing_what_was_added_leaves_what_was(text: str) -> None:
    after = with_entry(text, "watchlists", ENTRY)
    count = len(yaml.safe_load(after)["watchlists"])
    back = without_entry(after, "watchlists", count - 1)
    assert ((yaml.safe_load(back) or {}).get("watchlists") or []) == (
        (yaml.safe_load(text) or {}).get("watchlists") or []
    )
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in back.splitlines() if line.startswith("#")
    ]


def test_first_of_two_entries_goes_with_its_lines_alone() -> None:
    text = "watchlists:\n  # about a\n  - id: a\n    words:\n      - one\n  # about b\n  - id: b\n    words: [two]\n"
    assert (
        without_entry(text, "watchlists", 0) == "watchlists:\n  # about a\n  # about b\n  - id: b\n    words: [two]\n"
    )


def test_list_in_brackets_is_left_to_a_person() -> None:
    text = "watchlists: [{id: a, name: A, words: [b]}]\n"
    with pytest.raises(CannotEdit, match="by hand"):
        with_entry(text, "watchlists", ENTRY)
    with pytest.raises(CannotEdit, match="by hand"):
        without_entry(text, "watchlists", 0)


def test_file_keeps_its_mode_and_gets_no_half_written_neighbour(tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "workspace")
    file = WatchFile(workspace.path)
    file.path.chmod(0o640)
    file.add({"id": "w", "name": "W", "words": ["x"]}, workspace)
    assert file.path.stat().st_mode & 0o777 == 0o640
    assert [entry.id for entry in file.entries()] == ["w"]
    assert not list(workspace.path.glob("*.part"))
