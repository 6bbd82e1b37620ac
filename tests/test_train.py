"""Training for a workspace: what is learnt, what is compared, what may serve."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from jobs.cli import cli
from jobs.models import PromotionInvalid, promote, promoted, serving_classifier, serving_fingerprint, strange_labels
from jobs.own_labels import labelled_documents
from jobs.train import Lesson, train_default, train_workspace
from jobs.train_student import School, divided, schooled, train_student
from jobs.workspace import Workspace, create_workspace
from nlp.bundle import OWN, OWN_WEIGHT, default_examples, with_own
from nlp.classify import Classifier
from nlp.contest import MARGINS, compare, failures, said_by
from nlp.embed import load_embedder
from nlp.evaluate import LEAST_SUPPORT
from nlp.hashing import Hashing
from nlp.model_card import model_card
from nlp.needs import label_rows, most_needed
from nlp.seed import label_examples, seed_corpus, text_key
from nlp.taxonomy import DEFAULT, load_taxonomy
from nlp.teacher import Teacher
from nlp.training import folds, train
from nlp.unseen import unseen

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TAXONOMY = load_taxonomy()
EMBEDDER = Hashing()
CORPUS = seed_corpus().assign(weight=1.0)
CORPUS = CORPUS[CORPUS["source"].isin(("complaints_train", "seed_feedback"))].reset_index(drop=True)
CORPUS["real"] = np.arange(len(CORPUS)) % 3 == 0
FEW = CORPUS.iloc[::14].reset_index(drop=True)
MORE = CORPUS.iloc[::7].reset_index(drop=True)


def lesson(examples: pd.DataFrame) -> Lesson:
    return Lesson(examples, (EMBEDDER.embed(examples["claim"].tolist()),))


def quick(examples: pd.DataFrame) -> Classifier:
    return train(examples, lesson(examples).vectors, taxonomy=TAXONOMY)


@pytest.fixture(scope="module")
def small() -> Classifier:
    return quick(FEW)


@pytest.fixture
def workspace(tmp_path: Path, small: Classifier) -> Workspace:
    """A workspace in which a model of few examples serves."""
    made, _ = create_workspace(tmp_path / "shop")
    small.save(made.models / small.version)
    promote(made, now=NOW, classifier=small.version)
    return made


def misled(examples: pd.DataFrame) -> Lesson:
    """The same documents, and each once more with the labels of another, which count for more."""
    wrong = examples.assign(real=False, weight=20.0)
    for field in ("kind", "harm_domain"):
        wrong[field] = examples[field].sample(frac=1, random_state=0).to_numpy()
    return lesson(pd.concat([examples, wrong], ignore_index=True))


@pytest.mark.slow
def test_better_model_is_promoted_and_serves(workspace: Workspace, small: Classifier) -> None:
    before = serving_fingerprint(workspace, TAXONOMY)
    trained = train_workspace(workspace, now=NOW, lesson=lesson(MORE))
    assert trained.promoted and not trained.reasons and trained.serving == small.version
    assert serving_classifier(workspace, TAXONOMY).version == trained.version != small.version
    assert serving_fingerprint(workspace, TAXONOMY) != before


def test_model_is_kept_with_its_card_and_a_page(workspace: Workspace) -> None:
    trained = train_workspace(workspace, now=NOW, lesson=lesson(FEW))
    names = {path.name for path in workspace.models.iterdir()}
    assert {f"{trained.version}{ending}" for ending in (".npz", ".json", ".md")} <= names
    card = json.loads((workspace.models / f"{trained.version}.json").read_text("utf-8"))
    assert card["versions"]["scikit-learn"] and card["trained_on"]["lang"]["en"] > 100
    page = (workspace.models / f"{trained.version}.md").read_text("utf-8")
    for heading in ("Trained on", "Held out", "By label", "Calibration and abstention", "Limits", "Licences"):
        assert f"## {heading}" in page


@pytest.mark.slow
def test_worse_model_is_kept_but_serves_only_when_forced(workspace: Workspace, small: Classifier) -> None:
    bad = train_workspace(workspace, now=NOW, lesson=misled(FEW))
    assert not bad.promoted and "kind, macro-F1" in bad.reasons[0]
    assert bad.path.with_name(f"{bad.version}.npz").is_file()
    assert serving_classifier(workspace, TAXONOMY).version == small.version
    forced = train_workspace(workspace, now=NOW, force=True, lesson=misled(FEW))
    assert forced.promoted and forced.forced
    assert serving_classifier(workspace, TAXONOMY).version == bad.version
    assert "Promoted against the rule" in forced.path.with_name(f"{bad.version}.md").read_text("utf-8")


def test_equal_models_differ_by_nothing(small: Classifier) -> None:
    rows = compare(FEW, small.held_out, said_by(small, FEW, lesson(FEW).vectors[0]), taxonomy=TAXONOMY)
    assert {row["difference"] for row in rows} == {0.0}
    assert not failures(rows)


def test_serving_model_is_judged_out_of_fold_on_what_it_knows(small: Classifier) -> None:
    said = said_by(small, MORE, lesson(MORE).vectors[0])
    known = said["key"].isin(set(small.held_out["key"])).to_numpy()
    assert 0 < known.sum() < len(said) and said["kind"].notna().all()
    held = small.held_out.drop_duplicates("key").set_index("key")["kind"]
    assert said["kind"][known].tolist() == held.loc[said["key"][known]].tolist()


def test_what_was_learnt_from_an_own_label_is_answered_as_before_it_was_learnt(small: Classifier) -> None:
    own = FEW.assign(source=OWN)
    taught, vectors = quick(own), lesson(FEW).vectors[0]
    plain = taught.predict(FEW["text"], FEW["claim"], vectors)
    found = unseen(plain, FEW["text"].tolist(), taught)
    held = taught.held_out.drop_duplicates("key").set_index("key").loc[[text_key(text) for text in FEW["text"]]]
    assert found["kind"].tolist() == held["kind"].tolist() != plain["kind"].tolist()
    pairs = zip(found["kind"], found["harm_domain"], strict=True)
    assert found["hazard"].tolist() == [TAXONOMY.hazard(kind, domain) for kind, domain in pairs]
    seen_by_none = unseen(plain, [text + " and more" for text in FEW["text"]], taught)
    assert seen_by_none["kind"].tolist() == plain["kind"].tolist()
    assert unseen(plain, FEW["text"].tolist(), small) is plain  # the shipped corpus is not the workspace's


def test_margins_are_those_of_the_comparison(small: Classifier) -> None:
    examples = FEW.assign(source=OWN, real=True)
    rows = compare(examples, small.held_out, small.held_out, taxonomy=TAXONOMY)
    assert set(MARGINS) == {row["measure"] for row in rows if row["margin"] is not None}


def test_copies_are_held_out_together() -> None:
    claims = ["Blocked again, request req_011CbQm4uTzX", "blocked again, request req_042AbCm9uTzY", "Something else"]
    numbers = folds(claims * 20, seed=0)
    assert numbers[0] == numbers[1] and (numbers[:3] == numbers[3:6]).all()


def test_workspace_labels_come_first_count_more_and_win() -> None:
    examples = default_examples(TAXONOMY)
    own = FEW.head(2).drop(columns=["real", "weight"]).assign(kind="praise")
    joined = with_own(examples, own)
    assert joined["source"].tolist()[:2] == [OWN, OWN] and joined["weight"].tolist()[:2] == [OWN_WEIGHT] * 2
    assert joined["real"][:2].all()
    assert sum(text_key(text) == text_key(own["text"].iloc[0]) for text in joined["text"]) == 1


def test_latest_label_of_a_field_counts_and_strange_ones_do_not(api_workspace: Workspace) -> None:
    with api_workspace.open_store() as store:
        ids = store.understanding.claims()["document_id"].tolist()[:3]
        rows = [
            (ids[0], "kind", "praise", "2026-03-01T00:00:00Z"),
            (ids[0], "kind", "billing", "2026-03-02T00:00:00Z"),
            (ids[0], "severity", "2", "2026-03-01T00:00:00Z"),
            (ids[1], "facets", "churn_risk, ufo", "2026-03-01T00:00:00Z"),
            (ids[2], "kind", "ufo", "2026-03-01T00:00:00Z"),
        ]
        store.db.execute("DELETE FROM label")
        store.reference.add_labels([label(*row) for row in rows])
        found = labelled_documents(store, TAXONOMY).set_index("id")
    assert set(found.index) == set(ids[:2])
    assert found.loc[ids[0], "kind"] == "billing" and found.loc[ids[0], "severity"] == 2
    assert found.loc[ids[0], "facets"] is None and found.loc[ids[1], "facets"] == ["churn_risk"]


def label(document: str, field: str, value: str, moment: str) -> dict[str, object]:
    return {
        "label_id": f"{document}/{field}/{moment}",
        "document_id": document,
        "decision_id": None,
        "field": field,
        "value": value,
        "labeller": "ann",
        "labelled_at": moment,
        "inclusion_probability": None,
    }


def test_labels_are_listed_with_how_sure_they_are_and_the_neediest_first(small: Classifier) -> None:
    rows = label_rows(small.card, TAXONOMY)
    assert {row["label"] for row in rows if row["field"] == "kind"} == set(TAXONOMY.ids("kind"))
    judged = [row for row in rows if row["held_out"] >= LEAST_SUPPORT]
    assert judged and all(row["f1_low"] <= row["f1"] <= row["f1_high"] for row in judged)
    needed = most_needed(rows, most=5)
    assert [row["need"] for row in needed] == sorted(
        (row["need"] for row in rows if row["field"] != "severity"), reverse=True
    )[:5]
    assert all(row["why"] for row in needed)


def test_card_page_tells_counts_and_figures(small: Classifier) -> None:
    page = model_card(small.card, TAXONOMY)
    assert f"# {small.version}" in page and f"trained on {len(FEW):,} texts" in page
    assert "| kind | over_block |" in page and "abstains below" in page


def test_labels_that_the_taxonomy_lacks_or_adds_are_told(small: Classifier, tmp_path: Path) -> None:
    data = yaml.safe_load(DEFAULT.read_text("utf-8"))
    entry = next(item for item in data["harm_domains"] if item["id"] == "copyright")
    entry["id"] = "piracy"
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    gone, new = strange_labels(small.card, load_taxonomy(path))
    assert gone == ["copyright"] and "piracy" in new


@pytest.mark.parametrize("content", ["nonsense", "[]", '{"classifier": 3}', '{"classifier": "../../x"}'])
def test_broken_promotion_is_refused(workspace: Workspace, content: str) -> None:
    (workspace.models / "promoted.json").write_text(content, "utf-8")
    with pytest.raises(PromotionInvalid, match="expected"):
        promoted(workspace)


def test_promotion_of_one_model_leaves_the_other(workspace: Workspace, small: Classifier) -> None:
    promote(workspace, now=NOW, student="student-1-abc")
    assert promoted(workspace)["classifier"] == small.version and promoted(workspace)["student"] == "student-1-abc"


def test_one_claim_in_ten_judges_the_student() -> None:
    school = divided([f"claim {number}" for number in range(100)], {"claim 0": "cyber"})
    assert (len(school.taught), len(school.judged), school.domains[:2]) == (90, 10, ["cyber", "unknown"])


def test_too_few_claims_teach_no_student(api_workspace: Workspace) -> None:
    told = train_student(api_workspace, now=NOW)
    assert not told["promoted"] and "2,000 are needed" in told["verdict"]


def test_taxonomy_and_workspace_together_are_a_misuse(workspace: Workspace) -> None:
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), "train", "--taxonomy", str(DEFAULT)])
    assert result.exit_code == 2 and "taxonomy_file" in result.output


@pytest.mark.slow
def test_student_taught_on_own_claims_comes_nearer_to_the_teacher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDSWELL_CACHE", str(tmp_path / "cache"))
    claims = [f"{text.split('.')[0]} says shop {number}" for number, text in enumerate(MORE["claim"])]
    school = School(claims[::2], claims[1::2], ["cyber"] * 30 + ["none"] * (len(claims[1::2]) - 30))
    _, rows = schooled(school, load_embedder("static", cache=tmp_path / "cache"), Teacher().embed)
    assert {row["domain"] for row in rows} == {"cyber", "none"}
    assert all(row["new"] > row["serving"] for row in rows)


@pytest.mark.slow
def test_domain_added_by_the_file_is_trained_without_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, domain_file: Callable[[Path], Path]
) -> None:
    monkeypatch.setenv("GROUNDSWELL_CACHE", str(tmp_path / "cache"))
    trained = train_default(load_taxonomy(domain_file(tmp_path)))
    row = next(row for row in trained.labels if row["label"] == "gambling")
    assert row["documents"] >= 8 and row["f1"] is not None
    assert trained.path.with_name(trained.path.name + ".md").is_file()


@pytest.fixture
def domain_file() -> Callable[[Path], Path]:
    """The taxonomy with one more domain, by an edit of the file."""

    def write(folder: Path) -> Path:
        data = yaml.safe_load(DEFAULT.read_text("utf-8"))
        examples = ["The betting tips were refused.", "It let a child place a bet.", "Casino advert not removed."]
        entry = {"id": "gambling", "potential": "serious", "definition": "Games for money.", "examples": examples}
        entry["includes"] = ["betting", "casinos", "lotteries", "slot machines", "poker for money"]
        data["harm_domains"].append(entry)
        path = folder / "mine.yaml"
        path.write_text(yaml.safe_dump(data), "utf-8")
        assert len(label_examples(load_taxonomy(path)))
        return path

    return write
