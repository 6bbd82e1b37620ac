"""A report of `evaluation` as a page that a person reads."""

from typing import Any

from nlp.evaluate import MEASURES
from nlp.markdown import Row, section, spread, table
from nlp.needs import NAMED

MOST_CONFUSED = 12


def report_text(report: Row) -> str:
    """Markdown: every figure of the report with its 95 % interval, field by field."""
    parts = [
        "# Evaluation",
        heading(report),
        section("Fields", overview(report)),
        section("Critical hazard", critical(report)),
        *(section(field, field_text(report["fields"][field])) for field in NAMED if field in report["fields"]),
        section("facets", facets(report)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def heading(report: Row) -> str:
    """What was measured on what."""
    known = report["in_training"]
    how = {
        "held-out": "they are judged by what was said of them out of fold",
        "exclude": "they are left out",
        "as-is": "they are judged like any other, which flatters",
    }[known["treated"]]
    return (
        f"{report['classifier']} with vectors of {report['embedder']} on {report['documents']:,} labelled documents of "
        f"{report['source']}. {known['documents']:,} documents were in training: {how}. Brackets are 95 % intervals; "
        "macro-F1 is over labels with at least eight documents."
    )


def overview(report: Row) -> str:
    """One row a field."""
    return table(
        ("field", "documents", "accuracy", "lenient", "macro-F1", "calibration slope", "accuracy on the surest 85 %"),
        [overview_row(field, report["fields"][field]) for field in NAMED if field in report["fields"]],
    )


def overview_row(field: str, figures: Row) -> tuple[Any, ...]:
    """The figures of one field in short."""
    covered = next(row for row in figures["abstention"] if row["coverage"] == 0.85)
    return (
        field,
        f"{figures['documents']:,}",
        spread(figures["accuracy"]),
        spread(figures.get("lenient_accuracy")),
        spread(figures["macro_f1"]),
        spread(part(figures["calibration"], "slope")),
        spread(share(covered)),
    )


def part(figures: Row, name: str) -> Row | None:
    """A figure kept as name, name_low and name_high; None where it is not there."""
    if figures.get(name) is None:
        return None
    return {"value": figures[name], "low": figures[f"{name}_low"], "high": figures[f"{name}_high"]}


def share(row: Row) -> Row:
    """The accuracy of a row as a figure."""
    return {"value": row["accuracy"], "low": row["low"], "high": row["high"]}


def critical(report: Row) -> str:
    """How many grave documents reach the threshold of triage."""
    found = report.get("critical")
    if not found or not found["documents"]:
        return ""
    return (
        f"Of {found['documents']:,} documents that are of hazard critical by their labels {spread(found['recall'])} "
        f"reach the threshold of triage, of the {found['others']:,} others {spread(found['others_sent'])}."
    )


def field_text(figures: Row) -> str:
    """All tables of one field."""
    rule = figures.get("stated_rule")
    kappa, near = figures.get("quadratic_kappa"), figures.get("within_one")
    parts = [
        f"Quadratic kappa {spread(kappa)}, at most one level off {spread(share(near))}." if kappa and near else "",
        table(
            ("label", "documents", "said", "precision", "recall", "F1"),
            [
                (row["label"], row["support"], row["predicted"], *(spread(part(row, name)) for name in MEASURES))
                for row in figures["labels"]
            ],
        ),
        table(
            ("is", "was taken for", "documents", "share"),
            [(row["truth"], row["said"], row["documents"], f"{row['share']:.0%}") for row in figures["confusion"]][
                :MOST_CONFUSED
            ],
        ),
        calibration(figures["calibration"]),
        f"By the stated rule it speaks on {rule['coverage']:.0%} and is right on {spread(share(rule))} of these."
        if rule
        else "",
        table(
            ("coverage", "from probability", "accuracy"),
            [(f"{row['coverage']:.0%}", row["threshold"], spread(share(row))) for row in figures["abstention"]],
        ),
        strata("language", figures.get("by_language", [])),
        strata("length", figures["by_length"]),
    ]
    return "\n\n".join(part for part in parts if part)


def calibration(figures: Row) -> str:
    """Expected error, slope, intercept, and claimed beside right."""
    told = f"Expected calibration error {figures['expected_error']:.3f}"
    if slope := part(figures, "slope"):
        told += f", slope {spread(slope)} (1 is honest, below 1 overconfident), intercept "
        told += f"{spread(part(figures, 'intercept'))} (0 is honest)"
    rows = [(row["documents"], f"{row['claimed']:.2f}", f"{row['right']:.2f}") for row in figures["table"]]
    return told + ".\n\n" + table(("documents", "claimed", "right"), rows)


def strata(name: str, rows: list[Row]) -> str:
    """Accuracy by group."""
    return table(
        (name, "documents", "accuracy"), [(row["group"], row["documents"], spread(share(row))) for row in rows]
    )


def facets(report: Row) -> str:
    """Precision, recall and F1 by facet."""
    rows = [
        (row["label"], row["support"], row["predicted"], *(spread(part(row, name)) for name in MEASURES))
        for row in report.get("facets", [])
    ]
    return table(("facet", "documents", "said", "precision", "recall", "F1"), rows)
