"""Where models that every workspace shares are kept: made once on a machine, never downloaded."""

import os
from pathlib import Path


def cache_directory() -> Path:
    """$GROUNDSWELL_CACHE, else ~/.cache/groundswell; made if absent."""
    path = Path(os.environ.get("GROUNDSWELL_CACHE") or Path.home() / ".cache" / "groundswell")
    path.mkdir(parents=True, exist_ok=True)
    return path
