"""Trained models as plain arrays with a card: no code in the file, a hash that is checked."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

try:
    from fcntl import LOCK_EX, flock
except ImportError:  # no such locks on Windows: there two processes may make the same thing twice
    flock = None  # type: ignore[assignment]


class ArtefactMissing(FileNotFoundError):
    """No model where one was expected."""


class ArtefactChanged(ValueError):
    """A model file that is not the one its card describes."""


def save_artefact(path: Path, arrays: Mapping[str, np.ndarray[Any, Any]], card: Mapping[str, Any]) -> None:
    """Write `path`.npz, then `path`.json: the card with the arrays' sha256. Each whole or not at all."""
    buffer = BytesIO()
    np.savez_compressed(buffer, **dict(arrays))  # type: ignore[arg-type]
    content = buffer.getvalue()
    described = {**card, "sha256": hashlib.sha256(content).hexdigest()}
    write_whole(path.with_name(path.name + ".npz"), content)
    text = json.dumps(described, indent=2, sort_keys=True, ensure_ascii=False)
    write_whole(path.with_name(path.name + ".json"), text.encode("utf-8"))


def load_artefact(path: Path) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
    """Arrays and card of `path`.npz and `path`.json. Raises ArtefactMissing or ArtefactChanged."""
    model, described = path.with_name(path.name + ".npz"), path.with_name(path.name + ".json")
    if not (model.is_file() and described.is_file()):
        raise ArtefactMissing(f"need the model {path.name}, got none in {path.parent.name}/; train it first")
    card = json.loads(described.read_text("utf-8"))
    content = model.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != card.get("sha256"):
        raise ArtefactChanged(
            f"{model.name} should have sha256 {card.get('sha256')!s:.12}…, got {found[:12]}…; train it again"
        )
    with np.load(BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}, card


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it; its directory is made if absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        part.write(content)
    Path(part.name).replace(path)


@contextmanager
def making(path: Path) -> Iterator[None]:
    """Held by one process at a time for each path: who waited looks again whether what it wants is there by now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("wb") as lock:
        if flock is not None:
            flock(lock, LOCK_EX)
        yield


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """The content of a .npy file."""
    buffer = BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()
