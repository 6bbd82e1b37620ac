"""A run that is killed at any moment and started again gives the rows of an undisturbed one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.scenario import write_demo

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from jobs.cli import main; main()"]
MOMENTS = 24


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("inputs")
    write_demo(directory, seed=3, days=60, documents=900)
    return directory


def commands(inputs: Path, workspace: Path) -> list[list[str]]:
    """A day's work from the first file to the digest, as a user would type it."""
    here = ["-w", str(workspace)]
    return [
        [*here, "ingest", str(inputs / "feedback.csv")],
        [*here, "ingest", "--stream", "usage_anomaly", str(inputs / "usage_anomalies.jsonl")],
        [*here, "ingest", "--decisions", str(inputs / "decisions.parquet")],
        [*here, "ingest", "--exposure", str(inputs / "exposure.csv")],
        [*here, "run"],
    ]


def prepared(inputs: Path, workspace: Path) -> Path:
    """A workspace whose hash key is fixed, so that two of them can be compared."""
    subprocess.run([*COMMAND, "init", str(workspace)], check=True, capture_output=True)
    (workspace / "key").write_bytes(b"0" * 32)
    for name in ("mitigations", "releases", "owners", "calendar"):
        shutil.copy(inputs / f"{name}.yaml", workspace / f"{name}.yaml")
    with (workspace / "groundswell.yaml").open("a") as settings:
        settings.write("\nembedder: static\n")
    return workspace


def finish(inputs: Path, workspace: Path) -> None:
    for arguments in commands(inputs, workspace):
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def killed(arguments: list[str], after: float) -> bool:
    """Whether the command was still at work when it was killed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(after)
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def test_killed_at_many_moments_gives_the_rows_of_an_undisturbed_run(
    inputs: Path, tmp_path: Path, snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    undisturbed = prepared(inputs, tmp_path / "undisturbed")
    started = time.perf_counter()
    finish(inputs, undisturbed)
    whole = time.perf_counter() - started
    disturbed = prepared(inputs, tmp_path / "disturbed")
    chance = random.Random(7)
    kills = sum(
        killed(chance.choices(commands(inputs, disturbed), weights=[2, 1, 1, 1, 5])[0], chance.uniform(0.3, whole / 2))
        for _ in range(MOMENTS)
    )
    assert kills >= MOMENTS // 4, "hardly anything was killed: the moments are too late"
    finish(inputs, disturbed)
    expected, got = snapshot(undisturbed / "groundswell.db"), snapshot(disturbed / "groundswell.db")
    assert expected.keys() == got.keys()
    for table, rows in expected.items():
        assert got[table] == rows, table
