"""How near the workspace's student stays to its teacher: a small sample of the newest claims, once a run."""

import hashlib
from collections.abc import Callable

import numpy as np

from jobs.store import Store
from nlp.embed import Embedder
from nlp.student import Student
from nlp.teacher import Teacher

NEWEST = 2_000
"""The sample is drawn from so many of the documents that arrived last."""
SAMPLE = 64
"""Claims that the teacher reads: about a second."""


def run(
    store: Store, embedder: Embedder, *, as_of: str, teacher: Callable[[list[str]], np.ndarray] | None = None
) -> float | None:
    """Record the mean cosine of student and teacher over a sample; None where no student serves or nothing is new.

    The sample is that of a hash of the documents' ids, the same for the same documents."""
    if not isinstance(embedder, Student):
        return None
    claims = sample(store.understanding.newest_claims(NEWEST))
    if not claims:
        return None
    read = teacher or Teacher().embed
    cosine = round(embedder.agreement(claims, read(claims)), 4)
    with store.transaction():
        store.understanding.write_agreement(as_of, embedder.version, claims=len(claims), cosine=cosine)
    return cosine


def sample(claims: dict[str, str]) -> list[str]:
    """At most SAMPLE distinct claims of {document id: claim}."""
    order = sorted(claims, key=lambda name: hashlib.blake2b(name.encode(), digest_size=8).digest())
    return list(dict.fromkeys(claims[name] for name in order))[:SAMPLE]
