"""What people say of documents and decisions, from the API and the dashboard: draw, label, decide, collapse."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from werkzeug.exceptions import Conflict, NotFound, UnprocessableEntity

from api.access import actor, signature
from api.actions import found, reveal
from api.db import now, store, workspace
from api.errors import FieldProblem, Refused
from api.queries_labels import LabelGiven, VerdictBody
from jobs import duplicate_verdicts, labelling
from jobs.label_draws import Ask, NothingToDraw, next_draw
from jobs.store_keys import timestamp
from nlp.taxonomy import Taxonomy, load_taxonomy

R = TypeVar("R")

PLACES: dict[type[Exception], str] = {
    labelling.UnknownTarget: "target",
    labelling.UnknownField: "field",
    labelling.UnknownLabel: "value",
    labelling.NoReason: "reason",
}
"""Which part of the body an error is about."""


def taxonomy() -> Taxonomy:
    """The labels there are in this workspace."""
    path = workspace().settings.taxonomy_file
    return _read(path, path.stat().st_mtime_ns if path else 0)


@functools.lru_cache(maxsize=4)
def _read(path: Path | None, _changed: int) -> Taxonomy:
    """The file takes a tenth of a second to read: once for each time it changes."""
    return load_taxonomy(path)


def draw(ask: Ask) -> dict[str, Any]:
    """Fill the queue; 409 where there is nothing to draw from."""
    try:
        return dict(next_draw(store(), workspace(), ask, actor=actor().holder, at=timestamp(now())))
    except NothingToDraw as error:
        raise Conflict(str(error)) from None


def label(given: Sequence[LabelGiven]) -> dict[str, Any]:
    """Labels by the holder of the key: all of them, or none and every reason why."""
    labels, at, answers, problems = taxonomy(), timestamp(now()), [], []
    with store().transaction():
        for place, one in enumerate(given):
            try:
                answers.append(_give(one, labels, at))
            except tuple(PLACES) as error:
                problems.append(FieldProblem(field=f"labels.{place}.{PLACES[type(error)]}", reason=str(error)))
        if problems:
            raise Refused(problems)
    return {"items": answers}


def adjudicate(body: VerdictBody) -> dict[str, Any]:
    """Decide which answer stands."""
    said = body.model_dump()
    try:
        row = labelling.adjudicate(store(), taxonomy(), **said, actor=actor().holder, at=timestamp(now()))
    except tuple(PLACES) as error:
        raise Refused([FieldProblem(field=PLACES[type(error)], reason=str(error))]) from None
    return dict(row)


def reveal_item(of: str, target: str, reason: str) -> None:
    """Write down who reads the withheld text of something to label, and why."""
    if of == "documents":
        reveal(target, reason)
    else:
        store().keys.reveal(f"decision {target[:200]}", actor=signature(), reason=reason, now=now())


def separate(document_id: str, reason: str) -> dict[str, Any]:
    """Count a collapsed document on its own from the next run on."""
    _judged(lambda: duplicate_verdicts.separate(store(), document_id, actor=signature(), reason=reason, now=now()))
    return {"document_id": document_id}


def join(document_id: str, kept_id: str, reason: str) -> dict[str, Any]:
    """Count a document as one with another from the next run on."""
    _judged(lambda: duplicate_verdicts.join(store(), document_id, kept_id, actor=signature(), reason=reason, now=now()))
    return {"document_id": document_id}


def withdraw(document_id: str) -> dict[str, Any]:
    """Let the rules decide again; nothing happens where nobody had decided."""
    group(document_id)
    duplicate_verdicts.withdraw(store(), document_id)
    return {"document_id": document_id}


def group(document_id: str) -> dict[str, Any]:
    """How a document counts, and with which others; 404 if there is none."""
    return found(store().search.duplicates.group(document_id), f"document {document_id!r}")


def _give(one: LabelGiven, labels: Taxonomy, at: str) -> dict[str, Any]:
    return dict(labelling.give(store(), labels, **one.model_dump(), labeller=actor().holder, at=at))


def _judged(verdict: Callable[[], R]) -> R:
    try:
        return verdict()
    except duplicate_verdicts.UnknownDocument as error:
        raise NotFound(str(error)) from None
    except duplicate_verdicts.BadVerdict as error:
        raise UnprocessableEntity(str(error)) from None
