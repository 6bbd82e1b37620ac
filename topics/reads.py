"""The sentences of an explanation: plain, in the order an owner reads them, every number one of its record."""

from typing import Any

ALONE_SHARE = 0.01
"""A loudest reporter of less than this is not worth a sentence."""
LEAST_CARRIERS = 5
"""Of what fewer reporters began no segment is said to carry it."""


def reads(found: dict[str, Any]) -> list[str]:
    """Plain sentences in the order an owner reads them; every number is one of `found`."""
    parts = (_moved, _since, _carried, _alone, _same_days, _beside, _turns)
    return [line for line in (part(found) for part in parts) if line]


def _moved(found: dict[str, Any]) -> str:
    if found["type"] == "first_seen":
        before = _people(found["quiet_days"], "day")
        return (
            f"{found['title']} was first seen on {found['day']}, after none in the {before} before:"
            f" {_people(found['unique_documents'], 'document')} by {_people(found['reporters'], 'reporter')}"
            f" and {_people(found['customers'], 'known customer')}."
        )
    verb = "rose" if found["direction"] == "up" else "fell"
    size = f"×{found['ratio']:g} (95 % interval {_interval(found)})"
    if found["type"] == "birth":
        size = "from nothing"
    return (
        f"{found['title']} {verb} {size}, from {found['before_mean']:g} to {found['after_mean']:g} reporters"
        f" a day: {_people(found['unique_documents'], 'document')} by {_people(found['reporters'], 'reporter')}"
        f" and {_people(found['customers'], 'known customer')}."
    )


def _since(found: dict[str, Any]) -> str:
    if found["q_value"] is None:
        return ""
    line = f"It began on {found['day']}, between {found['day_low']} and {found['day_high']} with 95 % likelihood"
    line += f", and ended on {found['end']}." if found["end"] else "."
    sure = f" Such a change by chance: q = {found['q_value']:g}."
    return line + sure + ("" if found["confirmed"] else " Later days do not bear it out.")


def _carried(found: dict[str, Any]) -> str:
    if found["type"] == "first_seen" and found["reporters"] < LEAST_CARRIERS:
        return ""
    parts = [
        f"{row['attribute']} {row['value']} ".replace("_", " ")
        + f"({_share(row['share'])} of it, {_elsewhere(found, row)})"
        for row in found["carried_by"]
    ]
    words = [row["word"] for row in found["words"][:5]]
    spread = "No single segment carries it." if found["segments"] else ""
    carried = f"Carried by {', '.join(parts)}." if parts else spread
    wording = f"Words that came with it: {', '.join(words)}." if words else ""
    return " ".join(part for part in (carried, wording) if part)


def _elsewhere(found: dict[str, Any], row: dict[str, Any]) -> str:
    return f"{row['share_before']:.0%} before" if found["direction"] == "up" else f"{row['share_after']:.0%} after"


def _people(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _share(share: float) -> str:
    """A share above one says that the other values moved the other way."""
    return f"{share:.0%}" if share < 1 else "all"


def _alone(found: dict[str, Any]) -> str:
    alone = found["without_top_reporter"]
    if alone["ratio"] is None or alone["share_of_documents"] < ALONE_SHARE:
        return ""
    return (
        f"The loudest reporter filed {alone['share_of_documents']:.0%} of the documents;"
        f" without them daily reporters went to ×{alone['ratio']:.3g}."
    )


def _same_days(found: dict[str, Any]) -> str:
    known = found["coincides_with"]
    ended = "; ".join(_coincidence(row) for row in found["ended_with"])
    end = f" Its end coincides with {ended}." if ended else ""
    if known[0]["type"] == "unclear":
        return "It coincides with nothing we know of." + end
    return "It coincides with " + "; ".join(_coincidence(row) for row in known) + "." + end


def _coincidence(row: dict[str, Any]) -> str:
    line = f"{row['type'].replace('_', ' ')}: {row['evidence_for']}"
    line += f" (against it: {row['evidence_against']})" if row["evidence_against"] else ""
    return line + (
        f" (one lies in such an interval anyway with probability {row['chance']:g})" if row["chance"] else ""
    )


def _beside(found: dict[str, Any]) -> str:
    """What lies on the same days and is not of it, so that nobody has to look it up."""
    rows = found["ruled_out"]
    told = "; ".join(f"{row['id'] or row['type'].replace('_', ' ')}: {row['evidence_against']}" for row in rows)
    return f"On the same days, but hardly of it: {told}." if rows else ""


def _turns(found: dict[str, Any]) -> str:
    return f"What would reverse this reading: {'; '.join(found['reverses'])}." if found["reverses"] else ""


def _interval(found: dict[str, Any]) -> str:
    low, high = found["ratio_low"], found["ratio_high"]
    return f"{'0' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
