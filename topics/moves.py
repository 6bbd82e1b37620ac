"""Documents that people moved: there they are, whatever their words are nearest to."""

from collections.abc import Mapping, Sequence

from topics.assign import Vectors, similarities
from topics.standing import Prototypes, Themes


def overridden(
    ids: Sequence[str],
    themes: Themes,
    vectors: Vectors,
    prototypes: Prototypes,
    moves: Mapping[str, tuple[str, ...]],
) -> Themes:
    """The theme (n,) of each document: where a person put it, else the one it was given.

    `moves`: by document its theme, none at all (empty), or several, of which the nearest counts.

    >>> import numpy as np
    >>> model = Prototypes(("T0001", "T0002"), np.eye(2, dtype=np.float32), 0.8)
    >>> given = np.array(["T0001", None], dtype=object)
    >>> overridden(["a", "b"], given, np.eye(2, dtype=np.float32), model, {"a": (), "b": ("T0001", "T0002")}).tolist()
    [None, 'T0002']
    """
    result = themes.copy()
    for row, document in enumerate(ids):
        if document in moves:
            result[row] = _nearest(vectors[row], prototypes, moves[document])
    return result


def _nearest(vector: Vectors, prototypes: Prototypes, choices: tuple[str, ...]) -> str | None:
    if len(choices) < 2:
        return choices[0] if choices else None
    rows = [row for row, theme in enumerate(prototypes.theme) if theme in choices]
    best = similarities(vector[None], prototypes.vectors[rows])[0].argmax()
    return prototypes.theme[rows[int(best)]]
