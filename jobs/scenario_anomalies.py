"""Usage anomalies of the demo world: structured events, with real text where there is any."""

from dataclasses import dataclass
from typing import Any

from jobs.dates import stamp
from jobs.scenario_banks import Banks
from jobs.scenario_calendar import Calendar
from jobs.scenario_customers import Crowd
from jobs.scenario_dice import Dice, cumulate
from jobs.scenario_events import Schedule
from jobs.scenario_lexicon import Lexicon
from jobs.scenario_reference import MITIGATIONS

TYPES = {
    "blocked_burst": 0.26,
    "volume_jump": 0.2,
    "probing": 0.16,
    "bypass_success": 0.07,
    "account_sharing": 0.11,
    "new_location": 0.1,
    "automation": 0.1,
}
WITH_TEXT = {"probing": 0.6, "bypass_success": 0.75, "blocked_burst": 0.4, "volume_jump": 0.14}
OF_MITIGATION = ("blocked_burst", "probing", "bypass_success")
MITIGATION_TOTALS = [0.15, 0.27, 0.55, 0.75, 1.0]
TRICK_SHARE = 0.2
PRODUCT_OF = {"agent-guard": "coder"}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One observed irregularity, its row and whether it belongs to the planted ramp."""

    row: dict[str, Any]
    planted: bool


class Observer:
    """Makes the anomalies of a world."""

    def __init__(self, calendar: Calendar, crowd: Crowd, banks: Banks, dice: Dice) -> None:
        self.calendar, self.crowd, self.banks, self.dice = calendar, crowd, banks, dice
        self.lexicon = Lexicon(banks.lexicon, dice)

    def observe(self, schedule: Schedule) -> list[Anomaly]:
        """All anomalies ordered by time: an even background and the ramp of the jailbreak."""
        total = max(self.calendar.documents // 10, 60)
        planted = int(total * TRICK_SHARE)
        totals = cumulate([self.calendar.activity(index) for index in range(self.calendar.days)])
        found = [self._background(self.dice.weighted(totals)) for _ in range(total - planted)]
        first, top = schedule.ramp
        days = range(first, self.calendar.days)
        rise = cumulate([min((day - first + 1) / (top - first + 1), 1.0) for day in days])
        found += [self._trick(days[self.dice.weighted(rise)]) for _ in range(planted)]
        return sorted(found, key=_order)

    def _background(self, index: int) -> Anomaly:
        kind = list(TYPES)[self.dice.weighted(cumulate(list(TYPES.values())))]
        mitigation = ""
        if kind in OF_MITIGATION:
            mitigation = MITIGATIONS[self.dice.weighted(MITIGATION_TOTALS)]["id"]
        text = ""
        if self.dice.chance(WITH_TEXT.get(kind, 0.15)):
            text = self._text(kind, mitigation)
        return Anomaly(self._row(index, kind, mitigation, text), planted=False)

    def _trick(self, index: int) -> Anomaly:
        kind = "probing" if self.dice.chance(0.62) else "bypass_success"
        part = "note" if self.dice.chance(0.25) else "excerpt"
        text = self._phrase("trick", part) if self.dice.chance(0.8) else ""
        return Anomaly(self._row(index, kind, "fraud-guard", text), planted=True)

    def _text(self, kind: str, mitigation: str) -> str:
        """A prompt excerpt of the mitigation's traffic, or an analyst's note."""
        if mitigation and self.dice.chance(0.72):
            suspect = kind == "bypass_success" or self.dice.chance(0.9 if kind == "probing" else 0.4)
            return self._phrase(mitigation, "suspect" if suspect else "benign")
        return self._phrase("notes", kind)

    def _phrase(self, group: str, part: str) -> str:
        return self.dice.pick(self.banks.prompts[group][part]).render(self.dice, self.lexicon.word)

    def _row(self, index: int, kind: str, mitigation: str, text: str) -> dict[str, Any]:
        dice = self.dice
        product = PRODUCT_OF.get(mitigation, "")
        customer = self.crowd.draw(self.calendar.day(index), product=product)
        row: dict[str, Any] = {
            "observed_at": stamp(self.calendar.moment(index, dice)),
            "anomaly_type": kind,
            "magnitude": round(1.5 + float(dice.generator.lognormal(0.6, 0.7)), 2),
            "customer_id": customer.id,
            "product": product or dice.pick(customer.products),
            "plan": customer.plan,
            "locale": customer.locale,
            "attributes": self._attributes(kind),
        }
        if mitigation:
            row["mitigation"] = mitigation
        if text:
            row["text"] = text
        return row

    def _attributes(self, kind: str) -> dict[str, Any]:
        dice = self.dice
        facts: dict[str, Any] = {"window_minutes": dice.pick((10, 30, 60, 1440)), "detector": "usage-watch 2"}
        if kind in OF_MITIGATION:
            facts |= {"blocked": 3 + dice.below(60), "after_block": dice.chance(0.5)}
        elif kind == "volume_jump":
            facts |= {"requests": 200 + dice.below(9000), "usual": 20 + dice.below(180)}
        elif kind == "account_sharing":
            facts |= {"devices": 4 + dice.below(30)}
        return facts


def _order(anomaly: Anomaly) -> tuple[str, str]:
    return anomaly.row["observed_at"], anomaly.row["customer_id"]
