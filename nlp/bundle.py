"""The classifier that comes with Groundswell: trained on the seed corpus, kept in a cache directory."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.classify import Classifier
from nlp.schooling import SCHOOL_VERSION, cross_taught, seed_student, teacher_vectors
from nlp.seed import corpus_hash, label_examples, seed_corpus
from nlp.static import TABLE_VERSION, load_static
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.training import TRAINING_VERSION, Vectors, train

# Documents of these seed files keep the wording of real complaints.
REAL_SOURCES = ("complaints_train",)
# A text of the taxonomy counts as so many documents: there are few, and they are to the point.
TAXONOMY_WEIGHT = 2.0


def silent(message: str) -> None:
    """Progress that nobody wants to see."""


def build_default(
    cache: Path,
    *,
    taxonomy: Taxonomy | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Classifier:
    """The default classifier from `cache`, else trained and saved there (about a minute).

    The file is named by what it is made of, so a changed taxonomy or corpus trains a new one.
    `progress` is told in words what is being done."""
    taxonomy = taxonomy or load_taxonomy()
    path = cache / default_name(taxonomy, seed)
    if path.with_name(path.name + ".json").is_file():
        return Classifier.load(path, taxonomy=taxonomy)
    say = progress or silent
    examples, vectors = default_lesson(cache, taxonomy, say)
    say("training the classifier")
    train(examples, vectors, taxonomy=taxonomy, seed=seed).save(path)
    return Classifier.load(path, taxonomy=taxonomy)


def load_default(cache: Path, *, taxonomy: Taxonomy | None = None, seed: int = 0) -> Classifier:
    """The default classifier that `build_default` left in `cache`. Raises ArtefactMissing."""
    taxonomy = taxonomy or load_taxonomy()
    return Classifier.load(cache / default_name(taxonomy, seed), taxonomy=taxonomy)


def default_examples(taxonomy: Taxonomy) -> pd.DataFrame:
    """The seed corpus, then the taxonomy's texts; columns `real` (real wording) and `weight` beside."""
    examples = pd.concat([seed_corpus(), label_examples(taxonomy)], ignore_index=True)
    weight = np.where(examples["source"].eq("taxonomy"), TAXONOMY_WEIGHT, 1.0)
    return examples.assign(real=examples["source"].isin(REAL_SOURCES), weight=weight)


def default_lesson(
    cache: Path, taxonomy: Taxonomy, progress: Callable[[str], None]
) -> tuple[pd.DataFrame, tuple[Vectors, Vectors]]:
    """Examples with their teacher's and their student's vectors, each (n, 384), the latter unseen."""
    progress("distilling the static table")
    static = load_static(cache)
    examples = default_examples(taxonomy)
    seeds = examples["source"].ne("taxonomy").to_numpy()
    claims = np.array(examples["claim"], dtype=object)
    progress("embedding the seed corpus")
    taught = teacher_vectors(claims[seeds].tolist(), cache=cache)
    illustrated = teacher_vectors(claims[~seeds].tolist(), cache=cache)
    progress("teaching the student")
    student = seed_student(cache)
    unseen = cross_taught(claims[seeds].tolist(), taught, static=static)
    served = np.vstack([unseen, student.embed(claims[~seeds].tolist())])
    return examples, (np.vstack([taught, illustrated]), served)


def default_name(taxonomy: Taxonomy, seed: int) -> str:
    """File name without ending: changes with the corpus, the taxonomy, the models and this code."""
    made_of = (
        corpus_hash(default_examples(taxonomy)),
        repr(taxonomy),
        TRAINING_VERSION,
        SCHOOL_VERSION,
        TABLE_VERSION,
        seed,
    )
    return f"classifier-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]}"
