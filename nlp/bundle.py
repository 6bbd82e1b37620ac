"""The classifier that comes with Groundswell: trained on the seed corpus, kept in a cache directory."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.artefact import making
from nlp.classify import Classifier
from nlp.schooling import SCHOOL_VERSION, cross_taught, seed_student, teacher_vectors
from nlp.seed import corpus_hash, label_examples, seed_corpus, text_key
from nlp.static import TABLE_VERSION, load_static
from nlp.taxonomy import FIELDS, Taxonomy, load_taxonomy
from nlp.teacher import DIMENSION, Teacher
from nlp.training import TRAINING_VERSION, Vectors, grave_targets, train

# A document counts as so many, by its file; 1 unless named here. Chosen on complaints_train by cross-validation:
# the closest to real wording counts for more than volume.
WEIGHTS = {"complaints_train": 3.0, "seed_feedback": 0.7}
TAXONOMY_WEIGHT = 1.0
# Files that were written for triage alone, and the field they still teach: their kinds and severities are those of no
# stream (accuracy of kind on the tuning half of complaints: 0.70 with them, 0.73 without).
TRIAGE_ALONE, STILL_TAUGHT = ("triage",), "harm_domain"
# A label of the workspace's own stream counts as so many documents (measured: docs/training.md).
OWN_WEIGHT = 3.0
OWN = "workspace"
HASHES: dict[str, str] = {}
"""Hashes of default examples by taxonomy: an ingest asks for the name of its classifier, and again and again."""


def silent(message: str) -> None:
    """Progress that nobody wants to see."""


def build_default(
    cache: Path,
    *,
    taxonomy: Taxonomy | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Classifier:
    """The default classifier from `cache`, else trained and saved there (some minutes).

    The file is named by what it is made of, so a changed taxonomy or corpus trains a new one.
    `progress` is told in words what is being done."""
    taxonomy = taxonomy or load_taxonomy()
    path = cache / default_name(taxonomy, seed)
    card = path.with_name(path.name + ".json")
    if not card.is_file():
        with making(path):
            if not card.is_file():
                say = progress or silent
                examples, vectors = default_lesson(cache, taxonomy, say)
                say("training the classifier")
                train(examples, vectors, taxonomy=taxonomy, seed=seed).save(path)
    return Classifier.load(path, taxonomy=taxonomy)


def default_examples(taxonomy: Taxonomy) -> pd.DataFrame:
    """The seed corpus, then the taxonomy's texts; columns `real` (paraphrases of real feedback),
    `weight` and `grave` (what the head of grave reports learns) beside."""
    examples = pd.concat([seed_corpus(), label_examples(taxonomy)], ignore_index=True)
    weight = examples["source"].map({**WEIGHTS, "taxonomy": TAXONOMY_WEIGHT}).fillna(1.0)
    examples = examples.assign(
        real=examples["source_url"].notna(), weight=weight, grave=grave_targets(examples, taxonomy)
    )
    alone = examples["source"].isin(TRIAGE_ALONE)
    untaught = [name for name in (*FIELDS, "severity") if name != STILL_TAUGHT]
    examples.loc[alone, untaught] = None
    return examples


def with_own(examples: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Examples and, first, the workspace's labelled documents (columns of the seed corpus); a text that is in
    both counts as the workspace labels it."""
    mine = own.assign(source=OWN, real=True, weight=OWN_WEIGHT)
    known = {text_key(text) for text in own["text"]}
    others = examples[[text_key(text) not in known for text in examples["text"]]]
    return pd.concat([mine, others], ignore_index=True) if len(own) else examples


def default_lesson(
    cache: Path, taxonomy: Taxonomy, progress: Callable[[str], None], own: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, tuple[Vectors, Vectors]]:
    """Examples with their teacher's and their student's vectors, each (n, 384), the latter unseen.

    `own`: labelled documents of a workspace, columns of the seed corpus; nothing of them is cached."""
    progress("distilling the static table")
    static = load_static(cache)
    examples = default_examples(taxonomy)
    taught = vectors_of(examples, cache, progress)
    if own is not None and len(own):
        progress(f"embedding {len(own):,} labelled documents of the workspace")
        kept = with_own(examples, own)
        row_of = dict(zip(examples["id"], taught, strict=True))
        mine = Teacher().embed(own["claim"].tolist())
        others = [row_of[name] for name in kept["id"][len(own) :]]
        examples, taught = kept, np.vstack([mine, *others])
    progress("teaching the student")
    seeds = examples["source"].ne("taxonomy").to_numpy()
    claims = np.array(examples["claim"], dtype=object)
    served = np.zeros_like(taught)
    served[seeds] = cross_taught(claims[seeds].tolist(), taught[seeds], static=static)
    served[~seeds] = seed_student(cache).embed(claims[~seeds].tolist())
    return examples, (taught, served)


def vectors_of(examples: pd.DataFrame, cache: Path, progress: Callable[[str], None]) -> Vectors:
    """The teacher's vectors of the default examples, kept in `cache`: the seed corpus and the taxonomy apart."""
    progress("embedding the seed corpus")
    seeds = examples["source"].ne("taxonomy").to_numpy()
    claims = np.array(examples["claim"], dtype=object)
    taught = np.zeros((len(examples), DIMENSION), dtype=np.float32)
    taught[seeds] = teacher_vectors(claims[seeds].tolist(), cache=cache)
    taught[~seeds] = teacher_vectors(claims[~seeds].tolist(), cache=cache)
    return taught


def default_name(taxonomy: Taxonomy, seed: int) -> str:
    """File name without ending: changes with the corpus, the taxonomy, the models and this code."""
    made_of = (
        examples_hash(taxonomy),
        repr(taxonomy),
        TRAINING_VERSION,
        SCHOOL_VERSION,
        TABLE_VERSION,
        seed,
    )
    return f"classifier-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]}"


def examples_hash(taxonomy: Taxonomy) -> str:
    """The `corpus_hash` of the default examples, remembered by what the taxonomy says."""
    described = repr(taxonomy)
    if described not in HASHES:
        HASHES[described] = corpus_hash(default_examples(taxonomy))
    return HASHES[described]
