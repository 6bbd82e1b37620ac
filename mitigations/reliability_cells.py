"""Whether scores say how likely harm is, version by version and segment by segment, where enough was judged."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from mitigations.error_rates import cells_of
from mitigations.judged import Judged, part_of
from mitigations.reliability import FEWEST, reliability

COLUMNS = ("attribute", "value", "decisions", "judged", "ece", "ece_low", "ece_high", "ece_by_chance", "reason")


def reliability_by(known: Judged, attributes: Sequence[str]) -> pd.DataFrame:
    """The calibration error of every value of each attribute that has a decision with a score: COLUMNS, by attribute
    in the given order and by value. `reason` says why one cannot be told, "" where it is; it takes FEWEST judged
    decisions with a score, of both sides, in the value itself."""
    rows = []
    # Of millions of decisions the score alone is taken apart, not every column.
    slim = replace(known, rows=known.rows[["score"]]) if "score" in known.rows else known
    scored = known.rows["score"].notna().to_numpy(bool) if "score" in known.rows else np.zeros(len(known.rows), bool)
    for attribute in attributes if scored.any() else ():
        code, values = cells_of(known.rows[attribute])
        judged = np.bincount(code[scored & known.used], minlength=len(values))
        for number in np.unique(code[scored]):
            own = code == number
            found = {"attribute": attribute, "value": values[number], "decisions": round(float(known.size[own].sum()))}
            rows.append({**found, "judged": int(judged[number]), **_error(slim, own, int(judged[number]))})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _error(known: Judged, own: "np.ndarray[tuple[int], np.dtype[np.bool_]]", judged: int) -> dict[str, object]:
    if judged < FEWEST:
        return {"ece": np.nan, "reason": f"cannot tell: {judged:,} judged decisions with a score, {FEWEST} needed"}
    found = reliability(part_of(known, own))
    numbers = {name: getattr(found, name) for name in ("ece", "ece_low", "ece_high", "ece_by_chance")}
    return {**numbers, "reason": found.reason}
