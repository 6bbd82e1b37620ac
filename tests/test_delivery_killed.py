"""Delivery whose process is killed at random, to receivers that fail at random: benchmarks/delivery.py, in small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_nothing_is_lost_nothing_is_doubled_and_whatever_is_uncertain_is_listed() -> None:
    command = [sys.executable, "-m", "benchmarks.delivery", "--notifications", "120", "--seed", "11"]
    told = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert told["notifications"] == 120 == sum(told["states"].values())
    assert told["rounds_killed"] >= 5
    assert set(told["states"]) <= {"sent", "uncertain", "dead"}
    assert told["lost"] == 0 and told["doubled"] == {"email": 0, "apprise": 0}
    assert told["uncertain_not_listed"] == 0 and told["dead_that_had_arrived_at_mail_or_chat"] == 0
