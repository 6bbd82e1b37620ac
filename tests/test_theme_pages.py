"""The list of themes and the page of one: numbers with their denominators, filters, lineage, roll-ups, small cells."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.store import Store
from jobs.store_search import Search
from jobs.store_search_documents import DocumentFilter
from jobs.store_theme_queries import LISTED, MIX, WINDOW
from jobs.theme_filter import SORTS, ThemeFilter
from jobs.workspace import Workspace

# A roll-up over two of the world's themes, one that was merged into T0001, one that T0001 was split from, edits.
LIVES = """
INSERT INTO theme (theme_id, stream, name, phrases, state, centroid, fit_id, born_on, level, merged_into) VALUES
  ('T0010', 'feedback', 'Blocked work', '["blocked"]', 'active', zeroblob(8), 'f1', '2026-03-30', 1, NULL),
  ('T0011', 'feedback', 'Scanners refused', '["scanner"]', 'merged', zeroblob(8), 'f1', '2025-12-10', 0, 'T0001'),
  ('T0012', 'feedback', 'Refusals', '["refused"]', 'retired', zeroblob(8), 'f1', '2025-12-01', 0, NULL);
UPDATE theme SET parent_id = 'T0010' WHERE theme_id IN ('T0001', 'T0003');
UPDATE theme SET pinned = 1 WHERE theme_id = 'T0004';
UPDATE theme SET muted = 1 WHERE theme_id = 'T0002';
UPDATE theme SET quality = '{"tightness":0.6,"coherence":0.2,"name_inside":0.71,"name_outside":0.04}'
  WHERE theme_id = 'T0001';
INSERT INTO theme_event (theme_id, fit_id, event, happened_as_of, author, detail) VALUES
  ('T0011', 'f1', 'merged', '2026-03-30T00:00:00Z', 'Ann', '{"into":"T0001","similarity":0.9}'),
  ('T0001', 'f00', 'born', '2025-12-05T00:00:00Z', 'fit', '{"split_from":"T0012","documents_after":31}');
INSERT INTO theme_edit (edit_id, action, theme_id, detail, author, reason, made_at) VALUES
  ('E1', 'merge', 'T0011', '{"into":"T0001"}', 'Ann', 'the same <subject>', '2026-03-29T00:00:00Z');
INSERT INTO watch_match (watchlist, document_id, why, novel) VALUES ('verified', 'd0710', 'words', 1);
"""


@pytest.fixture
def store(api_workspace: Workspace) -> Iterator[Store]:
    with api_workspace.open_store() as opened:
        opened.db.executescript(LIVES)
        yield opened


@pytest.fixture
def search(store: Store) -> Search:
    return store.search


@pytest.fixture
def client(api_workspace: Workspace, store: Store) -> FlaskClient:
    return create_app(api_workspace, ServerSettings(rate="100000 per minute")).test_client()


def one(search: Search, theme_id: str, **how: Any) -> dict[str, Any]:
    found = search.themes.theme(theme_id, **how)
    assert found is not None
    return found


def ids(search: Search, **filters: Any) -> set[str]:
    return {row["theme_id"] for row in search.themes.page(ThemeFilter(**filters)).rows}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "merged"}, {"T0011"}),
        ({"state": "living", "level": 0}, {"T0001", "T0002", "T0003", "T0004", "T0005", "T0006"}),
        ({"level": 1}, {"T0010"}),
        ({"parent": "T0010"}, {"T0001", "T0003"}),
        ({"pinned": True}, {"T0004"}),
        ({"muted": True}, {"T0002"}),
        ({"harm_domain": "biological"}, {"T0005"}),
        ({"kind": "billing"}, {"T0004"}),
        ({"new_since": "2026-02-10", "level": 0}, {"T0003"}),
        ({"stream": "usage_anomaly"}, {"T0006"}),
    ],
)
def test_filters_find_their_themes(search: Search, filters: dict[str, Any], found: set[str]) -> None:
    assert ids(search, **filters) == found


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_pages_over_every_theme_once(search: Search, sort: str) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = search.themes.page(ThemeFilter(sort=sort), limit=2, cursor=cursor)
        seen += [row["theme_id"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page.total == 9


@pytest.mark.parametrize("query", [LISTED, MIX])
def test_the_list_reads_recent_documents_alone(store: Store, query: str) -> None:
    plan = store.db.execute(f"EXPLAIN QUERY PLAN {query}", {**WINDOW, "small_cell": 0}).fetchall()
    steps = " ".join(str(row[3]) for row in plan)
    assert "SEARCH d USING INDEX document_by_occurred" in steps and "SCAN d" not in steps


def test_names_are_ordered_from_a_on(search: Search) -> None:
    names = [row["name"].casefold() for row in search.themes.page(ThemeFilter(sort="name")).rows]
    assert names == sorted(names)


def test_parts_of_a_mix_make_up_the_recent_unique_documents(search: Search) -> None:
    for row in search.themes.page(ThemeFilter(state="living")).rows:
        for name in ("kinds", "harm_domains"):
            assert sum(part["unique_documents"] for part in row[name]) == row["unique_documents"]
            assert sum(part["share"] for part in row[name]) == pytest.approx(1)


def test_a_roll_up_counts_the_documents_of_its_children(search: Search) -> None:
    rows = {row["theme_id"]: row for row in search.themes.page().rows}
    whole, children = rows["T0010"], [rows["T0001"], rows["T0003"]]
    for name in ("documents", "unique_documents", "size", "size_documents"):
        assert whole[name] == sum(child[name] for child in children)
    assert (
        max(child["reporters"] for child in children)
        <= whole["reporters"]
        <= sum(child["reporters"] for child in children)
    )
    recent = DocumentFilter(theme="T0010", day_from="2026-03-04")
    assert whole["documents"] == search.documents.page(recent).total and whole["children"] == 2


def test_the_tree_holds_children_under_their_roll_up(search: Search) -> None:
    page = search.themes.tree(ThemeFilter(state="living"))
    inside = {row["theme_id"]: [child["theme_id"] for child in row["inside"]] for row in page.rows}
    assert inside["T0010"] == ["T0001", "T0003"] and "T0001" not in inside and page.extra["themes"] == 7
    assert [row["theme_id"] for row in search.themes.tree(ThemeFilter(harm_domain="biological")).rows] == ["T0005"]
    # A child that is wanted comes with its roll-up, a sibling that is not stays away.
    wanted = search.themes.tree(ThemeFilter(state="emerging")).rows
    assert [(row["theme_id"], len(row["inside"])) for row in wanted] == [("T0010", 1)]


def test_weeks_add_up_to_the_size_and_have_no_gap(search: Search) -> None:
    theme = one(search, "T0001")
    weeks = theme["history"]
    assert sum(week["unique_documents"] for week in weeks) == theme["size"]
    assert sum(week["documents"] for week in weeks) == theme["size_documents"]
    assert weeks[-1]["partial"] and not any(week["partial"] for week in weeks[:-1])
    assert all(week["stream_unique_documents"] >= week["unique_documents"] for week in weeks)
    assert len({week["week"] for week in weeks}) == len(weeks) == 17


def test_lineage_says_where_a_theme_came_from_and_went(search: Search) -> None:
    family = {(row["relation"], row["theme_id"]) for row in one(search, "T0001")["family"]}
    assert family == {("parent", "T0010"), ("merged_from", "T0011"), ("split_from", "T0012")}
    assert [row["relation"] for row in one(search, "T0011")["family"]] == ["merged_into"]
    assert [row["relation"] for row in one(search, "T0012")["family"]] == ["split_into"]
    merged = one(search, "T0011")["lineage"][0]
    assert merged["names"] == {"T0001": "Verified researchers still blocked on vulnerability analysis"}


def test_edits_and_watchlists_stand_with_the_theme(search: Search) -> None:
    theme = one(search, "T0001")
    assert [edit["edit_id"] for edit in theme["edits"]] == ["E1"]
    assert {"watchlist": "verified", "documents": 1, "novel": 1} in theme["watchlists"]


def test_exemplars_are_of_different_customers(store: Store) -> None:
    store.db.execute("UPDATE document SET customer = 'c1' WHERE document_id IN ('d0710', 'd0716')")
    shown = [row["document_id"] for row in one(store.search, "T0001")["exemplars"]]
    assert shown == ["d0011", "d0710", "d0722"]


def test_a_roll_up_shows_exemplars_of_every_child(search: Search) -> None:
    assert [row["document_id"] for row in one(search, "T0010")["exemplars"]][:2] == ["d0011", "d0003"]


def test_small_cells_of_mixes_and_weeks_are_blank(search: Search) -> None:
    theme = one(search, "T0002", small_cell=10, exemplars=False)
    weeks = [week for week in theme["history"] if week["suppressed"]]
    assert weeks and all(week["documents"] is week["reporters"] is None for week in weeks)
    assert theme["size"] is None and theme["exemplars"] == theme["watchlists"] == []
    for part in (*theme["kinds"], *theme["harm_domains"]):
        assert (part["unique_documents"] is None) == part["suppressed"]


def test_a_roll_up_gives_no_child_away(store: Store, search: Search) -> None:
    store.db.execute("UPDATE theme SET parent_id = 'T0010' WHERE theme_id = 'T0005'")
    rows = {row["theme_id"]: row for row in search.themes.page(small_cell=10).rows}
    hidden = [name for name in ("T0001", "T0003", "T0005") if rows[name]["suppressed"]]
    # T0005 is small; without the next smallest it would be the roll-up less the others.
    assert len(hidden) == 2 and "T0005" in hidden and not rows["T0010"]["suppressed"]
    whole = one(search, "T0010", small_cell=5)
    assert whole["history"] == whole["kinds"] == whole["segments"] == []
    volumes = search.counts.volume_frame("feedback/theme=T0010", small_cell=5)
    assert len(volumes) == 0


def ask(client: FlaskClient, key: str, address: str) -> Any:
    return client.get(f"/api/v1{address}", headers={"X-API-Key": key})


def test_the_api_lists_by_the_same_filters(client: FlaskClient, api_keys: dict[str, str]) -> None:
    body = ask(client, api_keys["analyst"], "/themes?parent=T0010&sort=name&pinned=false").get_json()
    assert [item["theme_id"] for item in body["items"]] == ["T0003", "T0001"]
    assert ask(client, api_keys["analyst"], "/themes?sort=luck").status_code == 422
    assert ask(client, api_keys["analyst"], "/themes?parent=x").status_code == 422


def test_a_cursor_of_another_order_is_refused(client: FlaskClient, api_keys: dict[str, str]) -> None:
    following = ask(client, api_keys["analyst"], "/themes?limit=1&sort=name").get_json()["next"]
    cursor = re.search(r"cursor=([^&]+)", following)
    assert cursor is not None
    assert ask(client, api_keys["analyst"], f"/themes?limit=1&sort=size&cursor={cursor[1]}").status_code == 422


def test_product_managers_get_no_texts_of_a_theme(client: FlaskClient, api_keys: dict[str, str]) -> None:
    theme = ask(client, api_keys["pm"], "/themes/T0001").get_json()
    assert theme["exemplars"] == theme["watchlists"] == [] and theme["size"] is None
    assert theme["history"] and theme["lineage"]
    # A birth may be of fewer customers than may be told.
    assert [event["detail"] for event in theme["lineage"]] == [{}, {}, {"split_from": "T0012"}]


def page(client: FlaskClient, key: str, address: str) -> str:
    text: str = client.get(address, headers={"X-API-Key": key}).text
    return text


def test_the_page_of_themes_folds_children_under_their_roll_up(client: FlaskClient, api_keys: dict[str, str]) -> None:
    text = page(client, api_keys["analyst"], "/themes")
    assert text.count('<tbody class="rollup">') == 1 and text.count('class="child"') == 2
    assert 'aria-sort="descending"' in text and "sort=name" in text
    assert "name 71 %" in text and "pinned</span>" in text and "muted</span>" in text


def test_the_page_of_a_theme_tells_its_life(client: FlaskClient, api_keys: dict[str, str]) -> None:
    text = page(client, api_keys["analyst"], "/themes/T0001")
    for told in ("Blocked work", "merged into this", "71% inside, 4% elsewhere", "1 of 318 documents", "By week"):
        assert told in text, told
    assert "the same &lt;subject&gt;" in text
    assert 'href="/themes/T0012">T0012</a>' in text
    gone = page(client, api_keys["analyst"], "/themes/T0011")
    assert "its documents are in" in gone and 'href="/themes/T0001"' in gone


def test_hostile_names_stay_text_in_lists_and_lineage(client: FlaskClient, api_keys: dict[str, str]) -> None:
    for address in ("/themes", "/themes/T0003", "/themes/T0010"):
        text = page(client, api_keys["analyst"], address)
        assert "<script>document.title" not in text and "&lt;script&gt;" in text
