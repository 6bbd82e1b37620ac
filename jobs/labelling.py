"""What people do about labels, from the command line and from the API alike: queue, answer, decide, compare."""

from typing import Any

import pandas as pd

from jobs.ingest_decisions import TRUTHS as TRUTH_WORDS
from jobs.label_draws import DECISIONS, DOCUMENTS, TRUTH
from jobs.store import Store
from mitigations.agreement import accuracy, cohen
from nlp.taxonomy import Taxonomy

Row = dict[str, Any]

FIELDS = ("kind", "harm_domain", "use_case", "severity", "facets")
TRUTHS = ("harmful", "benign")


class UnknownTarget(LookupError):
    """No document and no decision of this id."""


class UnknownField(ValueError):
    """Nothing that an item can be labelled with."""


class UnknownLabel(ValueError):
    """A value that the field does not have."""


class NoReason(ValueError):
    """A decision between labellers without a reason."""


class NotALabeller(LookupError):
    """Nobody who holds a key."""


def queue(
    store: Store,
    taxonomy: Taxonomy,
    *,
    of: str = DOCUMENTS,
    field: str = "kind",
    action: str | None = None,
    labeller: str | None = None,
    limit: int = 50,
    revealed: bool = False,
) -> list[Row]:
    """What waits, in the order of the draws, with what a labeller needs to see; nothing that `labeller` answered.

    `text` is None where `withheld` unless `revealed`: whoever asks for that has written down who reads and why.
    """
    asked = TRUTH if of == DECISIONS else checked_field(field)
    rows = store.labels.queue(of, asked, action=action, labeller=labeller, limit=limit)
    grave = taxonomy.grave_domains
    shown = store.labels.shown(of, [row["item_id"] for row in rows], grave=grave)
    found = [{**row, **shown[row["item_id"]]} for row in rows if row["item_id"] in shown]
    return [row if revealed or not row["withheld"] else {**row, "text": None} for row in found]


def give(store: Store, taxonomy: Taxonomy, *, target: str, field: str, value: str, labeller: str, at: str) -> Row:
    """Store one person's label, in place of an earlier one of theirs; `at` is ISO 8601 UTC.

    It has the inclusion probability of the item's draw, none where the item was not drawn for this field. Raises
    `UnknownTarget`, `UnknownField`, `UnknownLabel`.
    """
    of, found, known = checked(store, taxonomy, target=target, field=field, value=value)
    with store.transaction():
        before = store.labels.own_answer(found, field, labeller)
        row = {"target": found, "of": of, "field": field, "value": known, "labeller": labeller, "at": at}
        store.labels.add(row)
        if of == DECISIONS:
            store.labels.settle_audits()
    return _said(store, of, found, field, known) | {"before": before}


def adjudicate(
    store: Store, taxonomy: Taxonomy, *, target: str, field: str, value: str, actor: str, reason: str, at: str
) -> Row:
    """Decide what an item is, whatever its labellers said. Raises as `give`, and `NoReason`."""
    if not reason.strip():
        raise NoReason("expected a reason, got none; say in words why the answer is right")
    of, found, known = checked(store, taxonomy, target=target, field=field, value=value)
    with store.transaction():
        row = {"target": found, "field": field, "value": known, "actor": actor, "reason": reason.strip(), "at": at}
        store.labels.adjudicate(row)
        if of == DECISIONS:
            store.labels.settle_audits()
    return _said(store, of, found, field, known)


def _said(store: Store, of: str, target: str, field: str, value: str) -> Row:
    now = store.labels.standing(target, field) or {}
    return {
        "target": target,
        "of": of,
        "field": field,
        "value": value,
        "inclusion_probability": now.get("inclusion_probability"),
        "settled": now.get("value"),
        "disputed": now.get("disputed", False),
    }


def checked(store: Store, taxonomy: Taxonomy, *, target: str, field: str, value: str) -> tuple[str, str, str]:
    """What is labelled ("documents" or "decisions"), its id, and the value as it is stored.

    Raises `UnknownField`, `UnknownLabel`, `UnknownTarget`.
    """
    of = DECISIONS if field == TRUTH else DOCUMENTS
    known = checked_value(taxonomy, field, value)
    found = store.labels.resolve([target], of=of)
    if target not in found:
        if of == DECISIONS:
            hint = "label one that was drawn ('groundswell label next --decisions') or that a document names"
        else:
            hint = "give its document_id, or its id within its source where no other source uses it"
        raise UnknownTarget(f"no {of[:-1]} {target!r}; {hint}")
    return of, found[target], known


def checked_field(field: str) -> str:
    """The field. Raises `UnknownField`."""
    if field not in (*FIELDS, TRUTH):
        raise UnknownField(f"expected a field among {', '.join((*FIELDS, TRUTH))}, got {field!r}; choose one of them")
    return field


def checked_value(taxonomy: Taxonomy, field: str, value: str) -> str:
    """A value as it is stored: ids of the taxonomy whatever their case, severity a digit, facets sorted.

    Raises `UnknownField`, `UnknownLabel`.

    >>> from nlp.taxonomy import load_taxonomy
    >>> checked_value(load_taxonomy(), "kind", "Over-block"), checked_value(load_taxonomy(), "severity", "2.0")
    ('over_block', '2')
    """
    text = value.strip()
    known = allowed(taxonomy, checked_field(field))
    if field == "facets":
        said = {part.strip() for part in text.strip("[]").replace(";", ",").replace('"', "").split(",")} - {""}
        if text and said <= set(known):
            return ",".join(sorted(said)) or "[]"
    elif field == TRUTH and text.lower() in TRUTH_WORDS:
        return TRUTH_WORDS[text.lower()]
    else:
        plain = text.removesuffix(".0") if field == "severity" else text.lower().replace("-", "_").replace(" ", "_")
        if plain in known:
            return plain
    raise UnknownLabel(f"expected a {field} among {', '.join(known)}, got {text[:40]!r}; correct it")


def allowed(taxonomy: Taxonomy, field: str) -> tuple[str, ...]:
    """The values of a field."""
    if field == TRUTH:
        return TRUTHS
    if field == "severity":
        return tuple(str(level) for level in range(len(taxonomy.severities)))
    return taxonomy.ids(field)


def holder(store: Store, name: str) -> str:
    """The name, if somebody of that name holds a key that is not revoked. Raises `NotALabeller`."""
    holders = sorted({row["holder"] for row in store.keys.list() if row["revoked_at"] is None})
    if name not in holders:
        known = f"these do: {', '.join(holders)}" if holders else "nobody does yet"
        raise NotALabeller(f"nobody named {name!r} holds a key; {known}; make one with 'groundswell keys create'")
    return name


def agreement(store: Store, *, field: str | None = None) -> Row:
    """How far people agree: `fields` (twice answered items with kappa), `labellers` (right among planted items),
    `disputed` (items on which they differ)."""
    asked = [row for row in store.labels.standing_by_field() if field in (None, row["field"])]
    return {
        "fields": [_agreement(store.labels.pairs(row["field"], of=row["of"]), row) for row in asked],
        "labellers": _accuracies(store.labels.gold_answers(), field),
        "disputed": disputed(store, field=field),
    }


def _agreement(pairs: pd.DataFrame, row: Row) -> Row:
    found = cohen(pairs["first"].tolist(), pairs["second"].tolist())
    figures = {
        "agreement": found.agreement,
        "kappa": found.kappa,
        "kappa_low": found.low,
        "kappa_high": found.high,
    }
    told = {name: None if value != value else round(value, 4) for name, value in figures.items()}
    return {"of": row["of"], "field": row["field"], "items": found.items, **told}


def _accuracies(answers: pd.DataFrame, field: str | None) -> list[Row]:
    chosen = answers if field is None else answers[answers["field"] == field]
    rows = []
    for (labeller, name), group in chosen.groupby(["labeller", "field"], sort=True):
        right = int((group["value"] == group["gold"]).sum())
        share, low, high = (round(one, 4) for one in accuracy(right, len(group)))
        told = {"gold": len(group), "right": right, "accuracy": share, "low": low, "high": high}
        rows.append({"labeller": labeller, "field": name, **told})
    return rows


def disputed(store: Store, *, field: str | None = None) -> list[Row]:
    """Items on which people differ and nobody has decided: target, of, field, answers."""
    return store.labels.disputed(field)


def labels_of(store: Store, target: str) -> Row:
    """All that people said of one item: labels, verdicts, settled, disputed."""
    return store.labels.of_target(target)


def status(store: Store) -> list[Row]:
    """How labelling stands, by kind of item and field."""
    return store.labels.standing_by_field()
