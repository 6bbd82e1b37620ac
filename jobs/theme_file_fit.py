"""Themes of a file, fitted on its claims: leaves that documents are in, roll-ups above them, names, figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jobs.progress import say
from jobs.settings import Settings
from jobs.theme_file_claims import Claims
from jobs.theme_leaves import shares_of
from jobs.theming import FEWEST
from topics.assign import Vectors, assign, cap_per_reporter, coverage_cost
from topics.clusterer import default_min_topic_size
from topics.hierarchy import grouped
from topics.naming import Description, Namer
from topics.quality import quality
from topics.standing import Prototypes
from topics.themes import theme_id

if TYPE_CHECKING:
    from topics.model import TopicFit

SEED = 0
READ_FOR_ROLLUPS = 60
"""Claims of each leaf, nearest first, by which roll-ups are named."""


@dataclass(frozen=True, slots=True)
class FileThemes:
    """Themes that stand: assignment is to leaves alone. `parents` by leaf; `names` of leaves and roll-ups by id.

    `quality` by leaf, on the documents fitted; `facts` are those of the fit.
    """

    prototypes: Prototypes
    names: Mapping[str, str]
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def leaves(self) -> list[str]:
        """Ids of the themes that documents are in."""
        return self.prototypes.themes()


def fitted(claims: Claims, vectors: Vectors, *, min_size: int | None, coverage: float) -> FileThemes:
    """Themes among the claims; leaves are numbered by size, roll-ups after them."""
    from nlp.names import load_parser
    from topics.model import described_topics, nearest_first, proposed

    rows, least = fair(claims, min_size=min_size)
    if len(rows) < FEWEST:
        return FileThemes(Prototypes((), np.zeros((0, vectors.shape[1]), dtype=np.float32), 1.0), {})
    say(f"fitting themes on {len(rows):,} claims")
    texts, read = [claims.claims[row] for row in rows], vectors[rows]
    fit = _by_size(proposed(texts, read, seed=SEED, min_topic_size=least, coverage=coverage), vectors)
    pipeline = load_parser()
    said = described_topics(texts, read, fit.labels, fit.centroids, reporters=_writers(claims, rows), pipeline=pipeline)
    ids = [theme_id(number + 1) for number in range(len(fit.centroids))]
    members = nearest_first(read, fit.labels, fit.centroids)
    groups = grouped(fit.centroids, [len(own) for own in members])
    headings = _headings(texts, members, groups, [one.name for one in said], pipeline=pipeline)
    parents = {one: theme_id(len(ids) + 1 + int(group)) for one, group in zip(ids, groups, strict=True) if group >= 0}
    described = dict(zip([*ids, *sorted(set(parents.values()))], [*said, *headings], strict=True))
    figures = quality(texts, read, fit.labels, fit.centroids)
    return FileThemes(
        Prototypes(tuple(ids), fit.centroids, float(fit.threshold)),
        {one: found.name for one, found in described.items()},
        {one: found.phrases for one, found in described.items()},
        parents,
        {one: found.record() | _checked(described[one]) for one, found in zip(ids, figures, strict=True)},
        {"method": fit.method, "fitted": len(rows), "coverage_asked": coverage, "min_size": least}
        | {"cost_of_coverage": _costs(read, fit.found, fit.centroids)},
    )


def fair(claims: Claims, *, min_size: int | None) -> tuple[NDArray[np.int64], int]:
    """Rows that a fit takes, and the documents that a theme needs.

    No row twice, and of one hand fewer than a theme needs, at most as many as a workspace takes: nobody can buy one.
    A hand is a reporter, or where nobody is named all that stands on one template.
    """
    usable = [row for row, claim in enumerate(claims.claims) if claim]
    once = list({(claims.ids[row], claims.claims[row]): row for row in reversed(usable)}.values())
    rows = np.array(sorted(once), dtype=np.int64)
    templates = [claims.templates[row] for row in rows]
    names = [claims.reporters[row] for row in rows]
    hands = [f"r {name}" if name else f"t {template}" for name, template in zip(names, templates, strict=True)]
    least = min_size or default_min_topic_size(len(rows))
    most = max(1, min(Settings.model_validate({}).theme_cap_per_reporter, least - 1))
    kept = cap_per_reporter(hands, templates, most=most, seed=SEED)
    return rows[kept], least


def _by_size(fit: "TopicFit", vectors: Vectors) -> "TopicFit":
    """The topics in the order of all documents that find them, those that the fit left out too."""
    index, _ = assign(vectors, fit.centroids, threshold=fit.threshold)
    order = np.argsort(-np.bincount(index[index >= 0], minlength=len(fit.centroids)), kind="stable")
    number = np.full(len(order) + 1, -1, dtype=np.int64)  # its last entry is for -1, no topic
    number[order] = np.arange(len(order))
    return replace(fit, centroids=fit.centroids[order], labels=number[fit.labels], found=number[fit.found])


def _writers(claims: Claims, rows: NDArray[np.int64]) -> list[str] | None:
    """Who wrote each row, an unnamed one by its row; None where nobody is named."""
    names = [claims.reporters[row] for row in rows]
    if not any(names):
        return None
    return [f"r {name}" if name else f"u {row}" for name, row in zip(names, rows, strict=True)]


def _headings(
    texts: list[str], members: list[list[int]], groups: NDArray[np.int64], names: list[str], *, pipeline: Any
) -> list[Description]:
    """Names of the roll-ups, by the nearest claims of their leaves held against those of the others."""
    number = int(groups.max(initial=-1)) + 1
    if not number:
        return []
    chosen = [own[:READ_FOR_ROLLUPS] for own in members]
    place = {row: spot for spot, row in enumerate(row for own in chosen for row in own)}
    namer = Namer([texts[row] for row in place], pipeline=pipeline)
    leaves = [np.flatnonzero(groups == group) for group in range(number)]
    return namer.rolled_up(
        [[[place[row] for row in chosen[leaf]] for leaf in own] for own in leaves],
        [[names[leaf] for leaf in own] for own in leaves],
        taken=names,
    )


def _checked(found: Description) -> dict[str, float]:
    """What a name is worth: shares of documents in and out of the theme that hold its words, if it has words."""
    return {name: round(share, 3) for name, share in shares_of(found.name, found).items()}


def _costs(vectors: Vectors, found: NDArray[np.int64], centroids: Vectors) -> list[dict[str, Any]]:
    """What other coverages would cost, one record each."""
    table = coverage_cost(vectors, found, centroids).round(4)
    return [{str(name): value for name, value in row.items() if value == value} for row in table.to_dict("records")]
