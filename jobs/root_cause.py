"""Why a mitigation errs: themes and triggers of its errors, complaints linked to them, and what to change."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from jobs.decision_frames import WorkspaceLog
from jobs.diagnose import plain
from jobs.root_cause_links import complained, complaint_themes, complaints_of, counter_examples, named, wrong_of
from jobs.root_cause_words import summary
from jobs.store import Store
from mitigations.errors import Theme, error_themes
from mitigations.errors_excerpts import Corpus, corpus_of, excerpts_of
from mitigations.judged import ACTED, judged
from mitigations.recommend import Findings, recommendations
from mitigations.recommend_effects import HARM_COUNTS
from mitigations.thresholds import Costs
from mitigations.triggers import Trigger, error_triggers
from nlp.taxonomy import Taxonomy, load_taxonomy
from topics.assign import Vectors

if TYPE_CHECKING:
    from jobs.run import Day

Record = dict[str, Any]
Embed = Callable[[list[str]], Vectors]

KINDS = ("over_block", "under_block")
GRAVE_COUNTS = Costs(over_block=1.0, under_block=50.0)
"""What either error weighs in a harm domain where an under-block is of critical hazard, unless costs are given."""
EXPLAINS = 0.5
"""A trigger that so many of a theme's wrong decisions hold is named with it."""
EXAMPLES, LONGEST = 3, 160


@dataclass(frozen=True, slots=True)
class Causes:
    """Themes and triggers of both kinds of error, and why there can be none of a kind."""

    themes: list[Theme]
    triggers: list[Trigger]
    reasons: dict[str, str]


def part(day: "Day", log: WorkspaceLog, record: Record) -> Record:
    """`root_cause` of a run's day, as `jobs.diagnose_parts` asks for it."""
    taxonomy = load_taxonomy(day.settings.taxonomy_file)
    return root_cause(log, day.store, lambda texts: day.models().embedder.embed(texts), record, taxonomy=taxonomy)


def root_cause(
    log: WorkspaceLog, store: Store, embed: Embed, diagnosis: Record, *, taxonomy: Taxonomy | None = None
) -> Record:
    """summary (sentences), themes, triggers, recommendations, reasons (by kind, where nothing can be told), excerpts.

    `embed`: texts -> unit rows; it is asked for judged excerpts alone, once. `diagnosis`: acted, rates, slices and
    costs of `jobs.diagnose.diagnosis`. No excerpt is in the record but a few benign ones; where an under-block is of
    critical hazard none is, nor a word of what was harmful.
    """
    known = judged(log.frame, acted=frozenset(diagnosis.get("acted") or ACTED))
    corpus = corpus_of(known)
    vectors = embed(list(corpus.texts)) if corpus.texts else np.zeros((0, 1), np.float32)
    grave = store.root_cause.harm_domain(log.mitigation) in (taxonomy or load_taxonomy()).grave_domains
    causes = _withheld(_causes(corpus, vectors), corpus) if grave else _causes(corpus, vectors)
    complaints = complaints_of(store, log.mitigation, vectors.shape[1])
    slices = [
        {**row, "kind": search["kind"], "tested": search["tested"]}
        for search in diagnosis["slices"]
        for row in search["found"]
    ]
    findings = Findings(corpus, causes.triggers, causes.themes, slices, store.root_cause.appeals(log.mitigation))
    rates = diagnosis["rates"][0]
    told = recommendations(
        findings, rates, costs=_costs(diagnosis, grave=grave), complained=complained(complaints, known)
    )
    themes = []
    for theme in causes.themes:
        links = complaint_themes(theme, corpus, vectors, complaints)
        told_of = {"trigger": _trigger(theme, causes, corpus), "complaint_themes": links}
        beside = {"counter_examples": counter_examples(theme, corpus, vectors), "examples": []}
        themes.append({**theme.record, **told_of, **beside} | ({} if grave else {"examples": _examples(theme, corpus)}))
    found = {
        "themes": themes,
        "triggers": [trigger.record for trigger in causes.triggers],
        "recommendations": told,
        "reasons": causes.reasons,
        "excerpts": {"judged": int(known.used.sum()), "with_excerpt": len(corpus.rows), "withheld": grave},
    }
    return dict(plain({"summary": summary(found, rates), **found}))


def _causes(corpus: Corpus, vectors: Vectors) -> Causes:
    """Of both kinds; no two themes of one name."""
    every = [excerpts_of(corpus, kind) for kind in KINDS]
    themes: list[Theme] = []
    for cases in every:
        themes += error_themes(cases, vectors, taken=named(themes))
    return Causes(themes, error_triggers(every), {cases.kind: cases.reason for cases in every if cases.reason})


def _withheld(found: Causes, corpus: Corpus) -> Causes:
    """The same without words of what may be harmful: themes and words by number, marks by name."""

    def secret(kind: str) -> bool:
        return kind == "under_block" or not corpus.known.both_sides

    themes = [
        replace(one, record={**one.record, "name": f"subject {number}, its words withheld", "phrases": []})
        if secret(one.record["kind"])
        else one
        for number, one in enumerate(found.themes, start=1)
    ]
    triggers = [
        replace(one, record={**one.record, "trigger": f"word {number}, withheld"})
        if secret(one.record["kind"]) and one.record["sort"] == "word"
        else one
        for number, one in enumerate(found.triggers, start=1)
    ]
    return Causes(themes, triggers, found.reasons)


def _costs(diagnosis: Record, *, grave: bool) -> Costs:
    given = (diagnosis.get("thresholds") or {}).get("costs")
    if given:
        return Costs(float(given["over_block"]), float(given["under_block"]))
    return GRAVE_COUNTS if grave else HARM_COUNTS


def _trigger(theme: Theme, causes: Causes, corpus: Corpus) -> Record | None:
    """The trigger that most of a theme's wrong decisions hold, with their share; None where none explains half."""
    wrong = wrong_of(theme, corpus)
    best: Record | None = None
    for one in causes.triggers:
        if one.record["kind"] != theme.record["kind"]:
            continue
        share = float(corpus.marked(one.marks)[wrong].mean())
        if share >= EXPLAINS and (best is None or share > best["share"]):
            best = {"name": one.record["trigger"], "sort": one.record["sort"], "share": share}
    return best


def _examples(theme: Theme, corpus: Corpus) -> list[str]:
    """A few redacted excerpts that were benign and wrongly acted on, cut; still hostile, to be escaped."""
    if theme.record["kind"] != "over_block":
        return []
    texts = corpus.known.rows["excerpt"][wrong_of(theme, corpus)].drop_duplicates().head(EXAMPLES)
    return [" ".join(str(text).split())[:LONGEST] for text in texts]
