"""The server: gunicorn inside our own process, threads for readers, workers for more of them."""

from typing import Any

from gunicorn.app.base import BaseApplication

from api import create_app
from jobs.workspace import Workspace

THREADS = 8
"""Requests a worker answers at once: they wait for SQLite, not for the processor."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one workspace until it is stopped."""

    def __init__(self, workspace: Workspace, *, host: str, port: int, workers: int) -> None:
        self.workspace = workspace
        bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.options = {
            "bind": bind,
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "proc_name": "groundswell",
            "loglevel": "warning",
            # Heartbeats on a disk can block for seconds; memory does not.
            "worker_tmp_dir": "/dev/shm",
            "max_requests": 20000,
            "max_requests_jitter": 2000,
        }
        super().__init__()

    def load_config(self) -> None:
        """Our options, not a configuration file found by chance."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of one worker."""
        return create_app(self.workspace)


def serve(workspace: Workspace, *, host: str, port: int, workers: int) -> None:
    """Serve until interrupted."""
    Server(workspace, host=host, port=port, workers=workers).run()
