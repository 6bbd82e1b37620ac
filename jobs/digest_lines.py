"""The sentences of a digest, made of its figures alone: a manager reads five of them."""

from typing import Any

Row = dict[str, Any]

KINDS = {"over_block": "over-block", "under_block": "under-block"}
FOUND_WRONG = {"over_block": "wrongful, by audit", "under_block": "let through, by audit"}
"""What the estimate from random audits is of."""
STATES = {
    "new": "new",
    "escalating": "growing further",
    "regressed": "back again",
    "ongoing": "still open",
    "resolved": "over",
}


def title(content: Row) -> str:
    """What it is, in one line: whose, how many alerts, until when."""
    if content["scope"] == "alert":
        return str(content["alerts"][0]["title"])
    return f"{content['owner_name']}: {_alerts(len(content['alerts']))}, to {content['period']['to']}"


def summary(content: Row) -> list[str]:
    """The lines read first: five, or two where there is nothing to say."""
    if content["scope"] == "alert":
        return [_top(content)]
    if content["nothing"]:
        return [_nothing(content), _claims(content) or "No over-block claim is on account for these weeks."]
    lines = [_alert_line(content), _top(content), _claims(content), _wrongful(content), _data(content)]
    return [line for line in lines if line]


def moved(alert: Row) -> str:
    """What moved and by how much, in a few words: ratio with interval, from where to where."""
    if alert["before_mean"] is None:
        return "up" if alert["direction"] == "up" else "down"
    verb = "from nothing" if alert["ratio"] is None else f"×{number(alert['ratio'])}{interval(alert, 'ratio')}"
    levels = f"{number(alert['before_mean'])} to {number(alert['after_mean'])} reporters a day"
    return f"{verb}, from {levels}"


def lead(alert: Row) -> str:
    """The first sentence of an alert: that of its explanation, else what its figures say."""
    if alert["reads"]:
        return str(alert["reads"][0])
    who = (
        ""
        if alert["customers"] is None
        else (f"; {many(alert['reporters'], 'reporter')}, {many(alert['customers'], 'customer')}")
    )
    return f"{alert['subject']}: {moved(alert)}{who}."


def week_line(row: Row) -> str:
    """One cell of the ledger in words, with its interval and denominator."""
    kind, where = KINDS[row["kind"]], scope(row["slice"])
    text = f"{where}: {number(row['estimated'])} {kind} claims (95 % interval {_span(row['low'], row['high'])}"
    text += f"; {row['correction']}), {number(row['unique'])} unique of {many(row['raw'], 'document')}"
    return text + f" from {many(row['reporters'], 'reporter')} and {many(row['customers'], 'customer')}"


def scope(key: str) -> str:
    """A slice key as it is read.

    >>> scope("all"), scope("harm_domain=cyber&plan=pro")
    ('all feedback', 'cyber, pro')
    """
    if key == "all":
        return "all feedback"
    return ", ".join(part.partition("=")[2].replace("_", " ") for part in key.split("&"))


def number(value: Any) -> str:
    """A figure in text; "cannot tell" where there is none.

    >>> number(195432), number(2.41), number(None)
    ('195,432', '2.41', 'cannot tell')
    """
    if value is None:
        return "cannot tell"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def many(count: Any, noun: str) -> str:
    """A count with its noun.

    >>> many(1, "reporter"), many(1200, "reporter")
    ('1 reporter', '1,200 reporters')
    """
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def interval(row: Row, name: str) -> str:
    """The 95 % interval of a figure, in brackets; an end that is not known is open."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None and high is None else f" (95 % interval {_span(low, high)})"


def _span(low: Any, high: Any) -> str:
    if high is None:
        return f"{number(low)} or more"
    return f"{'0' if low is None else number(low)} to {number(high)}"


def _alerts(count: int) -> str:
    return many(count, "alert") if count else "no alert"


def _period(content: Row) -> str:
    days = content["period"]["days"]
    return f"in the {f'{days} days' if days != 1 else 'day'} to {content['period']['to']}"


def _nothing(content: Row) -> str:
    line = f"Nothing new for {content['owner_name']} {_period(content)}: no alert is open."
    ratios = [row["smallest_ratio"] for row in content["quiet"]]
    return line + (
        f" A rise by ×{number(min(ratios))} to ×{number(max(ratios))} would have been seen." if ratios else ""
    )


def _alert_line(content: Row) -> str:
    counts = content["counts"]
    told = [f"{counts[state]} {STATES[state]}" for state in STATES if counts.get(state)]
    critical = f"; {counts['critical']} of critical hazard" if counts.get("critical") else ""
    return f"Alerts {_period(content)}: {', '.join(told)}{critical}."


def _top(content: Row) -> str:
    if not content["alerts"]:
        return "Nothing is new: the open alerts below were told before."
    alert = content["alerts"][0]
    line = f"First to look at: {alert['subject']}, {moved(alert)}"
    if alert["customers"] is not None:
        line += f", {many(alert['customers'], 'customer')}, {many(alert['reporters'], 'reporter')}"
    return f"{line}, since {alert['day']}."


def _last(content: Row, kind: str) -> Row | None:
    weekly = content["weekly"]
    full = [row for row in weekly[kind] if row["week"] == weekly["last_full_week"]]
    return full[0] if full else None


def _claims(content: Row) -> str:
    row = _last(content, "over_block")
    if row is None:
        return ""
    line = f"{row['week']}, {week_line(row)}"
    if row["requests"]:
        rate, low, high = row["per_10k"]
        line += f"; {number(rate)} ({_span(low, high)}) per 10,000 of {number(row['requests'])} requests"
    else:
        line += "; no exposure is known for a rate"
    base = content["weekly"]["over_block_baseline"]
    return line + (
        f"; mean of the {many(base['weeks'], 'week')} before: {number(base['mean'])}." if base["weeks"] else "."
    )


def _wrongful(content: Row) -> str:
    row = _last(content, "over_block")
    if row is None:
        return ""
    if row["wrongful"][0] is None:
        return f"How many blocks were wrong in {row['week']} cannot be told: no random audit of them is on record."
    wrong, low, high = row["wrongful"]
    line = f"Wrongful blocks in {row['week']}, from {many(row['audited'], 'random audit')}: {number(wrong)}"
    line += f" (95 % interval {_span(low, high)})"
    if row["wrong_percent"]:
        share, least, most = row["wrong_percent"]
        line += f", {share} % ({least} to {most} %) of the blocks"
    return line + "."


def _data(content: Row) -> str:
    row = _last(content, "over_block")
    parts = []
    if row is not None and row["completeness_percent"] is not None:
        parts.append(f"{row['completeness_percent']} % of the reports of {row['week']} have arrived")
    days, changes = content["data"]["incomplete_days"], content["data"]["coverage"]
    parts.append(f"{many(len(days), 'recent day')} not complete yet" if days else "recent days are complete")
    parts.append(f"{many(len(changes), 'feed change')} noted" if changes else "no feed gap in the period")
    if content["silences"]:
        parts.append(f"{many(len(content['silences']), 'silence')} in force")
    return f"Data: {'; '.join(parts)}."
