"""What the list of themes says once people's edits hold: names, states, marks, parents."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from topics.curation import Edit, Replayed

CURATED_COLUMNS = [
    "theme_id", "name", "named_by", "pinned", "muted", "state", "merged_into", "parent_id", "level",
]  # fmt: skip
CLOSED = ("merged", "retired")
BY_FIT = "fit"


def curated(themes: pd.DataFrame, kept: Replayed, ever: Sequence[Edit]) -> pd.DataFrame:
    """The same themes as the edits in force leave them, CURATED_COLUMNS, in their order.

    `themes`: DataFrame of CURATED_COLUMNS, maybe as other edits left them; `ever`: every edit in its order, those
    taken back too: they say what was before. Doing it again changes nothing.
    """
    rows = [_curated(row, kept, ever) for row in _records(themes)]
    return pd.DataFrame(rows, columns=CURATED_COLUMNS)


def name_before(theme: Mapping[str, Any], ever: Sequence[Edit]) -> str:
    """The name that fits gave a theme, whatever people call it now."""
    renamed = [edit for edit in ever if edit.action == "rename" and edit.theme_id == theme["theme_id"]]
    if theme["named_by"] == BY_FIT or not renamed:
        return str(theme["name"])
    return str(renamed[-1].detail["before"])


def _records(themes: pd.DataFrame) -> list[dict[str, Any]]:
    values = themes[CURATED_COLUMNS].astype(object).itertuples(index=False, name=None)
    return [dict(zip(CURATED_COLUMNS, row, strict=True)) for row in values]


def _curated(row: dict[str, Any], kept: Replayed, ever: Sequence[Edit]) -> dict[str, Any]:
    theme = row["theme_id"]
    row["name"], row["named_by"] = kept.names.get(theme) or (name_before(row, ever), BY_FIT)
    row["pinned"], row["muted"] = int(theme in kept.pinned), int(theme in kept.muted)
    wholes = {whole for whole, parts in kept.splits.values() if whole not in parts}
    made_of = [edit.theme_id for edit in ever if edit.action == "split" and theme in edit.detail["into"]]
    made_of = [whole for whole in made_of if whole != theme]
    before = _before(row, ever)
    if theme in kept.alive():
        parent = kept.parents.get(theme) or (None if row["parent_id"] in made_of else row["parent_id"])
        if row["level"] or row["state"] in CLOSED:
            row |= {"state": before["state"], "level": 0}
            parent = kept.parents.get(theme) or before["parent_id"]
        return row | {"merged_into": None, "parent_id": parent}
    if theme in kept.merged:
        return row | {"state": "merged", "merged_into": kept.merged[theme]}
    if theme in wholes and theme not in kept.parents:
        # What was split lives on as the sum of its parts.
        state = before["state"] if row["state"] in CLOSED else row["state"]
        return row | {"state": state, "merged_into": None, "parent_id": None, "level": 1}
    if theme in wholes:
        return row | {"state": "retired", "merged_into": None, "parent_id": kept.parents[theme], "level": 0}
    if made_of:
        return row | {"state": "merged", "merged_into": made_of[-1], "parent_id": None, "level": 0}
    return row


def _before(row: Mapping[str, Any], ever: Sequence[Edit]) -> dict[str, Any]:
    """State and parent of a theme before the last edit that ended it."""
    ended = [edit for edit in ever if edit.action in ("merge", "split") and edit.theme_id == row["theme_id"]]
    before = dict(ended[-1].detail.get("before", {})) if ended else {}
    state = before.get("state")
    return {
        "state": state if state and state not in CLOSED else "active",
        "parent_id": before.get("parent_id"),
    }
