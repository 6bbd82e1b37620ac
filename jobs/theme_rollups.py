"""Roll-ups over the themes of a fit: grouped anew, each with the id of the roll-up that it continues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobs.store import Store
from jobs.theme_filter import ALIVE
from jobs.theme_leaves import EXEMPLARS, Leaves, shares_of
from jobs.theme_placing import Corpus
from jobs.theme_wording import Wording
from topics.assign import exemplars
from topics.curation import Replayed
from topics.hierarchy import carried, grouped
from topics.themes import theme_id


@dataclass(frozen=True, slots=True)
class Rolling:
    """What roll-ups are made of: the claims, the record of the fit, its leaves, their wording."""

    corpus: Corpus
    record: dict[str, Any]
    leaves: Leaves
    wording: Wording

    def sizes(self) -> dict[str, int]:
        """Documents of each leaf."""
        labels, ids = self.leaves.labels, self.leaves.ids
        return dict(zip(ids, np.bincount(labels[labels >= 0], minlength=len(ids)).tolist(), strict=True))

    def rows(self, theme: str) -> list[int]:
        """Rows of a leaf among the fitted claims, the nearest first."""
        return self.leaves.groups[self.leaves.ids.index(theme)]


def write_rollups(store: Store, rolling: Rolling, kept: Replayed) -> None:
    """Group the leaves and write roll-ups, parents and events; the leaves stand in the store already.

    Roll-ups that people made by a split, and pinned ones, keep their children. A theme that this fit split and
    ended goes on as the roll-up of its parts where they are grouped together.
    """
    known = store.themes.all(rolling.corpus.stream).set_index("theme_id")
    living = [str(one) for one in known.index[(known["level"] == 1) & known["state"].isin(ALIVE)]]
    stay = set(kept.parents.values()) | {one for one in living if known["pinned"][one]}
    before = _before(store, rolling, known, [one for one in living if one not in stay])
    free = [one for one in rolling.leaves.ids if known["parent_id"][one] not in stay and one not in kept.parents]
    groups = _groups(rolling, free, before)
    carry = carried(groups, before, rolling.sizes())
    first = store.themes.next_number()
    new = [place for place, one in enumerate(carry) if one is None]
    ids = [one or theme_id(first + new.index(place)) for place, one in enumerate(carry)]
    rows = _rows(store, rolling, known, dict(zip(ids, groups, strict=True)))
    store.themes.write_themes(rows)
    under = {child: ids[place] for place, children in enumerate(groups) for child in children}
    store.themes.write_parents([(under.get(theme), theme) for theme in free])
    ended = sorted(set(living) & set(before) - set(ids))
    store.themes.end(ended, state="retired")
    _write_events(store, rolling.record, {ids[one]: groups[one] for one in new}, {one: before[one] for one in ended})


def _before(store: Store, rolling: Rolling, known: pd.DataFrame, living: list[str]) -> dict[str, set[str]]:
    """Children of each roll-up as they stood, merged ones under what took them; parts of themes this fit split."""
    into = dict(zip(known.index, known["merged_into"], strict=True))
    before = {
        theme: {into.get(child) or str(child) for child in known.index[known["parent_id"] == theme]} for theme in living
    }
    for event in store.themes.events_of(rolling.record["fit_id"], "split"):
        if known.loc[event["theme_id"], "state"] == "retired":
            before[event["theme_id"]] = set(event["detail"]["children"]) & set(rolling.leaves.ids)
    return before


def _groups(rolling: Rolling, free: Sequence[str], before: Mapping[str, set[str]]) -> list[list[str]]:
    """Leaves of each group, the largest first."""
    sizes, place = rolling.sizes(), {theme: row for row, theme in enumerate(rolling.leaves.ids)}
    was = {child: number for number, children in enumerate(before.values()) for child in children}
    number = grouped(
        rolling.leaves.directions[[place[theme] for theme in free]],
        [sizes[theme] for theme in free],
        before=[was.get(theme, -1) for theme in free],
    )
    groups: list[list[str]] = [[] for _ in range(int(number.max(initial=-1)) + 1)]
    for theme, group in zip(free, number, strict=True):
        if group >= 0:
            groups[int(group)].append(theme)
    return groups


def _rows(
    store: Store, rolling: Rolling, known: pd.DataFrame, groups: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Roll-ups for the table `theme`: new ones are named by what their children share, others keep name and phrases."""
    new = [theme for theme in groups if theme not in known.index]
    names = {row["theme_id"]: str(row["name"]) for row in rolling.leaves.rows}
    said = rolling.wording.rollups(
        [[rolling.rows(child) for child in groups[theme]] for theme in new],
        [[names[child] for child in groups[theme]] for theme in new],
        taken=list(store.themes.names().values()),
    )
    told = {theme: (one.name, one.phrases) for theme, one in zip(new, said, strict=True)}
    told |= {theme: (known["name"][theme], known["phrases"][theme]) for theme in groups if theme not in told}
    members = [[row for child in children for row in rolling.rows(child)] for children in groups.values()]
    checks = rolling.wording.checks([str(told[theme][0]) for theme in groups], members)
    rows = []
    for (theme, children), check in zip(groups.items(), checks, strict=True):
        name, phrases = told[theme]
        fields = _fields(rolling, children)
        quality = {"documents": sum(rolling.sizes()[child] for child in children), **shares_of(name, check)}
        rows.append({"theme_id": theme, "name": name, "phrases": phrases, "quality": quality, **fields})
    return rows


def _fields(rolling: Rolling, children: Sequence[str]) -> dict[str, Any]:
    """Direction and exemplars of a roll-up, and what every one has."""
    corpus, leaves = rolling.corpus, rolling.leaves
    places = [leaves.ids.index(child) for child in children]
    weights = [max(rolling.sizes()[child], 1) for child in children]
    mean = np.average(leaves.directions[places], axis=0, weights=weights)
    direction = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
    labels = np.where(np.isin(leaves.labels, places), 0, -1)
    chosen = exemplars(corpus.vectors, labels, direction[None], corpus.documents["reporter"].tolist(), EXEMPLARS)[0]
    return {
        "stream": corpus.stream,
        "state": "active",
        "level": 1,
        "centroid": direction,
        "fit_id": rolling.record["fit_id"],
        "born_on": rolling.record["fitted_as_of"][:10],
        "exemplars": corpus.documents["document_id"].iloc[chosen].tolist(),
    }


def _write_events(
    store: Store, record: dict[str, Any], born: Mapping[str, Sequence[str]], ended: Mapping[str, set[str]]
) -> None:
    shared = {"fit_id": record["fit_id"], "happened_as_of": record["fitted_as_of"], "author": "fit"}
    rows = [
        *(
            {"theme_id": one, "event": "born", "detail": {"level": 1, "children": list(kin)}}
            for one, kin in born.items()
        ),
        *(
            {"theme_id": one, "event": "gone", "detail": {"level": 1, "children": sorted(kin)}}
            for one, kin in ended.items()
        ),
    ]
    store.themes.add_events([{**row, **shared} for row in rows])
