"""The student is watched: a small sample of new claims is read by the teacher too."""

from pathlib import Path

import numpy as np
import pytest

from jobs import agreement
from jobs.agreement import SAMPLE, sample
from jobs.workspace import Workspace
from nlp.hashing import Hashing
from nlp.static import Static
from nlp.student import Student, teach
from nlp.tokens import tokenizer

TEACHER = Hashing()


@pytest.fixture(scope="module")
def student() -> Student:
    """Taught by hashed words on a table of noise: quick, and near enough to what it was taught."""
    table = np.random.default_rng(0).normal(0, 0.05, (tokenizer().get_vocab_size(), 384)).astype(np.float32)
    claims = [f"the login of shop {number} is blocked again" for number in range(40)]
    return teach(claims, TEACHER.embed(claims), static=Static(table))


def test_sample_is_small_distinct_and_the_same_for_the_same_documents() -> None:
    claims = {f"d{number}": f"claim {number % 100}" for number in range(500)}
    chosen = sample(claims)
    assert len(chosen) == SAMPLE == len(set(chosen))
    assert chosen == sample(dict(reversed(claims.items())))


def test_agreement_of_a_run_is_recorded_once(api_workspace: Workspace, student: Student) -> None:
    with api_workspace.open_store() as store:
        for _ in range(2):
            cosine = agreement.run(store, student, as_of="2026-04-01T00:00:00Z", teacher=TEACHER.embed)
        rows = store.understanding.agreements()
    assert [row["cosine"] for row in rows] == [cosine]
    assert rows[0]["embedder_version"] == student.version and 0 < rows[0]["claims"] <= SAMPLE


def test_only_a_student_is_watched(api_workspace: Workspace, tmp_path: Path) -> None:
    with api_workspace.open_store() as store:
        assert agreement.run(store, TEACHER, as_of="2026-04-01T00:00:00Z") is None
        assert not store.understanding.agreements()
