"""The server: gunicorn inside our own process, threads for readers, workers for more of them."""

from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from jobs.workspace import Workspace

FACTORY = "api:create_app({path!r})"
"""Gunicorn's way to name an application: what runs jobs need not import what shows their results."""
THREADS = 8
"""Requests a worker answers at once: they wait for SQLite, not for the processor."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one workspace until it is stopped."""

    def __init__(self, workspace: Workspace, *, host: str, port: int, workers: int) -> None:
        self.factory = FACTORY.format(path=str(workspace.path.resolve()))
        self.options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "proc_name": "groundswell",
            "loglevel": "warning",
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
        }
        super().__init__()

    def load_config(self) -> None:
        """Our options, not a configuration file found by chance."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of one worker."""
        return import_app(self.factory)


def serve_workspace(workspace: Workspace, *, host: str, port: int, workers: int) -> None:
    """Serve until interrupted."""
    Server(workspace, host=host, port=port, workers=workers).run()
