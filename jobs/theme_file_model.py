"""Themes of a file kept for the next file: one npz of plain arrays, which says what made the vectors."""

import json
import tempfile
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from jobs.cache import cache_directory
from jobs.file_run import whole
from jobs.theme_file_fit import FileThemes
from nlp.embed import EMBEDDERS, Embedder, load_embedder
from nlp.student import Student
from topics import standing

ABOUT = "about"


class BadModel(ValueError):
    """A file that `--save` did not write, or one that does not fit this installation."""


def save(path: Path, themes: FileThemes, embedder: Embedder) -> None:
    """Write themes and what reads texts for them, whole or not at all; a taught student goes in with them."""
    about = {
        "embedder": embedder.version,
        "phrases": {one: list(said) for one, said in themes.phrases.items()},
        "parents": dict(themes.parents),
        "quality": {one: dict(figures) for one, figures in themes.quality.items()},
        "facts": dict(themes.facts),
    }
    with tempfile.TemporaryDirectory() as room:
        parts = _arrays(Path(room) / "themes.npz", themes, embedder)
    parts[ABOUT] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    with whole(path) as stream:
        np.savez_compressed(stream, allow_pickle=False, **parts)


def load(path: Path) -> tuple[FileThemes, Embedder]:
    """The themes that `save` wrote and their embedder; nothing of the file is run.

    Raises `BadModel`.
    """
    try:
        prototypes, names = standing.load(path)
        with np.load(path, allow_pickle=False) as parts:
            about = json.loads(parts[ABOUT].tobytes())
            taught = "pieces" in parts
        embedder = Student.load(path) if taught else _known(about["embedder"])
        if embedder.version != about["embedder"]:
            raise ValueError(f"vectors of {about['embedder']}, here {embedder.version}")
        kept = (about[name] for name in ("phrases", "parents", "quality", "facts"))
        themes = FileThemes(prototypes, names, *kept)
    except (ValueError, LookupError, TypeError, AttributeError, EOFError, BadZipFile) as error:
        raise BadModel(
            f"{path.name}: expected themes that --save wrote, got another file or one that does not fit ({error}); "
            "save it anew"
        ) from None
    return themes, embedder


def _arrays(path: Path, themes: FileThemes, embedder: Embedder) -> dict[str, Any]:
    """The arrays that themes and a student write of themselves; their names do not meet."""
    standing.save(path, themes.prototypes, themes.names)
    with np.load(path, allow_pickle=False) as stored:
        parts = dict(stored)
    if isinstance(embedder, Student):
        embedder.save(path)
        with np.load(path, allow_pickle=False) as stored:
            parts |= dict(stored)
    return parts


def _known(version: str) -> Embedder:
    """The embedder of a version that every installation makes for itself: the teacher, the static table."""
    for name in EMBEDDERS:
        if name != "student" and (found := load_embedder(name, cache=cache_directory())).version == version:
            return found
    raise ValueError(f"vectors of {version}, which this installation does not make")
