"""Vectors of a file's claims: by the teacher, by a student taught on these very claims, or by the static table."""

import numpy as np
import pandas as pd

from jobs.cache import cache_directory
from jobs.embedder import taught, teaching_set
from jobs.progress import bar, say
from jobs.settings import Settings
from jobs.theme_file_claims import Claims
from jobs.train_student import read_by_teacher
from nlp.embed import Embedder, load_embedder

FEWEST_TO_TEACH = 20
TEACHING_PAYS = 6_000
"""With fewer claims than this in a file the teacher has read them by the time a student would be taught, and finds the
better themes. A workspace teaches sooner (`jobs.embedder.ENOUGH_TO_TEACH`): its student serves every later run, too."""
CHUNK = 2_000


def chosen_embedder(claims: Claims, asked: str | None) -> Embedder:
    """The embedder that is asked for; unasked the teacher itself for fewer than TEACHING_PAYS claims, else a student
    taught on as many of them as a workspace's first run would teach on."""
    worded = sum(map(bool, claims.claims))
    name = asked or ("teacher" if worded < TEACHING_PAYS else "student")
    if name != "student":
        return load_embedder(name, cache=cache_directory())
    lesson = lessons(claims)
    if len(lesson) < FEWEST_TO_TEACH:
        say(f"too few claims to teach on ({len(lesson)}): the student of the seed corpus reads")
        return load_embedder("student", cache=cache_directory())
    say(f"teaching the embedder on {len(lesson):,} of {worded:,} claims; --save keeps it")
    return taught(lesson, read_by_teacher(lesson))


def lessons(claims: Claims) -> list[str]:
    """Claims to teach on: distinct, few of one writer and of one template, the same for the same file."""
    names = [f"{number}" for number in range(len(claims.ids))]
    writers = [
        f"r{reporter}" if reporter is not None else f"u{name}"
        for reporter, name in zip(claims.reporters, names, strict=True)
    ]
    frame = pd.DataFrame(
        {"document_id": names, "claim": claims.claims, "reporter": writers, "template": claims.templates}
    )
    return teaching_set(frame)[: Settings.model_validate({}).teach_documents]


def embedded(claims: list[str], embedder: Embedder) -> np.ndarray:
    """Unit vectors (n, 384); all zero for a claim without a word. Equal claims are read once."""
    distinct = list(dict.fromkeys(claim for claim in claims if claim))
    row = {claim: number for number, claim in enumerate(distinct)}
    say(f"reading {len(distinct):,} claims ({embedder.version})")
    read = np.zeros((len(distinct) + 1, embedder.dimension), dtype=np.float32)
    with bar("vectors", len(distinct)) as advance:
        for start in range(0, len(distinct), CHUNK):
            part = distinct[start : start + CHUNK]
            read[start : start + len(part)] = embedder.embed(part)
            advance(len(part))
    places = np.array([row.get(claim, len(distinct)) for claim in claims], dtype=np.int64)
    return np.asarray(read[places])
