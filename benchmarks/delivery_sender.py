"""The process that sends, forked anew for each round so that it can be killed: reads "ISO moment" lines, says pids.

Started by benchmarks.delivery; not for people.
"""

import logging
import os
import sys
from datetime import datetime
from pathlib import Path

import apprise  # noqa: F401  (imported once, before the forks)
import stamina
import standardwebhooks  # noqa: F401

from jobs import channels, notify
from jobs.digest_facts import look
from jobs.letters import digest_letter
from jobs.workspace import Workspace

TIMEOUT_SECONDS = 1.0
TRIES_AT_ONCE = 2


def main() -> None:
    """Serve rounds until the input ends: for each a pid, then how its process ended."""
    for name in ("jobs", "stamina"):
        logging.getLogger(name).setLevel(logging.ERROR)
    channels.TIMEOUT_SECONDS = TIMEOUT_SECONDS
    stamina.set_testing(True, attempts=TRIES_AT_ONCE)  # without its waits
    workspace = Workspace(Path(sys.argv[1]))
    _warm(workspace)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _round(workspace, datetime.fromisoformat(line.strip()))
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _warm(workspace: Workspace) -> None:
    """Read the templates once, before the forks."""
    with workspace.open_store() as store:
        digest = store.delivery.digests()[0]
        digest_letter(look(store, workspace.settings, as_of=digest["as_of"]), digest, message_id="warm")


def _round(workspace: Workspace, now: datetime) -> None:
    """One round of delivery; never returns."""
    code = 1
    try:
        with workspace.open_store() as store:
            notify.deliver(store, workspace.settings, workspace, as_of=f"{now:%Y-%m-%dT%H:%M:%SZ}", now=now)
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
