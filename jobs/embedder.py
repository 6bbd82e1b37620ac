"""Which embedder a workspace uses: the taught student once there is enough text, the teacher before."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.cache import cache_directory
from jobs.progress import say
from jobs.settings import Settings
from jobs.store import Store
from nlp.embed import Embedder, load_embedder
from nlp.schooling import seed_claims, teacher_vectors
from nlp.static import load_static
from nlp.student import Student, teach
from nlp.teacher import Teacher

ENOUGH_TO_TEACH = 2000
"""With fewer claims than this the teacher itself is quick enough, and better."""
PER_WRITER = 5
"""So many claims of one reporter, and of one template, may be in the teaching set."""
CHOICE = "student.npz"


def workspace_embedder(store: Store, settings: Settings, models: Path) -> Embedder:
    """The embedder of this workspace: as set, else its student, taught now if there is text enough.

    A student, once taught, stays: vectors of one workspace are of one version. The seed
    corpus is always part of the teaching set, so that the classifier's own examples are well placed.
    """
    if settings.embedder != "student":
        return load_embedder(settings.embedder, cache=cache_directory())
    path = models / CHOICE
    if path.is_file():
        return Student.load(path)
    claims = teaching_set(store.understanding.claims())
    if len(claims) < ENOUGH_TO_TEACH:
        return load_embedder("teacher", cache=cache_directory())
    return _taught(claims[: settings.teach_documents], path)


def _taught(claims: list[str], path: Path) -> Embedder:
    say(f"teaching the embedder on {len(claims):,} claims (once for this workspace)")
    student = taught(claims, Teacher().embed(claims))
    student.save(path)
    return student


def taught(claims: list[str], vectors: np.ndarray) -> Student:
    """A student of the seed corpus and of these claims, with the teacher's `vectors` (n, 384) of them."""
    cache = cache_directory()
    lesson = np.vstack([teacher_vectors(seed_claims(), cache=cache), vectors])
    return teach(seed_claims() + claims, lesson, static=load_static(cache))


def teaching_set(claims: pd.DataFrame) -> list[str]:
    """Distinct claims, few per reporter and per template, the same for the same documents.

    `claims`: document_id, claim, reporter, template. The order of the sample is that of a hash of the ids, so
    it depends neither on the order of ingest nor on chance.
    """
    order = claims["document_id"].map(lambda name: hashlib.blake2b(name.encode(), digest_size=8).hexdigest())
    shuffled = claims.assign(order=order).sort_values("order", kind="stable")
    shuffled = shuffled[shuffled["claim"].str.len() > 0].drop_duplicates("claim")
    for writer in ("reporter", "template"):
        shuffled = shuffled[shuffled.groupby(writer).cumcount() < PER_WRITER]
    return shuffled["claim"].tolist()
