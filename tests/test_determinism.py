"""Same input and configuration, same rows: on one core and on two, and whatever Python hashes strings to."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
Snapshot = dict[str, list[tuple[object, ...]]]
CORES = sorted(os.sched_getaffinity(0))
# Enough claims to teach the embedder, whose sums are the likeliest to depend on the number of threads.
WORLD = ("--seed=5", "--documents=3300", "--days=60", "--end=2025-06-28")
COMMAND = """
import os, sys
os.sched_setaffinity(0, {int(core) for core in sys.argv.pop(1).split(",")})
from jobs.cli import main
main()
"""


def made(path: Path, *, cores: list[int], environment: Mapping[str, str]) -> Path:
    """The small demo, ingested and run on these cores: its workspace."""
    # Few lessons keep the test short.
    environment = {**os.environ, **environment, "GROUNDSWELL_TEACH_DOCUMENTS": "1000"}
    # The cores are set before the first import: numerical libraries count them as they are loaded.
    command = [sys.executable, "-c", COMMAND, ",".join(map(str, cores))]
    for arguments in (["demo", str(path), *WORLD], ["-w", str(path), "run"]):
        done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def on_all_cores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if len(CORES) < 2:
        pytest.skip("needs two cores to compare with one")
    return made(tmp_path_factory.mktemp("all") / "demo", cores=CORES[:2], environment={"PYTHONHASHSEED": "0"})


@pytest.fixture(scope="module")
def on_one_core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("one") / "demo", cores=CORES[:1], environment={"PYTHONHASHSEED": "4242"})


def test_one_core_and_another_hash_seed_give_the_rows_of_two_cores(
    on_all_cores: Path, on_one_core: Path, snapshot: Callable[[Path], Snapshot]
) -> None:
    expected, got = snapshot(on_all_cores / "groundswell.db"), snapshot(on_one_core / "groundswell.db")
    assert expected.keys() == got.keys()
    assert [table for table, rows in expected.items() if got[table] != rows] == []
    assert all(expected[table] for table in ("vector", "assignment", "change", "alert", "ledger", "digest"))


def test_one_core_teaches_the_embedder_of_two_and_writes_the_same_digests(
    on_all_cores: Path, on_one_core: Path
) -> None:
    files = [
        {
            str(file.relative_to(path)): file.read_bytes()
            for file in [*path.glob("digests/**/*.*"), *path.glob("models/*")]
        }
        for path in (on_all_cores, on_one_core)
    ]
    assert "models/student.npz" in files[0] and len(files[0]) > 3
    assert files[0].keys() == files[1].keys()
    assert [name for name, content in files[0].items() if files[1][name] != content] == []


def test_input_files_of_the_demo_are_the_same_bytes(on_all_cores: Path, on_one_core: Path) -> None:
    for file in sorted((on_all_cores / "input").iterdir()):
        assert file.read_bytes() == (on_one_core / "input" / file.name).read_bytes(), file.name
