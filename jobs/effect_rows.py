"""Effects as rows of the store: verdict, ratio with interval, why, and every number behind it."""

from dataclasses import asdict
from typing import Any

from mitigations.effects_found import Effect, Estimate
from mitigations.effects_words import reason, verdict

DIGITS = 4


def measured(found: Effect, *, better: str | None) -> dict[str, Any]:
    """verdict, moved, ratio, ratio_low, ratio_high, reason, detail. `better`: up, down, or None where neither is."""
    quoted = found.estimate
    return {
        "verdict": verdict(found, better=better),
        "moved": found.moved,
        "ratio": None if quoted is None else _round(quoted.ratio),
        "ratio_low": None if quoted is None else _round(quoted.low),
        "ratio_high": None if quoted is None else _round(quoted.high),
        "reason": reason(found, better=better),
        "detail": _detail(found),
    }


def _detail(found: Effect) -> dict[str, Any]:
    told: dict[str, Any] = {
        "days_before": found.before,
        "days_after": found.after,
        "p_value": None if found.estimate is None else _round(found.estimate.p_value),
        "smallest_seen": _round(found.smallest),
        "slope_after_28_days": _round(found.fading),
        "quoted": "difference in differences" if found.compared else "interrupted time series",
        "series": _estimate(found.series),
        "against": _estimate(found.against),
        "control": _estimate(found.control),
        "dispersion": _round(found.dispersion),
    }
    for name, part in (("trend", found.trend), ("rival", found.rival), ("placebo", found.placebo)):
        told[name] = None if part is None else {key: _round(value) for key, value in asdict(part).items()}
    return told


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else {name: _round(value) for name, value in asdict(found).items()}


def _round(value: float | int | None) -> float | int | None:
    """Four significant digits: the next machine may differ in the last ones."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
