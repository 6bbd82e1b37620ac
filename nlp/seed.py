"""The labelled seed corpus that every classifier is trained on first, and its stable hash."""

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from nlp.claim import split
from nlp.taxonomy import FIELDS, Label, Taxonomy

FOLDER = Path(__file__).parent / "data" / "seed"
COLUMNS = (
    "id",
    "text",
    "claim",
    "kind",
    "harm_domain",
    "use_case",
    "severity",
    "facets",
    "lang",
    "source",
    "source_url",
)


def seed_corpus(folder: Path = FOLDER) -> pd.DataFrame:
    """All labelled documents of the folder's .jsonl and .jsonl.gz files, in file and line order.

    Columns: id, text, claim (the writer's own words), kind, harm_domain, use_case, lang,
    source (the file's stem), source_url (the public thread that a document paraphrases) as str; severity as
    nullable Int64, 0 to 3; facets as list of str. A label a row lacks is None."""
    return built_in().copy() if folder == FOLDER else documents_of(folder)


@cache
def built_in() -> pd.DataFrame:
    """The seed corpus that comes with Groundswell, read once; not to be changed in place."""
    return documents_of(FOLDER)


def documents_of(folder: Path) -> pd.DataFrame:
    """What `seed_corpus` tells of a folder, read anew: half a second of taking texts apart."""
    return pd.concat([read(path) for path in sorted(folder.glob("*.jsonl*"))], ignore_index=True)


def read(path: Path) -> pd.DataFrame:
    """One file of labelled documents, its columns brought to COLUMNS."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.decode("utf-8").splitlines() if line.strip()]
    source = path.name.split(".")[0]
    return labelled([{**row, "source": source} for row in rows])


def label_examples(taxonomy: Taxonomy) -> pd.DataFrame:
    """The taxonomy's words on each label (examples, definition, includes) as rows that carry that label alone."""
    rows = [
        example(field, label, text, number)
        for field in (*FIELDS, "facets")
        for label in taxonomy.labels(field)
        for number, text in enumerate((*label.examples, label.definition, *label.includes))
    ]
    return labelled(rows)


def example(field: str, label: Label, text: str, number: int) -> dict[str, object]:
    """One text with the label that it illustrates and no other."""
    value: object = [label.id] if field == "facets" else label.id
    identifier = f"{field}/{label.id}/{number}"
    return {"id": identifier, "text": text, field: value, "lang": "en", "source": "taxonomy"}


def labelled(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a frame of COLUMNS; what a row lacks is None, facets an empty list."""
    frame = pd.DataFrame({column: [row.get(column) for row in rows] for column in COLUMNS}, dtype=object)
    frame["claim"] = [split(text).claim or text for text in frame["text"]]
    frame["facets"] = [list(row.get("facets") or []) for row in rows]
    frame["severity"] = frame["severity"].astype("Int64")
    return frame


def corpus_hash(frame: pd.DataFrame) -> str:
    """Eight hexadecimal digits that change with any text or label of the frame, or their order."""
    rows = frame[list(COLUMNS)].astype(object).where(frame[list(COLUMNS)].notna(), None)
    lines = (json.dumps(row, ensure_ascii=False, default=int) for row in rows.to_numpy().tolist())
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:8]


def texts_hash(texts: list[str]) -> str:
    """Eight hexadecimal digits of the texts in their order: a key for their cached vectors."""
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:8]


def text_key(text: str) -> str:
    """Twelve hexadecimal digits, equal for texts that differ in case and white space alone."""
    plain = " ".join(text.casefold().split())
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:12]
