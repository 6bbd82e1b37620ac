"""What is made once on a machine and shared by every workspace: compiled code, token table, classifier."""

import time
from collections.abc import Callable

from jobs.models import serving_classifier
from nlp.taxonomy import load_taxonomy


def prepare() -> list[str]:
    """Make what is not there yet; a second call is quick. Returns one line a part, with its seconds."""
    from topics.model import compile as compile_clustering
    from topics.search import compile as compile_detector

    lines = []
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("clustering code compiled", compile_clustering),
        ("detector compiled", compile_detector),
        (
            "classifier trained on the seed corpus",
            lambda: serving_classifier(None, load_taxonomy()),
        ),
    )
    for name, make in parts:
        started = time.perf_counter()
        make()
        lines.append(f"{name}: {time.perf_counter() - started:.0f} s")
    return lines
