"""Events of a theme's lineage as a person reads them."""

from collections.abc import Mapping
from typing import Any

SPELT = {
    "into": "into {}",
    "split_from": "split from {}",
    "keeps_id": "keeps its id",
    "rest": "what remained of it",
    "documents": "{} documents",
    "documents_before": "{} documents before",
    "documents_after": "{} documents after",
    "shared_documents": "{} shared documents",
    "unheld": "{} of them in no theme before",
    "reporters": "by {} reporters",
    "window_days": "within {} days",
    "false_births": "{} such births expected by chance",
    "nearest": "nearest {}",
    "origin": "found by {}",
}
"""How a piece of evidence is said; others are said as 'name value'."""
LEFT_OUT = ("topic", "level", "exemplars")


def evidence(event: Mapping[str, Any]) -> str:
    """What an event rests on; ids of themes stand with their names (`names` of the event).

    >>> evidence({"detail": {"into": "T0002", "similarity": 0.91, "keeps_id": False}, "names": {"T0002": "Refunds"}})
    'into T0002 Refunds; similarity 0.91'
    """
    detail, names = event["detail"] or {}, event.get("names") or {}
    if not isinstance(detail, Mapping):
        return str(detail)
    told = [*(name for name in SPELT if name in detail), *(name for name in detail if name not in SPELT)]
    parts = [
        SPELT.get(name, name.replace("_", " ") + ("" if detail[name] is True else " {}")).format(
            _said(detail[name], names)
        )
        for name in told
        if name not in LEFT_OUT and detail[name] is not None and detail[name] is not False
    ]
    return "; ".join(parts)


def themes_alone(detail: Any) -> Any:
    """What an event says of other themes, without any count.

    >>> themes_alone({"into": "T0002", "similarity": 0.9, "children": {"T0003": 0.4}})
    {'into': 'T0002', 'children': ['T0003']}
    """
    if not isinstance(detail, Mapping):
        return {}
    kept = {name: list(value) if isinstance(value, Mapping) else value for name, value in detail.items()}
    return {name: value for name, value in kept.items() if _is_theme(value)}


def _is_theme(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_theme(one) or one == "none" for one in value)
    return isinstance(value, str) and value[:1] == "T" and value[1:].isdecimal()


def _said(value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_said(name, names)} {_share(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(part, names) for part in value)
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value} {names[value]}" if value in names else str(value)


def _share(value: Any) -> str:
    return f"{value:.0%}" if isinstance(value, float) and 0 <= value <= 1 else _said(value, {})
