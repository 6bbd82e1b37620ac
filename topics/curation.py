"""What people made of the themes: their edits, replayed in order over what fits and novelty found by themselves.

A *strand* is a theme as fits know it, under the theme's id. Edits decide whose each strand is, never what it is:
so a later fit may move every strand, and an edit that is taken back leaves no trace.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pandas as pd

Source = str | None
"""The split that a strand's prototypes come from; None where fits or novelty made them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a person did to a theme, and what it says: new name, target, parts, document, other theme."""

    edit_id: str
    action: str
    theme_id: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    author: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What holds once all edits in force are done.

    `owner`: theme of each strand in force; `source`: which of its prototypes count. `names`: name and who gave it.
    `merged`: what became of themes that people merged; `parents`: the roll-up each part of a split belongs to;
    `splits`: theme and parts of each split; `anchors`: documents that say what a part of a split or a side of a
    merge is about; `asleep`: strands, with their source, that a split put to sleep, and that split. `kept`: strands
    that no fit may end; `apart`: pairs of strands that none may join; `banned`: pairs of themes, and the edit that
    says so. `moves`: the theme that each moved document belongs to, none at all, or the nearest of several. `void`:
    edits that rest on what is no more, and why.
    """

    owner: dict[str, str] = field(default_factory=dict)
    source: dict[str, Source] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    pinned: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    splits: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    anchors: dict[str, list[str]] = field(default_factory=dict)
    asleep: dict[tuple[str, Source], str] = field(default_factory=dict)
    moves: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    apart: set[frozenset[str]] = field(default_factory=set)
    banned: dict[frozenset[str], str] = field(default_factory=dict)
    void: dict[str, str] = field(default_factory=dict)

    def alive(self) -> set[str]:
        """Themes that own a strand: those that documents can be in."""
        return set(self.owner.values())

    def of(self, theme_id: str) -> list[str]:
        """Strands of a theme, sorted."""
        return sorted(strand for strand, theme in self.owner.items() if theme == theme_id)


Descent = Mapping[str, Sequence[str]]
"""What fits made of themes that ended: the parts they were split into, or what they were merged into."""


def replayed(rows: pd.DataFrame, edits: Sequence[Edit], descent: Descent | None = None) -> Replayed:
    """What the edits in force make of the strands.

    `rows`: DataFrame[theme_id, edit_id] of every stored prototype, `edit_id` None but for those of a split.
    `edits` in the order they were made. An edit of a theme that has no strand any more is void: it comes back
    to force with its theme; moves and bans follow `descent` to what a fit made of theirs. The last of several wins
    where they say one thing twice.

    >>> rows = pd.DataFrame({"theme_id": ["T0001", "T0002"], "edit_id": [None, None]})
    >>> replayed(rows, [Edit("E0001", "merge", "T0002", {"into": "T0001"})]).owner
    {'T0001': 'T0001', 'T0002': 'T0001'}
    """
    stored = {(str(theme), _source(edit)) for theme, edit in zip(rows["theme_id"], rows["edit_id"], strict=True)}
    done = Replayed()
    for theme in sorted(theme for theme, source in stored if source is None):
        done.owner[theme], done.source[theme] = theme, None
    for edit in edits:
        why = _REPLAYS[edit.action](done, edit, stored)
        if why:
            done.void[edit.edit_id] = why
    _settle_moves(done, edits, descent or {})
    _forbid(done, edits, descent or {})
    done.kept.update(_kept(done))
    return done


def digest(edits: Sequence[Edit]) -> str:
    """Equal for the same edits in force; what an assignment was made under.

    >>> digest([]) == digest([Edit("E0001", "pin", "T0001")])
    False
    """
    text = repr([(edit.edit_id, edit.action, edit.theme_id) for edit in edits])
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _source(edit_id: object) -> Source:
    return edit_id if isinstance(edit_id, str) else None


def _rename(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    done.names[edit.theme_id] = str(edit.detail["name"]), edit.author
    return None


def _pin(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    done.pinned.add(edit.theme_id)
    return None


def _unpin(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    done.pinned.discard(edit.theme_id)
    return None


def _mute(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    done.muted.add(edit.theme_id)
    return None


def _unmute(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    done.muted.discard(edit.theme_id)
    return None


def _merge(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    into, alive = str(edit.detail["into"]), done.alive()
    gone = [theme for theme in (edit.theme_id, into) if theme not in alive]
    if gone or into == edit.theme_id:
        return f"{' and '.join(gone) or into} has no documents of its own any more"
    for theme, anchors in zip((edit.theme_id, into), edit.detail.get("anchors", ()), strict=False):
        done.anchors.setdefault(theme, [str(document) for document in anchors])
    for strand in done.of(edit.theme_id):
        done.owner[strand] = into
    done.merged[edit.theme_id] = into
    return None


def _split(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    parts = tuple(str(part) for part in edit.detail["into"])
    if edit.theme_id not in done.alive():
        return f"{edit.theme_id} has no documents of its own any more"
    if any((part, edit.edit_id) not in stored for part in parts):
        return "a part of the split ended"
    for strand in done.of(edit.theme_id):
        done.asleep[strand, done.source.pop(strand)] = edit.edit_id
        del done.owner[strand]
    done.splits[edit.edit_id] = (edit.theme_id, parts)
    for part, anchors in zip(parts, edit.detail["anchors"], strict=True):
        done.owner[part], done.source[part] = part, edit.edit_id
        done.anchors[part] = [str(document) for document in anchors]
        # Two levels are enough: what is split again belongs to the first roll-up.
        parent = done.parents.get(edit.theme_id) or (None if edit.theme_id in parts else edit.theme_id)
        if parent is not None:
            done.parents[part] = parent
    return None


def _later(done: Replayed, edit: Edit, stored: Collection[tuple[str, Source]]) -> str | None:
    """Moves and bans speak of the themes as they are in the end."""
    return None


_REPLAYS = {
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "pin": _pin,
    "unpin": _unpin,
    "mute": _mute,
    "unmute": _unmute,
    "move": _later,
    "must_not_merge": _later,
}


def heirs(done: Replayed, theme_id: str, descent: Descent) -> tuple[str, ...]:
    """The themes that a theme's documents are in now: itself, what people or fits merged or split it into; sorted."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [theme_id]
    while waiting:
        theme = waiting.pop()
        if theme in seen:
            continue
        seen.add(theme)
        if theme in done.alive():
            found.add(theme)
        elif theme in done.merged:
            waiting.append(done.merged[theme])
        else:
            parts = [part for whole, own in done.splits.values() if whole == theme for part in own]
            waiting += parts or descent.get(theme, ())
    return tuple(sorted(found))


def _settle_moves(done: Replayed, edits: Sequence[Edit], descent: Descent) -> None:
    """Of several moves of one document the last counts, even where its theme is no more."""
    last = {str(edit.detail["document_id"]): edit for edit in edits if edit.action == "move"}
    for document, edit in last.items():
        wanted = edit.detail["to"]
        themes = heirs(done, str(wanted), descent) if wanted is not None else ()
        if wanted is not None and not themes:
            done.void[edit.edit_id] = f"{wanted} has no documents of its own any more"
        else:
            done.moves[document] = themes


def _forbid(done: Replayed, edits: Sequence[Edit], descent: Descent) -> None:
    """Pairs of strands that stay apart: of themes somebody said so of, and of the parts of one split."""
    pairs = [part for _, parts in done.splits.values() for part in combinations(parts, 2)]
    for edit in edits:
        if edit.action != "must_not_merge":
            continue
        ones, others = heirs(done, edit.theme_id, descent), heirs(done, str(edit.detail["other"]), descent)
        banned = [(one, other) for one in ones for other in others if one not in others and other not in ones]
        if not banned:
            done.void[edit.edit_id] = "the two are no longer two themes"
        done.banned.update({frozenset(pair): edit.edit_id for pair in banned})
        pairs += banned
    for one, other in pairs:
        done.apart.update(frozenset((a, b)) for a in done.of(one) for b in done.of(other))


def _kept(done: Replayed) -> set[str]:
    """Strands a fit may not end: of pinned themes, of merges on both sides, parts of splits."""
    targets = {theme for strand, theme in done.owner.items() if strand != theme}
    return {
        strand
        for strand, theme in done.owner.items()
        if theme in done.pinned or theme in targets or done.source[strand] is not None
    }
