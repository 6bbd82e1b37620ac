"""Watchlists over HTTP and on the dashboard: what each role sees, why documents match, what is withheld."""

import json
from typing import TYPE_CHECKING

import pytest

from jobs.store_rows import encoded
from jobs.watchlist import Watchlist
from jobs.workspace import Workspace

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ENTRIES = (
    Watchlist(
        id="probes", name="Probing <b>agents</b>", words=["blocked"], examples=["It hid the logs."], owner="anna"
    ),
    Watchlist(id="never", name="Not seen yet", words=["zzz"]),
)


@pytest.fixture
def api_workspace(api_workspace: Workspace) -> Workspace:
    """api_world with two watchlists: one that matches recent documents, some of them withheld, and one without any."""
    rows = [
        {"watchlist": one.id, "name": one.name, "definition": encoded(one.model_dump(mode="json")), "owner": one.owner,
         "hazard": one.hazard} for one in ENTRIES
    ]  # fmt: skip
    with api_workspace.open_store() as store:
        store.watch.replace(rows, since="2026-03-01T00:00:00Z")
        sql = (
            "SELECT document_id FROM document WHERE stream = 'feedback' ORDER BY occurred_at DESC, document_id LIMIT 40"
        )
        ids = [row[0] for row in store.db.execute(sql)]
        why = {"words": ["blocked"], "example": 0}
        matches = [{"watchlist": "probes", "document_id": one, "why": why, "similarity": 0.7} for one in ids]
        store.watch.write([(one, "seen", "queries") for one in ids], matches)
        store.watch.write_novel(ids[:3])
    return api_workspace


def get(client: "FlaskClient", key: str, path: str) -> dict[str, object]:
    answer = client.get(path, headers={"X-API-Key": key})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(json.loads(answer.get_data(as_text=True)))


def test_list_has_counts_floor_budget_and_owner_in_the_order_of_the_file(
    client: "FlaskClient", api_keys: dict[str, str]
) -> None:
    answer = get(client, api_keys["analyst"], "/api/v1/watchlists")
    first, second = answer["items"]  # type: ignore[misc]
    assert (first["watchlist"], first["owner"], first["floor"], first["floor_days"]) == ("probes", "anna", 1, 28)
    assert first["total"] == 40 and first["documents"] >= first["unique_documents"] >= first["reporters"] > 0
    assert first["novel"] <= 3 and first["query"]["words"] == ["blocked"]
    assert (second["documents"], second["total"], second["last_seen"]) == (0, 0, None)
    csv = client.get("/api/v1/watchlists?format=csv", headers={"X-API-Key": api_keys["analyst"]})
    assert csv.get_data(as_text=True).splitlines()[0].startswith("watchlist,name,owner")


def test_one_shows_why_documents_match_page_by_page(client: "FlaskClient", api_keys: dict[str, str]) -> None:
    one = get(client, api_keys["analyst"], "/api/v1/watchlists/probes?limit=30")
    assert len(one["matches"]) == 30  # type: ignore[arg-type]
    rest = get(client, api_keys["analyst"], str(one["next"]))
    assert len(rest["matches"]) == 10 and rest["next"] is None  # type: ignore[arg-type]
    row = one["matches"][0]  # type: ignore[index]
    assert row["why"] == {"words": ["blocked"], "example": "It hid the logs.", "similarity": 0.7, "novel": True}
    new = get(client, api_keys["analyst"], "/api/v1/watchlists/probes?novel=true")
    assert len(new["matches"]) == 3  # type: ignore[arg-type]
    assert client.get("/api/v1/watchlists/nope", headers={"X-API-Key": api_keys["analyst"]}).status_code == 404
    wrong = client.get("/api/v1/watchlists/probes?what=1", headers={"X-API-Key": api_keys["analyst"]})
    assert wrong.status_code == 422


def test_who_may_not_reveal_is_not_told_what_a_withheld_text_says(
    client: "FlaskClient", api_keys: dict[str, str]
) -> None:
    seen = {
        role: get(client, api_keys[role], "/api/v1/watchlists/probes?limit=100")["matches"]
        for role in ("analyst", "owner")
    }
    withheld = [row for row in seen["owner"] if row["withheld"]]  # type: ignore[attr-defined]
    assert withheld and all(row["why"]["words"] is None and row["excerpt"] is None for row in withheld)
    assert all(row["why"]["words"] for row in seen["owner"] if not row["withheld"])  # type: ignore[attr-defined]
    assert all(row["why"]["words"] for row in seen["analyst"])  # type: ignore[attr-defined]


def test_product_manager_sees_counts_that_are_not_small_and_nothing_to_subtract(
    client: "FlaskClient", api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    one = get(client, api_keys["pm"], "/api/v1/watchlists/probes")
    assert one["matches"] == one["alerts"] == one["series"] == []
    assert [one[name] for name in ("query", "novel", "total", "last_seen", "documents_7d")] == [None] * 5
    assert one["documents"] is not None and not one["suppressed"]
    with api_workspace.open_store() as store:
        store.db.execute(
            "DELETE FROM watch_match WHERE document_id NOT IN (SELECT document_id FROM watch_match LIMIT 3)"
        )
    one = get(client, api_keys["pm"], "/api/v1/watchlists/probes")
    assert one["suppressed"] and one["documents"] is None and one["customers"] is None
    page = client.get("/watchlists/probes", headers={"X-API-Key": api_keys["pm"]}).get_data(as_text=True)
    assert "It hid the logs" not in page and "Fewer customers wrote" in page


def test_daily_counts_of_a_watchlist_are_not_for_product_managers(
    client: "FlaskClient", api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    with api_workspace.open_store() as store:
        store.db.executescript(
            "INSERT INTO series SELECT 'feedback/watch=probes', stream, 'Probing', NULL, kind, harm_domain, hazard, "
            "rollup, monitored, smallest_ratio FROM series WHERE series = 'feedback/total'; "
            "INSERT INTO volume SELECT 'feedback/watch=probes', day, documents, unique_documents, reporters, "
            "customers, requests, expected, completeness, masked FROM volume WHERE series = 'feedback/total';"
        )
    path = "/api/v1/volumes?series=feedback/watch%3Dprobes"
    assert get(client, api_keys["analyst"], path)["total"]
    assert get(client, api_keys["pm"], path)["total"] == 0
    page = client.get("/watchlists/probes", headers={"X-API-Key": api_keys["analyst"]}).get_data(as_text=True)
    assert "feedback/watch%3Dprobes" in page and "By day" in page


@pytest.mark.parametrize("path", ["", "/probes", "/probes?novel=yes", "/never"])
def test_pages_show_names_as_text(client: "FlaskClient", api_keys: dict[str, str], path: str) -> None:
    answer = client.get(f"/watchlists{path}", headers={"X-API-Key": api_keys["analyst"]})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "<b>agents</b>" not in page
    assert ("Not seen yet" if "never" in path else "&lt;b&gt;agents") in page


def test_page_without_watchlists_says_how_to_make_one(
    client: "FlaskClient", api_keys: dict[str, str], api_workspace: Workspace
) -> None:
    with api_workspace.open_store() as store:
        store.watch.replace([], since="2026-03-01T00:00:00Z")
    page = client.get("/watchlists", headers={"X-API-Key": api_keys["analyst"]}).get_data(as_text=True)
    assert "groundswell watchlists add" in page
    assert client.get("/watchlists").status_code == 302


def test_documents_page_takes_the_watchlist_as_a_filter(client: "FlaskClient", api_keys: dict[str, str]) -> None:
    answer = get(client, api_keys["analyst"], "/api/v1/documents?watch=probes&novel=true")
    assert answer["total"] == 3
    page = client.get("/documents?watch=probes", headers={"X-API-Key": api_keys["analyst"]}).get_data(as_text=True)
    assert 'name="watch"' in page and "40 of" in page
