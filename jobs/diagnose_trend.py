"""What of a diagnosis lies in time: both errors by week, the versions there were, the thresholds of today."""

import numpy as np
import pandas as pd

from jobs.log_file_columns import MONTH
from mitigations.cells import NONE, week_name, week_start
from mitigations.error_rates import cells_of, rates_of
from mitigations.judged import Judged

LATEST = pd.Timedelta(days=7)
"""What counts as today: so long before the last decision."""


def trend(known: Judged) -> pd.DataFrame:
    """The rows of `mitigations.error_rates` by ISO week (UTC), or by month where a file tells no more; `slice` is the
    week (2026-W10) or month, `partial` a week that the log covers in part. Empty where decisions have no time."""
    rows = known.rows
    if "decided_at" in rows.columns and len(rows):
        days = rows["decided_at"].dt.normalize()
        starts = week_start(days)
        mondays, code = np.unique(starts.to_numpy(), return_inverse=True)
        names = [week_name(pd.Timestamp(one)) for one in mondays]
        found = rates_of(known, code.astype(np.int64), names)
        partial = np.zeros(len(names), bool)
        partial[0] |= days.min() > mondays[0]
        partial[-1] |= days.max() < mondays[-1] + pd.Timedelta(days=6)
        return found.assign(partial=partial)
    if MONTH in rows.columns and len(rows):
        code, names = cells_of(rows[MONTH])
        found = rates_of(known, code, names)
        return found[found["slice"] != NONE].assign(partial=False)
    return pd.DataFrame()


def versions(known: Judged) -> pd.DataFrame:
    """version, decisions (in the log), first_day, last_day (ISO; None without times), in order of their first day."""
    rows = known.rows
    if "version" not in rows.columns or rows["version"].isna().all():
        return pd.DataFrame()
    if "decided_at" not in rows.columns:
        counts = rows["version"].value_counts(sort=False)
        return pd.DataFrame({"version": counts.index.astype(str), "decisions": counts.to_numpy()})
    found = rows.groupby("version", observed=True)["decided_at"].agg(["size", "min", "max"]).reset_index()
    found = found.sort_values(["min", "version"], ignore_index=True)
    days = {f"{end}_day": found[name].dt.strftime("%Y-%m-%d") for end, name in (("first", "min"), ("last", "max"))}
    return pd.DataFrame({"version": found["version"].astype(str), "decisions": found["size"], **days})


def thresholds_today(known: Judged) -> list[float]:
    """Thresholds in use in the last week of the log (all of it without times), the most used first; at most three."""
    rows = known.rows
    if "threshold" not in rows.columns:
        return []
    if "decided_at" in rows.columns and len(rows):
        rows = rows[rows["decided_at"] > rows["decided_at"].max() - LATEST]
    return [float(value) for value in rows["threshold"].dropna().value_counts().index[:3]]
