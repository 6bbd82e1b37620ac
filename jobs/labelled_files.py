"""Files of labelled documents, for evaluation: texts with labels, or ids of a workspace's documents with labels."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from jobs.columns import plain
from jobs.own_labels import FACETS, SEVERITY, labels
from jobs.reading import Row, chunks
from jobs.reading_bytes import InputError, inspect
from nlp.taxonomy import FIELDS, Taxonomy

CHUNK = 5_000
TEXTS = ("text", "body", "message", "comment", "content", "review", "feedback", "complaint", "description")
IDS = ("document_id", "document", "id")
LANGUAGES = ("lang", "language")
FACET_COLUMNS = ("facets", "facet")
ALTERNATIVES = {
    "kind": ("kind_alt",),
    "harm_domain": ("harm_domain_alt", "harm_alt", "domain_alt"),
    "use_case": ("use_case_alt", "use_alt"),
    SEVERITY: ("severity_alt",),
}
COLUMNS = ("id", "text", "lang", *FIELDS, SEVERITY, FACETS, *(f"{name}_alt" for name in ALTERNATIVES))


def read_labelled(
    path: Path, taxonomy: Taxonomy, *, stored: Callable[[Sequence[str]], pd.DataFrame] | None = None
) -> pd.DataFrame:
    """The labelled documents of a file, in its order: the columns of COLUMNS, None for what a row lacks.

    CSV, JSON lines or Parquet with a text column and any of kind, harm_domain, use_case, severity, facets, <field>_alt
    (labels that are acceptable too, a list or with commas between) and lang. Without a text column, ids name documents
    of the workspace: `stored` gives their id, text and language; in the long form (field, value) too.
    Raises `InputError` where there is neither, or no label that the taxonomy knows."""
    found = [row for chunk in chunks(inspect(path), size=CHUNK) for row in chunk.rows]
    rows = [{plain(str(name)): value for name, value in row.items()} for row in found]
    names = {name for row in rows[:1000] for name in row}
    wide = widened(rows) if {"field", "value"} <= names else rows
    text = next((name for name in TEXTS if name in names), None)
    frame = pd.DataFrame([document(row, text, taxonomy) for row in wide], columns=list(COLUMNS), dtype=object)
    if text is None:
        frame = located(frame, stored, path.name)
    known = frame[[*FIELDS, SEVERITY, FACETS]].notna().any(axis=1) & frame["text"].notna()
    if not known.any():
        raise InputError(
            f"{path.name}: expected columns of labels ({', '.join((*FIELDS, SEVERITY, FACETS))}) with labels of the "
            f"taxonomy, got {', '.join(sorted(names))[:200] or 'no rows'}; name the columns so"
        )
    return frame[known].reset_index(drop=True)


def widened(rows: list[Row]) -> list[Row]:
    """Rows of (document, field, value) as one row a document, in order of appearance; of two values the later."""
    found: dict[str, Row] = {}
    for row in rows:
        identifier = first(row, IDS)
        entry = found.setdefault(str(identifier), {"document_id": identifier})
        entry[str(row.get("field"))] = row.get("value")
    return list(found.values())


def document(row: Row, text: str | None, taxonomy: Taxonomy) -> dict[str, Any]:
    """One row of the frame."""
    given = {**row, FACETS: first(row, FACET_COLUMNS)}
    if SEVERITY in row and row[SEVERITY] is None:
        given.pop(SEVERITY)
    others = {f"{name}_alt": listed(first(row, columns)) for name, columns in ALTERNATIVES.items()}
    return {
        "id": first(row, IDS),
        "text": row.get(text) if text else None,
        "lang": first(row, LANGUAGES),
        **labels(given, taxonomy),
        **others,
    }


def first(row: Row, names: Sequence[str]) -> Any:
    """The first of these columns that holds something."""
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def listed(value: Any) -> list[str]:
    """Labels given as a list, as JSON or with commas between.

    >>> listed('["a"]'), listed("a, b"), listed(None)
    (['a'], ['a', 'b'], [])
    """
    if isinstance(value, str):
        text = value.strip()
        value = (
            json.loads(text) if text.startswith("[") else [part for part in text.replace(";", ",").split(",") if part]
        )
    return [str(item).strip() for item in value] if isinstance(value, list | tuple) else []


def located(frame: pd.DataFrame, stored: Callable[[Sequence[str]], pd.DataFrame] | None, name: str) -> pd.DataFrame:
    """The frame with the texts of the workspace's documents that its ids name."""
    if stored is None or frame["id"].isna().all():
        raise InputError(
            f"{name}: expected a column of texts ({', '.join(TEXTS[:3])}, …), or ids of a workspace's documents and "
            "the workspace (-w DIR), got neither; name the columns so"
        )
    ids = [str(value) for value in frame["id"]]
    known = stored(ids).drop_duplicates("id").set_index("id")
    texts = known.reindex(ids)
    return frame.assign(
        text=texts["text"].to_numpy(), lang=frame["lang"].where(frame["lang"].notna(), texts["lang"].to_numpy())
    )
