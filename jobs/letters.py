"""What is sent: an alert or a digest as a message, in every form a channel may want, and its charts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from jobs.digest_check import check_message
from jobs.digest_content import alert_content, completed
from jobs.digest_facts import Row, View
from jobs.digest_lines import STATES, brief, title
from jobs.digest_text import images, render_html, render_markdown, render_text
from jobs.letter_headers import chat_text
from jobs.message import Message
from jobs.store_rows import encoded
from jobs.wrapping import wrapped

CHART_DAYS = 84
CHART_WIDTH = 624


def alert_letter(view: View, alert: Row, owner: Mapping[str, Any], *, message_id: str) -> Message:
    """One alert as a message to its owner."""
    content = alert_content(view, alert, owner)
    subject = f"[{content['installation']}] {STATES[alert['state']]}: {content['alerts'][0]['title']}"
    name = f"alert-{alert['alert_id']}-{alert['state']}-{alert['day']}"
    thread = f"alert-{alert['alert_id']}"
    return _message(view, content, Names(subject, name, thread, message_id))


def digest_letter(view: View, digest: Mapping[str, Any], *, message_id: str) -> Message:
    """A stored digest as a message to its owner."""
    content = completed(digest["content"])
    subject = f"[{content['installation']}] {title(content)}"
    thread = f"digest-{content['owner']}"
    return _message(view, content, Names(subject, digest_name(content), thread, message_id))


def digest_name(content: Mapping[str, Any]) -> str:
    """The name of a digest's files: whose and of which day."""
    return f"{content['owner']}-{content['period']['to']}"


def charts(view: View, content: Mapping[str, Any]) -> dict[str, bytes]:
    """A chart of the last twelve weeks for each alert told in full: PNG by alert_id."""
    return {alert["alert_id"]: _chart(view, alert) for alert in content["alerts"]}


def _chart(view: View, alert: Row) -> bytes:
    from jobs.charts import volume_chart

    since = (view.today - timedelta(days=CHART_DAYS)).isoformat()
    days = view.store.delivery.days(alert["series"], since=min(since, alert["day_low"]))
    changes = [row for row in view.changes if row["series"] == alert["series"]]
    return _drawn(encoded(volume_chart(days, changes, _releases(view, alert), "")))


@lru_cache(maxsize=64)
def _drawn(spec: str) -> bytes:
    """The PNG of a specification; an alert's is the same in its own message and in the digest of the day."""
    from jobs.charts import png

    return png(json.loads(spec), width=CHART_WIDTH)


def _releases(view: View, alert: Row) -> list[Row]:
    """Releases of the mitigations that the series is about: those of its harm domain, all where it has none."""
    domain = view.series.get(alert["series"], {}).get("harm_domain")
    names = {
        row["mitigation_id"]: row["name"]
        for row in view.mitigations
        if not isinstance(domain, str) or row["harm_domain"] == domain
    }
    return [
        {**row, "mitigation_name": names[row["mitigation"]]}
        for row in view.store.reference.releases()
        if row["mitigation"] in names
    ]


@dataclass(frozen=True, slots=True)
class Names:
    """What a message is called: subject, files, thread, id."""

    subject: str
    name: str
    thread: str
    message_id: str


def _message(view: View, content: Row, names: Names) -> Message:
    """The content in every form. Raises `NumberNotInDigest` where a form says a number that the content does not."""
    pictures = charts(view, content)
    message = Message(
        message_id=names.message_id,
        name=names.name,
        subject=names.subject,
        text=wrapped(render_text(content)),
        markdown=render_markdown(content),
        html=render_html(content, pictures, inline=False),
        payload={"type": f"groundswell.{content['scope']}", "timestamp": content["as_of"], "data": content},
        images=images(pictures),
        brief=brief(content),
        owner=str(content["owner"]),
        thread=names.thread,
    )
    check_message(message, content)
    said = {"text": chat_text(message, view.settings.base_url)}
    return replace(message, payload={**message.payload, **said})
