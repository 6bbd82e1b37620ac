"""What changed in use or in our own reading on the days of a change: demand, adversaries, the classifier."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from topics.alongside import moved
from topics.carried import excess_share
from topics.periods import Periods
from topics.surroundings import DAY, Coincidence, Reread, Surroundings

DEMAND_RATIO = 1.2
DEMAND_DAYS = 14
ADVERSARIAL = ("bypass_success", "probing")
HOLDS = 0.5
NAMED = 0.3
LET_THROUGH = 0.15
"""So much of a rise must be reports of harm let through where it names the mitigation that is probed: the classifier
takes many of them for something else."""
LEAST_RATIO = 1.3
LARGEST_P = 0.01
SIGNAL_DAYS = 3 * DAY
FEWEST_DAYS = 3


def demand(change: "pd.Series[Any]", periods: Periods, exposure: pd.DataFrame | None) -> Iterator[Coincidence]:
    """Requests that went the same way in the first fortnight, weekday by weekday."""
    if exposure is None or exposure.empty:
        return
    own = exposure[exposure["mitigation"] == "all"] if "mitigation" in exposure else exposure
    own = exposure if own.empty else own
    growth = _growth(own.groupby("day")["requests"].sum(), periods)
    same_way = growth >= DEMAND_RATIO if change["direction"] == "up" else growth <= 1.0 / DEMAND_RATIO
    if same_way:
        stated = f"requests went to ×{growth:.2g} at the same time"
        against = f"at equal requests the series still went to ×{float(change['ratio']):.2g}"
        yield Coincidence("demand_growth", None, periods.day, stated, against)


def _growth(daily: "pd.Series[Any]", periods: Periods) -> float:
    """Requests of the first days after over those of the same weekdays before; NaN where unknown."""
    reach = DEMAND_DAYS * DAY
    after = daily[(daily.index >= periods.day) & (daily.index < min(periods.end, periods.day + reach))]
    before = daily[(daily.index >= max(periods.start, periods.day - reach)) & (daily.index < periods.day)]
    usual = before.groupby(pd.DatetimeIndex(before.index).dayofweek).mean()
    expected = pd.Series(pd.DatetimeIndex(after.index).dayofweek, index=after.index).map(usual)
    known = expected.notna() & (expected > 0)
    return float(after[known].sum() / expected[known].sum()) if known.any() else np.nan


def adversarial(change: "pd.Series[Any]", periods: Periods, around: Surroundings) -> Iterator[Coincidence]:
    """Probing and bypasses that rise with reports of harm let through, or are themselves what rose."""
    if around.alongside is None or change["direction"] != "up":
        return
    rows = around.alongside
    if str(change["series"]).startswith("usage_anomaly/"):
        held = sum(excess_share(periods, "anomaly_type", name) or 0.0 for name in ADVERSARIAL)
        if held >= HOLDS:
            reports = moved(rows[(rows["stream"] == "feedback") & (rows["kind"] == "under_block")], periods)
            told = f"reports of harm let through went to ×{reports.ratio:.2g}"
            rose = reports.ratio >= LEAST_RATIO and reports.p_value <= LARGEST_P
            stated = f"probing and bypasses hold {min(held, 1.0):.0%} of it" + (f"; {told}" if rose else "")
            yield Coincidence("adversarial_shift", None, periods.day, stated, "" if rose else told)
        return
    named = _mitigations(periods)
    if (excess_share(periods, "kind", "under_block") or 0.0) < (LET_THROUGH if named else HOLDS):
        return
    tried = rows[(rows["stream"] == "usage_anomaly") & rows["kind"].isin(ADVERSARIAL)]
    seen = moved(tried[tried["mitigation"].isin(named)] if named else tried, periods)
    if seen.ratio >= LEAST_RATIO and seen.p_value <= LARGEST_P:
        whose = f" of {' and '.join(named)}" if named else ""
        stated = f"probing and bypasses{whose} among usage anomalies went to ×{seen.ratio:.2g} as well"
        yield Coincidence("adversarial_shift", None, periods.day, stated)


def _mitigations(periods: Periods) -> list[str]:
    """The mitigations that the documents of the change name, each a part of it."""
    if "mitigation" not in periods.after:
        return []
    names = sorted(periods.after["mitigation"].dropna().unique())
    return [str(name) for name in names if (excess_share(periods, "mitigation", name) or 0.0) >= NAMED]


def signals(change: "pd.Series[Any]", periods: Periods, known: pd.DataFrame | None) -> Iterator[Coincidence]:
    """Adversarial signals of the same series that begin on the days of its change; none twice.

    `known` may have, beside its columns, `told` (bool) and `type` (what it speaks for, or None); `evidence` is a
    text, or a record with `reads` and `against`.
    """
    if known is None or known.empty:
        return
    own = known[known["series"] == change["series"]]
    own = own[pd.to_datetime(own["day"]).between(change["day_low"] - SIGNAL_DAYS, change["day_high"] + SIGNAL_DAYS)]
    if "told" in own:
        own = own[own["told"].astype(bool) & own["type"].notna()]
    for row in own.sort_values(["p_value", "day"]).drop_duplicates("signal").to_dict("records"):
        said = row["evidence"]
        stated, against = (said["reads"], said["against"]) if isinstance(said, Mapping) else (str(said), "")
        kind = row.get("type") or ("campaign" if row["signal"] == "coordinated" else "adversarial_shift")
        yield Coincidence(str(kind), str(row["signal"]), row["day"], _text(stated), _text(against))


def _text(said: object) -> str:
    """One text of one or several; without the full stop, for it becomes a part of a sentence."""
    parts = [said] if isinstance(said, str) else [str(part) for part in said] if isinstance(said, Sequence) else []
    return "; ".join(part.rstrip(".") for part in parts if part)


def model(change: "pd.Series[Any]", periods: Periods, reread: Reread | None) -> Iterator[Coincidence]:
    """A classifier or taxonomy that reads the same documents otherwise than the one before it did."""
    if reread is None or "kind=" not in str(change["series"]) or not change["ratio"] > 0:
        return
    own = reread.volumes[reread.volumes["series"] == change["series"]].set_index("day")["reporters"]
    end = min(periods.end, reread.since)
    days_after = (end - periods.day).days
    if days_after < FEWEST_DAYS or not np.isfinite(change["ratio"]):
        return
    old = (float(own[(own.index >= periods.start) & (own.index < periods.low)].sum()) + 0.5) / periods.days_before
    new = (float(own[(own.index >= periods.day) & (own.index < end)].sum()) + 0.5) / days_after
    told = f"under the version before the same documents go to ×{new / old:.2g}"
    shown = np.log(new / old) / np.log(float(change["ratio"])) >= HOLDS
    stated = f"another version reads since {reread.since:%Y-%m-%d}: {reread.versions}"
    yield Coincidence(
        "our_model_changed",
        reread.versions,
        reread.since,
        stated if shown else f"{stated}; {told}",
        told if shown else "",
        contradicted=bool(shown),
    )
