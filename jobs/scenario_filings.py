"""Who files what, when and where: documents of the demo world before they have a text."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.scenario_banks import Banks, Subject
from jobs.scenario_calendar import Calendar
from jobs.scenario_customers import Crowd, Customer, language_of
from jobs.scenario_dice import Dice, cumulate

KIND_SHARES = {
    "quality": 0.215,
    "reliability": 0.190,
    "over_block": 0.125,
    "billing": 0.110,
    "feature_request": 0.100,
    "praise": 0.090,
    "account_action": 0.040,
    "policy_clarity": 0.035,
    "privacy_security": 0.030,
    "under_block": 0.023,
    "other": 0.042,
}
PRODUCTS = {"assistant": 0.5, "coder": 0.32, "api": 0.18}
NEW_PRODUCT = "studio"
NEW_PRODUCT_SHARE = 0.11
SOURCES = {
    "assistant": {"in_app": 0.5, "support": 0.2, "app_store": 0.15, "forum": 0.1, "email": 0.05},
    "coder": {"in_app": 0.38, "tracker": 0.38, "support": 0.14, "forum": 0.1},
    "api": {"tracker": 0.28, "support": 0.42, "email": 0.15, "in_app": 0.15},
    "studio": {"in_app": 0.55, "app_store": 0.2, "support": 0.15, "forum": 0.1},
}
SURFACES = {
    "assistant": ("web", "web", "ios", "android", "desktop"),
    "coder": ("cli", "cli", "ide", "web"),
    "api": ("rest", "sdk"),
    "studio": ("web", "web", "ios"),
}
REPORTER_KNOWN = 0.88
OWN_PROFILE = 0.7


@dataclass(slots=True)
class Filing:
    """One document to be: its truth first, then what the world adds to it step by step."""

    subject: Subject
    happened: datetime
    received: datetime
    customer: Customer
    product: str
    source: str
    surface: str
    reporter: str
    language: str
    event: str = ""
    dated: bool = False
    request_id: str = ""
    decision_id: str = ""
    mitigation: str = ""
    id: str = ""
    text: str = ""
    vague: bool = False
    script: str = ""
    copy_of: "Filing | None" = None


class Clerk:
    """Makes filings: draws customer, source, reporter, delay and language for a subject and a day."""

    def __init__(self, banks: Banks, calendar: Calendar, crowd: Crowd, dice: Dice) -> None:
        self.banks, self.calendar, self.crowd, self.dice = banks, calendar, crowd, dice
        self._tables: dict[str, tuple[list[Subject], list[float]]] = {}

    def background(self, index: int, *, product: str = "") -> Filing:
        """An ordinary document of a day; `product` narrows the subjects to those of one product."""
        kinds = list(KIND_SHARES)
        kind = kinds[self.dice.weighted(cumulate(list(KIND_SHARES.values())))]
        subjects, totals = self._subjects(kind, product)
        return self.file(subjects[self.dice.weighted(totals)], index, product=product)

    def file(self, subject: Subject, index: int, *, product: str = "", profile: str = "", event: str = "") -> Filing:
        """A document about a subject, occurring on a day of the world."""
        dice = self.dice
        product = product or self._product(subject)
        profile = profile or (subject.use_case if dice.chance(OWN_PROFILE) else "")
        customer = self.crowd.draw(self.calendar.day(index), product=product, profile=profile)
        happened = self.calendar.moment(index, dice)
        return Filing(
            subject=subject,
            happened=happened,
            received=happened + delay(dice),
            customer=customer,
            product=product,
            source=self._source(product),
            surface=dice.pick(SURFACES[product]),
            reporter=dice.pick(customer.reporters) if dice.chance(REPORTER_KNOWN) else "",
            language=language_of(customer, dice),
            event=event,
            dated=dice.chance(0.55),
        )

    def share(self, kind: str, harm_domain: str = "") -> float:
        """Expected share of ordinary documents with this kind (and domain)."""
        subjects, _ = self._subjects(kind, "")
        total = sum(subject.weight for subject in subjects)
        wanted = sum(one.weight for one in subjects if harm_domain in ("", one.harm_domain))
        return KIND_SHARES[kind] * wanted / total

    def _subjects(self, kind: str, product: str) -> tuple[list[Subject], list[float]]:
        key = f"{kind}/{product}"
        if key not in self._tables:
            chosen = [one for one in self.banks.subjects.values() if one.kind == kind and _weight(one, product) > 0]
            self._tables[key] = (chosen, cumulate([_weight(one, product) for one in chosen]))
        return self._tables[key]

    def _product(self, subject: Subject) -> str:
        names = [name for name in PRODUCTS if subject.products.get(name, 0) > 0]
        totals = cumulate([PRODUCTS[name] * subject.products[name] for name in names])
        return names[self.dice.weighted(totals)]

    def _source(self, product: str) -> str:
        sources = SOURCES[product]
        return list(sources)[self.dice.weighted(cumulate(list(sources.values())))]


def delay(dice: Dice) -> timedelta:
    """Time from occurrence to receipt: mostly hours, sometimes days."""
    if dice.chance(0.8):
        return timedelta(minutes=1 + 240 * dice.unit() ** 2)
    return timedelta(hours=4 + 110 * dice.unit() ** 2)


def _weight(subject: Subject, product: str) -> float:
    """Weight of a subject among the ordinary documents of a product (empty: all but the new one)."""
    if product:
        return subject.weight * subject.products.get(product, 0)
    return subject.weight if any(subject.products.get(name, 0) > 0 for name in PRODUCTS) else 0.0
