"""Receivers on loopback that fail at random and kill the sender: a webhook, a chat and a mail server.

Each keeps what it took, whatever it answered; what became of an attempt is drawn from `FATES`.
"""

import email
import email.policy
import http.server
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

HANG_SECONDS = 1.5
"""Longer than the sender waits."""
FATES = {
    "ok": 0.81,
    "passing": 0.04,
    "permanent": 0.01,
    "drop_before": 0.02,
    "drop_after": 0.02,
    "hang_before": 0.01,
    "hang_after": 0.01,
    "kill_before_answer": 0.05,
    "kill_after_answer": 0.03,
}
"""What happens to an attempt, and how often. Before and after: whether the receiver has taken the message."""
TAKEN = ("ok", "drop_after", "hang_after", "kill_before_answer", "kill_after_answer")


@dataclass
class Receivers:
    """What arrived, by channel and key of the message; whom to kill, and which fates were drawn."""

    seed: int
    arrived: dict[str, Counter[str]] = field(default_factory=dict)
    fates: Counter[str] = field(default_factory=Counter)
    victim: int | None = None
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()

    def attempt(self, channel: str, key: str) -> str:
        """What is to become of this attempt; notes what is taken."""
        with self._lock:
            fate = self._random.choices(list(FATES), list(FATES.values()))[0]
            self.fates[f"{channel}: {fate}"] += 1
            if fate in TAKEN:
                self.arrived.setdefault(channel, Counter())[key] += 1
            return fate

    def kill(self) -> None:
        """Kill the sender, if there is one."""
        victim, self.victim = self.victim, None
        if victim is not None:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)


@contextmanager
def listening(seed: int) -> Iterator[Receivers]:
    """All receivers, on ports that are free."""
    receivers = Receivers(seed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(receivers))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    post_office = _AnyPort(_Box(receivers), hostname="127.0.0.1", port=0)
    post_office.start()
    receivers.ports = {"http": server.server_port, "smtp": post_office.port}
    try:
        yield receivers
    finally:
        post_office.stop()
        server.shutdown()
        server.server_close()


def _handler(receivers: Receivers) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        """Takes JSON at /hook (known by its webhook-id) and /chat (known by its title)."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            channel = "webhook" if self.path.startswith("/hook") else "apprise"
            key = self.headers["webhook-id"] if channel == "webhook" else json.loads(body)["title"]
            self._end(receivers.attempt(channel, key))

        def _end(self, fate: str) -> None:
            if fate.startswith("hang"):
                time.sleep(HANG_SECONDS)
            if fate.startswith(("hang", "drop")):
                self.close_connection = True
                return
            if fate == "kill_before_answer":
                receivers.kill()
            self.send_response({"passing": 503, "permanent": 410}.get(fate, 200))
            self.end_headers()
            if fate == "kill_after_answer":
                self.wfile.flush()
                receivers.kill()

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


class _Box:
    """An SMTP handler; a message is known by its Message-ID."""

    def __init__(self, receivers: Receivers) -> None:
        self.receivers = receivers

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        fate = self.receivers.attempt("email", str(mail["Message-ID"]).strip("<>").partition("@")[0])
        if fate.startswith("hang"):
            await asyncio.sleep(HANG_SECONDS)
        if fate.startswith(("hang", "drop")):
            server.transport.abort()
            return "421 gone"
        if fate == "kill_before_answer":
            self.receivers.kill()
        if fate == "kill_after_answer":
            asyncio.get_running_loop().call_later(0.001, self.receivers.kill)
        return {"passing": "451 later", "permanent": "554 never"}.get(fate, "250 OK")


class _AnyPort(Controller):
    """A controller that is given port 0 and learns which one it got."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
