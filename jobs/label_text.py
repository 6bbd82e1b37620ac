"""Labelling in words and files: a queue as a file to fill in, and rows as they fit a terminal."""

import json
from pathlib import Path
from typing import Any

from jobs.label_import import COLUMNS
from jobs.spreadsheet import as_csv
from nlp.artefact import write_whole

Row = dict[str, Any]

EXCERPT = 200
"""Characters of a text on a terminal."""


def told(drawn: Row, rows: list[Row], output: Path | None) -> str:
    """What to do now."""
    hidden = sum(row["withheld"] and row["text"] is None for row in rows)
    lines = [f"{drawn['drawn']:,} drawn now, {drawn['waiting']:,} wait for an answer"]
    if hidden:
        lines.append(f"{hidden:,} texts are withheld; --reveal --reason TEXT shows them")
    file = output.name if output else "FILE"
    lines.append(f"next: fill in the column value, then groundswell label import {file}")
    return "\n".join(lines)


def brief(row: Row) -> Row:
    """An item as it fits a terminal."""
    text = " ".join(text_of(row).split())
    short = text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
    about = {} if row["of"] == "documents" else {"score": row["score"], "threshold": row["threshold"]}
    return {"id": row["item_id"], "field": row["field"], "why": row["why"], **about, "text": short or None}


def text_of(row: Row) -> str:
    """The text, or that it is withheld; empty where there is none."""
    return row["text"] or ("(withheld)" if row["withheld"] else "")


def write_queue(rows: list[Row], output: Path) -> None:
    """The queue as a file to fill in: an empty column `value`."""
    name = rows[0]["of"] if rows else "documents"
    own = "decision_id" if name == "decisions" else "document_id"
    filled = [{**row, own: row["item_id"], "value": None, "text": text_of(row)} for row in rows]
    if output.suffix == ".csv":
        text = as_csv(filled, COLUMNS[name])
    else:
        lines = [{column: row.get(column) for column in COLUMNS[name]} for row in filled]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_whole(output, text.encode("utf-8"))


def differing(row: Row) -> Row:
    """A disputed item in one line."""
    said = [f"{answer['labeller']}: {answer['value']}" for answer in row["answers"]]
    return {"id": row["target"], "field": row["field"], "answers": "; ".join(said)}


def standing(row: Row) -> Row:
    """How labelling of one field stands, in one line."""
    return {
        "of": row["of"],
        "field": row["field"],
        "drawn": row["drawn"],
        "answered": row["answered"],
        "waiting": row["waiting"],
        "second_waits": row["second_opinions_waiting"],
        "disputed": row["disputed"],
        "adjudicated": row["adjudicated"],
        "last_draw": (row["last_drawn_at"] or "-")[:10],
    }
