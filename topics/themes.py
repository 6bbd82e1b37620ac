"""Carry theme ids from one fit to the next: matched, born, split, merged, gone, each with its evidence."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from topics.describe import distinct
from topics.lineage import Evidence, absorber, continuations, evidence_of, splits
from topics.model import TopicFit

THEME_COLUMNS = ["theme_id", "topic", "centroid", "name", "phrases"]
EVENT_COLUMNS = ["theme_id", "event", "detail"]

_CLOSED = ("merged", "retired")


class StandingColumns(ValueError):
    """The standing themes lack a column or their centroids do not fit the new vectors."""


def reconcile(
    standing: pd.DataFrame, fit: TopicFit, *, previous: Iterable[str | None] | None, next_number: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Theme ids for a fit's topics, and what became of the standing themes.

    `standing`: DataFrame[theme_id, centroid (object: unit array (d,)), name, state]; merged and retired
    themes stay what they are. `previous`: theme id (or None) of each fitted document before, in the order
    of the fit's rows.
    `next_number` is the number of the next new id; ids are never reused.

    Returns themes DataFrame[theme_id, topic, centroid, name, phrases], one row per topic in topic order, and
    events DataFrame[theme_id, event, detail]: matched, split, merged, gone for standing themes, born for new
    ones. A split theme's child with KEEPS_ID of its documents keeps the id, else the theme ends and every
    child is born. A matched theme keeps its name. A dormant theme that
    stays away leaves no event.
    """
    _check(standing, fit)
    live = standing[~standing["state"].isin(_CLOSED)].sort_values("theme_id").reset_index(drop=True)
    evidence = evidence_of(live, fit, previous)
    children = splits(evidence)
    pairs = continuations(evidence, children)
    ids = _ids(evidence, pairs, next_number)
    names = dict(zip(live["theme_id"], live["name"], strict=True))
    themes = pd.DataFrame(
        {
            "theme_id": ids,
            "topic": np.arange(len(ids), dtype=np.int64),
            "centroid": list(fit.centroids),
            "name": _names(ids, names, fit),
            "phrases": fit.phrases,
        },
        columns=THEME_COLUMNS,
    )
    asleep = set(live.loc[live["state"] == "dormant", "theme_id"])
    ended = [row for row in _old_events(evidence, children, pairs, ids) if row[1] != "gone" or row[0] not in asleep]
    events = [*ended, *_births(evidence, children, pairs, ids)]
    events.sort(key=_by_id)
    return themes, pd.DataFrame(events, columns=EVENT_COLUMNS)


def theme_id(number: int) -> str:
    """The id of a theme's number, 1 and up.

    >>> theme_id(7)
    'T0007'
    """
    return f"T{number:04d}"


def _check(standing: pd.DataFrame, fit: TopicFit) -> None:
    missing = {"theme_id", "centroid", "name", "state"} - set(standing.columns)
    if missing:
        raise StandingColumns(
            f"need theme_id, centroid, name and state, got no {', '.join(sorted(missing))}; "
            "read the standing themes from the store"
        )
    widths = {len(centroid) for centroid in standing["centroid"]}
    if len(fit.centroids) and widths - {fit.centroids.shape[1]}:
        raise StandingColumns(
            f"need centroids of {fit.centroids.shape[1]} dimensions, got {sorted(widths)}; "
            "the vectors changed their space: start a new set of themes"
        )


def _ids(evidence: Evidence, pairs: dict[int, int], next_number: int) -> list[str]:
    """Id of each topic: the matched theme's, else the next numbers in topic order."""
    matched = {new: evidence.ids[old] for old, new in pairs.items()}
    ids = []
    for topic in range(len(evidence.new_sizes)):
        ids.append(matched.get(topic) or theme_id(next_number))
        next_number += topic not in matched
    return ids


def _names(ids: list[str], names: dict[str, str], fit: TopicFit) -> list[str]:
    """The standing name of a matched theme, the fit's for a new one, told apart from all standing names."""
    taken = list(names.values())
    chosen = []
    for topic, one in enumerate(ids):
        name = names.get(one) or distinct(fit.names[topic], taken, fit.phrases[topic])
        taken.append(name)
        chosen.append(name)
    return chosen


def _old_events(
    evidence: Evidence, children: dict[int, list[int]], pairs: dict[int, int], ids: list[str]
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """What became of each live theme."""
    for old, one in enumerate(evidence.ids):
        if old in children:
            shares = {ids[new]: round(float(evidence.forward()[old, new]), 3) for new in children[old]}
            kept = old in pairs
            yield (
                one,
                "split",
                {"children": shares, "keeps_id": kept, "documents_before": _size(evidence, old)},
            )
        if old in pairs:
            yield one, "matched", {"topic": pairs[old], **evidence.detail(old, pairs[old])}
        elif old not in children:
            into = absorber(evidence, old)
            if into is None:
                yield one, "gone", {"documents_before": _size(evidence, old), **_nearest(evidence, old, ids)}
            else:
                yield one, "merged", {"into": ids[into], **evidence.detail(old, into)}


def _births(
    evidence: Evidence, children: dict[int, list[int]], pairs: dict[int, int], ids: list[str]
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Each new theme, its parent if a theme split, and the standing theme it is most like."""
    parent = {new: old for old, topics in children.items() for new in topics}
    for topic in range(len(ids)):
        if topic in pairs.values():
            continue
        detail: dict[str, object] = {"topic": topic, "documents_after": int(evidence.new_sizes[topic])}
        if topic in parent:
            detail["split_from"] = evidence.ids[parent[topic]]
        if evidence.ids:
            near = int(evidence.similarity[:, topic].argmax())
            detail |= {"nearest": evidence.ids[near], **evidence.detail(near, topic)}
        yield ids[topic], "born", detail


def _nearest(evidence: Evidence, old: int, ids: list[str]) -> dict[str, object]:
    """The topic most like an ended theme."""
    if not ids:
        return {}
    near = int(evidence.similarity[old].argmax())
    return {"nearest": ids[near], "similarity": round(float(evidence.similarity[old, near]), 3)}


def _by_id(row: tuple[str, str, dict[str, object]]) -> str:
    return row[0]


def _size(evidence: Evidence, old: int) -> int:
    return int(evidence.old_sizes[old])
