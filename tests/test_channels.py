"""Every channel against a real receiver on loopback: one message a call, failures told apart, nothing leaked."""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr
from receivers import HANG_UP, PASSWORD, SECRET, Receiver
from standardwebhooks import Webhook

from jobs.channel_options import Place, identity, options_of
from jobs.channels import CHANNELS, open_channel
from jobs.letter_headers import letter_headers
from jobs.message import ChannelError, Message
from jobs.settings import Settings

# Apprise's mail plugin imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

HOSTILE = "\x1b[2J<b>wave</b>\r\nBcc: all@example.org\r\n\r\n@channel https://evil.example \u202e"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def place(tmp_path: Path, hook: Receiver, post_office: Receiver) -> Place:
    settings = Settings(
        smtp_host="127.0.0.1",
        smtp_port=post_office.port,
        smtp_starttls=False,
        smtp_from="groundswell@example.org",
        smtp_password=SecretStr(PASSWORD),
    )
    environ = {"HOOK": SECRET, "CHAT": f"json://user:{PASSWORD}@127.0.0.1:{hook.port}/t0ken"}
    return Place(tmp_path, settings, environ, datetime.now(UTC))


@pytest.fixture
def options(hook: Receiver) -> dict[str, dict[str, str]]:
    return {
        "file": {"type": "file", "path": "digests/here"},
        "email": {"type": "email", "to": "owner@example.org"},
        "apprise": {"type": "apprise", "url_env": "CHAT"},
        "webhook": {"type": "webhook", "url": f"http://127.0.0.1:{hook.port}/s3cret", "secret_env": "HOOK"},
    }


@pytest.fixture
def message() -> Message:
    return Message(
        message_id="N1",
        name="alert-A1",
        subject=f"[groundswell] {HOSTILE}",
        text=f"Claims rose.\n{HOSTILE}\n",
        markdown="# Claims rose\n",
        html='<p>Claims rose <img src="cid:chart-A1"></p>',
        payload={"type": "groundswell.alert", "data": {"title": HOSTILE}},
        images={"chart-A1": b"\x89PNG chart"},
    )


@pytest.fixture
def delivered(tmp_path: Path, hook: Receiver, post_office: Receiver) -> Callable[[str], int]:
    """How many messages the receiver of a channel holds."""

    def count(channel: str) -> int:
        if channel == "file":
            return len(list(tmp_path.glob("digests/here/*.md")))
        return len((post_office if channel == "email" else hook).received)

    return count


@pytest.mark.parametrize("name", CHANNELS)
def test_channel_delivers_one_message_a_call(
    name: str, place: Place, options: dict[str, dict[str, str]], message: Message, delivered: Callable[[str], int]
) -> None:
    channel = open_channel(options[name], place)
    channel.send(message)
    assert delivered(name) == 1
    channel.send(message)
    assert delivered(name) == (1 if name == "file" else 2)


@pytest.mark.parametrize("name", ["email", "apprise", "webhook"])
def test_receiver_that_is_away_is_a_passing_failure(
    name: str, place: Place, options: dict[str, dict[str, str]], message: Message
) -> None:
    away = Place(
        place.root,
        place.settings.model_copy(update={"smtp_port": 1}),
        {**place.environ, "CHAT": f"json://user:{PASSWORD}@127.0.0.1:1/t0ken"},
        place.now,
    )
    with pytest.raises(ChannelError) as caught:
        open_channel({**options[name], "url": "http://127.0.0.1:1/s3cret"}, away).send(message)
    assert not caught.value.permanent and not caught.value.uncertain


@pytest.mark.parametrize(
    ("code", "permanent"), [(500, False), (503, False), (429, False), (404, True), (410, True), (302, True)]
)
def test_webhook_tells_passing_from_permanent(
    code: int,
    permanent: bool,
    place: Place,
    options: dict[str, dict[str, str]],
    message: Message,
    hook: Receiver,
) -> None:
    hook.answers = [code]
    with pytest.raises(ChannelError, match=str(code)) as caught:
        open_channel(options["webhook"], place).send(message)
    assert caught.value.permanent is permanent
    assert len(hook.received) == 1, "a signed message follows no redirect"


@pytest.mark.parametrize(
    ("code", "permanent", "uncertain"),
    [(450, False, False), (550, True, False), (451, False, False), (554, True, False), (HANG_UP, False, True)],
)
def test_mail_tells_passing_permanent_and_uncertain_apart(
    code: int,
    permanent: bool,
    uncertain: bool,
    place: Place,
    options: dict[str, dict[str, str]],
    message: Message,
    post_office: Receiver,
) -> None:
    post_office.answers = [code]
    with pytest.raises(ChannelError) as caught:
        open_channel(options["email"], place).send(message)
    assert (caught.value.permanent, caught.value.uncertain) == (permanent, uncertain)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("code", [404, 500])
def test_no_error_holds_a_secret(
    code: int,
    place: Place,
    options: dict[str, dict[str, str]],
    message: Message,
    hook: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("apprise", "webhook"):
        hook.answers = [code]
        with pytest.raises(ChannelError) as caught:
            open_channel(options[name], place).send(message)
        told = str(caught.value) + repr(caught.value.__cause__) + caplog.text
        assert not [word for word in (SECRET, PASSWORD, "s3cret", "t0ken") if word in told]
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "pigeon"},
        {},
        {"type": "email"},
        {"type": "webhook", "url": "file:///etc/passwd", "secret_env": "HOOK"},
        {"type": "webhook", "url": "https://hooks.example.org/s3cret"},
        {"type": "webhook", "secret_env": "HOOK"},
        {"type": "apprise", "url_env": "NOT_SET"},
    ],
)
def test_incomplete_channel_is_a_permanent_failure_with_a_way_out(broken: dict[str, str], place: Place) -> None:
    with pytest.raises(ChannelError, match="expected|available") as caught:
        open_channel(broken, place)
    assert caught.value.permanent
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "variable", "value"), [("apprise", "CHAT", f"nonsense {PASSWORD}"), ("webhook", "HOOK", "n")]
)
def test_malformed_secret_is_permanent_and_not_repeated(
    name: str, variable: str, value: str, place: Place, options: dict[str, dict[str, str]], message: Message
) -> None:
    other = Place(place.root, place.settings, {**place.environ, variable: value}, place.now)
    with pytest.raises(ChannelError) as caught:
        open_channel(options[name], other).send(message)
    assert caught.value.permanent and PASSWORD not in str(caught.value)


def test_secret_may_be_in_a_file(
    place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    (place.root / "hook.secret").write_text(SECRET + "\n")
    chosen = {"type": "webhook", "url": options["webhook"]["url"], "secret_file": "hook.secret"}
    open_channel(chosen, place).send(message)
    assert len(hook.received) == 1


def test_webhook_is_signed_as_standard_webhooks_and_keeps_its_id(
    place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    open_channel(options["webhook"], place).send(message)
    headers, body = hook.received[0]
    assert Webhook(SECRET).verify(body, headers)["type"] == "groundswell.alert"
    assert hook.ids() == ["N1"]


def test_mail_has_text_page_and_chart_and_no_forged_header(
    place: Place, options: dict[str, dict[str, str]], message: Message, post_office: Receiver
) -> None:
    open_channel(options["email"], place).send(message)
    (mail,) = post_office.received
    assert isinstance(mail, EmailMessage)
    assert mail["To"] == "owner@example.org" and mail["Bcc"] is None
    assert "\x1b" not in mail["Subject"] and "Bcc: all" in mail["Subject"], "a line break became a space"
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "image/png"]
    image = [part for part in mail.walk() if part.get_content_type() == "image/png"][0]
    assert image["Content-ID"] == "<chart-A1>" and image.get_content() == b"\x89PNG chart"


def test_chat_gets_text_that_links_nowhere_and_calls_nobody(
    place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    open_channel(options["apprise"], place).send(message)
    (told,) = hook.told()
    for text in (told["title"], told["message"]):
        assert "@channel" not in text and "https://" not in text
        assert "\x1b" not in text and "\u202e" not in text


def test_mail_names_its_thread_its_list_and_how_to_leave(
    place: Place, options: dict[str, dict[str, str]], message: Message, post_office: Receiver
) -> None:
    told = replace(message, owner="cyber team <x>" + " of the safeguards" * 3, thread="alert-A1")
    open_channel(options["email"], place).send(told)
    (mail,) = post_office.received
    assert mail["Message-ID"] == "<N1@groundswell>" and mail["References"] == "<alert-A1@groundswell>"
    assert mail["List-Id"] == "<cyber-team-x-of-the-safeguards-of-the-safeguards-of-the-safe.groundswell.groundswell>"
    leave = f"unsubscribe%20cyber%20team%20%3Cx%3E{3 * '%20of%20the%20safeguards'}"
    assert mail["List-Unsubscribe"] == f"<mailto:groundswell@example.org?subject={leave}>"
    assert mail["List-Unsubscribe-Post"] is None


def test_one_click_is_offered_only_where_a_page_takes_it(message: Message) -> None:
    mailto = letter_headers(Settings(smtp_unsubscribe="mailto:leave@example.org"), message)
    assert mailto["List-Unsubscribe"] == "<mailto:leave@example.org>" and "List-Unsubscribe-Post" not in mailto
    page = letter_headers(Settings(smtp_unsubscribe="https://example.org/leave"), message)
    assert page["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("wrong", ["http://example.org", "leave", "mailto:a b@c", "https://a\r\nBcc: x@y"])
def test_place_to_unsubscribe_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        Settings(smtp_unsubscribe=wrong)


def test_chat_gets_the_brief_text_with_links_to_the_dashboard_alone(
    place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    own = f"{place.settings.base_url}/alerts/A1"
    open_channel(options["apprise"], place).send(replace(message, brief=f"new\n{own}\nhttps://evil.example/{own}"))
    (told,) = hook.told()
    assert own in told["message"].splitlines() and "https://" not in told["message"]


def test_chat_whose_line_broke_after_the_message_went_out_is_uncertain(
    place: Place, options: dict[str, dict[str, str]], message: Message, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            line, _ = server.accept()
            line.recv(65536)
            line.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"json://user:{PASSWORD}@127.0.0.1:{server.getsockname()[1]}/t0ken"
        broken = Place(place.root, place.settings, {"CHAT": url}, place.now)
        with pytest.raises(ChannelError, match="may have taken") as caught:
            open_channel(options["apprise"], broken).send(message)
        thread.join()
    assert caught.value.uncertain and PASSWORD not in caplog.text and "t0ken" not in caplog.text


@pytest.mark.parametrize("code", [400, 429, 500])
def test_chat_that_answered_may_be_asked_again(
    code: int, place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    hook.answers = [code]
    with pytest.raises(ChannelError, match="did not take") as caught:
        open_channel(options["apprise"], place).send(message)
    assert not caught.value.uncertain


def test_chat_failure_that_nothing_is_heard_of_is_uncertain(
    place: Place, options: dict[str, dict[str, str]], message: Message, hook: Receiver
) -> None:
    hook.answers = [500]
    logging.disable(logging.CRITICAL)
    try:
        with pytest.raises(ChannelError, match="may have taken") as caught:
            open_channel(options["apprise"], place).send(message)
    finally:
        logging.disable(logging.NOTSET)
    assert caught.value.uncertain


def test_file_is_replaced_whole_and_stays_in_its_directory(
    place: Place, options: dict[str, dict[str, str]], message: Message
) -> None:
    escaping = Message("N2", "../../outside", "s", "t", "# one\n", "<p>", {})
    open_channel(options["file"], place).send(escaping)
    names = sorted(path.name for path in (place.root / "digests/here").iterdir())
    assert names == ["outside.html", "outside.md"]
    open_channel(options["file"], place).send(message)
    assert "data:image/png;base64," in (place.root / "digests/here/alert-A1.html").read_text()


def test_file_that_cannot_be_written_is_a_passing_failure(place: Place, message: Message) -> None:
    (place.root / "occupied").write_text("a file, no directory")
    with pytest.raises(ChannelError, match="expected to write") as caught:
        open_channel({"type": "file", "path": "occupied"}, place).send(message)
    assert not caught.value.permanent


def test_stored_name_of_a_channel_holds_no_address_of_a_hook(options: dict[str, dict[str, str]]) -> None:
    names = {identity(options_of(entry)) for entry in options.values()}
    assert len(names) == 4
    assert not [name for name in names if "s3cret" in name]
