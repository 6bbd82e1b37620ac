"""What each edit of a theme needs, and what is kept of it: one check an action."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.store import Store
from jobs.theme_parts import ANCHORS, NewPart, planned
from topics.curated import CLOSED, name_before
from topics.curation import Replayed, replayed
from topics.describe import UNNAMED, safe_name
from topics.division import NoParts

Row = dict[str, Any]
LIST = "'groundswell themes' lists those that live"


class UnknownTheme(LookupError):
    """No theme or document has this id."""


class UnknownEdit(LookupError):
    """No edit has this id."""


class BadEdit(ValueError):
    """An edit that cannot be made."""


class StaleEdit(ValueError):
    """An edit of something that has changed since: a theme that ended, a mark that is set already."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What is kept of an edit, and the parts that a split makes."""

    detail: Row
    parts: Sequence[NewPart] = ()


def living(store: Store, theme_id: str) -> Row:
    """A theme that can be edited. Raises UnknownTheme, or StaleEdit for one that ended."""
    theme: Row | None = store.curation.theme(theme_id)
    if theme is None:
        raise UnknownTheme(f"expected the id of a theme, got {theme_id!r}; {LIST}")
    if theme["merged_into"] is not None and theme["state"] in CLOSED:
        into = theme["merged_into"]
        raise StaleEdit(f"expected a living theme, got {theme_id}, which was merged into {into}; edit {into} instead")
    if theme["state"] in CLOSED:
        raise StaleEdit(f"expected a living theme, got {theme_id}, which is {theme['state']}; {LIST}")
    return theme


def standing(store: Store, stream: str) -> Replayed:
    """What the edits in force make of a stream's themes."""
    curation = store.curation
    return replayed(store.themes.prototypes(stream), curation.edits(stream), curation.descent(stream))


def _leaf(store: Store, theme_id: str) -> Row:
    theme = living(store, theme_id)
    if theme["level"]:
        raise BadEdit(f"expected a theme with documents of its own, got the roll-up {theme_id}; name one of its parts")
    return theme


def _rename(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
    name = safe_name(str(given["name"]))
    if name == UNNAMED:
        raise BadEdit("expected a name with letters or digits, got none; at most 80 characters on one line are kept")
    if name == theme["name"]:
        raise StaleEdit(f"expected another name, got {name!r}, which {theme['theme_id']} has already")
    living_names = store.curation.themes(str(theme["stream"]))
    same = living_names["name"].str.casefold() == name.casefold()
    taken = living_names[same & ~living_names["state"].isin(CLOSED) & (living_names["theme_id"] != theme["theme_id"])]
    if len(taken):
        raise BadEdit(f"expected a name of its own, got {name!r}, the name of {taken['theme_id'].iloc[0]}; say more")
    return Checked({"name": name, "before": name_before(theme, store.curation.ever(str(theme["stream"])))})


def _merge(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
    one, into = str(theme["theme_id"]), str(given["into"])
    _leaf(store, one)
    _pair(theme, _leaf(store, into))
    if theme["pinned"]:
        raise BadEdit(f"expected a theme that is not pinned, got {one}; unpin it first, or merge {into} into it")
    banned = standing(store, str(theme["stream"])).banned.get(frozenset((one, into)))
    if banned is not None:
        said = store.curation.edit(banned) or {}
        raise BadEdit(f"expected themes that may merge, got {one} and {into}; {said['author']} forbade it in {banned}: "
                      "take that back first")  # fmt: skip
    anchors = [store.curation.anchors(one, most=ANCHORS), store.curation.anchors(into, most=ANCHORS)]
    return Checked({"into": into, "anchors": anchors, "before": _before(theme)})


def _must_not_merge(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
    one, other = _leaf(store, str(theme["theme_id"])), _leaf(store, str(given["other"]))
    _pair(one, other)
    pair = frozenset((str(one["theme_id"]), str(other["theme_id"])))
    banned = standing(store, str(theme["stream"])).banned.get(pair)
    if banned is not None:
        raise StaleEdit(f"expected two themes nobody spoke of, got a pair that {banned} keeps apart already")
    return Checked({"other": other["theme_id"]})


def _split(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
    _leaf(store, str(theme["theme_id"]))
    try:
        parts = planned(store, theme, into=int(given.get("into") or 0), anchors=given.get("anchors") or ())
    except NoParts as error:
        raise BadEdit(str(error)) from None
    detail = {"into": [part.theme_id for part in parts], "anchors": [part.anchors for part in parts]}
    return Checked({**detail, "before": _before(theme)}, parts)


def _move(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
    document_id, to = str(given["document_id"]), given.get("to")
    document = store.curation.document(document_id)
    if document is None:
        raise UnknownTheme(f"expected the id of a document, got {document_id!r}; 'groundswell documents' lists them")
    if to is not None:
        target = _leaf(store, str(to))
        if target["stream"] != document["stream"]:
            raise BadEdit(f"expected a theme of {document['stream']}, got {to}, which is of {target['stream']}")
    return Checked({"document_id": document_id, "to": to})


def _mark(name: str, wanted: int) -> "Check":
    """Set or take away the mark `name` of a theme."""

    def check(store: Store, theme: Row, given: Mapping[str, Any]) -> Checked:
        if theme[name] == wanted:
            already = f"{name} already" if wanted else f"not {name}"
            raise StaleEdit(f"expected a change, got {theme['theme_id']}, which is {already}; nothing was done")
        return Checked({})

    return check


def _pair(theme: Row, other: Row) -> None:
    if theme["theme_id"] == other["theme_id"]:
        raise BadEdit(f"expected two themes, got {theme['theme_id']} twice; name another")
    if theme["stream"] != other["stream"]:
        raise BadEdit(f"expected two themes of one stream, got {theme['stream']} and {other['stream']}; name another")


def _before(theme: Row) -> Row:
    return {"state": theme["state"], "parent_id": theme["parent_id"]}


Check = Callable[[Store, Row, Mapping[str, Any]], Checked]

CHECKS: dict[str, Check] = {
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "pin": _mark("pinned", 1),
    "unpin": _mark("pinned", 0),
    "mute": _mark("muted", 1),
    "unmute": _mark("muted", 0),
    "move": _move,
    "must_not_merge": _must_not_merge,
}
