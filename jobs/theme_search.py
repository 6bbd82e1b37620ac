"""Searching themes: by their name and phrases, by meaning, by the full text of their documents; each says why."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.cache import cache_directory
from jobs.embedder import CHOICE
from jobs.store import Store
from jobs.workspace import Workspace
from nlp.embed import Embedder, load_embedder
from nlp.redact import redact
from nlp.student import Student
from topics.name_check import content_words

Row = dict[str, Any]

NEAR = 0.4
"""From this cosine between query and centroid on, a theme counts as near in meaning."""
WEIGHTS = {"name": 1.0, "phrase": 0.5, "meaning": 2.0, "documents": 0.5}
"""What a full match by name, by phrases, in meaning and in the text of all documents adds to the score."""
LEAST = 0.5
"""Themes with less than this part of the best score are left out."""
ENDED = 0.5
"""Factor of the score of merged and retired themes: they are found, but after the living."""
LONGEST = 2_000
"""Characters of a query that are read."""


@dataclass(frozen=True, slots=True)
class Found:
    """Themes, best first, each with `why`; `notes` says what was looked for and what could not be.

    `terms` finds the documents that were hits: the content words as a search for documents takes them."""

    rows: list[Row]
    notes: list[str]
    terms: str


@dataclass(frozen=True, slots=True)
class Sought:
    """A query made ready: its content words by stem, its vector and the version of that."""

    words: dict[str, str]
    weights: dict[str, float]
    vector: NDArray[np.float32]
    version: str
    hits: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def weigh(self, stems: Iterable[str]) -> float:
        """The part of the query that these of its stems make up, 0 to 1."""
        return sum(self.weights[stem] for stem in stems) / max(sum(self.weights.values()), 1e-9)


def find_themes(store: Store, workspace: Workspace, text: str, *, texts: bool = True, limit: int = 10) -> Found:
    """Themes that a person may mean by `text`; without `texts` the documents are not looked into."""
    plain = redact(text[:LONGEST]).text
    embedder = standing_embedder(workspace)
    stems = _by_stem(plain)
    search = store.search.themes.words
    material = search.material()
    looked = texts and bool(stems)
    sought = Sought(
        stems,
        rarity(stems, material),
        embedder.embed([plain])[0],
        embedder.version,
        search.hits(" AND ".join(f'"{stem}"*' for stem in stems)) if looked else {},
        search.sizes() if looked else {},
    )
    rows = [row for theme in material if (row := scored(theme, sought)) is not None]
    rows.sort(key=lambda row: (-row["score"], row["theme_id"]))
    rows = [row for row in rows if row["score"] >= LEAST * rows[0]["score"]]
    return Found(rows[:limit], _notes(rows, material, sought, texts=texts), " ".join(f"{stem}*" for stem in stems))


def rarity(stems: Iterable[str], material: list[Row]) -> dict[str, float]:
    """How much each stem tells themes apart: the logarithm of all themes over those that name it (Jones 1972)."""
    named = [set(content_words(" ; ".join([theme["name"], *theme["phrases"]]))) for theme in material]
    return {stem: math.log(1 + len(named) / (1 + sum(stem in words for words in named))) for stem in stems}


def scored(theme: Row, sought: Sought) -> Row | None:
    """The theme with `score` and `why`; None where nothing speaks for it."""
    named = _held(theme["name"], sought.words)
    phrase = max(theme["phrases"], key=lambda one: sought.weigh(_held(one, sought.words)), default="")
    spoken = _held(phrase, sought.words)
    similarity = _similarity(theme, sought)
    hits, size = sought.hits.get(theme["theme_id"], 0), sought.sizes.get(theme["theme_id"], 0)
    why = []
    if named:
        why.append("name has " + ", ".join(f"“{sought.words[stem]}”" for stem in named))
    if spoken and len(spoken) > len(named):
        why.append(f"phrase “{phrase}”")
    if similarity is not None and similarity >= NEAR:
        why.append(f"near in meaning ({similarity:.2f})")
    if hits:
        why.append(f"{hits:,} of {size:,} unique documents hold all the words")
    if not why:
        return None
    parts = {
        "name": sought.weigh(named),
        "phrase": sought.weigh(spoken),
        "meaning": max(similarity or 0.0, 0.0),
        "documents": hits / size if size else 0.0,
    }
    living = theme["state"] not in ("merged", "retired")
    score = sum(WEIGHTS[name] * value for name, value in parts.items()) * (1.0 if living else ENDED)
    kept = {name: value for name, value in theme.items() if name not in ("centroid", "embedder_version")}
    return {
        **kept,
        "score": round(score, 4),
        "similarity": similarity,
        "hits": hits,
        "unique_documents": size,
        "why": why,
    }


def _by_stem(text: str) -> dict[str, str]:
    """Content words as they were typed, by their stem."""
    words = {
        stem: word.lower() for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text) for stem in content_words(word)
    }
    return {stem: words.get(stem, stem) for stem in content_words(text)}


def _held(text: str, stems: Iterable[str]) -> list[str]:
    """Which of these stems the text has."""
    there = set(content_words(text))
    return [stem for stem in stems if stem in there]


def _similarity(theme: Row, sought: Sought) -> float | None:
    if theme["embedder_version"] != sought.version:
        return None
    return round(float(np.frombuffer(theme["centroid"], np.float32) @ sought.vector), 3)


def _notes(rows: list[Row], material: list[Row], sought: Sought, *, texts: bool) -> list[str]:
    notes = []
    if not material:
        return ["there are no themes yet; 'groundswell run' makes them"]
    if not sought.words:
        notes.append("no content word was given: only the meaning was compared")
    elif texts and not sought.hits:
        notes.append("no document that may be searched holds all the words")
    if all(theme["embedder_version"] != sought.version for theme in material):
        notes.append("the themes have vectors of another embedder; 'groundswell run' makes them anew")
    return [*notes, f"{len(rows):,} of {len(material):,} themes found"]


def standing_embedder(workspace: Workspace) -> Embedder:
    """The embedder whose vectors the workspace has; none is taught for a search."""
    chosen, path = workspace.settings.embedder, workspace.models / CHOICE
    taught = chosen == "student" and path.is_file()
    return _loaded(chosen, path if taught else None, path.stat().st_mtime_ns if taught else 0)


@lru_cache(maxsize=4)
def _loaded(chosen: str, path: Path | None, _changed: int) -> Embedder:
    if path is not None:
        return Student.load(path)
    return load_embedder("teacher" if chosen == "student" else chosen, cache=cache_directory())
