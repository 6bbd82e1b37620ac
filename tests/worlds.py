"""Filled workspaces and the API over them: fixtures of the files that need no world of their own."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from jobs.store import Store
    from jobs.workspace import Workspace

HERE = Path(__file__).parent
DELIVERED_AS_OF = "2026-03-10T20:00:00Z"
"""The moment the world of delivery_world.sql speaks of."""


@pytest.fixture(scope="session")
def delivery_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten weeks of feedback (delivery_world.sql) with their ledger; copied for each test by `workspace`."""
    from jobs import ledger_job
    from jobs.workspace import create_workspace

    made, _ = create_workspace(tmp_path_factory.mktemp("delivery") / "workspace")
    connection = sqlite3.connect(made.database)
    connection.executescript((HERE / "delivery_world.sql").read_text(encoding="utf-8"))
    connection.execute("INSERT INTO job_state VALUES ('detect', 'h', 'r1', ?)", (DELIVERED_AS_OF,))
    connection.commit()
    connection.close()
    with made.open_store() as store:
        ledger_job.run(store, made.settings, as_of=DELIVERED_AS_OF)
    return made.path


@pytest.fixture
def workspace(delivery_world: Path, tmp_path: Path) -> "Workspace":
    """A copy of `delivery_world`."""
    from jobs.workspace import Workspace

    return Workspace(Path(shutil.copytree(delivery_world, tmp_path / "workspace")))


@pytest.fixture
def store(workspace: "Workspace") -> Iterator["Store"]:
    """The store of `workspace`."""
    with workspace.open_store() as opened:
        yield opened


@pytest.fixture
def vectored(api_workspace: "Workspace") -> "Workspace":
    """The workspace of api_world.sql with vectors (`give_vectors`)."""
    give_vectors(api_workspace)
    return api_workspace


def give_vectors(workspace: "Workspace") -> None:
    """Vectors for the documents of api_world.sql: a direction for each theme, two near ones for T0001, by turns."""
    import numpy as np
    import pandas as pd

    from topics.strands import PROTOTYPE_COLUMNS

    axes = np.eye(384, dtype=np.float32)
    place = {"T0001": 0, "T0002": 2, "T0003": 3, "T0004": 4, "T0005": 5, "T0006": 6, None: 7}
    with workspace.open_store() as store, store.transaction():
        for stream, themes in (("feedback", list(place)[:5]), ("usage_anomaly", ["T0006"])):
            held = store.themes.assignments(stream)
            rows = np.stack([axes[place[theme]] for theme in held["theme_id"]])
            own = np.flatnonzero(held["theme_id"] == "T0001")
            rows[own[::2]] += 0.2 * axes[1]
            rows[own[1::2]] -= 0.2 * axes[1]
            rng = np.random.default_rng(0)
            noise = rng.uniform(0.002, 0.03, size=(len(rows), 1)) * rng.normal(size=rows.shape)
            rows = (rows + noise) / np.linalg.norm(rows + noise, axis=1, keepdims=True)
            store.understanding.write_vectors(held["document_id"].tolist(), rows, embedder_version="e1")
            found = [(theme, 0, axes[place[theme]], "fit", None, 0) for theme in themes]
            store.themes.write_prototypes(stream, pd.DataFrame(found, columns=PROTOTYPE_COLUMNS))


@pytest.fixture
def client(api_workspace: "Workspace") -> "FlaskClient":
    """The API over api_world.sql; its answers are checked against its own description."""
    from api import ServerSettings, create_app

    app = create_app(api_workspace, ServerSettings(rate="100000 per minute"))
    app.validate_response = True  # type: ignore[attr-defined]
    return app.test_client()


@pytest.fixture
def analyst(api_keys: dict[str, str]) -> dict[str, str]:
    """The headers of an analyst."""
    return {"X-API-Key": api_keys["analyst"]}


@pytest.fixture
def served(api_workspace: "Workspace") -> Iterator[str]:
    """The address of a server on loopback over api_world.sql."""
    from werkzeug.serving import make_server

    from api import ServerSettings, create_app

    server = make_server("127.0.0.1", 0, create_app(api_workspace, ServerSettings()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
