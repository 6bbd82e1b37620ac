"""Measure a classifier on labelled documents: those of a file, or those that people of the workspace labelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jobs.labelled_files import read_labelled
from jobs.models import serving_classifier
from jobs.own_labels import labelled_documents
from jobs.progress import say
from jobs.rules import serving_rules
from jobs.workspace import Workspace
from nlp.classify import SEVERITY, Classifier
from nlp.embed import Embedder
from nlp.extract import BUILT_IN, Rules, extract
from nlp.report import evaluation, rounded
from nlp.seed import text_key
from nlp.taxonomy import FIELDS, Taxonomy
from nlp.understand import judge

Row = dict[str, Any]
SEEN = ("held-out", "exclude", "as-is")
"""What is done with documents the model was trained on: judged by what was said of them out of fold, left out, or
judged like any other, which flatters."""


class NothingToEvaluate(ValueError):
    """No labelled document to judge by."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What labels are compared with. `seen` is one of SEEN; `rules` take texts apart as the workspace does."""

    classifier: Classifier
    embedder: Embedder
    taxonomy: Taxonomy
    seen: str = SEEN[0]
    rules: Rules = BUILT_IN


def evaluate_file(path: Path, workspace: Workspace | None, judge_by: Judge) -> Row:
    """The report on a file of labelled documents; their texts are redacted first, as ingested ones are."""
    if workspace is None:
        labelled = read_labelled(path, judge_by.taxonomy)
    else:
        with workspace.open_store() as store:
            labelled = read_labelled(path, judge_by.taxonomy, stored=store.reference.documents_named)
    return report(labelled, judge_by, source=path.name)


def evaluate_workspace(workspace: Workspace, judge_by: Judge) -> Row:
    """The report on the labels of the workspace's own documents."""
    with workspace.open_store() as store:
        labelled = labelled_documents(store, judge_by.taxonomy)
    return report(labelled.drop(columns=["claim", "source"]), judge_by, source="labels of the workspace")


def workspace_judge(workspace: Workspace | None, taxonomy: Taxonomy, *, embedder: str | None, seen: str) -> Judge:
    """The classifier that serves and the embedder it is served by; `embedder` names another."""
    from jobs.cache import cache_directory
    from jobs.embedder import workspace_embedder
    from nlp.embed import load_embedder

    classifier, rules = serving_classifier(workspace, taxonomy), serving_rules(workspace, taxonomy)
    if workspace is None or embedder is not None:
        return Judge(classifier, load_embedder(embedder or "student", cache=cache_directory()), taxonomy, seen, rules)
    with workspace.open_store() as store:
        chosen = workspace_embedder(store, workspace.settings, workspace.models)
    return Judge(classifier, chosen, taxonomy, seen, rules)


def report(labelled: pd.DataFrame, judge_by: Judge, *, source: str) -> Row:
    """`evaluation` with what it was made of: source, classifier, embedder, documents in training and what was done.

    `labelled`: text, the fields, facets, lang; others as `evaluation` takes them. Raises NothingToEvaluate."""
    from nlp.names import load_pipeline

    if not len(labelled):
        raise NothingToEvaluate(
            f"expected labelled documents in {source}, got none; ingest labels, or give --labels FILE"
        )
    say(f"reading {len(labelled):,} labelled documents")
    raw = labelled["text"].tolist()
    found = extract(raw, pipeline=load_pipeline(), rules=judge_by.rules)
    texts = [one.redacted.text for one in found]
    claims = [one.split.claim or one.redacted.text for one in found]
    judgement = judge(
        texts, claims, [one.split.parts for one in found], embedder=judge_by.embedder, classifier=judge_by.classifier
    )
    predicted = judge_by.classifier.fields(judgement.probabilities)
    predicted["critical_probability"] = judge_by.classifier.critical_probability(judgement.probabilities)
    labelled = labelled.assign(claim=claims, lang=languages(labelled, judgement.languages)).reset_index(drop=True)
    place = trained_on(judge_by.classifier, raw, texts)
    trained = place >= 0
    kept = np.ones(len(labelled), dtype=bool)
    if judge_by.seen == "exclude":
        kept = ~trained
    elif judge_by.seen == "held-out":
        predicted = out_of_fold(predicted, place, judge_by.classifier)
    if not kept.any():
        raise NothingToEvaluate(
            f"expected documents that the model was not trained on in {source}, got {len(labelled):,} that it knows; "
            "use --seen held-out, or label others"
        )
    figures = evaluation(labelled[kept], predicted[kept], taxonomy=judge_by.taxonomy)
    about = {
        "source": source,
        "classifier": judge_by.classifier.version,
        "embedder": judge_by.embedder.version,
        "taxonomy": judge_by.taxonomy.version,
        "in_training": {"documents": int(trained.sum()), "treated": judge_by.seen},
    }
    result: Row = rounded(about | figures)
    return result


def languages(labelled: pd.DataFrame, told: Sequence[str]) -> list[str]:
    """The language a label gives, else the one that was identified."""
    given = labelled["lang"] if "lang" in labelled else pd.Series([None] * len(labelled))
    return [str(value) if isinstance(value, str) and value else other for value, other in zip(given, told, strict=True)]


def trained_on(classifier: Classifier, raw: Sequence[str], redacted: Sequence[str]) -> np.ndarray:
    """The row of `held_out` of each document, by its text as given or redacted; -1 where it was not in training."""
    rows = {key: row for row, key in enumerate(classifier.held_out["key"])}
    pairs = zip(raw, redacted, strict=True)
    return np.array([rows.get(text_key(one), rows.get(text_key(other), -1)) for one, other in pairs], dtype=np.int64)


def out_of_fold(predicted: pd.DataFrame, place: np.ndarray, classifier: Classifier) -> pd.DataFrame:
    """Predictions, those of documents in training replaced by what was said of them out of fold.

    Where a field was not held out, nothing is said; facets are not held out at all."""
    known = np.flatnonzero(place >= 0)
    told = classifier.held_out.iloc[place[known]]
    result = predicted.astype(dict.fromkeys((*FIELDS, SEVERITY), object))
    for field in (*FIELDS, SEVERITY):
        said = told[field].where(told[field].ne(""), None)
        result.loc[known, field] = (
            said.to_numpy() if field != SEVERITY else [None if v is None else int(v) for v in said]
        )
        result.loc[known, f"{field}_probability"] = told[f"{field}_probability"].to_numpy()
    result.loc[known, "critical_probability"] = told["critical_probability"].to_numpy()
    unsure = {name: result[f"{name}_probability"] < classifier.heads[name].threshold for name in (*FIELDS, SEVERITY)}
    result["abstained"] = [[name for name in unsure if unsure[name].iloc[row]] for row in range(len(result))]
    result["facets"] = [None if row in set(known) else facets for row, facets in enumerate(result["facets"])]
    return result
