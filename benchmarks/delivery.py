"""Deliveries whose process is killed at random while their receivers fail at random: is one lost, or doubled?

python -m benchmarks.delivery                       # 1,002 notifications, prints JSON
python -m benchmarks.delivery --notifications 60    # a small one, for a test

A third each goes to a signed webhook that knows a message by its id, to a mail server and to a chat (Apprise), all real
servers on loopback that answer 4xx and 5xx, drop the line, hang, and kill the sender (SIGKILL) before or after they
answer; it is also killed at moments of no one's choice. Rounds are four hours apart by the clock the sender is given.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.delivery_receivers import Receivers, listening
from jobs.digest_content import digest_content
from jobs.digest_facts import look
from jobs.notify import queue_digest
from jobs.store import Store
from jobs.workspace import Workspace, create_workspace

START = datetime(2026, 3, 10, 21, tzinfo=UTC)
BETWEEN_ROUNDS = timedelta(hours=4)
MOST_ROUNDS = 400
SECRET = "whsec_c2VjcmV0LW9mLXRoZS1ob29r"
STRUCK_ROUNDS = 0.3
"""Share of the rounds that are killed at a random moment as well."""
LONGEST_STRIKE = 1.5
"""Seconds within which such a strike falls."""
OWNER = "owner"
WAITING = ("pending", "claimed", "failed")


def measure(notifications: int, seed: int) -> dict[str, Any]:
    """Queue them, deliver them round by round until nothing waits, and compare the record with what arrived."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder, listening(seed) as receivers:
        workspace, _ = create_workspace(Path(folder) / "workspace")
        with workspace.open_store() as store:
            keys = _queue(store, workspace, receivers, notifications)
        rounds = _deliver(workspace, receivers, seed)
        told = _verdict(workspace, receivers, keys)
    cpu = round(time.process_time() - started, 1)
    return {"notifications": len(keys), "seed": seed, **rounds, **told, "cpu_seconds_of_the_receivers": cpu}


def _queue(store: Store, workspace: Workspace, receivers: Receivers, notifications: int) -> dict[str, tuple[str, str]]:
    """Digests that each go to three channels; notification_id -> channel, and the key its receiver knows it by."""
    channels = [
        {"type": "webhook", "url": f"http://127.0.0.1:{receivers.ports['http']}/hook", "secret_env": "BENCH_HOOK"},
        {"type": "email", "to": "owner@example.org"},
        {"type": "apprise", "url_env": "BENCH_CHAT"},
    ]
    owner = {"owner_id": OWNER, "name": "Owner", "cadence": "daily"}
    store.db.execute(
        "INSERT INTO owner (owner_id, name, channels, cadence, budget) VALUES (?, ?, ?, 'daily', 1)",
        (OWNER, "Owner", json.dumps(channels)),
    )
    view = look(store, workspace.settings, as_of=f"{START:%Y-%m-%dT%H:%M:%SZ}")
    content = digest_content(view, owner, previous=None, quiet=())
    for number in range((notifications + 2) // 3):
        row = {"digest_id": f"D{number:05d}", "owner": OWNER, "period_from": "2026-03-09", "period_to": "2026-03-10"}
        named = {**content, "owner_name": f"Case D{number:05d}"}
        with store.transaction():
            store.delivery.write_digest({**row, "as_of": view.as_of, "content": named})
            queue_digest(store, row)
    return {row["notification_id"]: _key(row) for row in store.delivery.notifications()}


def _key(row: dict[str, Any]) -> tuple[str, str]:
    """The channel of a notification and what its receiver knows it by: the chat knows only its text."""
    kind = str(row["channel"]).partition(":")[0]
    return kind, str(row["digest_id"] if kind == "apprise" else row["notification_id"])


def _deliver(workspace: Workspace, receivers: Receivers, seed: int) -> dict[str, Any]:
    """Rounds until nothing waits; how many, and how many ended by a kill."""
    command = [sys.executable, "-m", "benchmarks.delivery_sender", str(workspace.path)]
    dice, killed, rounds = random.Random(seed + 1), 0, 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment(receivers)
    ) as sender:
        assert sender.stdin is not None and sender.stdout is not None
        while rounds < MOST_ROUNDS and (rounds == 0 or _waits(workspace)):
            print((START + BETWEEN_ROUNDS * rounds).isoformat(), file=sender.stdin, flush=True)
            receivers.victim = int(sender.stdout.readline())
            strike = threading.Timer(dice.uniform(0, LONGEST_STRIKE), receivers.kill)
            if dice.random() < STRUCK_ROUNDS:
                strike.start()
            code = int(sender.stdout.readline())
            strike.cancel()
            receivers.victim = None
            killed += code < 0
            rounds += 1
        sender.stdin.close()
    return {"rounds": rounds, "rounds_killed": killed}


def _environment(receivers: Receivers) -> dict[str, str]:
    return {
        **os.environ,
        "NO_PROXY": "127.0.0.1",
        "BENCH_HOOK": SECRET,
        "BENCH_CHAT": f"json://127.0.0.1:{receivers.ports['http']}/chat",
        "GROUNDSWELL_SMTP_HOST": "127.0.0.1",
        "GROUNDSWELL_SMTP_PORT": str(receivers.ports["smtp"]),
        "GROUNDSWELL_SMTP_STARTTLS": "false",
    }


def _waits(workspace: Workspace) -> bool:
    """Whether another round would do something: something waits, or a claim is not known to be left behind."""
    with workspace.open_store() as store:
        return bool(store.delivery.notifications(states=WAITING))


def _verdict(workspace: Workspace, receivers: Receivers, keys: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """The record against the truth. Listed: what `groundswell notifications --json` shows a person."""
    with workspace.open_store() as store:
        states = {row["notification_id"]: row["state"] for row in store.delivery.notifications()}
    listed = {state: _listed(workspace, state) for state in ("uncertain", "dead")}
    times = {one: _times(receivers, *keys[one]) for one in keys}
    shown = listed["uncertain"] | listed["dead"]
    once = [one for one in keys if keys[one][0] != "webhook"]
    unknown = {one for one, state in states.items() if state == "uncertain"}
    return {
        "states": dict(sorted(Counter(states.values()).items())),
        "lost": sum(times[one] == 0 and one not in shown for one in keys),
        "doubled": {kind: sum(times[one] > 1 for one in once if keys[one][0] == kind) for kind in ("email", "apprise")},
        "uncertain": len(unknown),
        "uncertain_that_had_arrived": sum(times[one] > 0 for one in unknown),
        "uncertain_not_listed": len(unknown - listed["uncertain"]),
        "dead": len(listed["dead"]),
        "dead_that_had_arrived_at_mail_or_chat": sum(times[one] > 0 and one in listed["dead"] for one in once),
        "repeats_known_by_their_id": sum(times[one] - 1 for one in keys if one not in once and times[one] > 1),
        "fates": dict(sorted(receivers.fates.items())),
    }


def _times(receivers: Receivers, channel: str, key: str) -> int:
    arrived = receivers.arrived.get(channel, Counter())
    if channel != "apprise":
        return arrived[key]
    return sum(count for title, count in arrived.items() if f"{key}:" in title)


def _listed(workspace: Workspace, state: str) -> set[str]:
    command = [
        sys.executable,
        "-c",
        "from jobs.cli import main; main()",
        "-w",
        str(workspace.path),
        "notifications",
        "--json",
        "--limit",
        "1000",
    ]
    done = subprocess.run([*command, "--state", state], capture_output=True, text=True, check=True)
    return {row["notification_id"] for row in json.loads(done.stdout)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--notifications", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(measure(given.notifications, given.seed), indent=2))


if __name__ == "__main__":
    main()
