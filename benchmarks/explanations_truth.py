"""What an explanation should say of each planted event of the demo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

NEAR = 5
SLOW = 42
"""Days within which a change is about an event: a step, a ramp."""
# Entries of the calendar that lie on the days of a change do so, whatever else the change is about.
CALENDAR = frozenset({"external_event", "policy_change", "outage"})


@dataclass(frozen=True, slots=True)
class Event:
    """A planted event: its documents by stored id, and what is right to say of it.

    `type`: the one coincidence to be told; `allowed`: what may be told beside it because it is true, too. `releases`:
    ids to be named; `carried`: (attribute, value) pairs, each of which is who was planted: one must be told. `stream`,
    `direction`: of the change about it.
    """

    name: str
    type: str
    first: pd.Timestamp
    ids: frozenset[str]
    releases: tuple[str, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()
    allowed: frozenset[str] = frozenset()
    stream: str = "feedback"
    direction: str = "up"
    within: int = NEAR


def events_of(truth: Mapping[str, Any], documents: pd.DataFrame) -> list[Event]:
    """Every planted event whose change has something to explain.

    A flood of one reporter, a late desk, a slow season and single grave reports are planted to make no change.
    """
    stored = {name.partition(":")[2]: name for name in documents["document_id"]}
    planted = {event["id"]: event for event in truth["events"]}
    found = [_of(event, stored) for event in planted.values() if "coincides_with" in event]
    wave, ramp = planted["wave-cyber"], planted["ramp-jailbreak"]
    found += [
        Event("wave-cyber", "release", _day(wave), _ids(wave, stored), (wave["release"],), SECURITY),
        Event("outage", "outage", _day(planted["outage"]), _ids(planted["outage"], stored)),
        Event("ramp-jailbreak", "adversarial_shift", _day(ramp), _ids(ramp, stored), (), FRAUD, within=SLOW),
        Event(
            "ramp-anomalies", "adversarial_shift", _day(ramp), _anomalies(truth, documents), (), GUARD,
            stream="usage_anomaly", within=SLOW,
        ),
        _start(planted["start-studio"], documents),
    ]  # fmt: skip
    found += [_end(event, stored) for event in planted.values() if "ended_by" in event]
    return [_with_true_neighbours(event, planted) for event in found]


SECURITY = (("mitigation", "cyber-guard"), ("use_case", "security_research"))
# Of the texts about the trick four in five are about the assistant, which has half of all reports.
FRAUD = (("harm_domain", "fraud_deception"), ("mitigation", "fraud-guard"), ("product", "assistant"))
GUARD = (("mitigation", "fraud-guard"),)


def _of(event: Mapping[str, Any], stored: Mapping[str, str]) -> Event:
    releases = tuple(event[name] for name in ("release", "release_inferred") if name in event)
    carried = tuple(sorted(event["carried_by"].items()))
    return Event(event["id"], event["coincides_with"][0], _day(event), _ids(event, stored), releases, carried)


def _end(event: Mapping[str, Any], stored: Mapping[str, str]) -> Event:
    after = pd.Timestamp(event["last_day"]) + pd.Timedelta(days=1)
    carried = tuple(sorted(event.get("carried_by", dict(SECURITY)).items()))
    return Event(
        f"{event['id']} ends", "release", after, _ids(event, stored), (event["ended_by"],), carried, direction="down"
    )


def _start(event: Mapping[str, Any], documents: pd.DataFrame) -> Event:
    """The new product has no planted documents: all that name it are about its start."""
    own = documents.loc[documents["product"] == event["product"], "document_id"]
    carried = (("product", str(event["product"])),)
    return Event(event["id"], "coverage_change", _day(event), frozenset(own), (), carried)


def _with_true_neighbours(event: Event, planted: Mapping[str, Mapping[str, Any]]) -> Event:
    """Allow what is true of the days beside the event's own type: entries of the calendar, grown demand."""
    from dataclasses import replace

    promoted = planted["promotion-plus"]
    first, last = (pd.Timestamp(promoted[name]) for name in ("first_day", "last_day"))
    fortnight = pd.Timedelta(days=14)
    grown = first - fortnight <= event.first <= last + fortnight
    allowed = CALENDAR | (frozenset({"demand_growth"}) if grown else frozenset())
    return replace(event, allowed=allowed - {event.type})


def _anomalies(truth: Mapping[str, Any], documents: pd.DataFrame) -> frozenset[str]:
    """The stored ids of planted usage anomalies: `ordered` has them in the order of their file."""
    ordered = documents.loc[documents["stream"] == "usage_anomaly"].sort_values("row")["document_id"].tolist()
    return frozenset(ordered[line - 1] for line in truth["planted_anomaly_lines"])


def _ids(event: Mapping[str, Any], stored: Mapping[str, str]) -> frozenset[str]:
    return frozenset(stored[name] for name in event["document_ids"] if name in stored)


def _day(event: Mapping[str, Any]) -> pd.Timestamp:
    return pd.Timestamp(event["first_day"])
