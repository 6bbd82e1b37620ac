"""How labels are written on pages: what there is to choose, who said what, what counts and since when."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from jobs.label_draws import TRUTH
from jobs.labelling import TRUTHS
from nlp.taxonomy import FIELDS, Taxonomy

CORRECTABLE = (*FIELDS, "severity")
TRUTH_MEANS = {"harmful": "rightly stopped, wrongly let through", "benign": "wrongly stopped, rightly let through"}


def choices(taxonomy: Taxonomy, field: str) -> list[tuple[str, str]]:
    """The values of a field with what each means, in the order of the taxonomy."""
    if field == TRUTH:
        return [(value, TRUTH_MEANS[value]) for value in TRUTHS]
    if field == "severity":
        return [(str(level), meaning) for level, meaning in enumerate(taxonomy.severities)]
    return [(one.id, one.definition) for one in taxonomy.labels(field)]


def corrections(
    document: Mapping[str, Any], known: Mapping[str, Any], *, counted_at: str | None, asked: Container[str] = ()
) -> list[dict[str, Any]]:
    """What counts for each field of a document, beside what the classifier said and who said otherwise.

    `known`: as `labelling.labels_of`. `asked`: fields whose answers are hidden from a reader who owes an opinion.
    `pending`: what people said is newer than the numbers.
    """
    nothing: dict[str, Any] = {"labels": [], "verdicts": [], "settled": {}, "disputed": []}
    return [
        {**_correction(field, document, nothing if field in asked else known, counted_at), "hidden": field in asked}
        for field in CORRECTABLE
    ]


def _correction(
    field: str, document: Mapping[str, Any], known: Mapping[str, Any], counted_at: str | None
) -> dict[str, Any]:
    verdicts = [row for row in known["verdicts"] if row["field"] == field]
    answers = [row for row in known["labels"] if row["field"] == field]
    times = [row["decided_at"] for row in verdicts] + [row["labelled_at"] for row in answers]
    return {
        "field": field,
        "value": document[field],
        "said": document[f"said_{field}"],
        "probability": document[f"{field}_probability"],
        "settled": known["settled"].get(field) is not None,
        "disputed": field in known["disputed"],
        "by": _by(verdicts, answers),
        "at": max(times, default=None),
        "pending": bool(times) and (counted_at is None or max(times) >= counted_at),
        "answers": answers,
        "verdict": verdicts[0] if verdicts else None,
    }


def _by(verdicts: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who decided, else who labelled."""
    return [row["actor"] for row in verdicts] or sorted({row["labeller"] for row in answers})
