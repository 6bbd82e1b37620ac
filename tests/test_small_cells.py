"""Small cells of the ledger: none can be worked out from what is shown, by whoever adds and subtracts."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitigations.cells import week_name
from mitigations.small_cells import suppressed

MONDAY = pd.Timestamp("2026-01-05")
PLANS, DOMAINS = ("free", "pro", "(none)"), ("cyber", "none")
LEAST = 5


def account(counts: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Ledger rows of documents (weeks, plans, domains), each of its own customer; and the atoms each row sums."""
    weeks = len(counts)
    rows, sums = [], []
    keys = {"all": (None, None)}
    keys |= {f"plan={plan}": (plan, None) for plan in PLANS}
    keys |= {f"harm_domain={domain}": (None, domain) for domain in DOMAINS}
    keys |= {f"harm_domain={domain}&plan={plan}": (plan, domain) for plan, domain in itertools.product(PLANS, DOMAINS)}
    for (key, (plan, domain)), week, span in itertools.product(keys.items(), range(weeks), (1, 4)):
        atoms = np.zeros(counts.shape, dtype=bool)
        plans = slice(None) if plan is None else PLANS.index(plan)
        domains = slice(None) if domain is None else DOMAINS.index(domain)
        atoms[max(week - span + 1, 0) : week + 1, plans, domains] = True
        number = int(counts[atoms].sum())
        name = week_name(MONDAY + pd.Timedelta(weeks=week))
        rows.append({"week": name, "kind": "over_block", "slice": key, "span": span, "claimed_raw": number})
        sums.append(atoms.ravel())
    frame = pd.DataFrame(rows)
    return frame.assign(customers=frame["claimed_raw"]), np.array(sums)


def worked_out(frame: pd.DataFrame, sums: np.ndarray, hidden: np.ndarray) -> list[str]:
    """Small cells that linear algebra gives away: with what is shown, and that no count is below nought."""
    number = frame["claimed_raw"].to_numpy()
    empty = sums[~hidden & (number == 0)].any(axis=0)
    known = sums[~hidden][:, ~empty].astype(float)
    small = np.flatnonzero((number > 0) & (number < LEAST))
    rank = np.linalg.matrix_rank(known) if known.size else 0
    told = []
    for cell in small:
        one = sums[cell][~empty].astype(float)
        if one.any() and np.linalg.matrix_rank(np.vstack([known, one])) == rank:
            told.append(f"{frame.loc[cell, 'week']} {frame.loc[cell, 'slice']} over {frame.loc[cell, 'span']}")
    return told


@st.composite
def streams(draw: st.DrawFn) -> np.ndarray:
    """Documents by week, plan and domain: loud, sparse and empty slices, a few weeks to a few months."""
    weeks = draw(st.integers(1, 9))
    seed, quiet = draw(st.integers(0, 2**31)), draw(st.sampled_from([0.2, 1.0, 4.0]))
    rng = np.random.default_rng(seed)
    level = rng.choice([0.0, quiet, 12.0], size=(1, len(PLANS), len(DOMAINS)))
    return rng.poisson(level * rng.choice([0.0, 0.3, 1.0, 1.0], size=(weeks, len(PLANS), len(DOMAINS))))


@settings(max_examples=150)
@given(counts=streams())
def test_no_small_count_can_be_computed_from_shown_ones(counts: np.ndarray) -> None:
    frame, sums = account(counts)
    hidden = suppressed(frame, least=LEAST).row
    small = (frame["claimed_raw"] > 0) & (frame["customers"] < LEAST)
    assert hidden[small.to_numpy()].all()
    assert worked_out(frame, sums, hidden) == []


def test_plain_suppression_would_be_worked_out() -> None:
    counts = np.full((4, 3, 2), 8)
    counts[1, 0, 0] = 1
    frame, sums = account(counts)
    small = ((frame["claimed_raw"] > 0) & (frame["customers"] < LEAST)).to_numpy()
    assert worked_out(frame, sums, small) != [], "the attacker of these tests must be able to subtract"


def test_four_weeks_together_are_shown_where_the_weeks_are_too_small() -> None:
    counts = np.zeros((8, 3, 2), dtype=int)
    counts[:, 0, 0], counts[:, 1, 0], counts[:, 2, 1] = 2, 3, 40
    frame, _ = account(counts)
    hidden = pd.Series(suppressed(frame, least=LEAST).row, pd.MultiIndex.from_frame(frame[["week", "slice", "span"]]))
    assert hidden["2026-W07", "plan=free", 1] and hidden["2026-W07", "plan=pro", 1]
    # Weeks are taken together in blocks that never overlap: one of them ends with the seventh of 2026.
    assert not hidden["2026-W07", "plan=free", 4] and not hidden["2026-W07", "plan=pro", 4]
    assert hidden["2026-W06", "plan=free", 4] and hidden["2026-W08", "plan=free", 4]
    assert not hidden["2026-W04", "plan=(none)", 1]


def test_nothing_is_hidden_from_those_who_may_see_all() -> None:
    frame, _ = account(np.ones((4, 3, 2), dtype=int))
    found = suppressed(frame, least=0)
    assert not found.row.any() and not found.change.any()


def test_change_is_hidden_where_it_would_tell_the_weeks_before() -> None:
    counts = np.full((9, 3, 2), 8)
    counts[2, 0, 0] = 1
    frame, _ = account(counts)
    found = suppressed(frame, least=LEAST)
    by_cell = pd.MultiIndex.from_frame(frame[["week", "slice", "span"]])
    hidden, change = pd.Series(found.row, index=by_cell), pd.Series(found.change, index=by_cell)
    assert (change | ~hidden).all() or change[hidden].all()
    cell = ("2026-W06", "harm_domain=cyber&plan=free", 1)
    assert not hidden[cell] and change[cell]


@pytest.mark.parametrize("least", [5, 20])
def test_a_week_without_claims_is_no_small_cell(least: int) -> None:
    frame, _ = account(np.zeros((5, 3, 2), dtype=int))
    assert not suppressed(frame, least=least).row[frame["span"].to_numpy() == 1].any()
