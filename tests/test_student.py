"""The taught student, on a made-up teacher that only counts words."""

from pathlib import Path

import numpy as np
import pytest

from nlp import ridge
from nlp.hashing import Hashing
from nlp.schooling import cross_taught
from nlp.seed import seed_corpus
from nlp.static import Static
from nlp.student import Student, TooFewClaims, teach
from nlp.tokens import tokenizer

CORPUS = seed_corpus()
CLAIMS = sorted(set(CORPUS["claim"][CORPUS["source"].isin(("complaints_train", "seed_feedback"))]), key=len)[:900]
TAUGHT, UNSEEN = CLAIMS[::2], CLAIMS[1::2]
TEACHER = Hashing()


@pytest.fixture(scope="module")
def static() -> Static:
    rng = np.random.default_rng(0)
    return Static(rng.normal(0, 1, (tokenizer().get_vocab_size(), 384)).astype(np.float32))


@pytest.fixture(scope="module")
def student(static: Static) -> Student:
    return teach(TAUGHT, TEACHER.embed(TAUGHT), static=static)


def test_teaching_brings_unseen_claims_nearer_to_the_teacher(student: Student, static: Static) -> None:
    targets = TEACHER.embed(UNSEEN)
    before = float((static.embed(UNSEEN) * targets).sum(axis=1).mean())
    assert student.agreement(UNSEEN, targets) > before + 0.3
    assert student.agreement(TAUGHT, TEACHER.embed(TAUGHT)) > student.agreement(UNSEEN, targets)


def test_the_same_lesson_makes_the_same_student(student: Student, static: Static) -> None:
    again = teach(TAUGHT, TEACHER.embed(TAUGHT), static=static)
    assert again.version == student.version
    assert np.array_equal(again.embed(UNSEEN), student.embed(UNSEEN))


def test_another_lesson_makes_another_version(student: Student, static: Static) -> None:
    assert teach(UNSEEN, TEACHER.embed(UNSEEN), static=static).version != student.version


def test_a_saved_student_comes_back_the_same(student: Student, tmp_path: Path) -> None:
    student.save(tmp_path / "models" / "student.npz")
    again = Student.load(tmp_path / "models" / "student.npz")
    assert again.version == student.version
    assert np.array_equal(again.embed(UNSEEN[:20]), student.embed(UNSEEN[:20]))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["student.npz"]


def test_a_row_does_not_depend_on_its_neighbours(student: Student) -> None:
    together = student.embed(UNSEEN[:40])
    assert np.array_equal(np.vstack([student.embed([text]) for text in UNSEEN[:40]]), together)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_odd_texts_have_unit_vectors(student: Student) -> None:
    rows = student.embed(["", " \t", "\ud83d", "x"])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_too_few_claims_are_refused(static: Static) -> None:
    with pytest.raises(TooFewClaims, match="got 2"):
        teach(["a", "b"], TEACHER.embed(["a", "b"]), static=static)


def test_a_large_lesson_is_solved_as_a_small_one(
    static: Static, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ridge, "DIRECT_ROWS", 10)
    iterated = teach(TAUGHT, TEACHER.embed(TAUGHT), static=static)
    assert float((iterated.embed(UNSEEN) * student.embed(UNSEEN)).sum(axis=1).min()) > 0.99


@pytest.mark.slow
def test_cross_taught_vectors_are_like_those_of_new_claims(static: Static) -> None:
    targets = TEACHER.embed(TAUGHT)
    unseen = float((cross_taught(TAUGHT, targets, static=static) * targets).sum(axis=1).mean())
    seen = teach(TAUGHT, targets, static=static).agreement(TAUGHT, targets)
    assert unseen < seen - 0.02
