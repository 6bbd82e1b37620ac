"""The dashboard in a real browser: every page, filled and empty; hostile text stays text; charts are drawn."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from api import ServerSettings, create_app
from jobs.workspace import Workspace, create_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
LISTS = [
    "/",
    "/triage",
    "/labels",
    "/alerts",
    "/deliveries",
    "/changes",
    "/themes",
    "/map",
    "/watchlists",
    "/mitigations",
    "/anomalies",
    "/documents",
    "/weekly",
    "/data",
]
DETAILS = [
    "/alerts/A0001",
    "/themes/T0001",
    "/themes/T0003",
    "/watchlists/agents",
    "/mitigations/cyber-classifier",
    "/anomalies/d1005",
    "/documents?q=blocked&theme=T0003&segment.plan=free",
    "/documents/d0710",
    "/decisions/dec-903",
    "/documents/d0903",
    "/documents/d0005",
    "/documents/d0011",
    "/triage?state=&owner=safeguards-bio",
    "/weekly?slice=harm_domain%3Dcyber",
    "/weekly/evidence?week=2026-W11",
    "/weekly/evidence?week=2026-W11&part=corrected",
    "/labels?of=decisions",
    "/labels/given",
    "/documents/d0716",
    "/documents/d0010",
]
NARROW = [
    "/",
    "/triage",
    "/mitigations",
    "/mitigations/cyber-classifier",
    "/themes",
    "/themes/T0001",
    "/documents",
    "/weekly",
    "/labels",
    "/weekly/evidence?week=2026-W11",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")


@contextmanager
def served(workspace: Workspace) -> Iterator[str]:
    settings = ServerSettings(rate="100000 per minute", sign_in_rate="1000 per minute")
    server = make_server("127.0.0.1", 0, create_app(workspace, settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def filled(_filled_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    path = tmp_path_factory.mktemp("dashboard") / "workspace"
    shutil.copytree(_filled_workspace, path)
    workspace = Workspace(path)
    with workspace.open_store() as store:
        now = datetime.now(UTC)
        keys = {role: store.keys.create(holder=f"Ann of {role}", role=role, now=now)[1] for role in ("admin", "pm")}
    with served(workspace) as address:
        yield address, keys


@contextmanager
def signed_in(browser: "Browser", address: str, secret: str) -> Iterator[tuple["Page", list[str]]]:
    """A page of a new session, and what its console complained about."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.goto(f"{address}/signin")
    page.get_by_label("API key").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    try:
        yield page, complaints
    finally:
        context.close()


def check(page: "Page", address: str) -> None:
    """The page is there, its charts are drawn, nothing is wider than the screen, the outline begins with h1."""
    response = page.goto(address)
    assert response is not None and response.status == 200
    for chart in page.locator(".vega").all():
        chart.locator("svg").first.wait_for(timeout=120_000)
        assert chart.locator("svg").first.get_attribute("aria-roledescription") or chart.locator("[aria-label]").count()
    assert page.locator("h1").count() == 1 and page.title() != "owned"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    unlabelled = (
        "[...document.querySelectorAll('input:not([type=hidden]):not([hidden]),select')].filter(e => !e.labels.length)"
    )
    assert page.evaluate(f"{unlabelled}.length") == 0
    assert page.evaluate("[...document.querySelectorAll('table')].filter(t => !t.caption).length") == 0
    assert (
        page.locator("main script:not([type='application/json']), main img, main [onerror], main iframe").count() == 0
    )


@pytest.mark.parametrize(
    ("width", "paths"),
    [
        pytest.param(1280, [*LISTS, *DETAILS], id="desk"),
        pytest.param(390, NARROW, id="phone", marks=pytest.mark.slow),
    ],
)
def test_every_page_of_a_filled_store_is_sound(
    browser: "Browser", filled: tuple[str, dict[str, str]], width: int, paths: list[str]
) -> None:
    address, keys = filled
    with signed_in(browser, address, keys["admin"]) as (page, complaints):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            check(page, address + path)
    assert complaints == []


def test_every_page_of_an_empty_store_says_what_to_do(browser: "Browser", tmp_path: Path) -> None:
    workspace, _ = create_workspace(tmp_path / "empty")
    with workspace.open_store() as store:
        _, secret = store.keys.create(holder="Ann", role="admin", now=datetime.now(UTC))
    with served(workspace) as address, signed_in(browser, address, secret) as (page, complaints):
        for path in LISTS:
            check(page, address + path)
            assert page.locator(".empty, .empty-state").count() > 0, path
    assert complaints == []


def test_hostile_names_and_texts_are_shown_as_text(browser: "Browser", filled: tuple[str, dict[str, str]]) -> None:
    address, keys = filled
    with signed_in(browser, address, keys["admin"]) as (page, _):
        page.goto(f"{address}/themes/T0003")
        assert page.locator("h1").inner_text().startswith('<script>document.title="owned"</script>')
        assert "<b>bold</b>" in page.locator(".words").inner_text()
        page.goto(f"{address}/documents?q=filter&theme=T0003")
        assert page.locator("mark").first.inner_text() == "filter"
        assert "<b>filter</b>" in page.locator(".claim").first.inner_text()
        page.goto(f"{address}/alerts/A0001")
        assert "<script>document.title='owned'</script>" in page.locator(".reads").inner_text()


def test_product_managers_get_their_pages_without_texts(browser: "Browser", filled: tuple[str, dict[str, str]]) -> None:
    address, keys = filled
    with signed_in(browser, address, keys["pm"]) as (page, complaints):
        for path in ("/", "/themes", "/themes/T0001", "/weekly", "/weekly/evidence?week=2026-W11"):
            check(page, address + path)
            assert page.locator("main a[href^='/documents'], main a[href^='/alerts'], .claim").count() == 0, path
        assert complaints == []
        response = page.goto(f"{address}/documents")
        assert response is not None and response.status == 403


def test_acknowledging_and_revealing_by_form(browser: "Browser", filled: tuple[str, dict[str, str]]) -> None:
    address, keys = filled
    with signed_in(browser, address, keys["admin"]) as (page, complaints):
        page.goto(f"{address}/alerts/A0001")
        page.get_by_role("textbox", name="Note").fill("<b>mine</b>")
        page.get_by_role("button", name="Acknowledge").click()
        assert "looked after by Ann of admin" in page.locator("main").inner_text()
        assert "“<b>mine</b>”" in page.locator("main").inner_text()
        page.goto(f"{address}/documents/d0005")
        assert "pathogen" not in page.locator(".card").first.inner_text()
        page.get_by_label("Why you must read it").fill("checking a report")
        page.get_by_role("button", name="Reveal").click()
        assert "pathogen" in page.locator(".text").inner_text()
        page.get_by_role("button", name="Sign out").click()
        assert page.url.endswith("/signin")
    assert complaints == []


@pytest.mark.slow
def test_the_api_explains_itself_in_the_browser(browser: "Browser", filled: tuple[str, dict[str, str]]) -> None:
    address, keys = filled
    with signed_in(browser, address, keys["admin"]) as (page, complaints):
        page.goto(f"{address}/openapi/swagger")
        page.get_by_text("/api/v1/counts/weekly").first.wait_for(timeout=120_000)
    assert complaints == []
