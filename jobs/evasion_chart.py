"""The chart of a diagnosis on evasion: how often tries after a block get through, by week."""

from collections.abc import Mapping
from typing import Any

from jobs.diagnose_charts import Chart


def success(found: Mapping[str, Any] | None) -> Chart:
    """Share of the episodes that passed by week with ends, whole weeks alone; nothing to draw with fewer than two."""
    weeks = [] if found is None else found["success"]
    points = [
        (float(place), row["share"], row["share_low"], row["share_high"])
        for place, row in enumerate(weeks)
        if row["whole"] and row["share"] is not None
    ]
    if len(points) < 2:
        return Chart([])
    return Chart([points], names=(weeks[int(points[0][0])]["week"], weeks[int(points[-1][0])]["week"]))
