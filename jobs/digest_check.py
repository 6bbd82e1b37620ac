"""The check before a message leaves: every number of its texts is one that the content says at that place."""

import re
from collections.abc import Mapping
from typing import Any

from jobs.digest_lines import number
from jobs.message import Message
from jobs.report_check import NUMBER, page_text

FIXED = frozenset({"95", "10,000"})
"""The level of intervals in percent, and the requests that rates are per: they say what a figure is, not how much."""
ITEM = re.compile(r"(?m)^[1-5]\. ")
"""The numbers of the lines read first."""
ESCAPE = re.compile(r"\\(?=[^\w\s])")
ENDS = {
    "text": "Open: {link}\n",
    "markdown": "[Open]({link})\n",
    "html": "Open in the dashboard",
}
"""What ends the block of an alert in each form."""


class NumberNotInDigest(ValueError):
    """A text that says a number which the content it is made of does not say there."""


def check_message(message: Message, content: Mapping[str, Any]) -> None:
    """Refuse a message any of whose forms says a number that is not the content's. Raises `NumberNotInDigest`."""
    texts = {"text": message.text, "markdown": message.markdown, "html": page_text(message.html)}
    for form, text in texts.items():
        check_text(text, content, ends=ENDS[form])
    _compare(message.brief, figures(content), "the text for chats")


def check_text(text: str, content: Mapping[str, Any], *, ends: str) -> None:
    """Refuse a text in which the block of an alert says a number that is not of this alert, or the rest one that is
    of no part of the content but alerts. `ends`: what stands at the end of a block, with {link}.

    Raises `NumberNotInDigest`.
    """
    alerts = content["alerts"]
    rest = figures({name: value for name, value in content.items() if name != "alerts"})
    for place, alert in enumerate(alerts):
        block, end, text = text.partition(ends.format(link=alert["link"]))
        if not end:
            raise NumberNotInDigest(f"expected the block of alert {alert['alert_id']}, got none; mend the template")
        known = figures(alert) | (rest if place == 0 else frozenset())
        _compare(block, known, f"the block of alert {alert['alert_id']}")
    _compare(text, rest, "what follows the alerts" if alerts else "the text")


def figures(value: Any) -> frozenset[str]:
    """Every number of an object as a text shows it, and those inside its texts.

    >>> sorted(figures({"ratio": 4.31, "day": "2026-03-01", "open": True, "parts": [1200]}))
    ['01', '03', '1,200', '2026', '4.31']
    """
    if isinstance(value, Mapping):
        return frozenset[str]().union(*map(figures, value.values()))
    if isinstance(value, list | tuple):
        return frozenset[str]().union(*map(figures, value))
    if value is None or isinstance(value, bool):
        return frozenset()
    return frozenset(NUMBER.findall(value if isinstance(value, str) else number(value)))


def _compare(text: str, known: frozenset[str], where: str) -> None:
    said = NUMBER.findall(ITEM.sub("", ESCAPE.sub("", text)))
    strange = [one for one in said if one not in known and one not in FIXED]
    if strange:
        raise NumberNotInDigest(
            f"expected numbers of the content in {where}, got {', '.join(strange[:3])}; "
            "take every number from the content, never from a template"
        )
