"""Themes of one file, without a workspace: read, redact, embed, fit or assign, write."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jobs.file_pass import distinct_files
from jobs.file_report import Report
from jobs.file_run import whole
from jobs.file_work import escaped, lines
from jobs.theme_file_claims import Claims, read_claims
from jobs.theme_file_fit import FileThemes, fitted
from jobs.theme_file_model import load, save
from jobs.theme_file_read import Asked, open_filed
from jobs.theme_file_summary import Placed, in_time, theme_records
from jobs.theme_file_vectors import chosen_embedder, embedded
from nlp.embed import Embedder
from topics.assign import COVERAGE
from topics.standing import placed

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where to write; what is None is not written. `quarantine` None is beside the input, where needed."""

    output: Path | None = None
    summary: Path | None = None
    save: Path | None = None
    map: Path | None = None
    quarantine: Path | None = None

    def check(self, source: Path, model: Path | None) -> None:
        """Raises `SameFile` where one would be written over another, or over what is read."""
        written = [(f"--{name}", getattr(self, name)) for name in ("output", "summary", "save", "map")]
        distinct_files([("the input", source), ("--model", model), *written, ("--quarantine", self.refused(source))])

    def refused(self, source: Path) -> Path:
        """The list of refused rows."""
        return self.quarantine or source.with_name(source.name + ".quarantine.jsonl")


@dataclass(frozen=True, slots=True)
class Method:
    """How themes are found; `model` is a saved one, and then nothing is fitted."""

    vectors: str | None = None
    min_size: int | None = None
    coverage: float = COVERAGE
    model: Path | None = None
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Themes of a file with its documents in them, and the account of the reading."""

    themes: FileThemes
    placed: Placed
    embedder: Embedder
    report: Report
    signed: bool


def themes_of(
    asked: Asked, outputs: Outputs, method: Method, *, now: datetime, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Find the themes of a file, write what is wanted, return the summary.

    `tell` is given what columns were taken. Nothing is written before all is found, but for the list of refused rows.
    Raises ValueErrors and OSErrors that say what to do.
    """
    outputs.check(asked.path, method.model)
    begun = time.monotonic()
    filed = open_filed(asked, now=now)
    for note in filed.notes:
        tell(note)
    before = load(method.model) if method.model is not None else None
    always = outputs.quarantine is not None
    claims, report = read_claims(filed, outputs.refused(asked.path), always=always, jobs=method.jobs)
    found = _found(claims, report, before, method, signed=filed.signed)
    report.seconds = time.monotonic() - begun
    told = summary(found)
    _write(found, told, outputs)
    return told


def _found(
    claims: Claims, report: Report, before: tuple[FileThemes, Embedder] | None, method: Method, *, signed: bool
) -> Found:
    embedder = before[1] if before is not None else chosen_embedder(claims, method.vectors)
    vectors = embedded(claims.claims, embedder)
    if before is not None:
        themes = before[0]
    else:
        themes = fitted(claims, vectors, min_size=method.min_size, coverage=method.coverage)
    theme, similarity = placed(vectors, themes.prototypes)
    return Found(themes, Placed(claims, vectors, theme, similarity), embedder, report, signed)


def summary(found: Found) -> dict[str, Any]:
    """Facts of the run, and a record a theme."""
    claims, account, report = found.placed.claims, found.report.summary(), found.report
    assigned = int((found.placed.theme != None).sum())  # noqa: E711 - element by element
    unassigned = [day for day, theme in zip(claims.days, found.placed.theme, strict=True) if theme is None]
    facts: dict[str, Any] = {
        **{name: account[name] for name in ("file", "columns", "documents", "quarantined", "reasons", "quarantine")},
        "reporters": len(set(filter(None, claims.reporters))) if found.signed else None,
        "without_claim": sum(not claim for claim in claims.claims),
        "undated": sum(day is None for day in claims.days) if any(claims.days) else None,
        "assigned": assigned,
        "unassigned": len(claims.ids) - assigned,
        "coverage": round(assigned / len(claims.ids), 4) if claims.ids else None,
        "threshold": round(found.themes.prototypes.threshold, 5),
        "fit": dict(found.themes.facts),
        "versions": {**report.versions, "embedder": found.embedder.version},
        "seconds": round(report.seconds, 2),
    }
    times = in_time(claims.days)
    if times:
        facts |= {"first_day": times["first_seen"], "last_day": times["last_seen"], "weekly": times["weekly"]}
        facts["unassigned_weekly"] = in_time(unassigned).get("weekly", {})
    return facts | {"themes": theme_records(found.themes, found.placed)}


def documents(found: Found) -> Iterator[Row]:
    """A record a document, in the order of the file; without words of its own it has neither theme nor similarity."""
    claims = found.placed.claims
    rows = zip(claims.ids, claims.claims, found.placed.theme, found.placed.similarity, strict=True)
    for name, claim, theme, similarity in rows:
        yield {"id": name, "theme": theme, "similarity": round(float(similarity), 4) if claim else None}


def _write(found: Found, told: dict[str, Any], outputs: Outputs) -> None:
    if outputs.map is not None:
        from jobs.theme_map_file import draw

        image = draw(found.themes, found.placed, told["themes"])
        with whole(outputs.map) as stream:
            stream.write(image)
    if outputs.save is not None:
        save(outputs.save, found.themes, found.embedder)
    if outputs.summary is not None:
        with whole(outputs.summary) as stream:
            stream.write(pretty(told))
    if outputs.output is not None:
        with whole(None if str(outputs.output) == "-" else outputs.output) as stream:
            stream.write(lines(documents(found)))


def pretty(told: dict[str, Any]) -> bytes:
    """The summary as indented JSON; what drives a terminal is escaped."""
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return escaped(text).encode("utf-8", "backslashreplace") + b"\n"
