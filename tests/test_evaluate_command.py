"""Measuring the serving classifier on labels: what is read, what is left out, what is told."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from jobs.cli import cli
from jobs.evaluate import Judge, NothingToEvaluate, report, workspace_judge
from jobs.labelled_files import read_labelled
from jobs.models import promote
from jobs.reading_bytes import InputError
from jobs.rules import name, save_templates, serving_rules
from jobs.workspace import Workspace, create_workspace
from nlp.classify import Classifier
from nlp.extract import extract
from nlp.hashing import Hashing
from nlp.report import evaluation
from nlp.report_text import report_text
from nlp.seed import seed_corpus, text_key
from nlp.taxonomy import FIELDS, load_taxonomy
from nlp.templates import Element, Form, Templates
from nlp.training import train

NOW = datetime(2026, 7, 1, tzinfo=UTC)
TAXONOMY = load_taxonomy()
CORPUS = seed_corpus().assign(real=True)
KNOWN = CORPUS.iloc[::34].reset_index(drop=True)
OTHERS = CORPUS.iloc[1::70].reset_index(drop=True)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return train(KNOWN, (Hashing().embed(KNOWN["claim"].tolist()),), taxonomy=TAXONOMY)


@pytest.fixture
def workspace(tmp_path: Path, classifier: Classifier) -> Workspace:
    made, _ = create_workspace(tmp_path / "shop")
    with (made.path / "groundswell.yaml").open("a", encoding="utf-8") as settings:
        settings.write("\nembedder: hashing\n")
    classifier.save(made.models / classifier.version)
    promote(made, now=NOW, classifier=classifier.version)
    return made


class Listening(Hashing):
    """Notes the claims it is given."""

    def __init__(self, heard: list[str]) -> None:
        self.heard = heard

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        self.heard += texts
        return super().embed(texts)


def judge(classifier: Classifier, seen: str = "held-out") -> Judge:
    return Judge(classifier, Hashing(), TAXONOMY, seen)


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["id", "text", "kind", "harm_domain", "use_case", "severity", "facets", "lang"]]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_labels_of_a_file_are_read_with_their_alternatives(tmp_path: Path) -> None:
    rows = [
        {"body": "Blocked again", "kind": "over_block", "kind_alt": ["reliability"], "severity": 1, "language": "en"},
        {"body": "Nice", "kind": "praise", "harm_alt": "none, other", "facets": ["churn_risk"]},
        {"body": "Unknown label", "kind": "ufo"},
    ]
    frame = read_labelled(write(tmp_path / "labels.jsonl", rows), TAXONOMY)
    assert frame["text"].tolist() == ["Blocked again", "Nice"]
    assert frame["kind_alt"].tolist() == [["reliability"], []] and frame["harm_domain_alt"].tolist()[1] == [
        "none",
        "other",
    ]
    assert frame["severity"].tolist() == [1, None] and frame["facets"].tolist() == [None, ["churn_risk"]]
    assert frame["lang"].tolist() == ["en", None]


def test_csv_and_gzip_are_read_alike(tmp_path: Path) -> None:
    text = 'text,Kind,facets\n"Blocked, again",over_block,"churn_risk,asks_refund"\n'
    plain, packed = tmp_path / "labels.csv", tmp_path / "labels.csv.gz"
    plain.write_text(text, "utf-8")
    packed.write_bytes(gzip.compress(text.encode()))
    one, other = read_labelled(plain, TAXONOMY), read_labelled(packed, TAXONOMY)
    pd.testing.assert_frame_equal(one, other)
    assert one["facets"].tolist() == [["churn_risk", "asks_refund"]]


@pytest.mark.parametrize("long", [False, True], ids=["a row a document", "a row a label"])
def test_ids_stand_for_documents_of_the_workspace(tmp_path: Path, long: bool) -> None:
    wide = [{"document_id": "a:1", "kind": "praise", "severity": "0"}, {"document_id": "a:9", "kind": "praise"}]
    tall = [
        {"document_id": "a:1", "field": "kind", "value": "praise"},
        {"document_id": "a:1", "field": "severity", "value": "0"},
        {"document_id": "a:9", "field": "kind", "value": "praise"},
    ]
    known = pd.DataFrame({"id": ["a:1"], "text": ["Lovely"], "lang": ["en"]})
    frame = read_labelled(write(tmp_path / "x.jsonl", tall if long else wide), TAXONOMY, stored=lambda ids: known)
    assert frame[["id", "text", "kind", "severity", "lang"]].to_numpy().tolist() == [
        ["a:1", "Lovely", "praise", 0, "en"]
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "Blocked", "mood": "bad"}], "expected columns of labels"),
        ([{"kind": "praise"}], "expected a column of texts"),
        ([{"document_id": "1", "kind": "praise"}], "the workspace"),
    ],
    ids=["no label", "no text", "no workspace"],
)
def test_file_that_cannot_be_judged_by_says_what_it_lacks(tmp_path: Path, rows: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_labelled(write(tmp_path / "x.jsonl", rows), TAXONOMY)


def test_report_holds_every_figure_with_its_interval(classifier: Classifier) -> None:
    found = report(labelled(OTHERS), judge(classifier), source="others")
    kind = found["fields"]["kind"]
    for figure in (kind["accuracy"], kind["macro_f1"], found["fields"]["severity"]["quadratic_kappa"]):
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert {"slope_low", "intercept_low", "expected_error"} <= set(kind["calibration"])
    assert kind["abstention"][0]["coverage"] == 1.0 and kind["abstention"][-1]["documents"] < len(OTHERS)
    assert sum(row["documents"] for row in kind["by_language"]) == len(OTHERS)
    assert sum(row["documents"] for row in kind["by_length"]) == len(OTHERS)
    assert found["critical"]["documents"] and found["facets"]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.slow
def test_documents_in_training_are_judged_out_of_fold(classifier: Classifier) -> None:
    both = pd.concat([labelled(KNOWN.head(30)), labelled(OTHERS.head(20))], ignore_index=True)
    found = {seen: report(both, judge(classifier, seen), source="both") for seen in ("held-out", "exclude", "as-is")}
    known = sum(text_key(text) in set(classifier.held_out["key"]) for text in both["text"])
    assert known >= 30 and {one["in_training"]["documents"] for one in found.values()} == {known}
    assert [found[seen]["documents"] for seen in ("held-out", "exclude", "as-is")] == [50, 50 - known, 50]
    flattering, honest = (found[seen]["fields"]["kind"]["accuracy"]["value"] for seen in ("as-is", "held-out"))
    assert flattering > honest + 0.1


def test_nothing_but_documents_in_training_cannot_be_excluded(classifier: Classifier) -> None:
    with pytest.raises(NothingToEvaluate, match="held-out"):
        report(labelled(KNOWN.head(5)), judge(classifier, "exclude"), source="known")


def test_acceptable_alternatives_count_apart() -> None:
    truth = pd.DataFrame({"kind": ["praise", "other"], "kind_alt": [["other"], []], "text": ["a", "b"]})
    said = pd.DataFrame({"kind": ["other", "other"], "kind_probability": [0.5, 0.5]})
    figures = evaluation(truth, said, taxonomy=TAXONOMY)["fields"]["kind"]
    assert (figures["accuracy"]["value"], figures["lenient_accuracy"]["value"]) == (0.5, 1.0)


def test_page_has_a_section_for_every_field(classifier: Classifier) -> None:
    page = report_text(report(labelled(OTHERS), judge(classifier), source="others"))
    for heading in ("Fields", "Critical hazard", "kind", "harm_domain", "use_case", "severity", "facets"):
        assert f"\n## {heading}\n" in page
    assert "| language | documents | accuracy |" in page and "quadratic kappa" in page.casefold()


@pytest.mark.parametrize("ending", [".json", ".md"])
def test_command_writes_the_report(workspace: Workspace, tmp_path: Path, ending: str) -> None:
    rows = [{**row, "severity": int(row["severity"])} for row in labelled(OTHERS.head(30)).to_dict("records")]
    file, output = write(tmp_path / "labels.jsonl", rows), tmp_path / f"report{ending}"
    arguments = ["-w", str(workspace.path), "evaluate", "--labels", str(file), "-o", str(output)]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0 and "commonest mistakes" in result.stdout
    assert "over_block" in output.read_text("utf-8")


def test_command_judges_by_the_labels_of_the_workspace(
    workspace: Workspace, classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ingest looks for grave documents only where a classifier serves already, which takes models not made here.
    monkeypatch.setenv("GROUNDSWELL_CACHE", str(tmp_path / "cache"))
    (workspace.models / "promoted.json").unlink()
    rows = OTHERS.head(12)
    feedback = rows.assign(received_at="2026-03-01T00:00:00Z")[["id", "text", "received_at"]]
    labels = rows.assign(document_id=rows["id"], field="kind", value=rows["kind"], labelled_at="2026-03-02T00:00:00Z")
    for what, frame in (("feedback", feedback), ("labels", labels[["document_id", "field", "value", "labelled_at"]])):
        frame.to_csv(tmp_path / f"{what}.csv", index=False)
        option = [] if what == "feedback" else ["--labels"]
        arguments = ["-w", str(workspace.path), "ingest", *option, str(tmp_path / f"{what}.csv")]
        assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    promote(workspace, now=NOW, classifier=classifier.version)
    result = CliRunner().invoke(cli, ["-w", str(workspace.path), "evaluate", "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["fields"]["kind"]["documents"] == 12


def test_texts_are_taken_apart_by_the_forms_the_workspace_has_learnt(
    workspace: Workspace, classifier: Classifier
) -> None:
    heads = tuple(Element("heading", text) for text in ("What were you baking", "Which oven do you own"))
    name(workspace, serving=save_templates(workspace, Templates((Form(heads, 9, 4),)), []))
    judged_by = workspace_judge(workspace, TAXONOMY, embedder="hashing", seen="as-is")
    assert judged_by.rules == serving_rules(workspace, TAXONOMY) and judged_by.rules.templates.forms
    text = "### What were you baking\n\nThe filter stopped my bread.\n\n### Which oven do you own\n\nA small one."
    (found,) = extract([text], pipeline=None, rules=judged_by.rules)
    (plain,) = extract([text], pipeline=None)
    frame = pd.DataFrame([{"text": text, "kind": "over_block"}]).reindex(
        columns=["text", *FIELDS, "severity", "facets"]
    )
    seen: list[str] = []
    listening = replace(judged_by, classifier=classifier, embedder=Listening(seen))
    report(frame, listening, source="one text")
    assert seen == [found.split.claim] != [plain.split.claim]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["evaluate"], "workspace"), (["evaluate", "--labels", "setup.cfg", "-o", "x.html"], "expected -o to end in")],
    ids=["no labels", "another ending"],
)
def test_misuse_is_exit_code_two(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 2 and message in result.output
