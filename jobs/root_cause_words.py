"""A diagnosis in a handful of plain sentences; every number is one of the record that they are made from."""

from typing import Any

from mitigations.recommend_places import shares

Record = dict[str, Any]

MOST_FINDS = 3
"""Triggers and themes of one kind that are told in words; all are in the tables."""
KINDS = {
    "over_block": ("benign", "acted on wrongly", "Over-blocks"),
    "under_block": ("harmful", "let through", "Under-blocks"),
}


def summary(found: Record, rates: Record) -> list[str]:
    """`found`: themes, triggers, recommendations, reasons and excerpts of `jobs.root_cause`; `rates`: of all
    decisions."""
    told = [_share(rates, kind) for kind in KINDS]
    for kind in KINDS:
        told += _finds(found, kind)
    told += _advice(found["recommendations"])
    seen = found["excerpts"]
    without = seen["judged"] - seen["with_excerpt"]
    if without > 0:
        told.append(
            f"Of {seen['judged']:,} judged decisions {without:,} have no excerpt: no subject can be told of these."
        )
    return told


def _share(rates: Record, kind: str) -> str:
    """How often it errs."""
    name = {"over_block": "fpr", "under_block": "fnr"}[kind]
    truth, verb, title = KINDS[kind]
    value = rates.get(name)
    if value is None or value != value:
        return f"{title}: cannot tell ({rates['declared'].removeprefix('cannot tell ')})."
    ends = [f"{100 * float(rates[f'{name}{end}']):.3g}" for end in ("", "_low", "_high")]
    return (
        f"{title}: {ends[0]} % ({ends[1]} to {ends[2]}) of {truth} decisions are {verb}, by {rates['judged']:,} judged "
        f"decisions of {rates['decisions']:,}."
    )


def _finds(found: Record, kind: str) -> list[str]:
    """What sets its errors off, and on which subjects it errs more."""
    truth, verb, title = KINDS[kind]
    if kind in found["reasons"]:
        return [f"{title}, why: {found['reasons'][kind]}."]
    triggers = [one for one in found["triggers"] if one["kind"] == kind][:MOST_FINDS]
    themes = [one for one in found["themes"] if one["kind"] == kind][:MOST_FINDS]
    told = []
    for one in triggers:
        told.append(
            f"{title} are more frequent on excerpts {_having(one['trigger'], one['sort'])}: {_counts(one, verb)}."
        )
    for one in themes:
        trigger = one["trigger"]
        why = ""
        if trigger:
            why = f"; {100 * trigger['share']:.0f} % of the wrong ones are {_having(trigger['name'], trigger['sort'])}"
        told.append(f"{title} gather on the subject “{one['name']}”: {_counts(one, verb)}{why}{_links(one)}.")
    if not told:
        told.append(
            f"{title}: no subject, mark or word of {truth} excerpts stands out; a weak cause may be hidden in so few "
            "judged ones."
        )
    return told


def _having(trigger: str, sort: str) -> str:
    """A word's name has quotes of its own."""
    return f"with the word {trigger}" if sort == "word" else f"marked “{trigger}”"


def _counts(one: Record, verb: str) -> str:
    wrong = f"{one['wrong']:,} of {one['judged']:,} judged were {verb} (of {one['customers']:,} customers)"
    return f"{wrong}, {shares(one)}"


def _links(theme: Record) -> str:
    """The first complaint theme by request."""
    joined = [one for one in theme["complaint_themes"] if one["by"] == "request"]
    if not joined:
        return ""
    one = joined[0]
    return (
        f"; {one['decisions']:,} of the {one['of']:,} were complained about under “{one['name']}” ({one['theme_id']})"
    )


def _advice(recommended: list[Record]) -> list[str]:
    """The first change and the first audit."""
    changes = [one for one in recommended if one["change"] != "audit"]
    audits = [one for one in recommended if one["change"] == "audit"]
    told = [f"First to weigh: {one['text']} {_effect(one)}" for one in changes[:1]]
    if not changes:
        told.append("No change is recommended: none can be shown to take away more errors than it would add.")
    return told + [f"To be audited: {one['text']}" for one in audits[:1]]


def _effect(one: Record) -> str:
    """The expected effect on both errors, per 10,000 decisions."""
    said = []
    for name, title in (("over_block", "over-blocks"), ("under_block", "under-blocks")):
        ends = one[name]
        if ends["estimate"] is None:
            said.append(f"{title} cannot be told")
        else:
            said.append(f"{title} {ends['estimate']:+.3g} ({ends['low']:+.3g} to {ends['high']:+.3g})")
    return (
        f"Expected per 10,000 decisions: {', '.join(said)}; rests on {one['rests_on']}, confidence {one['confidence']}."
    )
