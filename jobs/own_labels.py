"""The labels that people gave documents of a workspace, as examples for training and for evaluation."""

import json
from typing import Any

import pandas as pd

from jobs.store import Store
from nlp.seed import COLUMNS
from nlp.taxonomy import FIELDS, Taxonomy

SEVERITY = "severity"
FACETS = "facets"


def labelled_documents(store: Store, taxonomy: Taxonomy) -> pd.DataFrame:
    """Feedback with at least one label that the taxonomy knows, by id: the columns of the seed corpus.

    Of several labels of one field the latest counts. A field without a label is None, facets too. `facets` are
    given as one label of the field `facets`: ids with commas between, or none for "no facet holds"."""
    found = store.reference.labelled_documents()
    latest = found.sort_values(["labelled_at", "labeller"], kind="stable").drop_duplicates(
        ["document_id", "field"], keep="last"
    )
    rows = [_row(group, taxonomy) for _, group in latest.groupby("document_id", sort=True)]
    known = [row for row in rows if any(row[name] is not None for name in (*FIELDS, SEVERITY, FACETS))]
    frame = pd.DataFrame({name: [row.get(name) for row in known] for name in COLUMNS}, dtype=object)
    frame[SEVERITY] = frame[SEVERITY].astype("Int64")
    return frame


def _row(group: pd.DataFrame, taxonomy: Taxonomy) -> dict[str, Any]:
    """One document: its text and its labels."""
    first = group.iloc[0]
    given = dict(zip(group["field"], group["value"], strict=True))
    return {
        "id": first["document_id"],
        "text": first["text"],
        "claim": first["claim"] or first["text"],
        "lang": first["language"],
        "source": "workspace",
        **labels(given, taxonomy),
    }


def labels(given: dict[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """The labels of a document that the taxonomy knows, None for a field without.

    >>> from nlp.taxonomy import load_taxonomy
    >>> labels({"kind": "praise", "severity": "0", "harm_domain": "ufo"}, load_taxonomy())["harm_domain"] is None
    True
    """
    row: dict[str, Any] = {name: given.get(name) if given.get(name) in taxonomy.ids(name) else None for name in FIELDS}
    level = str(given.get(SEVERITY, "")).removesuffix(".0")
    row[SEVERITY] = int(level) if level.isdecimal() and int(level) < len(taxonomy.severities) else None
    row[FACETS] = facets(given.get(FACETS), taxonomy)
    return row


def facets(value: Any, taxonomy: Taxonomy) -> list[str] | None:
    """Facets given as a list, as JSON or with commas between; None where none are given at all.

    >>> from nlp.taxonomy import load_taxonomy
    >>> facets("churn_risk, asks_refund", load_taxonomy()), facets("", load_taxonomy()), facets("[]", load_taxonomy())
    (['churn_risk', 'asks_refund'], None, [])
    """
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        value = json.loads(text) if text.startswith("[") else text.replace(";", ",").split(",")
    if not isinstance(value, list | tuple):
        return None
    said = [str(item).strip() for item in value]
    return [item for item in said if item in taxonomy.ids(FACETS)]
