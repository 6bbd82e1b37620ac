"""Slices of up to three attributes in which a mitigation errs more than elsewhere, searched with few false finds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mitigations.error_rates import cells_of, rates_of, side_of
from mitigations.judged import ACTED, Judged, judged
from mitigations.rates import share_interval
from mitigations.slice_candidates import Candidates, Domain, candidates, domain_of, members, sliceable, surprise
from mitigations.slice_tests import Flags, parts, ratio, score

KINDS = ("over_block", "under_block")
FALSE_DISCOVERIES = 0.05
RESAMPLES, STABLE_Z, LEAST_STABLE = 200, 2.0, 0.8
SEED = 20_260_303
MEASURES = {
    ("over_block", True): "share of benign decisions that were acted on",
    ("under_block", True): "share of harmful decisions that were allowed",
    ("over_block", False): "share of acted decisions that were benign",
    ("under_block", False): "share of allowed decisions that were harmful",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found. `measure` is the rate compared ("" and a `reason` where it cannot tell); `tested` slices;
    `found`: records, the surest first."""

    kind: str
    measure: str
    reason: str
    tested: int = 0
    left_out: tuple[str, ...] = ()
    found: list[dict[str, Any]] = field(default_factory=list)


def err_more(
    log: pd.DataFrame | Judged,
    attributes: Sequence[str],
    *,
    kind: str,
    acted: Collection[str] = ACTED,
    level: float = FALSE_DISCOVERIES,
) -> Search:
    """Slices whose error rate of this kind (over_block, under_block) is above that of the rest.

    Every combination of up to three attributes with FEWEST_ROWS judged decisions is tested. The k-th slice is kept at
    p <= level * k / tests (Benjamini & Hochberg 1995), counted over kept slices alone: a slice must pass anew on the
    decisions that no kept one covers, so the many slices that overlap one culprit neither are listed nor loosen the
    bound. Last it must err more in LEAST_STABLE of RESAMPLES bootstrap samples, with the weights as they are. A kept
    record has slice, attributes, decisions, judged, wrong, judged_rest, wrong_rest, rate, rest and ratio with ends,
    p_value, q_value, stability.
    """
    known = log if isinstance(log, Judged) else judged(log, acted=acted)
    rows, wrong, measure = befallen(known, kind)
    if not measure:
        side = "acted" if kind == "over_block" else "allowed"
        return Search(kind, "", f"cannot tell: no random audit of {side} decisions")
    used, left_out = sliceable(known.rows.loc[rows], attributes)
    domain = domain_of(known, rows, wrong, used, kind)
    if not domain.wrong.any() or domain.wrong.all():
        return Search(kind, measure, "cannot tell: all judged decisions are alike", left_out=left_out)
    tried = candidates(domain)
    kept = _kept(domain, tried, level)
    found = [_record(known, domain, tried, place, p, q) for place, p, q in kept]
    stable = [record for record in found if record["stability"] >= LEAST_STABLE]
    return Search(kind, measure, "", len(tried.slices), left_out, stable)


def befallen(known: Judged, kind: str) -> tuple[Flags, Flags, str]:
    """The judged rows that an error of this kind (over_block, under_block) could befall, which of all rows are wrong,
    and the measure's name ("": no measure, as nobody judged that side)."""
    over = kind == "over_block"
    of_kind = known.harmful != over
    if known.both_sides:
        return known.used & of_kind, known.acted == over, MEASURES[kind, True]
    side = int(over)
    measure = MEASURES[kind, False] if known.basis[side] != "none" else ""
    return known.used & (known.acted == over), of_kind, measure


def _kept(domain: Domain, tried: Candidates, level: float) -> list[tuple[int, float, float]]:
    """Places, p and q of slices that stand by themselves, the surest first."""
    kept: list[tuple[int, float, float]] = []
    free = np.ones(len(domain.wrong), bool)
    for place in np.argsort(tried.p, kind="stable"):
        bound = level * (len(kept) + 1) / len(tried.slices)
        p = float(tried.p[place])
        if p > bound:
            break
        inside = members(domain, tried.slices[place])
        if kept:
            p = max(p, _alone(domain, inside, free))
        if p <= bound:
            kept.append((int(place), p, p * len(tried.slices) / (len(kept) + 1)))
            free &= ~inside
    return kept


def _alone(domain: Domain, inside: Flags, free: Flags) -> float:
    """p of a slice among the rows that no kept slice covers."""
    if not (inside & free).any():
        return 1.0
    return float(surprise(domain, inside[free].astype(np.int64), 2, free)[1])


def _record(known: Judged, domain: Domain, tried: Candidates, place: int, p: float, q: float) -> dict[str, Any]:
    pairs = tried.slices[place]
    inside = members(domain, pairs)
    slice_first = parts((~inside).astype(np.int64), 2, domain.wrong, domain.weight)
    attributes = {domain.names[name]: domain.values[name][code] for name, code in pairs}
    own = within(known.rows, attributes)
    rates = _rates(known, own, domain.kind)
    return {
        "slice": " & ".join(f"{name}={value}" for name, value in attributes.items()),
        "attributes": attributes,
        "decisions": round(float(known.size[own].sum())),
        "judged": int(inside.sum()),
        "wrong": int((inside & domain.wrong).sum()),
        "judged_rest": int((~inside).sum()),
        "wrong_rest": int((~inside & domain.wrong).sum()),
        **rates,
        **ratio(slice_first, rates["rate"] / rates["rest"] if rates["rest"] > 0 else float("inf")),
        "p_value": p,
        "q_value": min(q, 1.0),
        "stability": _stability(domain, inside),
    }


def within(rows: pd.DataFrame, attributes: Mapping[str, str]) -> Flags:
    """The decisions that have these values."""
    own = np.ones(len(rows), bool)
    for name, value in attributes.items():
        code, values = cells_of(rows[name])
        own &= code == values.index(value)
    return own


def _rates(known: Judged, own: Flags, kind: str) -> dict[str, float]:
    """The error rate in the slice and in the rest, as the table of rates tells it."""
    over = kind == "over_block"
    if known.both_sides:
        table = rates_of(known, own.astype(np.int64), ["rest", "rate"])
        name = "fpr" if over else "fnr"
        ends = table[[name, f"{name}_low", f"{name}_high"]].to_numpy(np.float64)
    else:
        side, _ = side_of(known, int(over), own.astype(np.int64), 2)
        tried = side.tried[:, 0]
        wrong = tried - side.hits[:, 0] if over else side.hits[:, 0]
        ends = np.column_stack([wrong / np.maximum(tried, 1e-9), *share_interval(wrong, tried)])
    tails = ("", "_low", "_high")
    slices = {"rate": ends[1], "rest": ends[0]}
    return {f"{name}{tail}": float(end) for name, row in slices.items() for tail, end in zip(tails, row, strict=True)}


def _stability(domain: Domain, inside: Flags) -> float:
    """Share of bootstrap samples of the rows in which the slice errs more by STABLE_Z standard errors."""
    dice = np.random.default_rng(SEED)
    cell = inside.astype(np.int64)
    again = 0
    for _ in range(RESAMPLES):
        times = np.bincount(dice.integers(len(cell), size=len(cell)), minlength=len(cell))
        drawn = np.repeat(np.arange(len(cell)), times)
        again += float(score(parts(cell[drawn], 2, domain.wrong[drawn], domain.weight[drawn]))[1]) > STABLE_Z
    return again / RESAMPLES
