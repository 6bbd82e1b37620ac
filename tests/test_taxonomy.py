"""The taxonomy file: complete, consistent, and extended by an edit of it alone."""

from pathlib import Path

import pytest
import yaml

from nlp.taxonomy import DEFAULT, HAZARDS, TaxonomyInvalid, load_taxonomy

TAXONOMY = load_taxonomy()
ALL_LABELS = [
    (field, label) for field in ("kind", "harm_domain", "use_case", "facets") for label in TAXONOMY.labels(field)
]


def edited(folder: Path, **changes: object) -> Path:
    """The default taxonomy with some top-level entries replaced."""
    path = folder / "taxonomy.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(DEFAULT.read_text("utf-8")), **changes}), "utf-8")
    return path


@pytest.mark.parametrize(("field", "label"), ALL_LABELS, ids=lambda item: getattr(item, "id", item))
def test_every_label_says_what_it_means_and_shows_it(field: str, label: object) -> None:
    assert len(label.definition) > 10
    assert len(label.examples) >= 2
    assert all(len(example) > 5 for example in label.examples)


def test_the_words_of_the_house_are_there() -> None:
    assert {"over_block", "under_block", "account_action", "policy_clarity"} <= set(TAXONOMY.ids("kind"))
    assert len(TAXONOMY.ids("kind")) == 11
    assert len(TAXONOMY.ids("harm_domain")) == 18
    assert len(TAXONOMY.ids("use_case")) == 13
    assert len(TAXONOMY.severities) == 4


@pytest.mark.parametrize(
    ("kind", "domain", "hazard"),
    [
        ("under_block", "biological", "critical"),
        ("under_block", "loss_of_control", "critical"),
        ("under_block", "child_safety", "critical"),
        ("under_block", "copyright", "low"),
        ("over_block", "chemical", "elevated"),
        ("billing", "weapons", "low"),
        (None, "cyber", "elevated"),
        (None, "none", "low"),
    ],
)
def test_hazard_follows_the_table(kind: str | None, domain: str, hazard: str) -> None:
    assert TAXONOMY.hazard(kind, domain) == hazard


def test_every_pair_of_kind_and_domain_has_a_hazard() -> None:
    kinds = (None, *TAXONOMY.ids("kind"), "a_kind_of_tomorrow")
    domains = (*TAXONOMY.ids("harm_domain"), "a_domain_of_tomorrow")
    assert {TAXONOMY.hazard(kind, domain) for kind in kinds for domain in domains} <= set(HAZARDS)


def test_only_an_under_block_is_critical() -> None:
    kinds = set(TAXONOMY.ids("kind")) - {"under_block"}
    hazards = {TAXONOMY.hazard(kind, domain) for kind in kinds for domain in TAXONOMY.ids("harm_domain")}
    assert "critical" not in hazards


def test_grave_domains_are_those_with_critical_under_blocks() -> None:
    assert {"biological", "chemical", "nuclear_radiological", "cyber"} <= set(TAXONOMY.grave_domains)
    assert "copyright" not in TAXONOMY.grave_domains


def test_a_domain_is_added_by_editing_the_file(tmp_path: Path) -> None:
    domains = yaml.safe_load(DEFAULT.read_text("utf-8"))["harm_domains"]
    gambling = {"id": "gambling", "potential": "grave", "definition": "Games for money.", "examples": ["a bet", "dice"]}
    taxonomy = load_taxonomy(edited(tmp_path, harm_domains=[*domains, gambling]))
    assert "gambling" in taxonomy.ids("harm_domain")
    assert taxonomy.hazard("under_block", "gambling") == "critical"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": []}, "distinct ids"),
        ({"kinds": [{"id": "one", "definition": "x", "examples": ["only one"]}]}, "2 examples"),
        ({"harm_domains": [{"id": "one", "definition": "x", "examples": ["a", "b"]}]}, "potential"),
        ({"hazard": {"default": {"grave": "dire", "serious": "low", "mild": "low"}}}, "hazard of default"),
        ({"hazard": {"under_block": {}}}, "needs 'default'"),
        ({"patterns": [{"id": "open", "says": "block", "pattern": "("}]}, "regular expression"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(TaxonomyInvalid, match=said):
        load_taxonomy(edited(tmp_path, **changes))


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.yaml"
    path.write_text("- a\n- b\n", "utf-8")
    with pytest.raises(TaxonomyInvalid, match="mapping"):
        load_taxonomy(path)


def test_ids_of_wordings_are_distinct() -> None:
    ids = [pattern.id for pattern in TAXONOMY.patterns]
    assert len(ids) == len(set(ids)) > 30
