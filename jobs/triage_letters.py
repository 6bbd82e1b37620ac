"""A message about grave documents in every form a channel may want: links and reasons, never a text."""

from collections.abc import Callable, Mapping
from typing import Any

from jobs.digest_content import clean
from jobs.digest_lines import many, number
from jobs.digest_text import template_environment
from jobs.escapes import markdown, tame
from jobs.message import Message


def triage_letter(content: Mapping[str, Any], *, message_id: str, triage_id: str) -> Message:
    """The stored content of a message as a message to its owner."""
    return Message(
        message_id=message_id,
        name=f"triage-{content['owner']}-{content['as_of'][:10]}-{triage_id[:9]}",
        subject=f"[{content['installation']}] triage: {headline(content)}",
        text=_written("triage.md.j2", tame, content, plain=True),
        markdown=_written("triage.md.j2", markdown, content, plain=False),
        html=_written("triage.html.j2", tame, content, plain=False),
        payload={"type": "groundswell.triage", "timestamp": content["as_of"], "data": clean(content)},
        owner=str(content["owner"]),
        thread=f"triage-{content['owner']}",
    )


def headline(content: Mapping[str, Any]) -> str:
    """What the message is about, in a few words.

    >>> headline({"documents": [{"harm_domain": "biological"}], "more": 2, "older": 40})
    '3 documents may be grave (biological, …), 40 older ones queued'
    """
    fresh = len(content["documents"]) + content["more"]
    domains = list(dict.fromkeys(str(row["harm_domain"]).replace("_", " ") for row in content["documents"]))
    shown = ", ".join(domains[:3]) + (", …" if len(domains) > 3 or content["more"] else "")
    parts = [f"{many(fresh, 'document')} may be grave ({shown})"] if fresh else []
    if content["older"]:
        older = "older one" if fresh else "older document"
        parts.append(f"{many(content['older'], older)} queued")
    return ", ".join(parts)


def older_line(content: Mapping[str, Any]) -> str:
    """The sentence about documents that are only counted; empty where there is none.

    >>> older_line({"older": 2, "fresh_days": 7, "older_from": "2026-01-02", "older_to": "2026-01-03"})
    '2 more arrived over 7 days before the newest document, from 2026-01-02 to 2026-01-03: they are in the queue.'
    """
    if not content["older"]:
        return ""
    days = f"from {content['older_from']} to {content['older_to']}"
    before = f"over {many(content['fresh_days'], 'day')} before the newest document"
    return f"{number(content['older'])} more arrived {before}, {days}: they are in the queue."


def _written(template: str, escape: Callable[[str], str], content: Mapping[str, Any], *, plain: bool) -> str:
    made = template_environment(autoescape=template.endswith("html.j2"))
    made.filters["t"] = escape
    told = {"c": content, "plain": plain, "headline": headline(content), "older": older_line(content)}
    lines = [line.rstrip() for line in made.get_template(template).render(**told).splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip() + "\n"
