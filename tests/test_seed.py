"""The seed corpus and its hash."""

from nlp.seed import corpus_hash, label_examples, seed_corpus, texts_hash
from nlp.taxonomy import load_taxonomy

CORPUS = seed_corpus()
TAXONOMY = load_taxonomy()


def test_the_corpus_holds_every_kind_and_domain_of_the_taxonomy() -> None:
    assert len(CORPUS) > 2_000
    assert set(CORPUS["kind"]) == set(TAXONOMY.ids("kind"))
    assert set(CORPUS["harm_domain"]) == set(TAXONOMY.ids("harm_domain"))
    assert set(CORPUS["use_case"]) == set(TAXONOMY.ids("use_case"))
    assert CORPUS["severity"].between(0, 3).all()
    assert {facet for facets in CORPUS["facets"] for facet in facets} <= set(TAXONOMY.ids("facets"))


def test_ids_are_distinct_and_no_claim_is_empty() -> None:
    assert CORPUS["id"].is_unique
    assert (CORPUS["claim"].str.strip().str.len() > 0).all()


def test_the_claim_leaves_form_scaffolding_out() -> None:
    forms = CORPUS[CORPUS["text"].str.contains("### Preflight Checklist", regex=False)]
    assert len(forms) > 5
    assert not forms["claim"].str.contains("Preflight Checklist", regex=False).any()


def test_the_hash_is_stable_and_notices_a_changed_label() -> None:
    changed = CORPUS.copy()
    changed.loc[0, "kind"] = "praise"
    assert corpus_hash(CORPUS) == corpus_hash(seed_corpus())
    assert corpus_hash(CORPUS) != corpus_hash(changed)
    assert texts_hash(["a", "b"]) != texts_hash(["b", "a"])


def test_examples_of_the_taxonomy_carry_one_label_each() -> None:
    rows = label_examples(TAXONOMY)
    given = rows[["kind", "harm_domain", "use_case"]].notna().sum(axis=1) + rows["facets"].str.len()
    assert (given == 1).all()
    assert rows["severity"].isna().all()
    assert list(rows.columns) == list(CORPUS.columns)
