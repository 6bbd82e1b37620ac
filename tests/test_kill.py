"""A day's work that is killed at any moment and started again gives the rows of an undisturbed one."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jobs.decision_log import DecisionLog
from jobs.demo import DEMO_KEY, REFERENCES
from jobs.run import STEPS
from jobs.scenario import write_demo
from jobs.workspace import Workspace

pytestmark = pytest.mark.slow
COMMAND = [sys.executable, "-c", "from jobs.cli import main; main()"]
# The student embedder is taught within the run, on few claims so that the test stays short.
SETTINGS = "\nteach_documents: 300\n"
INPUTS = (
    ("feedback.csv",),
    ("feedback_bad.csv",),
    ("usage_anomalies.jsonl", "--stream", "usage_anomaly"),
    ("decisions.parquet", "--decisions"),
    ("exposure.csv", "--exposure"),
    ("appeals.csv", "--appeals"),
    ("labels.csv", "--labels"),
)
KILLS_OF_FILE = {"feedback.csv": 4, "usage_anomalies.jsonl": 3, "decisions.parquet": 3}
KILLS_OF_STEP = {**dict.fromkeys((step.name for step in STEPS), 3), "join": 2, "enrich": 4, "notify": 2}
ORDER = [step.name for step in STEPS]
FEWEST_AT_WORK = 20


@dataclass
class Life:
    """A workspace, and what has befallen it: seconds of every job, and kills by the job that was at work.

    "teaching" counts the kills of `enrich` that came before the embedder was written.
    """

    path: Path
    seconds: dict[str, float] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    def runs(self, state: str) -> dict[str, str]:
        """The job of every run in this state, by run id; nothing while the database is being recovered."""
        try:
            connection = sqlite3.connect(f"file:{self.path / 'groundswell.db'}?mode=ro", uri=True)
            found = connection.execute("SELECT run_id, job FROM job_run WHERE state = ?", (state,)).fetchall()
            connection.close()
        except sqlite3.OperationalError:
            return {}
        return dict(found)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("inputs")
    write_demo(directory, seed=3, days=60, documents=3300, end=date(2025, 6, 28))
    return directory


def commands(inputs: Path, workspace: Path) -> list[list[str]]:
    """A day's work from the first file to the digest, as a user would type it."""
    here = [*COMMAND, "-w", str(workspace)]
    files = [[*here, "ingest", str(inputs / name), *options] for name, *options in INPUTS]
    return [*files, [*here, "run"]]


def prepared(inputs: Path, path: Path) -> Life:
    """A workspace whose hash key is fixed, so that two of them can be compared."""
    path.mkdir()
    (path / "key").write_text(DEMO_KEY + "\n", encoding="ascii")
    for name in REFERENCES:
        shutil.copy(inputs / f"{name}.yaml", path / f"{name}.yaml")
    subprocess.run([*COMMAND, "init", str(path)], check=True, capture_output=True)
    with (path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    return Life(path)


def done(command: list[str]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr


def undisturbed(inputs: Path, life: Life) -> None:
    """All of it once; notes how long each file and each step took at work."""
    for command in commands(inputs, life.path):
        done(command)
    connection = sqlite3.connect(life.path / "groundswell.db")
    rows = connection.execute("SELECT job, seconds FROM job_run ORDER BY rowid").fetchall()
    connection.close()
    for number, (job, seconds) in enumerate(rows):
        life.seconds[INPUTS[number][0] if job == "ingest" else job] = seconds


def killed(command: list[str], life: Life, job: str, after: float) -> None:
    """Start the command and kill its process group so many seconds after this job began, if it has not ended.

    Where the job was done before, and is skipped, the kill comes when a later one begins.
    """
    before = life.runs("running")
    later = set(ORDER[ORDER.index(job) + 1 :]) if job in ORDER else set()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
    while process.poll() is None:
        working = {name for run_id, name in life.runs("running").items() if run_id not in before}
        if job in working:
            time.sleep(after)
        if working & {job, *later}:
            break
        time.sleep(0.01)
    if process.poll() is not None:
        assert process.returncode == 0
        return
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    at_work = [name for run_id, name in life.runs("running").items() if run_id not in before]
    life.kills[at_work[0] if at_work else "between"] += 1
    life.kills["teaching"] += at_work == ["enrich"] and not (life.path / "models" / "student.npz").exists()


def disturbed(inputs: Path, life: Life, seconds: dict[str, float], chance: random.Random) -> None:
    """The same work; each file and each step is killed at random moments, then started again until it is done."""
    *files, run = commands(inputs, life.path)
    for command, (name, *_) in zip(files, INPUTS, strict=True):
        for after in moments(KILLS_OF_FILE.get(name, 1), seconds[name], chance):
            killed(command, life, "ingest", after)
        done(command)
    for job, kills in KILLS_OF_STEP.items():
        for after in moments(kills, seconds[job], chance):
            killed(run, life, job, after)
    done(run)


def moments(kills: int, seconds: float, chance: random.Random) -> list[float]:
    """Random moments of a job's length, one in each of so many equal parts, the earliest first.

    What was killed early begins anew, so later moments are reached too, and a machine that has become quicker
    since the length was taken is still caught at work.
    """
    return [seconds * (part + chance.random()) / kills * 0.9 for part in range(kills)]


def decided(path: Path) -> pd.DataFrame:
    """The whole decision log, whatever its parts."""
    log = DecisionLog(Workspace(path).decisions)
    columns = ["decision_id", "decided_at", "mitigation", "action", "customer", "score", "truth"]
    parts = [log.read(partition, columns) for partition in log.partitions()]
    return pd.concat(parts).sort_values("decision_id", ignore_index=True)


def written(path: Path) -> dict[str, bytes]:
    """The digests and letters, and the model that was taught."""
    files = [*path.glob("digests/**/*.*"), *path.glob("models/*.npz")]
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def lives(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Life, Life]:
    """The workspace that was left in peace, and the one that was not."""
    directory = tmp_path_factory.mktemp("lives")
    calm, rough = prepared(inputs, directory / "calm"), prepared(inputs, directory / "rough")
    undisturbed(inputs, calm)
    disturbed(inputs, rough, calm.seconds, random.Random(7))
    return calm, rough


def test_kills_hit_files_steps_and_the_teaching_of_the_embedder_at_work(lives: tuple[Life, Life]) -> None:
    kills = Counter(lives[1].kills)
    assert kills.pop("teaching") >= 1
    assert kills.total() - kills["between"] >= FEWEST_AT_WORK, kills
    assert kills["ingest"] >= 5 and kills["enrich"] >= 2 and len(kills) >= 6, kills


def test_every_table_is_that_of_the_undisturbed_run(
    lives: tuple[Life, Life], snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    expected, got = (snapshot(life.path / "groundswell.db") for life in lives)
    assert expected.keys() == got.keys()
    assert [table for table, rows in expected.items() if got[table] != rows] == []
    assert all(expected[table] for table in ("document", "vector", "assignment", "volume", "change", "ledger"))


def test_decision_log_and_written_files_are_those_of_the_undisturbed_run(lives: tuple[Life, Life]) -> None:
    calm, rough = (life.path for life in lives)
    assert decided(calm).equals(decided(rough))
    assert written(calm) == written(rough)
    assert not [path for path in rough.glob("decisions/**/.*") if path.is_file()], "unfinished parts were left"


def test_search_index_holds_after_the_kills(lives: tuple[Life, Life]) -> None:
    for life in lives:
        connection = sqlite3.connect(life.path / "groundswell.db")
        connection.execute("INSERT INTO document_fts (document_fts) VALUES ('integrity-check')")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()


@pytest.mark.parametrize("steps", [["count"], [step.name for step in STEPS]], ids=["count", "all"])
def test_steps_killed_before_they_noted_what_they_did_do_it_again_without_a_trace(
    steps: list[str], lives: tuple[Life, Life], snapshot: Callable[[Path], dict[str, list[tuple[object, ...]]]]
) -> None:
    calm = lives[0].path
    before = snapshot(calm / "groundswell.db"), written(calm)
    connection = sqlite3.connect(calm / "groundswell.db")
    with connection:
        connection.executemany("DELETE FROM job_state WHERE job = ?", [(step,) for step in steps])
    connection.close()
    done(commands(Path(), calm)[-1])
    assert (snapshot(calm / "groundswell.db"), written(calm)) == before
