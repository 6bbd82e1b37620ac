"""When themes want a new fit: a week went by, the corpus grew, or what comes fits them worse than it did."""

import math
from dataclasses import dataclass

REFIT_DAYS = 7
"""Days of new documents after which a fit is due."""
REFIT_GROWTH = 1.5
"""Times as many documents as at the last fit at which a fit is due."""
FEWEST_NEW = 50
"""New documents below which their fit to the themes says nothing."""
MORE_UNASSIGNED = 0.05
"""By how much the share of new documents in no theme must exceed that at the last fit."""
LESS_SIMILAR = 0.02
"""By how much new documents must be less like their nearest theme, in mean cosine, than those at the last fit."""

_SURE = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class Fitness:
    """How well documents sit in their themes: how many they are, the share in a theme, cosine to the nearest one."""

    documents: int
    coverage: float
    similarity: float
    spread: float


def reason(then: Fitness, now: Fitness, new: Fitness, *, days: float) -> str | None:
    """Why a fit is due, None if it is not.

    `then`: all documents at the last fit; `now`: all documents today; `new`: those that came in between, under
    the standing themes; `days` since the last fit. Nothing is due where nothing came.

    >>> calm = Fitness(1000, 0.9, 0.7, 0.1)
    >>> reason(calm, Fitness(1100, 0.88, 0.7, 0.1), Fitness(100, 0.7, 0.7, 0.1), days=2)
    'novelty'
    """
    if now.documents >= REFIT_GROWTH * then.documents:
        return "growth"
    if days <= 0 or (not new.documents and now.documents <= then.documents):
        return None
    if days >= REFIT_DAYS:
        return "week"
    if new.documents < FEWEST_NEW:
        return None
    error = math.sqrt(max(then.coverage * (1 - then.coverage), 0.0) / new.documents)
    if then.coverage - new.coverage > max(MORE_UNASSIGNED, _SURE * error):
        return "novelty"
    if then.similarity - new.similarity > max(LESS_SIMILAR, _SURE * then.spread / math.sqrt(new.documents)):
        return "quality"
    return None
