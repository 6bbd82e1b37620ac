"""What the API reads: search, filters, paging, suppression of small cells."""

from collections.abc import Iterator

import pytest

from jobs.store import Store
from jobs.store_paging import BadCursor, encode_cursor
from jobs.store_search import Search
from jobs.store_search_counts import CountFilter, VolumeFilter
from jobs.store_search_documents import HIT_START, BadSearch, DocumentFilter, fts_query
from jobs.store_search_findings import AlertFilter, ChangeFilter
from jobs.workspace import Workspace


@pytest.fixture
def store(api_workspace: Workspace) -> Iterator[Store]:
    with api_workspace.open_store() as opened:
        yield opened


@pytest.fixture
def search(store: Store) -> Search:
    return store.search


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("blocked", '"blocked"'),
        ("blocked again", '"blocked" AND "again"'),
        ('"false positive"', '"false positive"'),
        ("refus*", '"refus"*'),
        ("blocked -billing", '("blocked") NOT ("billing")'),
        ('un"closed', '"un" AND "closed"'),
        ("NEAR(a b) OR text:x", '"NEAR(a" AND "b)" AND "OR" AND "text:x"'),
    ],
)
def test_what_people_type_becomes_a_query_without_operators(typed: str, query: str) -> None:
    assert fts_query(typed) == query


@pytest.mark.parametrize("typed", ["", "  ", "!!!", "-only", '""', "\x00"])
def test_a_search_without_a_word_is_refused(typed: str) -> None:
    with pytest.raises(BadSearch, match="at least one word"):
        fts_query(typed)


@pytest.mark.parametrize("typed", ['a"b', "^x", "{a b}: c", "a AND", "col : y", "'; DROP TABLE document", "%_"])
def test_no_search_text_breaks_the_query(search: Search, typed: str) -> None:
    try:
        search.documents.page(DocumentFilter(text=typed))
    except BadSearch:
        pass


def test_search_finds_marks_and_counts(search: Search) -> None:
    page = search.documents.page(DocumentFilter(text="vulnerability analysis"), limit=5)
    assert len(page.rows) == 5 < page.total < page.extra["of"] == 1100
    assert all(HIT_START in row["excerpt"] for row in page.rows)


@pytest.mark.parametrize(
    "wanted",
    [
        DocumentFilter(kind="billing"),
        DocumentFilter(stream="usage_anomaly"),
        DocumentFilter(harm_domain="cyber", source="app"),
        DocumentFilter(theme="unassigned"),
        DocumentFilter(mitigation="cyber-classifier", segments=(("plan", "team"), ("locale", "de"))),
        DocumentFilter(text="refund", day_from="2026-01-01", day_to="2026-02-01"),
    ],
)
def test_filters_narrow_and_pages_cover_every_match_once(search: Search, wanted: DocumentFilter) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = search.documents.page(wanted, limit=7, cursor=cursor)
        seen += [row["document_id"] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert 0 < len(seen) == len(set(seen)) == page.total < 1100


def test_days_are_half_open(search: Search) -> None:
    on_day = DocumentFilter(day_from="2026-03-09", day_to="2026-03-10")
    rows = search.documents.page(on_day, limit=500).rows
    assert {row["occurred_at"][:10] for row in rows} == {"2026-03-09"}


@pytest.mark.parametrize("cursor", ["x", "", "e30", encode_cursor([1]), encode_cursor(["a", None]), "é" * 9])
def test_a_cursor_of_another_list_is_refused(search: Search, cursor: str) -> None:
    with pytest.raises(BadCursor):
        search.documents.page(DocumentFilter(), cursor=cursor)


def test_text_of_critical_hazard_and_of_unknown_hazard_is_withheld(search: Search) -> None:
    rows = search.documents.page(DocumentFilter(), limit=2000).rows
    withheld = {row["document_id"] for row in rows if row["withheld"]}
    assert {row["document_id"] for row in rows if row["excerpt"] is None} == withheld
    assert "d0999" in withheld and {row["hazard"] for row in rows if row["withheld"]} == {"critical", None}
    one = search.documents.document("d0005")
    assert one is not None and one["text"] is None and one["spans"] == [] and one["entities"] == []
    shown = search.documents.document("d0005", revealed=True)
    assert shown is not None and "pathogen" in shown["text"]


def test_withheld_texts_cannot_be_guessed_by_searching(search: Search) -> None:
    assert search.documents.page(DocumentFilter(text="pathogen")).total == 0
    assert search.documents.page(DocumentFilter(text="pathogen", search_critical=True)).total > 0


def test_a_group_of_duplicates_names_the_one_that_counts(search: Search) -> None:
    kept, other = search.documents.document("d0710"), search.documents.document("d0712")
    assert kept is not None and other is not None and kept["duplicates"] == other["duplicates"]
    assert [row["document_id"] for row in kept["duplicates"] if row["rule"] is None] == ["d0710"]


def test_theme_counts_agree_with_the_documents(search: Search) -> None:
    theme = search.themes.theme("T0001")
    assert theme is not None
    recent = DocumentFilter(theme="T0001", day_from="2026-03-04")
    assert theme["documents"] == search.documents.page(recent).total
    assert theme["unique_documents"] < theme["documents"]
    assert {row["value"] for row in theme["segments"] if row["segment"] == "locale"} == {"en", "de", "ja"}
    assert sum(row["share"] for row in theme["segments"] if row["segment"] == "locale") == pytest.approx(1)


def test_themes_are_ordered_by_reporters(search: Search) -> None:
    reporters = [row["reporters"] for row in search.themes.page().rows]
    assert reporters == sorted(reporters, reverse=True) and len(reporters) == 6


def test_movers_are_themes_that_doubled_or_halved(search: Search) -> None:
    for row in search.themes.movers():
        assert row["reporters"] >= 2 * row["previous_reporters"] or row["previous_reporters"] >= 2 * row["reporters"]


def test_small_cells_are_blank_in_every_form_of_the_number(search: Search) -> None:
    rows = search.themes.page(small_cell=10).rows
    hidden = [row for row in rows if row["suppressed"]]
    assert {row["theme_id"] for row in hidden} == {"T0002", "T0004", "T0005"}
    blank = ("documents", "unique_documents", "reporters", "customers", "share", "previous_reporters", "ratio")
    assert all(row[name] is None for row in hidden for name in blank)
    assert all(row["trend"] == [] for row in rows)


def test_one_small_cell_is_not_given_away_by_the_total(search: Search) -> None:
    rows = search.counts.weekly(
        CountFilter(kind="over_block", week_from="2026-W09", week_to="2026-W10"), small_cell=10
    ).rows
    hidden = {row["slice"] for row in rows if row["suppressed"]}
    # harm_domain=biological is small; the next smallest of its kind goes with it, the total stays.
    assert len(hidden) == 2 and "harm_domain=biological" in hidden and "all" not in hidden
    for row in rows:
        if row["suppressed"]:
            assert (
                row["claimed_raw"] is row["reporters"] is row["per_10k_requests"] is row["top_reporter_share"] is None
            )
            assert row["revisions"] in (None, []) and row["requests"] is not None


def test_suppression_does_not_depend_on_the_filter(search: Search) -> None:
    wanted = CountFilter(kind="over_block", slice="harm_domain=cyber", week_from="2026-W09", week_to="2026-W10")
    all_rows = search.counts.weekly(CountFilter(kind="over_block"), small_cell=10).rows
    alone = search.counts.weekly(wanted, small_cell=10).rows
    same = [row for row in all_rows if (row["week"], row["slice"]) == ("2026-W09", "harm_domain=cyber")]
    assert alone == same and alone[0]["suppressed"]
    by_theme = search.counts.volumes(VolumeFilter(theme="T0001"), small_cell=5, limit=500).rows
    everything = search.counts.volumes(VolumeFilter(), small_cell=5, limit=5000).rows
    assert by_theme == [row for row in everything if row["theme_id"] == "T0001"]


def test_nothing_is_hidden_from_those_who_may_see_all(search: Search) -> None:
    volumes = search.counts.volumes(VolumeFilter(), limit=5000).rows
    assert not any(row["suppressed"] for row in volumes)
    assert all(
        row["per_10k_requests"] == pytest.approx(row["unique_documents"] / 4) for row in volumes if row["requests"]
    )


def test_the_headline_is_the_last_full_week(search: Search) -> None:
    week = search.counts.headline("over_block")
    assert week is not None and week["week"] == "2026-W13" and week["slice"] == "all"
    assert search.counts.headline("under_block") is None


def test_an_alert_leads_with_its_own_series(search: Search) -> None:
    alert = search.findings.alert("A0001")
    assert alert is not None and [row["change_id"] for row in alert["changes"]] == ["ch1", "ch2"]
    assert search.findings.alert("none") is None


def test_open_alerts_are_those_not_resolved(search: Search) -> None:
    assert [row["alert_id"] for row in search.findings.alerts(AlertFilter(state="open")).rows] == ["A0001"]
    assert search.findings.alerts(AlertFilter()).total == 2
    assert search.findings.alerts(AlertFilter(acknowledged=True)).total == 0
    assert search.findings.changes(ChangeFilter(direction="up", theme="T0001")).total == 1


def test_status_of_the_data(search: Search) -> None:
    head = search.status.headline()
    assert head["as_of"] == search.status.as_of() == "2026-03-31T18:00:00Z"
    assert head["documents"] == 339 and head["unique_documents"] == 330 and head["open_alerts"] == 1
    assert [row["rows"] for row in search.status.quarantine()] == [2, 1]
    assert search.status.headline(small_cell=1000)["documents"] is None


def test_an_empty_store_answers_everything(tmp_path: object) -> None:
    from pathlib import Path

    with Store(Path(str(tmp_path)) / "empty.db") as store:
        empty = store.search
        assert empty.documents.page(DocumentFilter()).total == empty.themes.page().total == 0
        assert empty.status.as_of() is None and empty.status.feeds() == []
        assert empty.status.headline()["documents"] == 0 and empty.themes.movers() == []
        assert empty.counts.weekly(CountFilter()).rows == [] and empty.counts.volume_frame("feedback/total").empty
        assert empty.documents.choices()["kind"] == [] and empty.documents.document("x") is None


def test_one_small_cell_hides_every_cell_of_its_crossing(store: Store) -> None:
    template = store.db.query("SELECT * FROM ledger WHERE week = '2026-W09' AND kind = 'over_block' AND slice = 'all'")
    whole = next(iter(template))
    for cell, customers in {"a&plan=x": 2, "b&plan=x": 60, "a&plan=y": 70, "b&plan=y": 80}.items():
        row = {**whole, "slice": f"harm_domain={cell}", "customers": customers}
        store.db.table("ledger").insert(row)
    rows = store.search.counts.weekly(
        CountFilter(kind="over_block", week_from="2026-W09", week_to="2026-W10"), small_cell=5
    )
    crossed = [row for row in rows.rows if "&plan=" in row["slice"]]
    assert len(crossed) == 4 and all(row["suppressed"] and row["claimed_raw"] is None for row in crossed)
