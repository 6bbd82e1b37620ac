"""The page of the weekly account: every number with its interval, revisions and marks beside it."""

import re

import pytest
from flask.testing import FlaskClient

from api import ServerSettings, create_app
from jobs.workspace import Workspace

CHANGES = """
    UPDATE ledger SET nowcast = 77, nowcast_low = 71, nowcast_high = 90, suspected_campaign = 6,
      drift = 'answers shifted by 0.3', change_4w = 1.25, change_4w_low = 0.9, change_4w_high = 1.7,
      wrongful_estimated = 30, wrongful_low = 20, wrongful_high = 44, audited = 80, block_precision = 0.91,
      block_precision_low = 0.85, block_precision_high = 0.95, wrongful_per_10k_requests = 3.1,
      wrongful_per_10k_requests_low = 2.2, wrongful_per_10k_requests_high = 4.4, customers_per_10k_active = 17.3
    WHERE week = '2026-W11' AND slice = 'all'"""
LATER = """
    INSERT INTO ledger_revision (week, kind, slice, revision, as_of, claimed_unique, reason)
    SELECT week, kind, slice, 2, '2026-03-30T00:00:00Z', claimed_unique + 6, 'late arrivals' FROM ledger_revision
    WHERE week = '2026-W11' AND slice = 'all'"""
FOUR = """
    INSERT INTO ledger (week, kind, slice, span, claimed_raw, claimed_unique, reporters, customers, unknown_reporters,
      collapsed, correction, partial, as_of, sparse)
    SELECT week, kind, 'plan=(none)', 4, 9, 9, 9, 9, 0, '{}', correction, partial, as_of, 1 FROM ledger
    WHERE slice = 'all' AND span = 1"""


@pytest.fixture
def client(api_workspace: Workspace, api_keys: dict[str, str]) -> FlaskClient:
    """The dashboard of a world whose eleventh week has everything to tell, an analyst signed in."""
    with api_workspace.open_store() as store:
        for sql in (CHANGES, LATER, FOUR):
            store.db.execute(sql)
    found = create_app(api_workspace, ServerSettings(rate="100000 per minute")).test_client()
    page = found.get("/signin").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    found.post("/signin", data={"csrf_token": token[1], "key": api_keys["analyst"]})
    return found


def row(page: str, week: str) -> str:
    (found,) = [part for part in page.split("<tr")[1:] if f">{week}</a>" in part]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found))


def test_a_week_tells_headlines_revision_nowcast_campaign_and_drift(client: FlaskClient) -> None:
    told = row(client.get("/weekly").text, "2026-W11")
    for words in (
        "3.1 2.2 to 4.4",
        "17.3",
        "91 % 85 % to 95 %",
        "will be 77 (71 to 90)",
        "(late arrivals)",
        "6 of a suspected campaign",
        "×1.25 0.9 to 1.7",
        "drift",
        "30 20 to 44 80 audited",
    ):
        assert words in told, words
    assert re.search(r"was \d+, now \d+ \(late arrivals\)", told)


@pytest.mark.parametrize("kind", ["over_block", "under_block"])
def test_every_week_has_a_cell_for_every_column(api_workspace: Workspace, client: FlaskClient, kind: str) -> None:
    with api_workspace.open_store() as store:
        names = ", ".join(name for name in store.db.table("ledger").columns_dict if name != "kind")
        copied = f"SELECT 'under_block', {names} FROM ledger WHERE slice = 'all'"
        store.db.execute(f"INSERT OR IGNORE INTO ledger (kind, {names}) {copied}")
    (table,) = re.findall(r'<table class="[^"]*weekly.*?</table>', client.get(f"/weekly?kind={kind}").text, re.S)
    head, body = table.split("<tbody>")
    columns = head.count("rowspan") + head.split("</tr>")[1].count("<th")
    for week in body.split("</tr>")[:-1]:
        cells = re.findall(r"<t[hd]\b[^>]*>", week)
        assert sum(int((re.search(r'colspan="(\d+)"', one) or [0, 1])[1]) for one in cells) == columns


def test_a_week_leads_to_what_stands_behind_it(client: FlaskClient) -> None:
    page = client.get("/weekly").text
    links = [one for one in re.findall(r'href="(/weekly/evidence[^"]+)"', page) if "2026-W11" in one]
    assert links and all("span=1" in link for link in links)
    assert client.get(links[0].replace("&amp;", "&")).status_code == 200


def test_documents_that_do_not_say_are_unattributed_and_rare_slices_taken_over_four_weeks(client: FlaskClient) -> None:
    page = client.get("/weekly?slice=plan%3D(none)").text
    assert "plan unattributed" in page and "Four weeks to" in page and "claims to say much" in page
    assert "Four weeks to" not in client.get("/weekly").text
    assert "No week is counted" in client.get("/weekly?slice=plan%3D(none)&span=1").text


def test_chart_draws_what_is_still_to_come(client: FlaskClient) -> None:
    assert '"nowcast": 77.0' in client.get("/weekly").text


def test_api_takes_spans_and_refuses_others(client: FlaskClient) -> None:
    address = "/api/v1/counts/weekly?limit=1000"
    spans = {name: {one["span"] for one in client.get(f"{address}&span={name}").json["items"]} for name in ("1", "4")}
    assert spans == {"1": {1}, "4": {4}}
    assert {one["span"] for one in client.get(address).json["items"]} == {1, 4}
    assert client.get(f"{address}&span=2").status_code == 422
