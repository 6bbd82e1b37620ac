"""Attackers write complaints and theme names: through every channel they arrive as text that does nothing."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from receivers import SECRET, Receiver

from jobs import digest
from jobs.channel_options import Place
from jobs.channels import CHANNELS, open_channel
from jobs.digest_facts import look
from jobs.letters import alert_letter, digest_letter
from jobs.message import Message
from jobs.settings import Settings
from jobs.store import Store
from jobs.triage_letters import triage_letter
from jobs.workspace import Workspace

# Apprise's mail plugin imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

AS_OF = "2026-03-10T20:00:00Z"
BASE = "http://gs.example.org"
HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x9b2J<script>alert(1)</script><img src=x onerror=alert(1)>"
    "<a href='https://evil.example'>b</a> [win](https://evil.example/x) ![p](https://evil.example/p.png) "
    "<https://evil.example> www.evil.example evil.example/y @channel @here <!channel> <@U123> <#C1> `x` **b** | a |"
    " \u202e\u2066txt javascript:alert(1) =cmd() {{7*7}} {% x %}"
    "\r\nBcc: all@example.org\r\n\r\n# heading\n1. one\n> quote\n---\n[r]: https://evil.example"
)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LIVE = re.compile(
    r"(?i)\bhttps?://(?!gs\.example\.org/)|\bwww\.evil|evil\.example|@(?:channel|here|U123|example)|<[!@#]"
)
TAGS = {"script", "iframe", "form", "object", "embed", "svg", "base"}


class Page(HTMLParser):
    """Tags, links and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.handlers: set[str] = set()
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses |= {str(value) for name, value in attrs if name in ("href", "src", "action")}
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def harmless_text(text: str) -> None:
    assert not CONTROLS.search(text), repr(CONTROLS.search(text))
    assert not LIVE.search(text), LIVE.findall(text)


def harmless_page(html: str) -> None:
    page = Page(html)
    assert not page.tags & TAGS and not page.handlers
    allowed = re.compile(r"http://gs\.example\.org/|cid:chart-|data:image/png;base64,")
    assert all(allowed.match(address) for address in page.addresses), page.addresses
    harmless_text(re.sub(r"\s+", " ", " ".join(page.words)))


def harmless_markdown(text: str) -> None:
    harmless_text(text)
    page = Page(MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text))
    assert page.tags <= {"h1", "h2", "p", "ol", "ul", "li", "a", "blockquote"}, page.tags
    assert all(address.startswith("http://gs.example.org/") for address in page.addresses)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)
    elif isinstance(value, str):
        yield value


def of_files(place: Place, hook: Receiver, post_office: Receiver) -> None:
    (folder,) = [path for path in place.root.rglob("out") if path.is_dir()]
    assert {path.suffix for path in folder.iterdir()} == {".md", ".html"}
    for path in folder.iterdir():
        assert re.fullmatch(r"[A-Za-z0-9._-]+", path.name)
        (harmless_markdown if path.suffix == ".md" else harmless_page)(path.read_text(encoding="utf-8"))


def of_mail(place: Place, hook: Receiver, post_office: Receiver) -> None:
    (mail,) = post_office.received
    assert mail["To"] == "owner@example.org" and mail["Bcc"] is None and len(mail.get_all("Subject")) == 1
    for name, value in mail.items():
        assert not CONTROLS.search(value), name
    harmless_text(mail.get_body(("plain",)).get_content().replace("\r\n", "\n"))
    harmless_page(mail.get_body(("html",)).get_content())


def of_chat(place: Place, hook: Receiver, post_office: Receiver) -> None:
    (told,) = hook.told()
    harmless_text(told["title"])
    harmless_text(told["message"])


def of_webhook(place: Place, hook: Receiver, post_office: Receiver) -> None:
    (told,) = hook.told()
    assert not [text for text in texts_in(told["data"]) if CONTROLS.search(text) or "\n" in text]
    if "text" in told:
        harmless_text(told["text"])


ARRIVED: dict[str, Callable[[Place, Receiver, Receiver], None]] = {
    "file": of_files,
    "email": of_mail,
    "apprise": of_chat,
    "webhook": of_webhook,
}
"""How each channel's receiver shows what it got; a new channel needs its line here."""


def poison(store: Store) -> None:
    """Everything that others may write says what should not work."""
    reads = json.dumps({"reads": [HOSTILE, f"Words that came with it: {HOSTILE}"]})
    for sql, value in (
        ("UPDATE theme SET name = ?", HOSTILE),
        ("UPDATE series SET title = ? WHERE theme_id IS NOT NULL", HOSTILE),
        ("UPDATE alert SET title = ?", HOSTILE),
        ("UPDATE document SET claim = ? || document_id", f"{HOSTILE} case "),
        ("UPDATE change SET explanation = ?", reads),
        ("UPDATE silence SET reason = ?", HOSTILE),
        ("UPDATE owner SET name = ?", HOSTILE),
        ("UPDATE coverage_change SET value = ?", HOSTILE),
    ):
        store.db.execute(sql, (value,))
    store.findings.add_alert_event(
        "A4", at=AS_OF, actor=HOSTILE, action="closed", detail={"did": HOSTILE, "state": "ongoing"}
    )


@pytest.fixture(scope="module")
def letters(delivery_world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Message]:
    """An alert, a digest that follows another, and a message about a grave document, all of them poisoned."""
    workspace = Workspace(Path(shutil.copytree(delivery_world, tmp_path_factory.mktemp("hostile") / "workspace")))
    with workspace.open_store() as store:
        return _letters(store, workspace)


def _letters(store: Store, workspace: Workspace) -> dict[str, Message]:
    before = digest.build(store, workspace.settings, "cyber-team", as_of=AS_OF)
    poison(store)
    settings = workspace.settings.model_copy(update={"base_url": BASE, "name": HOSTILE})
    view = look(store, settings, as_of="2026-03-11T20:00:00Z")
    owner = {"owner_id": "cyber-team", "name": HOSTILE, "cadence": "daily"}
    content = digest.digest_content(view, owner, previous={**before, "alerts": before["alerts"][1:]}, quiet=())
    assert content["ended"] and content["alerts"] and content["silences"]
    document = {
        "document_id": HOSTILE,
        "source": HOSTILE,
        "segments": HOSTILE,
        "reasons": [HOSTILE],
        "day": "2026-03-10",
    }
    document |= {"link": f"{BASE}/documents/x", "kind": "other", "harm_domain": "cyber", "probability": 0.5}
    grave = {
        **{name: content[name] for name in ("owner", "owner_name", "installation", "as_of")},
        **{"documents": [document], "more": 0, "older": 0, "link": f"{BASE}/triage", "scope": "triage"},
    }
    return {
        "alert": alert_letter(view, view.alerts[0], owner, message_id="N1"),
        "digest": digest_letter(view, {"content": content}, message_id="N2"),
        "triage": triage_letter(grave, message_id="N3", triage_id="G1"),
    }


def test_every_channel_has_its_reader() -> None:
    assert set(ARRIVED) == set(CHANNELS)


@pytest.mark.parametrize("name", CHANNELS)
def test_nothing_that_others_wrote_does_anything(
    name: str,
    letters: dict[str, Message],
    tmp_path: Path,
    hook: Receiver,
    post_office: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = Settings(
        smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_starttls=False, base_url=BASE, name=HOSTILE
    )
    environ = {"HOOK": SECRET, "CHAT": f"json://127.0.0.1:{hook.port}/x"}
    options = {
        "file": {"type": "file", "path": "out"},
        "email": {"type": "email", "to": "owner@example.org"},
        "apprise": {"type": "apprise", "url_env": "CHAT"},
        "webhook": {"type": "webhook", "url": f"http://127.0.0.1:{hook.port}/x", "secret_env": "HOOK"},
    }[name]
    for kind, message in letters.items():
        place = Place(tmp_path / kind, settings, environ, datetime.now(UTC))
        open_channel(options, place).send(message)
        ARRIVED[name](place, hook, post_office)
        hook.received.clear()
        post_office.received.clear()
