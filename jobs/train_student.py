"""Teach a workspace's embedder anew on more of its claims; it serves only if it is nearer to the teacher everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from jobs.cache import cache_directory
from jobs.embedder import CHOICE, ENOUGH_TO_TEACH, teaching_set
from jobs.models import promote
from jobs.progress import bar, say
from jobs.store import Store
from jobs.workspace import Workspace
from nlp.embed import Embedder, load_embedder
from nlp.schooling import seed_claims, teacher_vectors
from nlp.static import load_static
from nlp.student import Student, teach
from nlp.teacher import Teacher

Row = dict[str, Any]
MOST = 25_000
"""Claims that teach at most: the teacher reads 50 to 140 a second."""
HELD_OUT_EVERY = 10
"""One claim in so many is kept back to judge by."""
LEAST_OF_A_DOMAIN = 20
"""A harm domain with fewer held-out claims is judged with the rest."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class School:
    """Claims to teach on and claims to judge by, with the domain of the latter."""

    taught: list[str]
    judged: list[str]
    domains: list[str]


def train_student(
    workspace: Workspace, *, now: datetime, teacher: Callable[[list[str]], np.ndarray] | None = None, most: int = MOST
) -> Row:
    """Teach on up to `most` claims of the workspace and let the new student serve if, on held-out claims, its cosine
    to the teacher is higher in every harm domain. Returns version, promoted, verdict, and one row a domain."""
    with workspace.open_store() as store, store.runs.running("train_student", now=now) as account:
        claims = teaching_set(store.understanding.claims())
        account.rows_in = min(len(claims), most)
        if len(claims) < ENOUGH_TO_TEACH:
            verdict = f"not taught: {len(claims):,} claims, {ENOUGH_TO_TEACH:,} are needed; the teacher itself serves"
            return {"version": None, "promoted": False, "verdict": verdict, "domains": []}
        school = divided(claims[:most], domains_by_claim(store))
        embed = teacher or read_by_teacher
        student, rows = schooled(school, serving(workspace), embed)
        promoted = all(row["new"] > row["serving"] for row in rows)
        if promoted:
            student.save(workspace.models / f"{student.version}.npz")
            student.save(workspace.models / CHOICE)
            promote(workspace, now=now, student=student.version)
        account.rows_out = int(promoted)
    verdict = (
        f"{'promoted' if promoted else 'not promoted'}: {student.version}, taught on {len(school.taught):,} claims"
    )
    return {"version": student.version, "promoted": promoted, "verdict": verdict, "domains": rows}


def divided(claims: list[str], domains: dict[str, str]) -> School:
    """One claim in HELD_OUT_EVERY to judge by, the others to teach."""
    judged = claims[::HELD_OUT_EVERY]
    taught = [claim for place, claim in enumerate(claims) if place % HELD_OUT_EVERY]
    return School(taught, judged, [domains.get(claim, "unknown") for claim in judged])


def domains_by_claim(store: Store) -> dict[str, str]:
    """The harm domain of each claim, as classified last."""
    found = store.understanding.counted()[["claim", "harm_domain"]].dropna()
    return dict(zip(found["claim"], found["harm_domain"], strict=True))


def serving(workspace: Workspace) -> Embedder:
    """The student that serves, else the one that comes with Groundswell."""
    path = workspace.models / CHOICE
    return Student.load(path) if path.is_file() else load_embedder("student", cache=cache_directory())


def read_by_teacher(claims: list[str]) -> np.ndarray:
    """The teacher's vectors (n, 384), with a bar: this is what takes the time."""
    teacher, parts = Teacher(), []
    with bar("the teacher reads", len(claims)) as advance:
        for start in range(0, len(claims), CHUNK):
            parts.append(teacher.embed(claims[start : start + CHUNK]))
            advance(len(parts[-1]))
    return np.vstack(parts)


def schooled(school: School, before: Embedder, embed: Callable[[list[str]], np.ndarray]) -> tuple[Student, list[Row]]:
    """The new student, and one row a domain: domain, claims, new, serving (mean cosine to the teacher)."""
    cache = cache_directory()
    say(f"reading {len(school.taught) + len(school.judged):,} claims with the teacher")
    target, lesson = embed(school.judged), embed(school.taught)
    vectors = np.vstack([teacher_vectors(seed_claims(), cache=cache), lesson])
    say("teaching the student")
    student = teach(seed_claims() + school.taught, vectors, static=load_static(cache))
    frame = pd.DataFrame(
        {
            "domain": school.domains,
            "new": (student.embed(school.judged) * target).sum(axis=1),
            "serving": (before.embed(school.judged) * target).sum(axis=1),
        }
    )
    few = frame["domain"].map(frame["domain"].value_counts()) < LEAST_OF_A_DOMAIN
    frame.loc[few, "domain"] = "others"
    rows = [
        {
            "domain": str(domain),
            "claims": len(group),
            "new": round(float(group["new"].mean()), 4),
            "serving": round(float(group["serving"].mean()), 4),
        }
        for domain, group in frame.groupby("domain", sort=True)
    ]
    return student, sorted(rows, key=lambda row: -int(row["claims"]))
