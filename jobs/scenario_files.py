"""Writes the demo world's input files in the formats the product reads."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from jobs.dates import stamp
from jobs.scenario_filings import Filing

FEEDBACK_COLUMNS = (
    "id",
    "text",
    "received_at",
    "occurred_at",
    "source",
    "customer_id",
    "reporter_id",
    "customer_since",
    "verified",
    "plan",
    "locale",
    "product",
    "surface",
    "seats",
    "revenue",
    "request_id",
    "decision_id",
    "mitigation",
    "url",
    "thread_id",
)
URLS = {"tracker": "https://tracker.example/lumen/issues/{}", "forum": "https://forum.example/t/{}"}


def feedback_row(filing: Filing) -> dict[str, Any]:
    """One row of feedback.csv."""
    customer = filing.customer
    number = int(filing.id.rsplit("-", 1)[1])
    return {
        "id": filing.id,
        "text": filing.text,
        "received_at": stamp(filing.received),
        "occurred_at": stamp(filing.happened) if filing.dated else "",
        "source": filing.source,
        "customer_id": customer.id,
        "reporter_id": filing.reporter,
        "customer_since": customer.since.isoformat(),
        "verified": "true" if customer.verified else "false",
        "plan": customer.plan,
        "locale": customer.locale,
        "product": filing.product,
        "surface": filing.surface,
        "seats": customer.seats,
        "revenue": customer.revenue,
        "request_id": filing.request_id,
        "decision_id": filing.decision_id,
        "mitigation": filing.mitigation,
        "url": URLS[filing.source].format(number) if filing.source in URLS else "",
        "thread_id": f"th-{number}" if filing.source in ("forum", "email") else "",
    }


def bad_rows(good: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of feedback_bad.csv (good ones first, known already) and what is wrong with the rest.

    A bad row's `record` counts rows from 1, the header not included; `line` is where it begins in the file.
    """
    faults: list[tuple[str, dict[str, Any]]] = [
        ("received_at is not a date", {"received_at": "yesterday evening"}),
        ("received_at has month 13", {"received_at": "2026-13-04T10:00:00Z"}),
        ("received_at is empty", {"received_at": ""}),
        ("received_at lies in 1900", {"received_at": "1900-01-01T00:00:00Z"}),
        ("received_at lies in 2100", {"received_at": "2100-01-01T00:00:00Z"}),
        ("text is empty", {"text": ""}),
        ("text is white space", {"text": "  \t "}),
        ("text is only zero-width characters", {"text": "\u200b\u200b\u200d"}),
        ("received_at is NaN", {"received_at": "NaN"}),
        ("id is known with other content", {**good[0], "text": "Not what this id said before."}),
    ]
    rows = list(good)
    notes = []
    for number, (reason, change) in enumerate(faults):
        base = good[(3 + number) % len(good)]
        row = {**base, "id": f"bad-{number + 1:02d}", **change}
        notes.append({"record": len(rows) + 1, "line": _first_line(rows), "id": row["id"], "reason": reason})
        rows.append(row)
    return rows, notes


def _first_line(before: Sequence[Mapping[str, Any]]) -> int:
    """The line of a CSV file on which the row after these begins."""
    return 2 + sum(1 + str(row["text"]).count("\n") for row in before)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """A CSV file with a header, UTF-8, line feeds."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """One JSON object a line."""
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """A JSON file made for reading."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_yaml(directory: Path, content: Mapping[str, Any]) -> None:
    """One YAML file for each name, its list under the same name."""
    for name, rows in content.items():
        text = yaml.safe_dump({name: rows}, sort_keys=False, allow_unicode=True, width=100)
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")


def write_decisions(path: Path, decisions: pd.DataFrame) -> None:
    """The decision log as Parquet, times in UTC with microseconds."""
    decisions.to_parquet(path, index=False, compression="zstd")
