"""A step of the run: what was learnt of the forms takes effect on stored documents, then the forms are learnt anew."""

import pandas as pd

from jobs.progress import bar
from jobs.rules import load_templates, name, named, save_templates, serving_rules
from jobs.store import Store
from jobs.workspace import Workspace
from nlp.claim import split
from nlp.duplicates import fingerprint, template
from nlp.extract import Rules, reread
from nlp.records import Redacted
from nlp.template_blocks import Lesson
from nlp.template_lessons import effects, learn

CHUNK = 500
# The newest documents say which forms are in use.
MOST_DOCUMENTS = 10_000


def run(store: Store, workspace: Workspace) -> int:
    """Let the last run's templates serve, take stored documents apart by them, learn for the next run.

    Returns how many documents have another claim, other parts or other fields than before."""
    coming = named(workspace).get("next")
    if coming is not None and coming != named(workspace).get("serving"):
        load_templates(workspace, coming)
        name(workspace, serving=coming)
    changed = take_apart(store, serving_rules(workspace))
    teach(store, workspace)
    return changed


def due(store: Store, workspace: Workspace) -> bool:
    """Whether templates wait to take effect, or documents to be taken apart by the present rules."""
    entries = named(workspace)
    if entries.get("next") != entries.get("serving"):
        return True
    return store.documents.stale_count(serving_rules(workspace).version) > 0


def take_apart(store: Store, rules: Rules) -> int:
    """Split anew what other rules split, chunk by chunk: a kill loses the work on one. Returns what changed."""
    version = rules.version
    total, changed = store.documents.stale_count(version), 0
    with bar("templates", total) as advance:
        while len(chunk := store.documents.stale(version, most=CHUNK)):
            rows = [
                _row(document_id, text, rules) for document_id, text in zip(chunk.document_id, chunk.text, strict=True)
            ]
            with store.transaction():
                changed += store.documents.reread(rows, rules_version=version)
            advance(len(chunk))
    return changed


def _row(document_id: str, text: str, rules: Rules) -> dict[str, object]:
    found = reread(Redacted(text, ()), rules)
    return {
        "document_id": document_id,
        "claim": found.split.claim,
        "fingerprint": fingerprint(found.split.claim),
        "template": template(found.split.claim),
        "parts": [(part.start, part.end, part.name) for part in found.split.parts],
        "entities": found.entities,
    }


def teach(store: Store, workspace: Workspace) -> str:
    """Learn the forms of the newest documents; the artefact serves from the next run on. Returns its name."""
    lessons = lessons_of(store.documents.newest(MOST_DOCUMENTS))
    templates = learn(lessons)
    artefact = save_templates(workspace, templates, effects(lessons, templates))
    if not templates.forms and named(workspace).get("serving") is None:
        # Nothing learnt where nothing served: there is nothing to take effect.
        name(workspace, serving=artefact)
    name(workspace, next=artefact)
    return artefact


def lessons_of(documents: pd.DataFrame) -> list[Lesson]:
    """Documents (document_id, text, reporter) with the parts that are boilerplate without any template."""
    rows = zip(documents["text"], documents["reporter"], strict=True)
    return [Lesson(text, split(text).parts, reporter) for text, reporter in rows]
