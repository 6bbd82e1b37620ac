"""The customers of the demo world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jobs.scenario_calendar import Calendar
from jobs.scenario_dice import Dice, cumulate

PLANS = {"free": 0.46, "plus": 0.28, "team": 0.17, "enterprise": 0.09}
PRICES = {"free": 0.0, "plus": 20.0, "team": 30.0, "enterprise": 48.0}
LOCALES = {
    "en-US": 0.41,
    "en-GB": 0.17,
    "de-DE": 0.09,
    "fr-FR": 0.08,
    "es-ES": 0.08,
    "pt-BR": 0.06,
    "ja-JP": 0.06,
    "zh-TW": 0.05,
}
PROFILES = {
    "security_research": 0.09,
    "software_engineering": 0.27,
    "life_science": 0.05,
    "chemistry": 0.03,
    "medicine_health": 0.06,
    "education": 0.14,
    "creative_writing": 0.07,
    "journalism": 0.03,
    "legal": 0.03,
    "moderation_trust_safety": 0.03,
    "business": 0.12,
    "personal": 0.08,
}
LANGUAGES = {
    "en-US": {"en": 0.95, "es": 0.03, "zh": 0.02},
    "en-GB": {"en": 0.88, "it": 0.06, "ru": 0.06},
    "de-DE": {"en": 0.62, "de": 0.38},
    "fr-FR": {"en": 0.60, "fr": 0.40},
    "es-ES": {"en": 0.58, "es": 0.42},
    "pt-BR": {"en": 0.52, "pt": 0.48},
    "ja-JP": {"en": 0.50, "ja": 0.50},
    "zh-TW": {"en": 0.50, "zh": 0.50},
}
WITH_CODE = ("software_engineering", "security_research")
CUSTOMERS = 3000


@dataclass(frozen=True, slots=True)
class Customer:
    """One account: who is served, and the people who write for it."""

    id: str
    plan: str
    locale: str
    profile: str
    products: tuple[str, ...]
    since: date
    verified: bool
    seats: int
    revenue: float
    reporters: tuple[str, ...]
    weight: float


def make_customers(calendar: Calendar, dice: Dice) -> list[Customer]:
    """All customers; a quarter of them joins while the world lasts. Few where documents are few."""
    size = min(CUSTOMERS, max(200, calendar.documents // 6))
    return [_customer(number, calendar, dice) for number in range(size)]


def _customer(number: int, calendar: Calendar, dice: Dice) -> Customer:
    plan = _draw(PLANS, dice)
    profile = _draw(PROFILES, dice)
    seats = _seats(plan, dice)
    ident = f"cus_{number:05d}{dice.hexadecimal(3)}"
    writers = 1 if plan in ("free", "plus") else min(1 + seats // 6, 2 + dice.below(24))
    return Customer(
        id=ident,
        plan=plan,
        locale=_draw(LOCALES, dice),
        profile=profile,
        products=_products(plan, profile, dice),
        since=_since(calendar, dice),
        verified=dice.chance(0.75 if profile == "security_research" else 0.12),
        seats=seats,
        revenue=round(PRICES[plan] * seats * dice.between(0.8, 1.0), 2),
        reporters=tuple(f"usr_{number:05d}_{writer}" for writer in range(writers)),
        weight=float(dice.generator.lognormal(0.0, 0.8)),
    )


def _seats(plan: str, dice: Dice) -> int:
    if plan in ("free", "plus"):
        return 1
    low, high = (3, 60) if plan == "team" else (40, 2500)
    return int(low * (high / low) ** dice.unit())


def _products(plan: str, profile: str, dice: Dice) -> tuple[str, ...]:
    """The products an account uses; anybody may take up the studio when it starts."""
    code = 0.8 if profile in WITH_CODE else 0.12
    uses = {
        "assistant": dice.chance(0.85),
        "coder": dice.chance(code),
        "api": dice.chance(0.45 if plan in ("team", "enterprise") else 0.08),
        "studio": dice.chance(0.3),
    }
    chosen = tuple(name for name, used in uses.items() if used)
    return chosen if set(chosen) - {"studio"} else ("assistant", *chosen)


def _since(calendar: Calendar, dice: Dice) -> date:
    if dice.chance(0.25):
        return calendar.day(dice.below(max(calendar.days - 5, 1)))
    return calendar.day(-1 - int(900 * dice.unit() ** 1.5))


def _draw(weights: dict[str, float], dice: Dice) -> str:
    names = list(weights)
    return names[dice.weighted(cumulate([weights[name] for name in names]))]


class Crowd:
    """Draws customers for documents: by product, by profile, by locale, never before they joined."""

    def __init__(self, customers: Sequence[Customer], dice: Dice) -> None:
        self._dice = dice
        self._groups: dict[tuple[str, str, str], tuple[list[Customer], list[float]]] = {}
        self.customers = list(customers)

    def draw(self, day: date, *, product: str = "", profile: str = "", locale: str = "") -> Customer:
        """A customer of the group, heavy users more often; the whole crowd where a group is empty."""
        members, totals = self._group(product, profile, locale)
        for _ in range(20):
            customer = members[self._dice.weighted(totals)]
            if customer.since <= day:
                break
        return customer

    def _group(self, product: str, profile: str, locale: str) -> tuple[list[Customer], list[float]]:
        key = (product, profile, locale)
        if key not in self._groups:
            members = [one for one in self.customers if _fits(one, key)]
            if len(members) < 3:
                members = [one for one in self.customers if _fits(one, (product, "", ""))]
            members = members or self.customers
            self._groups[key] = (members, cumulate([one.weight for one in members]))
        return self._groups[key]


def _fits(customer: Customer, key: tuple[str, str, str]) -> bool:
    product, profile, locale = key
    return (
        (not product or product in customer.products)
        and (not profile or customer.profile == profile)
        and (not locale or customer.locale == locale)
    )


def language_of(customer: Customer, dice: Dice) -> str:
    """The language one document of a customer is written in."""
    return _draw(LANGUAGES[customer.locale], dice)
