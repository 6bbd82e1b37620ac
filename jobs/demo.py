"""The demo: an invented world with planted events, written as input files and ingested like anyone's own."""

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from jobs.ingest import ingest
from jobs.ingest_plan import Request
from jobs.progress import bar, say
from jobs.scenario import write_demo
from jobs.workspace import Workspace, create_workspace

REFERENCES = ("mitigations", "releases", "owners", "routes", "calendar", "watchlists", "silences")
FILES = (
    ("decisions", "decisions.parquet"),
    ("exposure", "exposure.csv"),
    ("feedback", "feedback.csv"),
    ("feedback", "feedback_bad.csv"),
    ("usage_anomaly", "usage_anomalies.jsonl"),
    ("appeals", "appeals.csv"),
    ("labels", "labels.csv"),
)
# Known to all, so that two demos of one seed have the same rows: it protects invented customers only.
DEMO_KEY = "de40" * 16


def make_demo(
    directory: Path, *, now: datetime, seed: int, days: int, documents: int, end: date, busy: bool = False
) -> list[dict[str, Any]]:
    """Make or complete the demo workspace; one row a file: input, file, rows, new, quarantined.

    Called again, it makes only what is missing: the files of one seed are always the same.
    """
    inputs = directory / "input"
    if not (inputs / "truth.json").is_file():
        say(f"inventing {documents:,} documents over {days} days (seed {seed})")
        write_demo(inputs, seed=seed, days=days, documents=documents, end=end, busy=busy)
    workspace = _workspace(directory, inputs)
    # A clock that is behind the invented world would have its last days refused as future.
    now = max(now, datetime.combine(end + timedelta(days=1), time.min, tzinfo=UTC))
    return [_ingest(workspace, input_, inputs / name, now=now) for input_, name in FILES]


def _workspace(directory: Path, inputs: Path) -> Workspace:
    directory.mkdir(parents=True, exist_ok=True)
    for name in REFERENCES:
        if not (directory / f"{name}.yaml").exists():
            shutil.copy(inputs / f"{name}.yaml", directory / f"{name}.yaml")
    key = directory / "key"
    if not key.exists():
        key.write_text(DEMO_KEY + "\n", encoding="ascii")
        key.chmod(0o600)
    workspace, _ = create_workspace(directory)
    return workspace


def _ingest(workspace: Workspace, input_: str, path: Path, *, now: datetime) -> dict[str, Any]:
    with workspace.open_store() as store:
        outcome = ingest(workspace, store, Request(path, input=input_), now=now, progress=bar)
    return {
        "input": input_,
        "file": path.name,
        "rows": outcome.rows_in,
        "new": outcome.rows_new,
        "quarantined": outcome.rows_quarantined,
    }
