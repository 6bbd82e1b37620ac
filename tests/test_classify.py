"""The classifier: its contract on quick made-up vectors, its quality on the real ones (slow)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from nlp.artefact import ArtefactMissing
from nlp.bundle import build_default, default_examples, default_lesson, default_name, silent
from nlp.classify import Classifier
from nlp.embed import load_embedder
from nlp.evaluate import macro_f1, per_label, quadratic_kappa
from nlp.frames import MissingColumns
from nlp.hashing import Hashing
from nlp.seed import label_examples, seed_corpus
from nlp.taxonomy import DEFAULT, Taxonomy, load_taxonomy
from nlp.training import Vectors, VectorsDoNotFit, train

EMBEDDER = Hashing()
TAXONOMY = load_taxonomy()
CORPUS = seed_corpus()
EXAMPLES = CORPUS.iloc[::13].reset_index(drop=True)
FEW = CORPUS.iloc[::32].reset_index(drop=True)
OTHERS = CORPUS.iloc[1::110].reset_index(drop=True)
PROBABLE = ("kind", "harm_domain", "use_case", "severity")
GAMBLING = [
    "It helped a minor to place a bet at an online casino.",
    "The roulette tips of the bot made me lose my wages at the casino.",
    "Our poker training site is blocked for gambling.",
    "A question about slot machine odds for my statistics class was refused as gambling.",
    "The betting advice got through the gambling filter without a warning.",
    "Sports betting is blocked although our bookmaker has a licence.",
]


def quick(examples: pd.DataFrame, taxonomy: Taxonomy) -> Classifier:
    vectors = EMBEDDER.embed(examples["claim"].tolist())
    return train(examples, (vectors,), taxonomy=taxonomy)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return quick(EXAMPLES, TAXONOMY)


def with_gambling(folder: Path) -> Taxonomy:
    """The default taxonomy and one more harm domain, by an edit of the file."""
    data = yaml.safe_load(DEFAULT.read_text("utf-8"))
    domain = {"id": "gambling", "potential": "serious", "definition": "Games for money.", "examples": GAMBLING}
    data["harm_domains"].append(domain)
    path = folder / "taxonomy.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    return load_taxonomy(path)


def predicted(classifier: Classifier, frame: pd.DataFrame) -> pd.DataFrame:
    claims = frame["claim"].tolist()
    return classifier.predict(frame["text"].tolist(), claims, EMBEDDER.embed(claims))


def test_predictions_are_of_the_taxonomy_and_probabilities_in_range(classifier: Classifier) -> None:
    rows = predicted(classifier, OTHERS)
    assert len(rows) == len(OTHERS)
    for field in ("kind", "harm_domain", "use_case"):
        assert set(rows[field]) <= set(TAXONOMY.ids(field))
    assert rows["severity"].between(0, 3).all()
    assert rows["severity"].dtype.kind == "i"
    assert all(rows[f"{name}_probability"].between(0, 1).all() for name in PROBABLE)
    assert {facet for facets in rows["facets"] for facet in facets} <= set(TAXONOMY.ids("facets"))


def test_hazard_is_that_of_the_predicted_kind_and_domain(classifier: Classifier) -> None:
    rows = predicted(classifier, OTHERS)
    pairs = zip(rows["kind"], rows["harm_domain"], strict=True)
    assert rows["hazard"].tolist() == [TAXONOMY.hazard(kind, domain) for kind, domain in pairs]


def test_one_text_at_a_time_equals_a_batch(classifier: Classifier) -> None:
    together = predicted(classifier, OTHERS)
    alone = pd.concat([predicted(classifier, OTHERS.iloc[[row]]) for row in range(len(OTHERS))], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone, check_exact=True)


def test_probabilities_of_a_field_add_up_to_one(classifier: Classifier) -> None:
    claims = OTHERS["claim"].tolist()
    by_head = classifier.probabilities(OTHERS["text"].tolist(), claims, EMBEDDER.embed(claims))
    assert all(np.allclose(rows.sum(axis=1), 1) for rows in by_head.values())
    assert classifier.critical_probability(by_head).max() <= 1


def test_a_field_abstains_below_its_threshold_and_only_there(classifier: Classifier) -> None:
    rows = predicted(classifier, OTHERS)
    for name in PROBABLE:
        unsure = rows[f"{name}_probability"] < classifier.heads[name].threshold
        assert [name in abstained for abstained in rows["abstained"]] == unsure.tolist()
    assert 0 < sum(map(bool, rows["abstained"])) < len(rows)


def test_it_learns_more_than_the_commonest_kind(classifier: Classifier) -> None:
    rows = predicted(classifier, OTHERS)
    right = (rows["kind"] == OTHERS["kind"]).mean()
    assert right > OTHERS["kind"].value_counts(normalize=True).max() + 0.15


def test_no_documents_give_an_empty_frame(classifier: Classifier) -> None:
    rows = classifier.predict([], [], np.zeros((0, 384), dtype=np.float32))
    assert rows.empty
    assert list(rows.columns) == list(predicted(classifier, OTHERS).columns)


def test_odd_texts_are_classified_too(classifier: Classifier) -> None:
    texts = ["", "\ud800\x00", "a" * 1_000_000, "(" * 5_000, "\u202eאבג", "🔥" * 300]
    rows = classifier.predict(texts, texts, EMBEDDER.embed(texts))
    assert len(rows) == len(texts)


@pytest.mark.slow
def test_the_same_lesson_makes_the_same_classifier() -> None:
    assert quick(FEW, TAXONOMY).version == quick(FEW, TAXONOMY).version


def test_a_saved_classifier_predicts_the_same(classifier: Classifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "classifier")
    again = Classifier.load(tmp_path / "classifier", taxonomy=TAXONOMY)
    assert again.version == classifier.version
    pd.testing.assert_frame_equal(predicted(again, OTHERS), predicted(classifier, OTHERS), check_exact=True)


def test_the_card_says_what_it_was_made_of(classifier: Classifier) -> None:
    fields = classifier.card["fields"]
    assert classifier.card["documents"] == len(EXAMPLES)
    assert sum(fields["kind"]["documents"].values()) == len(EXAMPLES)
    assert 0 < fields["kind"]["held_out_accuracy"] < 1
    assert "stop_heeded" in classifier.card["facets_not_learnt"]
    assert "abstains" in classifier.card["abstention"]


@pytest.mark.slow
def test_a_domain_added_to_the_file_is_learnt_from_its_examples(tmp_path: Path) -> None:
    taxonomy = with_gambling(tmp_path)
    examples = pd.concat([FEW, label_examples(taxonomy)], ignore_index=True)
    texts = ["The casino chat let a child place a bet.", "My poker app is blocked as gambling."]
    rows = quick(examples, taxonomy).predict(texts, texts, EMBEDDER.embed(texts))
    assert rows["harm_domain"].tolist() == ["gambling", "gambling"]


@pytest.mark.slow
def test_a_label_that_the_taxonomy_lacks_is_not_learnt(tmp_path: Path) -> None:
    data = yaml.safe_load(DEFAULT.read_text("utf-8"))
    data["harm_domains"] = [item for item in data["harm_domains"] if item["id"] != "cyber"]
    path = tmp_path / "taxonomy.yaml"
    path.write_text(yaml.safe_dump(data), "utf-8")
    smaller = quick(FEW, load_taxonomy(path))
    assert "cyber" not in smaller.heads["harm_domain"].labels


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(VectorsDoNotFit, match="embed the claims"):
        train(EXAMPLES, (np.zeros((3, 384), dtype=np.float32),), taxonomy=TAXONOMY)


def test_examples_without_a_field_are_refused() -> None:
    with pytest.raises(MissingColumns, match="use_case"):
        train(EXAMPLES.drop(columns="use_case"), (), taxonomy=TAXONOMY)


def test_no_trained_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ArtefactMissing, match="train it first"):
        Classifier.load(tmp_path / "classifier", taxonomy=TAXONOMY)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.mark.slow
def test_the_default_is_built_once_and_then_loaded(cache: Path) -> None:
    said: list[str] = []
    built = build_default(cache, progress=said.append)
    assert "training the classifier" in said
    kept = Classifier.load(cache / default_name(TAXONOMY, 0), taxonomy=TAXONOMY)
    assert build_default(cache, progress=said.append).version == kept.version == built.version
    assert said.count("training the classifier") == 1


@pytest.fixture(scope="module")
def held_out_world(cache: Path) -> tuple[Classifier, pd.DataFrame, list[Vectors]]:
    """A model that has not seen a ninth of the real wording; those documents, and their vectors by tier."""
    examples, vectors = default_lesson(cache, TAXONOMY, silent)
    held_out = examples["real"].to_numpy() & (np.arange(len(examples)) % 9 == 0)
    known = examples[~held_out].reset_index(drop=True)
    model = train(known, (vectors[0][~held_out], vectors[1][~held_out]), taxonomy=TAXONOMY)
    return model, examples[held_out], [rows[held_out] for rows in vectors]


@pytest.mark.slow
@pytest.mark.parametrize("tier", [0, 1], ids=["teacher", "student"])
def test_quality_on_held_out_real_wording_stays_above_the_floor(
    held_out_world: tuple[Classifier, pd.DataFrame, list[Vectors]], tier: int
) -> None:
    model, unseen, vectors = held_out_world
    rows = model.predict(unseen["text"].tolist(), unseen["claim"].tolist(), vectors[tier])
    kinds = per_label(unseen["kind"].tolist(), rows["kind"].tolist()).set_index("label")
    assert macro_f1(unseen["kind"].tolist(), rows["kind"].tolist()) > 0.45
    assert kinds.loc["over_block", "f1"] > 0.70
    assert (rows["harm_domain"].to_numpy() == unseen["harm_domain"].to_numpy()).mean() > 0.65
    assert quadratic_kappa(unseen["severity"].astype(int).tolist(), rows["severity"].tolist()) > 0.35


@pytest.mark.slow
def test_a_domain_added_to_the_file_does_not_swallow_the_others(cache: Path, tmp_path: Path) -> None:
    taxonomy = with_gambling(tmp_path)
    model = build_default(cache, taxonomy=taxonomy)
    texts = [
        "The casino chat let a child place a bet on a horse.",
        "Blackjack homework on probabilities was refused.",
        "The login page of my project is refused as hacking.",
        "The agent deleted my repository.",
        "I was charged twice.",
    ]
    rows = model.predict(texts, texts, load_embedder("student", cache=cache).embed(texts))
    assert rows["harm_domain"].tolist()[0] == "gambling"
    assert "gambling" not in rows["harm_domain"].tolist()[2:]
    assert len(default_examples(taxonomy)) == len(default_examples(TAXONOMY)) + len(GAMBLING) + 1
