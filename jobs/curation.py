"""Edit themes as people ask, and let what they said hold: at once in the list, with the next run in the counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from jobs.curation_rules import CHECKS, BadEdit, Checked, StaleEdit, UnknownEdit, UnknownTheme, living, standing
from jobs.store import Store
from jobs.store_keys import timestamp
from jobs.theme_parts import create
from topics.curated import CURATED_COLUMNS, curated
from topics.curation import Replayed

NEXT_RUN = "documents and counts follow at the next 'groundswell run'"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, why, and when (with a time zone)."""

    author: str
    reason: str
    at: datetime

    def checked(self) -> "By":
        """Itself; raises BadEdit where nothing is said."""
        if not self.author.strip() or not self.reason.strip():
            raise BadEdit("expected who does it and why, got an empty text; both are kept with the edit")
        return By(self.author.strip(), self.reason.strip(), self.at)


def make(store: Store, action: str, theme_id: str, given: Mapping[str, Any], *, by: By) -> Row:
    """Do one edit of `CHECKS`; the row of it.

    given: rename {name}, merge {into}, split {into: parts} or {anchors: [[document ids]]}, move {document_id, to:
    theme or None}, must_not_merge {other}. What is moved out of every theme goes under the theme it was in.

    Raises:
        UnknownTheme: a theme or document is not there.
        StaleEdit: the theme is merged or retired, or what is asked was done already.
        BadEdit: anything else that cannot be.
    """
    by = by.checked()
    with store.transaction():
        theme = living(store, theme_id)
        checked = CHECKS[action](store, theme, given)
        row = {
            "edit_id": store.curation.next_id(),
            "action": action,
            "theme_id": theme_id,
            "detail": checked.detail,
            "author": by.author,
            "reason": by.reason,
            "made_at": timestamp(by.at),
        }
        store.curation.add(row)
        if checked.parts:
            create(store, theme, checked.parts, edit_id=str(row["edit_id"]), as_of=_as_of(store, row))
        _write_events(store, _events(row, checked), row)
        settle(store, str(theme["stream"]))
        if action == "mute":
            _end_alerts(store, row)
    return row


def undo(store: Store, edit_id: str, *, by: By) -> Row:
    """Take an edit back, as though it had never been made; its row, and `void`: edits that rested on it.

    Raises:
        UnknownEdit: there is no such edit.
        StaleEdit: it was taken back already.
    """
    by = by.checked()
    with store.transaction():
        found = store.curation.edit(edit_id)
        if found is None:
            raise UnknownEdit(f"expected the id of an edit, got {edit_id!r}; 'groundswell themes edits' lists them")
        before = standing(store, found["stream"]).void
        if not store.curation.take_back(edit_id, author=by.author, at=timestamp(by.at), reason=by.reason):
            raise StaleEdit(f"expected an edit in force, got {edit_id}, which {found['undone_by']} took back")
        event = {"theme_id": found["theme_id"], "event": "taken back", "detail": {"action": found["action"]}}
        told = {"edit_id": edit_id, "author": by.author, "reason": by.reason, "made_at": timestamp(by.at)}
        _write_events(store, [event], told)
        kept = settle(store, found["stream"])
    return {"edit_id": edit_id, "void": {one: why for one, why in kept.void.items() if one not in before}}


def preview(store: Store, theme_id: str, given: Mapping[str, Any]) -> list[Row]:
    """What a split would make, without making it: theme_id (as it would be), name, phrases, documents, share,
    keeps_id, exemplars (rows as `DocumentSearch.some` gives them).

    Raises as `make` does.
    """
    parts = CHECKS["split"](store, living(store, theme_id), given).parts
    whole = sum(part.documents for part in parts)
    return [
        {
            "theme_id": part.theme_id,
            "name": part.name,
            "phrases": part.phrases,
            "documents": part.documents,
            "share": round(part.documents / whole, 3),
            "keeps_id": part.keeps,
            "exemplars": store.search.documents.some(part.exemplars),
        }
        for part in parts
    ]


def place_of(store: Store, document_id: str) -> str:
    """The theme a document is in. Raises UnknownTheme or, where it is in none, StaleEdit."""
    document = store.curation.document(document_id)
    if document is None:
        raise UnknownTheme(f"expected the id of a document, got {document_id!r}; 'groundswell documents' lists them")
    if document["theme_id"] is None:
        raise StaleEdit(f"expected a document in a theme, got {document_id!r}, which is in none; nothing was done")
    return str(document["theme_id"])


def settle(store: Store, stream: str) -> Replayed:
    """Write what the edits in force say into the list of themes; does nothing the second time."""
    kept, themes = standing(store, stream), store.curation.themes(stream)
    after = curated(themes, kept, store.curation.ever(stream))
    pairs = zip(_values(themes), _values(after), strict=True)
    changed = [dict(zip(CURATED_COLUMNS, new, strict=True)) for old, new in pairs if old != new]
    with store.transaction():
        store.curation.write_themes(changed)
    return kept


def states(store: Store) -> Callable[[Mapping[str, Any]], str]:
    """What an edit is now: "in force", "taken back", or "void: …" where what it rests on is no more."""
    streams = {str(edit["stream"]) for edit in store.curation.page(limit=100_000).rows}
    void = {one: why for stream in sorted(streams) for one, why in standing(store, stream).void.items()}

    def state(row: Mapping[str, Any]) -> str:
        if row["undone_at"] is not None:
            return "taken back"
        why = void.get(str(row["edit_id"]))
        return f"void: {why}" if why else "in force"

    return state


def _end_alerts(store: Store, row: Row) -> None:
    """Resolve what is open of muted themes as the next run would, and keep with each alert whose word it was."""
    said = {"note": row["reason"], "edit": row["edit_id"]}
    for alert_id in store.findings.resolve(store.curation.muted()):
        store.findings.add_alert_event(alert_id, at=row["made_at"], actor=row["author"], action="muted", detail=said)


def _values(themes: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = themes[CURATED_COLUMNS].astype(object).itertuples(index=False, name=None)
    return [tuple(None if value != value else value for value in row) for row in rows]


DONE = {
    "rename": "renamed",
    "merge": "merged",
    "split": "split",
    "pin": "pinned",
    "unpin": "unpinned",
    "mute": "muted",
    "unmute": "unmuted",
    "move": "document moved",
    "must_not_merge": "kept apart",
}
"""How the history of a theme calls each edit."""
OTHERS = {"merge": ("into", "took in"), "must_not_merge": ("other", "kept apart"), "move": ("to", "document moved")}
"""What stands in the history of the other theme that an edit names."""


def _events(row: Row, checked: Checked) -> list[Row]:
    """What the history of each theme that an edit touches says of it."""
    theme, action, detail = row["theme_id"], row["action"], row["detail"]
    shown = {name: value for name, value in detail.items() if name not in ("before", "anchors")}
    if action == "split":
        whole = sum(part.documents for part in checked.parts)
        shares = {part.theme_id: round(part.documents / whole, 3) for part in checked.parts}
        shown = {"children": shares, "keeps_id": theme in shares, "documents_before": whole}
    events = [{"theme_id": theme, "event": DONE[action], "detail": shown}]
    field, event = OTHERS.get(action, ("", ""))
    if detail.get(field) not in (None, theme):
        events.append({"theme_id": detail[field], "event": event, "detail": {**shown, "theme": theme}})
    for part in checked.parts:
        if part.theme_id != theme:
            born = {"split_from": theme, "documents_after": part.documents}
            events.append({"theme_id": part.theme_id, "event": "born", "detail": born})
    return events


def _write_events(store: Store, events: list[Row], told: Mapping[str, Any]) -> None:
    """The edit's id stands where fits have theirs: one event of a kind for each edit."""
    shared = {"fit_id": told["edit_id"], "happened_as_of": _as_of(store, told), "author": told["author"]}
    said = {"edit": told["edit_id"], "reason": told["reason"]}
    store.themes.add_events([{**event, "detail": {**event["detail"], **said}, **shared} for event in events])


def _as_of(store: Store, told: Mapping[str, Any]) -> str:
    """The moment the findings speak of, as lineage counts time; when the edit was made stands with the edit."""
    return store.search.status.as_of() or str(told["made_at"])
