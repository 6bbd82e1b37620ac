"""Names of the themes of ready workspaces, with the share of documents that bears each out. Prints JSON.

python -m benchmarks.theme_names demo/ telecom/ --largest 20
"""

import argparse
import json
import sys
import warnings
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from jobs.store import Store
from nlp.names import load_parser
from topics.assign import cap_per_reporter
from topics.describe import LONGEST_NAME, UNNAMED
from topics.model import TopicFit, compile, fit_topics
from topics.words import kind, segments, stem

CAP = 20
"""Claims of one reporter that are fitted, as the setting theme_cap_per_reporter has it."""


def fitted(database: Path, stream: str) -> tuple[list[str], TopicFit, float] | None:
    """Claims of a stream, their topics, and the seconds these took; None under 20 claims. Writes nothing."""
    store = Store(database)
    documents = store.understanding.claimed(stream)
    ids, vectors = store.understanding.vectors(documents["document_id"].tolist())
    documents = documents[documents["document_id"].isin(set(ids))]
    if len(documents) < 20:
        return None
    reporters, templates = documents["reporter"].tolist(), documents["template"].tolist()
    fair = cap_per_reporter(reporters, templates, most=CAP, seed=0)
    claims = documents["claim"][fair].tolist()
    begun = perf_counter()
    fit = fit_topics(claims, vectors[fair], pipeline=load_parser())
    return claims, fit, perf_counter() - begun


def rows(claims: list[str], fit: TopicFit) -> list[dict[str, Any]]:
    """Each theme's name, size, and the mean share of its content words inside and outside the theme."""
    stems = [{stem(word) for part in segments(claim) for word in part.low} for claim in claims]
    found = []
    for topic, name in enumerate(fit.names):
        inside = fit.labels == topic
        words = content(name)
        shares = np.array([[one in held for one in words] for held in stems], dtype=float).reshape(len(stems), -1)
        found.append(
            {
                "name": name,
                "size": int(inside.sum()),
                "share_inside": _mean(shares[inside]),
                "share_outside": _mean(shares[~inside]),
            }
        )
    return found


def content(name: str) -> list[str]:
    """Stems of the words of a name that say something."""
    return [stem(word) for part in segments(name) for word in part.low if kind(word) in ("content", "weak")]


def summary(found: list[dict[str, Any]]) -> dict[str, float]:
    """Shares of themes by the shape of their names; `giant` is the largest theme's share of all placed."""
    names = [row["name"] for row in found]
    plain = [name for name in names if not name.startswith(("Mixed: ", UNNAMED))]
    lengths = [len(content(name)) for name in plain]
    total = max(len(names), 1)
    return {
        "themes": len(names),
        "mixed_or_unnamed": round(1 - len(plain) / total, 3),
        "one_word": round(lengths.count(1) / total, 3),
        "two_to_four_words": round(sum(2 <= length <= 4 for length in lengths) / total, 3),
        "joined_by_and": round(sum(" and " in name for name in plain) / total, 3),
        "too_long": round(sum(len(name) > LONGEST_NAME for name in names) / total, 3),
        "share_inside": round(float(np.mean([row["share_inside"] for row in found] or [0])), 3),
        "share_outside": round(float(np.mean([row["share_outside"] for row in found] or [0])), 3),
        "giant": round(max((row["size"] for row in found), default=0) / max(sum(r["size"] for r in found), 1), 3),
    }


def _mean(shares: "np.ndarray[Any, Any]") -> float:
    return round(float(shares.mean()), 3) if shares.size else 0.0


def main() -> None:
    """Parse the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, nargs="+", help="folder that holds groundswell.db; use a copy")
    parser.add_argument("--stream", default="feedback")
    parser.add_argument("--largest", type=int, help="list this many themes of each")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    compile()
    report: dict[str, Any] = {}
    for workspace in given.workspace:
        ready = fitted(workspace / "groundswell.db", given.stream)
        if ready is None:
            report[workspace.name] = f"skipped: fewer than 20 claims in {given.stream}"
            continue
        claims, fit, seconds = ready
        found = rows(claims, fit)
        shapes = {**summary(found), "seconds": round(seconds, 1)}
        report[workspace.name] = {"summary": shapes, "themes": found[: given.largest]}
    json.dump(report, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
