"""The sentences of a digest, made of its figures alone: a manager reads five of them."""

from typing import Any

Row = dict[str, Any]

KINDS = {"over_block": "over-block", "under_block": "under-block"}
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
        return f"{'up' if alert['direction'] == 'up' else 'down'} since {alert['day']}"
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
        else (f"; {number(alert['reporters'])} reporters, {number(alert['customers'])} customers")
    )
    return f"{alert['subject']}: {moved(alert)}{who}."


def week_line(row: Row) -> str:
    """One cell of the ledger in words, with its interval and denominator."""
    kind, where = KINDS[row["kind"]], scope(row["slice"])
    text = f"{where}: {number(row['estimated'])} {kind} claims (95 % interval {_span(row['low'], row['high'])}"
    text += f"; {row['correction']}), {number(row['unique'])} unique of {number(row['raw'])} documents"
    return text + f" from {number(row['reporters'])} reporters and {number(row['customers'])} customers"


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


def interval(row: Row, name: str) -> str:
    """The 95 % interval of a figure, in brackets; an end that is not known is open."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None and high is None else f" (95 % interval {_span(low, high)})"


def _span(low: Any, high: Any) -> str:
    if high is None:
        return f"{number(low)} or more"
    return f"{'0' if low is None else number(low)} to {number(high)}"


def _alerts(count: int) -> str:
    return "no alert" if not count else "1 alert" if count == 1 else f"{count} alerts"


def _period(content: Row) -> str:
    return f"in the {content['period']['days']} days to {content['period']['to']}"


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
        line += f", {number(alert['customers'])} customers, {number(alert['reporters'])} reporters"
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
    return line + (f"; mean of the {base['weeks']} weeks before: {number(base['mean'])}." if base["weeks"] else ".")


def _wrongful(content: Row) -> str:
    row = _last(content, "over_block")
    if row is None:
        return ""
    if row["wrongful"][0] is None:
        return f"How many blocks were wrong in {row['week']} cannot be told: no random audit of them is on record."
    wrong, low, high = row["wrongful"]
    line = f"Wrongful blocks in {row['week']}, from {number(row['audited'])} random audits: {number(wrong)}"
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
    parts.append(f"{len(days)} recent days are still incomplete" if days else "recent days are complete")
    parts.append(f"{len(changes)} feed changes noted" if changes else "no feed gap in the period")
    if content["silences"]:
        parts.append(f"{len(content['silences'])} silences in force")
    return f"Data: {'; '.join(parts)}."
