"""The sentences of a digest, made of its figures alone: a manager reads five of them."""

from typing import Any

Row = dict[str, Any]

KINDS = {"over_block": "over-block", "under_block": "under-block"}
FOUND_WRONG = {"over_block": "wrongful blocks, by audit", "under_block": "missed harm, by audit of allowed traffic"}
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
    return f"{content['owner_name']}: {_standing(content)}, to {content['period']['to']}"


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
    after = f"{number(alert['after_mean'])} reporters a day"
    if alert["ratio"] is None:
        return f"from {'none' if not alert['before_mean'] else number(alert['before_mean'])} to {after}"
    return f"×{number(alert['ratio'])}{interval(alert, 'ratio')}, from {number(alert['before_mean'])} to {after}"


def lead(alert: Row) -> str:
    """The first sentence of an alert: that of its explanation, else what its figures say."""
    if alert["reads"]:
        return str(alert["reads"][0])
    who = "" if alert["customers"] is None else (f"; {many(alert['reporters'], 'reporter')}, {customers(alert)}")
    return f"{alert['subject']}: {moved(alert)}{who}."


def week_line(row: Row, *, corrected: bool = True) -> str:
    """One cell of the ledger in words, with its interval, if `corrected` what that covers, and its denominator."""
    kind, where = KINDS[row["kind"]], scope(row["slice"])
    text = f"{where}: {number(row['estimated'])} {kind} claims (95 % interval {span(row['low'], row['high'])}"
    text += f"; {row['correction']})" if corrected else ")"
    text += f", {number(row['unique'])} unique of {many(row['raw'], 'document')}"
    return text + f" from {many(row['reporters'], 'reporter')} and {customers(row)}"


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


def customers(row: Row) -> str:
    """Distinct customers of a row; where people wrote and none named a customer, that, for it is no nought.

    >>> customers({"customers": 0, "reporters": 18}), customers({"customers": 1, "reporters": 2})
    ('no customer named', '1 customer')
    """
    return "no customer named" if row["customers"] == 0 and row["reporters"] else many(row["customers"], "customer")


def by_audit(row: Row) -> str:
    """The estimate from audits with its interval; "cannot tell" where that is too wide, with what it rests on."""
    estimate, low, high = row["wrongful"]
    if row["wrongful_tells"]:
        return f"{number(estimate)} ({span(low, high)})"
    return f"cannot tell from {many(row['audited'], 'audit')}"


def interval(row: Row, name: str) -> str:
    """The 95 % interval of a figure, in brackets; an end that is not known is open."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None and high is None else f" (95 % interval {span(low, high)})"


def span(low: Any, high: Any) -> str:
    """The ends of an interval; one that is not known is open."""
    if high is None:
        return f"{number(low)} or more"
    return f"{'0' if low is None else number(low)} to {number(high)}"


def _standing(content: Row) -> str:
    """How many alerts are news, and how many are open besides."""
    news, before = content["tallies"]["news"], content["tallies"]["still_open"]
    if news:
        return many(news, "alert") + (f", {number(before)} more still open" if before else "")
    return f"{many(before, 'alert')} still open, nothing new" if before else "nothing new, no alert open"


def _period(content: Row) -> str:
    if content["previous"]:
        return f"since the digest of {content['previous']}"
    days = content["period"]["days"]
    return f"in the {f'{days} days' if days != 1 else 'day'} to {content['period']['to']}"


def _nothing(content: Row) -> str:
    return f"Nothing new for {content['owner_name']} {_period(content)}: no alert is open.{_seen(content)}"


def _seen(content: Row) -> str:
    """The smallest rises that would have been seen where it is quiet."""
    ratios = [row["smallest_ratio"] for row in content["quiet"]]
    return (
        f" A lasting rise by ×{number(min(ratios))} to ×{number(max(ratios))} would have been seen." if ratios else ""
    )


def _alert_line(content: Row) -> str:
    news, told_of = content["news"], content["tallies"]
    told = [f"{news[state]} {STATES[state]}" for state in STATES if news.get(state)]
    rest = [f"{number(told_of['over'])} over"] if told_of["over"] else []
    rest += [f"{number(told_of['closed'])} closed by people"] if told_of["closed"] else []
    rest += [f"{many(told_of['still_open'], 'alert')} told before and still open"] if told_of["still_open"] else []
    rest += [f"{many(told_of['effects'], 'effect')} checked"] if told_of["effects"] else []
    critical = f"; {content['counts']['critical']} of critical hazard" if content["counts"].get("critical") else ""
    line = f"Alerts {_period(content)}: {', '.join(told)}" if told else f"Nothing new {_period(content)}"
    separator = "; " if told else ": "
    return f"{line}{separator if rest else ''}{', '.join(rest)}{critical}."


def _top(content: Row) -> str:
    if not content["alerts"]:
        return _gravest(content)
    alert = content["alerts"][0]
    line = f"First to look at: {alert['subject']}, {moved(alert)}"
    if alert["customers"] is not None:
        line += f", {customers(alert)}, {many(alert['reporters'], 'reporter')}"
    return f"{line}, since {alert['day']}."


def _gravest(content: Row) -> str:
    """Where nothing is news: the gravest of what is still open."""
    still = [row for row in content["others"] if row["state"] != "resolved"]
    if still:
        return f"Gravest of those still open: {still[0]['title']}, since {still[0]['day']}."
    return f"No alert is open.{_seen(content)}"


def _last(content: Row, kind: str) -> Row | None:
    weekly = content["weekly"]
    full = [row for row in weekly[kind] if row["week"] == weekly["last_full_week"]]
    return full[0] if full else None


def _claims(content: Row) -> str:
    row = _last(content, "over_block")
    if row is None:
        return ""
    line = f"Week {row['week']}, {week_line(row, corrected=False)}"
    if row["requests"]:
        rate, low, high = row["per_10k"]
        line += f"; {number(rate)} ({span(low, high)}) per 10,000 of {number(row['requests'])} requests"
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
    if not row["wrongful_tells"]:
        audits = many(row["audited"], "random audit")
        return f"How many blocks were wrong in {row['week']} cannot be told from {audits}: {span(low, high)}."
    line = f"Wrongful blocks in {row['week']}, from {many(row['audited'], 'random audit')}: {number(wrong)}"
    line += f" (95 % interval {span(low, high)})"
    if row["wrong_percent"]:
        share, least, most = row["wrong_percent"]
        line += f", {share} % ({least} to {most} %) of the blocks"
    return line + "."


def _data(content: Row) -> str:
    row = _last(content, "over_block")
    parts = []
    if row is not None and row["completeness_percent"] is not None:
        parts.append(f"{row['completeness_percent']} % of the reports of {row['week']} have arrived")
    tally = content["tallies"]
    days, changes = tally["incomplete_days"], tally["coverage"]
    parts.append(f"{many(days, 'recent day')} not complete yet" if days else "recent days are complete")
    parts.append(f"{many(changes, 'feed change')} noted" if changes else "no feed gap in the period")
    if tally["silences"]:
        parts.append(f"{many(tally['silences'], 'silence')} in force")
    if tally["put_off"]:
        parts.append(f"{many(tally['put_off'], 'alert')} put off")
    return f"Data: {'; '.join(parts)}."


def brief(content: Row) -> str:
    """The text for chats and pagers: the lines read first, then a line and a link for each alert told in full."""
    lines = summary(content)
    for alert in content["alerts"]:
        lines += [f"{STATES[alert['state']]}, hazard {alert['hazard']}: {alert['title']}", alert["link"]]
    return "\n".join(lines) + "\n"
