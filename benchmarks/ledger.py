"""How long the weekly account takes over two years and 200 slices: counting it, and writing it. Prints JSON.

python benchmarks/ledger.py            # 100,000 documents
python benchmarks/ledger.py --small    # 10,000, for a test
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.store import Store
from mitigations.ledger import Evidence, weekly

WEEKS = 104
AS_OF = pd.Timestamp("2026-03-02T12:00:00")
SHARES = {"over_block": 0.35, "under_block": 0.15, "quality": 0.5}
SEGMENTS = {"harm_domain": 18, "mitigation": 24, "plan": 5, "locale": 40, "product": 6, "use_case": 12}
CROSSED = ("harm_domain&plan",)
"""18 + 24 + 5 + 40 + 6 + 12 values, 90 pairs, lines of those that do not say, and the total: over 200 slices."""


def documents(number: int, rng: np.random.Generator) -> pd.DataFrame:
    """A stream of 104 weeks: a fifth of its documents collapsed, 3 % of its customers loud, some that do not say."""
    names = np.array([f"d{place}" for place in range(number)], dtype=object)
    delay = rng.geometric(0.4, number) - 1
    first = AS_OF.normalize() - pd.Timedelta(weeks=WEEKS)
    day = first + pd.to_timedelta(rng.integers(0, 7 * WEEKS, number), unit="D")
    reporter = np.array([f"r{who}" for who in rng.zipf(1.6, number) % 40_000], dtype=object)
    kept = rng.random(number) < 0.8
    frame = pd.DataFrame(
        {
            "document_id": names,
            "day": day,
            "received_day": day + pd.to_timedelta(delay, unit="D"),
            "kind": rng.choice(list(SHARES), number, p=list(SHARES.values())),
            "said_probability": rng.beta(8, 2, number),
            "certain": rng.random(number) < 0.002,
            "reporter": reporter,
            "reporter_known": rng.random(number) < 0.9,
            "customer": reporter,
            "kept": kept,
            "rule": np.where(kept, None, rng.choice(["template", "near_duplicate", "same_request"], number)),
            "action": rng.choice(np.array(["block", "allow", None], dtype=object), number),
            "campaign": rng.random(number) < 0.01,
            "seats": rng.integers(1, 500, number).astype(float),
        }
    )
    for name, values in SEGMENTS.items():
        picked = rng.zipf(1.5, number) % (values + 1)
        frame[name] = np.where(picked == 0, None, np.char.add("v", picked.astype(str)).astype(object))
    return frame.sort_values("day", ignore_index=True)


def evidence(frame: pd.DataFrame, rng: np.random.Generator) -> Evidence:
    """Exposure by plan and in total, blocks by mitigation, 4,000 audits, 1,500 drawn labels."""
    days = pd.date_range(frame["day"].min(), frame["day"].max())
    parts = []
    for segments in [{}, *({"plan": f"v{place}"} for place in range(1, SEGMENTS["plan"] + 1))]:
        numbers = {"requests": rng.poisson(50_000, len(days)), "blocked": 300, "customers": 4_000}
        part = pd.DataFrame({"day": days, "mitigation": "all", "harm_domain": None, **numbers})
        parts.append(part.assign(segments=[segments] * len(days)))
    exposure = pd.concat(parts, ignore_index=True).astype({"requests": float, "blocked": float, "customers": float})
    blocks = pd.concat([pd.DataFrame({"day": days, "mitigation": f"v{m}"}) for m in range(1, 25)], ignore_index=True)
    blocks = blocks.assign(action="block", decisions=rng.poisson(12, len(blocks)), harm_domain="v1")
    audited = pd.DataFrame(
        {
            "decision_id": [f"x{place}" for place in range(4_000)],
            "day": rng.choice(days, 4_000),
            "action": rng.choice(["block", "allow"], 4_000, p=[0.8, 0.2]),
            "truth": rng.choice(["benign", "harmful"], 4_000),
            "truth_source": "audit",
            "inclusion_probability": 0.05,
            "mitigation": rng.choice([f"v{m}" for m in range(1, 25)], 4_000),
            "harm_domain": "v1",
        }
    )
    drawn = frame[frame["kept"] & ~frame["certain"]].sample(min(1_500, len(frame) // 10), random_state=1)
    right = rng.random(len(drawn)) < 0.85
    answers = np.where(right, drawn["kind"], "quality")
    sample = pd.DataFrame(
        {
            "document_id": drawn["document_id"].to_numpy(),
            "answers": [[answer] for answer in answers],
            "inclusion_probability": len(drawn) / len(frame),
            "labellers": 1,
        }
    )
    appeals = audited.iloc[:0].assign(outcome=[])
    pairs = pd.DataFrame({"document_id": [], "first": [], "second": []})
    arrived = pd.Series([0.4, 0.64, 0.8, 0.9], index=[AS_OF.normalize() - pd.Timedelta(days=age) for age in range(4)])
    return Evidence(exposure, blocks, audited, appeals, sample, pairs, arrived)


def seconds(what: Callable[[], object], *, times: int = 3) -> tuple[float, float]:
    """The shortest of some runs: seconds, and of these the processor's own, which other work does not lengthen."""
    taken, worked = [], []
    for _ in range(times):
        started, busy = time.perf_counter(), time.process_time()
        what()
        taken.append(time.perf_counter() - started)
        worked.append(time.process_time() - busy)
    return round(min(taken), 2), round(min(worked), 2)


def main() -> None:
    """Measure and print."""
    number = 10_000 if "--small" in sys.argv else 100_000
    rng = np.random.default_rng(4)
    frame = documents(number, rng)
    known = evidence(frame, rng)
    by = [*SEGMENTS, *CROSSED]
    rows = weekly(frame, known, by=by, as_of=AS_OF)
    with tempfile.TemporaryDirectory() as place, Store(Path(place) / "ledger.db") as store:

        def write() -> None:
            with store.transaction():
                store.ledger.replace(rows, [])

        written = seconds(write)
    counted = seconds(lambda: weekly(frame, known, by=by, as_of=AS_OF))
    told = {
        "documents": number,
        "weeks": int(rows["week"].nunique()),
        "slices": int(rows["slice"].nunique()),
        "rows": len(rows),
        "weekly_seconds": counted[0],
        "weekly_processor_seconds": counted[1],
        "write_seconds": written[0],
        "write_processor_seconds": written[1],
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
