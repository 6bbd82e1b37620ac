"""What is sent: an alert or a digest as a message, in every form a channel may want, and its charts."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from jobs.digest_content import alert_content
from jobs.digest_facts import Row, View
from jobs.digest_lines import STATES, title
from jobs.digest_text import images, render_html, render_markdown, render_text
from jobs.message import Message
from jobs.store_rows import encoded

CHART_DAYS = 84
CHART_WIDTH = 624


def alert_letter(view: View, alert: Row, owner: Mapping[str, Any], *, message_id: str) -> Message:
    """One alert as a message to its owner."""
    content = alert_content(view, alert, owner)
    subject = f"[{content['installation']}] {STATES[alert['state']]}: {content['alerts'][0]['title']}"
    name = f"alert-{alert['alert_id']}-{alert['state']}-{alert['day']}"
    return _message(content, charts(view, content), subject=subject, name=name, message_id=message_id)


def digest_letter(view: View, digest: Mapping[str, Any], *, message_id: str) -> Message:
    """A stored digest as a message to its owner."""
    content = digest["content"]
    subject = f"[{content['installation']}] {title(content)}"
    return _message(content, charts(view, content), subject=subject, name=digest_name(content), message_id=message_id)


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


def _message(
    content: Mapping[str, Any], pictures: Mapping[str, bytes], *, subject: str, name: str, message_id: str
) -> Message:
    payload: dict[str, Any] = {
        "type": f"groundswell.{content['scope']}",
        "timestamp": content["as_of"],
        "data": dict(content),
    }
    return Message(
        message_id=message_id,
        name=name,
        subject=subject,
        text=render_text(content),
        markdown=render_markdown(content),
        html=render_html(content, pictures, inline=False),
        payload=payload,
        images=images(pictures),
    )
