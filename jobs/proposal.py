"""A change of a threshold as a file that an owner signs: what it does to both errors, what that rests on, a seal."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from jobs.whatif import Record
from jobs.whatif_words import NAMES

FORMAT = 1
SIGNATURE = ("signed_by", "signed_on", "reason")
LOOSER = (
    "This loosens the safeguard: it lets through what it acts on today. Who signs accepts the harm told under `says`, "
    "up to the upper end of its interval."
)
KEYS = (
    *("proposal", "mitigation", "as_of", "thresholds", "direction", "says", "before", "after", "change", "customers"),
    *("rests_on", "cautions", "notes", "releases_entry", "seal"),
)
LARGEST = 64 * 1024
SHORTEST_REASON = 10
ROUNDED = 6
CHANGES = ("moved", "over_change", "under_change")


class NotAProposal(ValueError):
    """A file that is no proposal, or a candidate that is not there to be proposed."""


def proposal(record: Record, threshold: float) -> dict[str, Any]:
    """The proposal of one candidate of a record of `jobs.whatif.whatif`. Raises `NotAProposal`."""
    row = next((one for one in record["candidates"] if one["threshold"] == threshold), None)
    if row is None and record["today"] is None:
        raise NotAProposal(f"expected decisions with a score, got none; {record['reason']}")
    if row is None or threshold == record["today"]["threshold"]:
        got = "today's" if row is not None else "none such"
        raise NotAProposal(f"expected a candidate other than today's threshold, got {got} of {threshold:g}")
    if not record["mitigation"]:
        raise NotAProposal("expected a mitigation to propose for, got a file of decisions; ingest it, or name one")
    today = record["today"]["threshold"]
    content = {
        "proposal": FORMAT,
        "mitigation": record["mitigation"],
        "as_of": record["as_of"] or record["last_day"] or "",
        "thresholds": [{"segment": record["segment"], "current": today, "proposed": threshold}],
        "direction": "loosens" if row["loosens"] else "tightens",
        **({"warning": LOOSER} if row["loosens"] else {}),
        "says": row["summary"],
        "before": _figures(record["today"]),
        "after": _figures(row),
        "change": {name: _ends(row, name) for name in CHANGES} | {"harmful_of_moved": _share(row, "moved_harmful")},
        "customers": row["touched"],
        "rests_on": _rests_on(record, row),
        "cautions": row["cautions"],
        "notes": record["notes"],
        "releases_entry": _entry(record, threshold),
    }
    settled = json.loads(json.dumps(content))
    return {**settled, "seal": seal(settled), **dict.fromkeys(SIGNATURE, "")}


def written(content: Mapping[str, Any]) -> str:
    """As YAML, in the order of its keys."""
    text = yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return f"# Fill in {', '.join(SIGNATURE)}; check with: groundswell whatif --check THIS_FILE\n{text}"


class _Dumper(yaml.SafeDumper):
    """Text of several lines as it stands, so that it can be copied."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def read(text: str) -> dict[str, Any]:
    """A proposal's file. Raises `NotAProposal`."""
    if len(text) > LARGEST:
        raise NotAProposal(f"expected a proposal of at most {LARGEST:,} characters, got {len(text):,}")
    try:
        # A file of a few lines that refers to itself could grow without end.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise NotAProposal("expected a proposal without YAML aliases, got one with; write it anew with --propose")
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise NotAProposal(f"expected YAML, got {getattr(error, 'problem', None) or 'none'}; mend the file") from None
    if not isinstance(content, dict) or content.get("proposal") != FORMAT:
        raise NotAProposal(f"expected a file with 'proposal: {FORMAT}', got none; write one with --propose")
    return {str(name): value for name, value in content.items()}


def seal(content: Mapping[str, Any]) -> str:
    """A hash of all but the signature; "" of what no proposal holds. It tells an edit by mistake, not a forger."""
    kept = {name: value for name, value in content.items() if name not in (*SIGNATURE, "seal")}
    try:
        text = json.dumps(kept, sort_keys=True, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def missing(content: Mapping[str, Any], *, today: Mapping[str | None, float] | None) -> list[str]:
    """What keeps a proposal from being carried out, in words; [] for nothing.

    `today`: the threshold in force by segment (None: all decisions), as the log says now; None: there is no log.
    """
    found = [
        f"{name}: expected what the proposal was written with, got nothing" for name in KEYS if name not in content
    ]
    if found:
        return found
    found += _unsigned(content)
    if seal(content) != content["seal"]:
        # What was changed may be of any form: nothing else is read of it.
        return ["seal: the content was changed after it was written; write it anew with --propose", *found]
    for row in content["thresholds"] if today is not None else []:
        now = today.get(row["segment"])  # type: ignore[union-attr]
        if now is None or abs(now - float(row["current"])) > 1e-9:
            said = "no threshold" if now is None else f"{now:g}"
            of = f" of {row['segment']}" if row["segment"] else ""
            found.append(f"thresholds: the log now says {said}{of}, the proposal {row['current']:g}; write it anew")
    return found


def _unsigned(content: Mapping[str, Any]) -> list[str]:
    said = {name: str(content.get(name) or "").strip() for name in SIGNATURE}
    found = [] if said["signed_by"] else ["signed_by: expected who answers for it, got nothing"]
    try:
        signed = date.fromisoformat(said["signed_on"])
        if signed.isoformat() < str(content["as_of"])[:10]:
            found.append(f"signed_on: expected a day from {str(content['as_of'])[:10]} on, got {signed}")
    except ValueError:
        found.append(f"signed_on: expected a day such as 2026-03-09, got {said['signed_on'] or 'nothing'}")
    if len(said["reason"]) < SHORTEST_REASON:
        found.append(f"reason: expected why, in {SHORTEST_REASON} characters or more, got {len(said['reason'])}")
    return found


def _figures(row: Record) -> dict[str, Any]:
    """Both errors and the volume of a threshold, each with its meaning and interval."""
    return {
        "threshold": row["threshold"],
        **{name: _share(row, name) for name in ("precision", "fpr", "fnr")},
        **{name: _ends(row, name) for name in ("acted", "over", "under")},
    }


def _share(row: Record, name: str) -> dict[str, Any] | str:
    if row[name] is None:
        return "cannot tell"
    meaning = {"meaning": f"share of {NAMES[name]}"} if name in NAMES else {}
    return meaning | {end: _round(row[f"{name}{tail}"]) for end, tail in TAILS}


TAILS = (("estimate", ""), ("low", "_low"), ("high", "_high"))


def _ends(row: Record, name: str) -> dict[str, Any] | str:
    """A count of 10,000 decisions and a week."""
    if row[f"{name}_per_10k"] is None:
        return "cannot tell"
    found = {"per_10k_decisions": {end: _round(row[f"{name}_per_10k{tail}"]) for end, tail in TAILS}}
    if row.get(f"{name}_per_week") is not None:
        found["per_week"] = {end: _round(row[f"{name}{tail}_per_week"]) for end, tail in TAILS}
    meaning = {"meaning": NAMES[name]} if name in NAMES else {}
    return meaning | found


def _rests_on(record: Record, row: Record) -> dict[str, Any]:
    return {
        "decisions": record["decisions"],
        "days": f"{record['first_day']} to {record['last_day']}" if record["first_day"] else "not told",
        "versions": record["versions"],
        "acted_on_means": record["acted"],
        "judged_acted": record["judged_acted"],
        "judged_allowed": record["judged_allowed"],
        "judged_between_the_thresholds": row["judged_moved"],
        "judged_just_below_the_proposed": row["near_below"],
        "judged_just_above_the_proposed": row["near_from"],
        "intervals": "95 %",
    }


def _entry(record: Record, threshold: float) -> str:
    """What to add to releases.yaml on the day it goes out."""
    where = f" for {record['segment']}" if record["segment"] else ""
    entry = {
        "id": f"{record['mitigation']}-at-{threshold:g}{where.replace(' for ', '-').replace('=', '-')}",
        "mitigation": record["mitigation"],
        "released_on": "YYYY-MM-DD",
        "version": record["versions"][-1] if record["versions"] else None,
        "note": f"threshold {record['today']['threshold']:g} to {threshold:g}{where}",
    }
    kept = {name: value for name, value in entry.items() if value is not None}
    text: str = yaml.safe_dump([kept], sort_keys=False, allow_unicode=True)
    return text


def _round(value: Any) -> Any:
    return float(f"{value:.{ROUNDED}g}") if isinstance(value, float) else value
