"""The weekly account as a table that fits the terminal, with what its numbers mean below it."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.cli_context import cell, heading, show, width
from jobs.escapes import one_line
from jobs.telling import corrections, tells

Row = dict[str, Any]

ERRORS = {"over_block": "wrongful", "under_block": "missed"}
"""The column of the estimate from audits."""
DROPPED = ("corroborated", "adjudicated", "change", "per_10k", "right", "affected", "error_per_10k")
"""Columns left to a wider terminal, the first of them first."""
TELLS_NOT = {
    "corroborated": "no document is joined to a decision (corroborated)",
    "adjudicated": "nothing was reviewed (adjudicated)",
    "wrongful": "no random audit of blocks (wrongful)",
    "missed": "no random audit of allowed traffic (missed)",
    "per_10k": "no exposure (per 10k)",
    "affected": "no active customers (affected)",
    "change": "no four full weeks before (change)",
}
"""Why a column is empty in every row; it is then left out and said below."""
SILENT = ("error_per_10k", "right")
"""Left out where empty without a word: the columns they follow from say why."""
MEANINGS = {
    "wrongful": "wrongful: blocks found wrong, estimated from random audits",
    "missed": "missed: harm let through, estimated from random audits of allowed traffic",
    "error_per_10k": "error per 10k: those per 10,000 requests, legitimate ones where known",
    "right": "right: share of audited blocks that were right",
    "affected": "affected: customers who claim, per 10,000 active",
    "per_10k": "per 10k: claims per 10,000 requests",
    "change": "change: ratio to the mean of the four weeks before",
}


def show_counts(rows: Sequence[Row]) -> None:
    """The account as a table; columns without any number are named below it."""
    told = [table_row(row) for row in rows]
    if total_width(told, _columns(rows, told)) > width():
        told = [table_row(row, roomy=False) for row in rows]
    columns = _columns(rows, told)
    dropped = []
    for name in DROPPED:
        if total_width(told, columns) > width() and name in columns:
            columns.remove(name)
            dropped.append(name)
    filled = [row | ({"per_10k": "no exposure"} if row["per_10k"] is None else {}) for row in told]
    empty = [name for name in TELLS_NOT if name in told[0] and all(row[name] is None for row in told)]
    show(filled, False, columns=columns, note=_note(rows, columns, empty, dropped))


def table_row(row: Row, *, roomy: bool = True) -> Row:
    """A ledger row as the table shows it: intervals beside or under their numbers, None where nothing is known."""
    wrong = [row[f"wrongful_{end}"] for end in ("estimated", "low", "high")]
    by_audit = spanned(*wrong, roomy=roomy)
    per_10k = three(row, "wrongful_per_10k_requests", roomy=roomy)
    if by_audit and not tells(wrong[0], wrong[2]):
        by_audit, per_10k = f"cannot tell{' ' if roomy else chr(10)}({row['audited']} audits)", "cannot tell"
    return {
        "week": row["week"] + (" *" if row["partial"] else ""),
        "weeks": row["span"],
        "slice": row["slice"].replace("(none)", "unattributed"),
        "error_per_10k": per_10k,
        "affected": _short(row["customers_per_10k_active"]),
        "right": _percents([row[f"block_precision{end}"] for end in ("", "_low", "_high")], roomy=roomy),
        "claims": three(row, "claims_estimated", low="claims_low", high="claims_high", roomy=roomy),
        "unique": _beside(row),
        "raw": row["claimed_raw"],
        "change": three(row, "change_4w", roomy=roomy, sign="×"),
        "customers": "none named" if row["customers"] == 0 and row["reporters"] else row["customers"],
        "corroborated": row["corroborated"],
        "adjudicated": row["adjudicated"],
        ERRORS[row["kind"]]: by_audit,
        "per_10k": three(row, "per_10k_requests", roomy=roomy),
    }


def three(row: Row, name: str, *, roomy: bool, low: str = "", high: str = "", sign: str = "") -> str | None:
    """A column with its two ends, as `spanned`."""
    found = spanned(row[name], row[low or f"{name}_low"], row[high or f"{name}_high"], roomy=roomy)
    return None if found is None else sign + found


def spanned(estimate: float | None, low: float | None, high: float | None, *, roomy: bool = True) -> str | None:
    """An estimate with its interval, beside it or on a line of its own.

    >>> spanned(12.0, 6.2006, 20.96), spanned(12.0, 6.2006, 20.96, roomy=False)
    ('12 (6.2–21)', '12\\n6.2–21')
    """
    if estimate is None or low is None or high is None:
        return None
    span = f"{_short(low)}–{_short(high)}"
    return f"{_short(estimate)} ({span})" if roomy else f"{_short(estimate)}\n{span}"


def total_width(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> int:
    """Characters that a table of these columns takes."""
    total = 2 * len(columns)
    for name in columns:
        lines = [line for row in rows for line in cell(row[name]).split("\n")]
        widest = max(len(line) for line in lines)
        total += max(widest, *(len(word) for word in heading(name, widest).split("\n")))
    return total


def _columns(rows: Sequence[Row], told: Sequence[Row]) -> list[str]:
    """The columns that tell something of these rows."""
    gone = {name for name in (*TELLS_NOT, *SILENT) if name in told[0] and all(row[name] is None for row in told)}
    gone |= {"slice"} if len({row["slice"] for row in rows}) == 1 else set()
    gone |= {"weeks"} if {row["span"] for row in rows} == {1} else set()
    return [name for name in told[0] if name not in gone]


def _beside(row: Row) -> str:
    """The unique count, with what it will come to and a suspected campaign beside it."""
    lines = [f"{row['claimed_unique']:,}"]
    if row["nowcast"] is not None:
        lines += [f"→{row['nowcast']:,.0f}", f"{row['nowcast_low']:,.0f}–{row['nowcast_high']:,.0f}"]
    if row["suspected_campaign"]:
        lines.append(f"!{row['suspected_campaign']:,}")
    return "\n".join(lines)


def _short(value: float | None) -> str | None:
    if value is None:
        return None
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _percents(ends: Sequence[float | None], *, roomy: bool) -> str | None:
    if any(end is None for end in ends):
        return None
    estimate, low, high = (round(100 * float(end or 0.0)) for end in ends)
    return f"{estimate} %{' (' if roomy else chr(10)}{low}–{high}{')' if roomy else ''}"


def _note(rows: Sequence[Row], columns: Sequence[str], empty: Sequence[str], dropped: Sequence[str]) -> str:
    slices = sorted({row["slice"] for row in rows})
    kind = rows[0]["kind"].replace("_", "-")
    named = "slice " + slices[0].replace("(none)", "unattributed") if len(slices) == 1 else f"{len(slices)} slices"
    lines = [f"{kind}, {named}; as of {rows[-1]['as_of']}"]
    lines.append("claims with 95 % interval: " + "; ".join(corrections(row["correction"] for row in rows)))
    lines += [meaning for name, meaning in MEANINGS.items() if name in columns]
    lines += _marks(rows)
    lines += [f"cannot tell: {'; '.join(TELLS_NOT[name] for name in empty)}"] if empty else []
    lines += [revision for row in rows if (revision := revised(row))]
    cut = [name.replace("_", " ") for name in dropped]
    lines += [f"{', '.join(cut)}: on a wider terminal, or --json"] if cut else []
    return one_line_each(lines)


def _marks(rows: Sequence[Row]) -> list[str]:
    lines = [f"drift: {words}" for words in sorted({row["drift"] for row in rows if row["drift"]})]
    if any(row["span"] == 4 for row in rows):
        lines.append("weeks 4: the named week and the three before it, everyone counted once")
    if any(row["nowcast"] is not None for row in rows):
        lines.append("→ what the unique count will come to once all reports are in")
    if any(row["suspected_campaign"] for row in rows):
        lines.append("! of these, so many belong to a suspected campaign; they stay counted")
    return [*lines, "* the week is not complete"] if any(row["partial"] for row in rows) else lines


def revised(row: Row) -> str | None:
    """What was said of a week at first, and is now; None where its unique count was never revised.

    >>> said = [{"claimed_unique": 41, "reason": None}, {"claimed_unique": 47, "reason": "late arrivals"}]
    >>> revised({"week": "2026-W10", "slice": "all", "span": 1, "revisions": said})
    '2026-W10 was 41, now 47 (late arrivals)'
    """
    told = row.get("revisions") or []
    if len(told) < 2 or told[0]["claimed_unique"] == told[-1]["claimed_unique"]:
        return None
    reasons = ", ".join(dict.fromkeys(one["reason"] for one in told if one["reason"]))
    where = "" if row["slice"] == "all" else f" {row['slice'].replace('(none)', 'unattributed')}"
    weeks = " over four weeks" if row["span"] == 4 else ""
    said = f"{row['week']}{where}{weeks} was {told[0]['claimed_unique']:,}, now {told[-1]['claimed_unique']:,}"
    return f"{said} ({reasons})" if reasons else said


def one_line_each(lines: Sequence[str]) -> str:
    """Lines without controls in them: a slice must not drive the reader's terminal."""
    return "\n".join(one_line(line) for line in lines)
