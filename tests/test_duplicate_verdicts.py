"""One wrong collapse corrected: kept with who and why, honoured by the next count, listed where it is asked for."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result

from jobs import count
from jobs.cli import cli
from jobs.duplicate_verdicts import BadVerdict, UnknownDocument, join, separate, withdraw
from jobs.store import Store
from jobs.store_search_duplicates import DuplicateFilter
from jobs.workspace import Workspace

NOW = datetime(2026, 4, 2, tzinfo=UTC)
AS_OF = "2026-04-01T00:00:00Z"
WHO = {"actor": "Ann", "reason": "two different blocks", "now": NOW}
FLOOD = "Automated notice of the gateway: request {} of our laboratory was refused again without any good reason"


@pytest.fixture
def store(api_workspace: Workspace) -> Iterator[Store]:
    """The workspace of the API's tests, in which one reporter files one template six times over half a year."""
    with api_workspace.open_store() as opened:
        sql = """
            INSERT INTO document (document_id, stream, source, text, claim, received_at, occurred_at, occurred_from,
              ingested_at, customer, reporter, reporter_known, request_id, content_hash, fingerprint, template,
              file_hash, redactor_version)
            VALUES (:id, 'feedback', 'in_app', :text, :text, :at, :at, 'received', :at, :reporter, :reporter, 1,
              :request, :id, :id, :id, 'f', 'r')"""
        rows = [
            {
                "id": f"flood-{number}",
                "text": FLOOD.format(f"req_{number}"),
                "at": f"2025-{number + 1:02}-10T00:00:00Z",
                "reporter": "tool",
                "request": f"req_{number}",
            }
            for number in range(6)
        ]
        other = {**rows[0], "id": "other", "text": "not mine at all", "reporter": "bystander"}
        opened.db.conn.executemany(sql, [*rows, other])
        count.run(opened, api_workspace.settings, as_of=AS_OF)
        yield opened


def collapsed(store: Store, workspace: Workspace) -> dict[str, tuple[str, str]]:
    """What the next count makes of the flood: document -> (kept, rule)."""
    count.run(store, workspace.settings, as_of=AS_OF)
    sql = "SELECT document_id, kept_id, rule FROM duplicate WHERE document_id LIKE 'flood-%' OR document_id = 'other'"
    return {row[0]: (row[1], row[2]) for row in store.db.execute(sql)}


def test_template_collapses_over_months_and_a_second_count_says_the_same(
    store: Store, api_workspace: Workspace
) -> None:
    first = collapsed(store, api_workspace)
    assert first == {f"flood-{number}": ("flood-0", "template") for number in range(1, 6)}
    assert collapsed(store, api_workspace) == first


def test_separated_document_counts_on_its_own_from_the_next_count(store: Store, api_workspace: Workspace) -> None:
    before = store.reference.input_hash()
    separate(store, "flood-3", **WHO)
    assert store.reference.input_hash() != before
    assert sorted(collapsed(store, api_workspace)) == ["flood-1", "flood-2", "flood-4", "flood-5"]


def test_joined_document_counts_as_one_with_the_other(store: Store, api_workspace: Workspace) -> None:
    join(store, "flood-0", "other", **WHO)
    after = collapsed(store, api_workspace)
    assert after["flood-0"] == ("other", "judged") and after["flood-4"] == ("other", "template")


def test_withdrawn_verdict_leaves_it_to_the_rules(store: Store, api_workspace: Workspace) -> None:
    before = store.reference.input_hash()
    separate(store, "flood-3", **WHO)
    assert withdraw(store, "flood-3") and not withdraw(store, "flood-3")
    assert store.reference.input_hash() == before
    assert "flood-3" in collapsed(store, api_workspace)


def test_verdict_that_says_nothing_is_refused(store: Store) -> None:
    with pytest.raises(UnknownDocument, match="nobody"):
        separate(store, "nobody", **WHO)
    with pytest.raises(BadVerdict, match="counts on its own already"):
        separate(store, "flood-0", **WHO)
    with pytest.raises(BadVerdict, match="count twice"):
        join(store, "flood-1", "flood-0", **WHO)
    with pytest.raises(BadVerdict, match="who decides and why"):
        separate(store, "flood-1", actor="Ann", reason=" ", now=NOW)
    assert store.duplicates.verdicts().empty


def test_group_names_members_rules_verdict_and_flags(store: Store) -> None:
    separate(store, "flood-3", **WHO)
    group = store.search.duplicates.group("flood-3")
    assert group is not None and (group["kept_id"], group["collapsed_by"]) == ("flood-0", "template")
    assert [row["document_id"] for row in group["members"]] == [f"flood-{number}" for number in range(6)]
    assert [row["rule"] for row in group["members"]] == [None] + ["template"] * 5
    assert group["verdict"]["reason"] == WHO["reason"] and group["campaign"] is None
    other = store.search.duplicates.group("other")
    assert other is not None and other["flags"] == [{"id_type": "request", "value": "req_0", "reporters": 2}]
    assert store.search.duplicates.group("nobody") is None


def test_groups_are_paged_largest_first_and_counted_by_rule(store: Store) -> None:
    page = store.search.duplicates.page(DuplicateFilter(rule="template"), limit=1)
    assert page.total >= 1 and page.rows[0]["documents"] == max(row["documents"] for row in page.rows)
    assert (
        sum(row["documents"] for row in page.extra["by_rule"])
        == store.db.execute("SELECT count(*) FROM duplicate").fetchone()[0]
    )
    assert store.search.duplicates.page(DuplicateFilter(kept_id="flood-0")).rows[0]["rules"] == {"template": 5}


def call(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-w", str(workspace.path), "duplicates", *arguments])


def test_commands_list_show_and_correct(store: Store, api_workspace: Workspace) -> None:
    listed = json.loads(call(api_workspace, "--json").output)
    assert {"by_rule", "groups", "total"} <= set(listed)
    assert "flood-0" in call(api_workspace, "--rule", "template").output
    assert "template" in call(api_workspace, "show", "flood-2").output
    done = call(api_workspace, "separate", "flood-2", "--as", "Ann", "--reason", "other block", "--json")
    assert json.loads(done.output)["verdict"] == "separate"
    assert "next" in call(api_workspace, "join", "flood-2", "other", "--as", "Ann", "--reason", "same block").output
    assert store.duplicates.verdicts()["verdict"].tolist() == ["same"]
    assert "decide again" in call(api_workspace, "withdraw", "flood-2").output
    for row in json.loads(call(api_workspace, "campaigns", "--json").output):
        assert row["documents"] >= row["reporters"] >= 10


def test_correction_without_a_name_or_reason_is_misuse(api_workspace: Workspace) -> None:
    assert call(api_workspace, "separate", "d0711", "--reason", "x").exit_code == 2
    assert call(api_workspace, "separate", "d0711", "--as", "Ann").exit_code == 2


def test_a_rule_that_does_not_exist_is_misuse(api_workspace: Workspace) -> None:
    result = call(api_workspace, "list", "--rule", "hearsay")
    assert result.exit_code == 2 and "expected a rule among same_request" in result.output
