"""Which labels a classifier needs most: those with few examples, those it gets wrong, and what it takes them for."""

from typing import Any

from nlp.evaluate import LEAST_SUPPORT
from nlp.taxonomy import Taxonomy

Row = dict[str, Any]
# From so many documents on, a label is not short of examples.
PLENTY = 60
# A mistake that at least this share of a label's documents suffer is named.
OFTEN = 0.1
# Where a label is judged: the first that has enough documents of it.
JUDGED = ("real", "all", "texts")
NAMED = ("kind", "harm_domain", "use_case", "severity")


def label_rows(card: Row, taxonomy: Taxonomy) -> list[Row]:
    """One row a label of each field: field, label, documents (trained on), held_out (documents judged), f1 with
    _low and _high (None where nothing was judged), confused_with, need (0 to 1, higher is more urgent).

    Figures are those of documents of real wording where there are LEAST_SUPPORT of the label, else of all,
    else with the taxonomy's own texts."""
    rows = []
    for field in NAMED:
        reports = [card["held_out"][name]["fields"].get(field) for name in JUDGED if name in card["held_out"]]
        known = taxonomy.ids(field) if field != "severity" else tuple(map(str, range(len(taxonomy.severities))))
        for label in known:
            judged = best_report(reports, label)
            documents = card["fields"][field]["documents"].get(label, 0)
            rows.append(label_row(field, label, documents, judged))
    return rows


def best_report(reports: list[Row | None], label: str) -> Row:
    """The first report with LEAST_SUPPORT documents of the label, else the last that has any; {} for none."""
    found: Row = {}
    for report in reports:
        row = next((row for row in (report or {}).get("labels", []) if row["label"] == label and row["support"]), None)
        if row is not None:
            confused = [pair for pair in (report or {})["confusion"] if pair["truth"] == label]
            found = {**row, "confusion": confused}
            if row["support"] >= LEAST_SUPPORT:
                break
    return found


def label_row(field: str, label: str, documents: int, judged: Row) -> Row:
    """What is known of one label."""
    often = [pair for pair in judged.get("confusion", []) if pair["share"] >= OFTEN][:2]
    f1 = judged.get("f1")
    return {
        "field": field,
        "label": label,
        "documents": documents,
        "held_out": judged.get("support", 0),
        "f1": f1,
        "f1_low": judged.get("f1_low"),
        "f1_high": judged.get("f1_high"),
        "confused_with": [f"{pair['said']} {pair['share']:.0%}" for pair in often],
        "need": need(documents, f1),
    }


def need(documents: int, f1: float | None) -> float:
    """How urgently more examples are wanted, 0 to 1: errors first, weighted up where examples are few.

    >>> need(10, 0.4) > need(200, 0.4) > need(200, 0.9)
    True
    """
    scarcity = max(0.0, 1 - documents / PLENTY)
    errors = 1.0 if f1 is None else 1 - f1
    return round(errors * (0.5 + 0.5 * scarcity), 3)


def most_needed(rows: list[Row], *, most: int = 8) -> list[Row]:
    """The labels that more examples would help most, each with its reason in words."""
    wanted = sorted((row for row in rows if row["field"] != "severity"), key=lambda row: (-row["need"], row["label"]))
    return [{**row, "why": why(row)} for row in wanted[:most]]


def why(row: Row) -> str:
    """Why a label is short, in words."""
    reasons = []
    if row["documents"] < PLENTY:
        reasons.append(f"{row['documents']} documents")
    if row["f1"] is None:
        reasons.append("nothing to judge by")
    elif row["f1"] < 0.6:
        reasons.append(f"held-out F1 {row['f1']:.2f}")
    if row["confused_with"]:
        reasons.append(f"taken for {' and '.join(row['confused_with'])}")
    return ", ".join(reasons) or "nothing in particular"
