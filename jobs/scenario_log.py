"""The decision log of the demo world: every block, flag and downgrade, and a sample of allows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from jobs.scenario_decisions import (
    BANDS,
    BENIGN_STOPS,
    BENIGN_STRICT,
    STOPS_PER_REQUEST,
    STRICTER,
    Band,
    Cell,
    Decision,
    decision_order,
    draw_action,
    draw_score,
)
from jobs.scenario_events import Schedule
from jobs.scenario_exposure import PRODUCT_NAMES, Traffic
from jobs.scenario_filings import Clerk, Filing
from jobs.scenario_lexicon import Lexicon
from jobs.scenario_reference import BY_DOMAIN, MITIGATIONS, releases

AUDIT_STOPS = 0.06
OTHER_ALLOWS = 40
JOINED = {"over_block": 0.62, "under_block": 0.35}
FLOOD = "flood-tool"
JOINED_FLOOD = 0.9
UNLOGGED_IDS = 0.08
OWN_PROFILE = {"cyber-guard": "security_research", "bio-guard": "life_science"}


class Log:
    """Makes decisions that agree with releases, traffic and the documents they join."""

    def __init__(self, clerk: Clerk, schedule: Schedule) -> None:
        self.clerk, self.calendar, self.dice = clerk, clerk.calendar, clerk.dice
        self.schedule = schedule
        self.lexicon = Lexicon(clerk.banks.lexicon, clerk.dice)
        self.decisions: list[Decision] = []
        self._releases = releases(clerk.calendar, schedule)

    def join(self, filings: Sequence[Filing]) -> None:
        """Give documents of over- and under-blocks in mitigated domains a decision and its ids.

        A few other documents get a request id that is not in the log; the flood's remaining reports
        carry ids of other customers' requests.
        """
        for filing in filings:
            mitigation = BY_DOMAIN.get(filing.subject.harm_domain, "")
            chance = JOINED_FLOOD if filing.event == FLOOD else JOINED.get(filing.subject.kind, 0.0)
            if mitigation and self.dice.chance(chance):
                self._join(filing, mitigation)
            elif self.dice.chance(UNLOGGED_IDS):
                filing.request_id = f"req_{self.dice.hexadecimal(16)}"
        foreign = [one.request_id for one in self.decisions if one.filing and one.filing.event != FLOOD]
        for filing in filings:
            if filing.event == FLOOD and not filing.request_id and foreign:
                filing.request_id = self.dice.pick(foreign)

    def fill(self, traffic: Traffic) -> None:
        """All other stops, and allows: audited ones of two score bands and a few more."""
        joined = self._joined_stops()
        for entry in MITIGATIONS:
            for index in range(self.calendar.days):
                for at, product in enumerate(PRODUCT_NAMES):
                    requests = int(traffic.requests[index, at])
                    if requests:
                        cell = Cell(entry["id"], product, index)
                        self._stops(cell, requests, joined.get(cell, 0))
                        self._allows(cell, requests)

    def audit(self) -> None:
        """A random sample of stops with known inclusion probability, blind to complaints."""
        for decision in self.decisions:
            if decision.action != "allow" and self.dice.chance(AUDIT_STOPS):
                self._reveal(decision, AUDIT_STOPS)

    def frame(self, added: Sequence[Decision] = ()) -> pd.DataFrame:
        """The log and what was added to it as a table, ordered by time."""
        ordered = sorted([*self.decisions, *added], key=decision_order)
        frame = pd.DataFrame([one.row(self.release(one.mitigation, one.decided_at)) for one in ordered])
        frame["inclusion_probability"] = frame["inclusion_probability"].astype("float64")
        frame["decided_at"] = pd.to_datetime(frame["decided_at"], utc=True).astype("datetime64[us, UTC]")
        return frame

    def release(self, mitigation: str, moment: datetime) -> dict[str, Any]:
        """The release in force at a moment."""
        day = moment.date()
        valid = [row for row in self._releases if row["mitigation"] == mitigation]
        return [row for row in valid if row["released_on"] <= day][-1]

    def _join(self, filing: Filing, mitigation: str) -> None:
        dice = self.dice
        stopped = filing.subject.kind == "over_block"
        decision = Decision(
            decided_at=filing.happened - timedelta(seconds=20 + dice.below(1500)),
            mitigation=mitigation,
            action=draw_action(dice) if stopped else "allow",
            customer=filing.customer,
            product=filing.product,
            benign=dice.chance(0.78 if stopped else 0.15),
            filing=filing,
        )
        self._add(decision)
        filing.request_id = decision.request_id
        filing.decision_id = decision.decision_id if dice.chance(0.12) else ""
        filing.mitigation = mitigation if dice.chance(0.3) else ""

    def _stops(self, cell: Cell, requests: int, joined: int) -> None:
        strict = self._strict(cell)
        mean = requests * STOPS_PER_REQUEST[cell.mitigation] * (STRICTER if strict else 1.0)
        share = BENIGN_STRICT if strict else BENIGN_STOPS[cell.mitigation]
        for _ in range(max(self._poisson(mean) - joined, 0)):
            profile = OWN_PROFILE.get(cell.mitigation, "") if self.dice.chance(0.35) else ""
            decision = self._decision(cell, draw_action(self.dice), profile=profile)
            decision.benign = self.dice.chance(share)
            self._add(decision)

    def _allows(self, cell: Cell, requests: int) -> None:
        for band in BANDS:
            for _ in range(self._poisson(requests * band.share * band.audit)):
                self._reveal(self._allow(cell, band), band.audit)
        others = OTHER_ALLOWS * self.calendar.pace / (len(MITIGATIONS) * len(PRODUCT_NAMES))
        for _ in range(self._poisson(others)):
            self._allow(cell, BANDS[0] if self.dice.chance(BANDS[0].share) else BANDS[1])

    def _allow(self, cell: Cell, band: Band) -> Decision:
        decision = self._decision(cell, "allow")
        decision.near = band.near
        decision.benign = not self.dice.chance(band.harm * self._bypass(cell))
        return self._add(decision)

    def _decision(self, cell: Cell, action: str, *, profile: str = "") -> Decision:
        day = self.calendar.day(cell.index)
        return Decision(
            decided_at=self.calendar.moment(cell.index, self.dice),
            mitigation=cell.mitigation,
            action=action,
            customer=self.clerk.crowd.draw(day, product=cell.product, profile=profile),
            product=cell.product,
            benign=True,
        )

    def _add(self, decision: Decision) -> Decision:
        threshold = float(self.release(decision.mitigation, decision.decided_at)["threshold"])
        decision.score = draw_score(decision, threshold, self.dice)
        decision.decision_id = f"dec_{self.dice.hexadecimal(14)}"
        decision.request_id = f"req_{self.dice.hexadecimal(16)}"
        self.decisions.append(decision)
        return decision

    def _reveal(self, decision: Decision, probability: float) -> None:
        decision.truth = "benign" if decision.benign else "harmful"
        decision.truth_source, decision.inclusion_probability = "audit", probability
        group = self.clerk.banks.prompts[decision.mitigation]
        phrase = self.dice.pick(group["benign" if decision.benign else "suspect"])
        decision.excerpt = phrase.render(self.dice, self.lexicon.word)

    def _joined_stops(self) -> dict[Cell, int]:
        counted: dict[Cell, int] = {}
        for one in self.decisions:
            if one.action != "allow":
                cell = Cell(one.mitigation, one.product, self.calendar.index(one.decided_at.date()))
                counted[cell] = counted.get(cell, 0) + 1
        return counted

    def _strict(self, cell: Cell) -> bool:
        return self.schedule.strict(cell.mitigation, cell.product, cell.index)

    def _bypass(self, cell: Cell) -> float:
        """How much more harm is let through while the jailbreak spreads."""
        first, top = self.schedule.ramp
        if cell.mitigation != "fraud-guard" or cell.index < first:
            return 1.0
        return 1.0 + 4.0 * min((cell.index - first) / max(top - first, 1), 1.0)

    def _poisson(self, mean: float) -> int:
        return int(self.dice.generator.poisson(mean))
