"""Servers on loopback that keep what they are sent: fixtures `hook` (HTTP) and `post_office` (SMTP)."""

import email
import email.policy
import http.server
import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller

SECRET = "whsec_c2VjcmV0LW9mLXRoZS1ob29r"
PASSWORD = "pa55word-of-the-mail"
"""What a server may repeat in its refusal, and nobody else."""
HANG_UP = -1
AT_ONCE = (450, 550)


class Posted(NamedTuple):
    """One request; the names of its headers in lower case."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What arrived. `answers` are codes to answer with, else all is well; `victim` is killed before an answer."""

    answers: list[int] = field(default_factory=list)
    received: list[Any] = field(default_factory=list)
    victim: list[int] = field(default_factory=list)
    port: int = 0

    def take(self, item: Posted | EmailMessage) -> None:
        """Keep it, and kill who must not learn of it."""
        self.received.append(item)
        while self.victim:
            os.kill(self.victim.pop(), signal.SIGKILL)

    def answer(self) -> int:
        """The next code; 0 where none is set."""
        return self.answers.pop(0) if self.answers else 0

    def told(self) -> list[Any]:
        """What was posted, as JSON."""
        return [json.loads(posted.body) for posted in self.received]

    def ids(self) -> list[str]:
        """The ids of the messages that were posted."""
        return [posted.headers["webhook-id"] for posted in self.received]


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """An HTTP server: answers 200 unless told otherwise."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.take(Posted({name.lower(): value for name, value in self.headers.items()}, body))
            code = receiver.answer() or 200
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                pass  # the sender was killed

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


class Box:
    """An SMTP handler that keeps messages, or refuses the recipient or the text with a code, or hangs up."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.receiver.answers and self.receiver.answers[0] in AT_ONCE:
            return f"{self.receiver.answer()} no {PASSWORD}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        code = self.receiver.answer()
        if code == HANG_UP:
            server.transport.abort()
            return "421 gone"
        if code:
            return f"{code} no"
        self.receiver.take(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class AnyPort(Controller):
    """A controller that is given port 0 and learns which one it got."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post_office() -> Iterator[Receiver]:
    """An SMTP server: keeps mails unless told otherwise."""
    receiver = Receiver()
    controller = AnyPort(Box(receiver), hostname="127.0.0.1", port=0)
    controller.start()
    receiver.port = controller.port
    yield receiver
    controller.stop()
