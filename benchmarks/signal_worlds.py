"""Simulated feedback for `benchmarks.signals`: themes with words, accounts, products; planted signals."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

DAYS = 140
"""The last 28 are what is judged."""
THEMES = 30
ACCOUNTS = 2500
AS_OF = pd.Timestamp("2026-06-01") + pd.Timedelta(days=DAYS - 1)
FIRST = pd.Timestamp("2026-06-01")
PLANTS = ("wording_shift", "new_accounts", "probing", "coordinated", "displacement")
KINDS = ("over_block", "under_block", "quality", "billing")
PRODUCTS = ("assistant", "coder", "api", "studio")
PROBING = ("which word triggers the filter", "how do i phrase it so that it gets past", "at what score does it block")
RELEASE = DAYS - 30
"""A release lies here in every world, planted or not."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the planted signals are, as shares of the accounts; `crowd`: accounts of a campaign."""

    wording: float = 0.35
    new: float = 0.3
    probing: float = 0.12
    crowd: int = 12
    moved: float = 0.5


@dataclass(slots=True)
class World:
    """Documents as `topics.signals_corpus.Corpus` takes them, and the signal planted in each theme."""

    documents: pd.DataFrame
    planted: dict[str, str] = field(default_factory=dict)


def world(seed: int, *, planted: bool, size: Size = Size()) -> World:  # noqa: B008 - frozen
    """Ten themes with a signal each (two a signal) if `planted`, else none; nuisances are in every world.

    Nuisances: words drift; in the last month accounts are opened at twice the rate, everybody asks for words more
    often, one product loses a quarter of its documents; one theme trebles; a few themes are written by regulars; every
    account has words it likes.
    """
    random = np.random.default_rng(seed)
    themes = [f"T{number:04d}" for number in range(1, THEMES + 1)]
    chosen = random.permutation(themes)[: 2 * len(PLANTS)]
    signal = {str(name): PLANTS[place % len(PLANTS)] for place, name in enumerate(chosen)} if planted else {}
    since = FIRST + pd.to_timedelta(_opened(random), unit="D")
    weight = random.lognormal(0.0, 0.8, ACCOUNTS)
    surge = str(random.choice([name for name in themes if name not in signal]))
    loyal = set(random.choice(themes, 4, replace=False).tolist())
    rows: list[dict[str, object]] = []
    for place, name in enumerate(themes):
        writer = Writer(random, name, signal.get(name), size, since, weight)
        writer.kind = KINDS[place % len(KINDS)]
        if signal.get(name) == "displacement" or name in loyal:
            writer.regulars = random.choice(np.flatnonzero(_opened_by(since, 0)), 90, replace=False)
        rows += writer.write(3.0 if name == surge else 1.0)
    documents = pd.DataFrame(rows)
    documents["document_id"] = [f"d{number:06d}" for number in range(len(documents))]
    documents["day"] = FIRST + pd.to_timedelta(documents.pop("at"), unit="D")
    documents["customer"] = documents["reporter"]
    nothing = ("rule", "kept_id", "campaign_id", "anomaly_type", "parent_id", "mitigation")
    documents = documents.assign(
        stream="feedback", reporter_known=True, kept=True, withheld=False, language="en", **dict.fromkeys(nothing)
    )
    return World(documents, signal)


def _opened(random: np.random.Generator) -> np.ndarray:
    """Days since FIRST on which the accounts were opened: most before, later ones twice as fast in the last month."""
    late = random.random(ACCOUNTS) < 0.45
    days = np.where(random.random(ACCOUNTS) < 0.35, DAYS - 28 * random.random(ACCOUNTS), DAYS * random.random(ACCOUNTS))
    return np.where(late, days, -900 * random.random(ACCOUNTS)).astype(int)


def _opened_by(since: pd.DatetimeIndex, day: int) -> np.ndarray:
    return np.asarray((since - FIRST).days <= day)


class Writer:
    """Writes one theme; `regulars`: accounts that write most of it."""

    def __init__(
        self,
        random: np.random.Generator,
        name: str,
        signal: str | None,
        size: Size,
        since: pd.DatetimeIndex,
        weight: np.ndarray,
    ) -> None:
        self.random, self.name, self.signal, self.size = random, name, signal, size
        self.since = ((since - FIRST).days).to_numpy()
        self.weight = weight
        self.kind = ""
        self.regulars: np.ndarray | None = None
        words = np.array([f"{_letters(number)}{name[-2:].translate(DIGITS)}" for number in range(260)])
        shared = np.array([f"{_letters(number)}all" for number in range(120)])
        self.words = np.concatenate([words, shared])
        self.usual = random.dirichlet(np.full(len(self.words), 0.15))
        self.later = random.dirichlet(np.full(len(self.words), 0.15))
        self.fresh = [f"{_letters(number)}new" for number in random.integers(0, 600, 6)]
        self.harm_domain = str(random.choice(["cyber", "biological", "none", "privacy"]))
        self.rate = float(np.exp(random.uniform(np.log(1.0), np.log(20.0))))
        self.favourites = random.integers(0, len(self.words), (ACCOUNTS, 4))
        self.products = random.dirichlet(np.full(len(PRODUCTS), 2.0))
        self.home = random.choice(len(PRODUCTS), ACCOUNTS, p=self.products)
        self.movers = random.random(ACCOUNTS) < size.moved

    def write(self, growth: float) -> list[dict[str, object]]:
        """All documents of the theme; the last 28 days at `growth` times the rate."""
        rows: list[dict[str, object]] = []
        for day in range(DAYS):
            late = day >= DAYS - 28
            mean = self.rate * (growth if late else 1.0) * self.random.gamma(8.0, 1 / 8.0)
            for account in self._accounts(day, int(self.random.poisson(mean))):
                rows.append(self._document(int(account), day, late))
        if self.signal == "coordinated":
            rows += self._campaign()
        return rows

    def _accounts(self, day: int, many: int) -> np.ndarray:
        open_ = self.since <= day
        odds = self.weight * open_
        if self.regulars is not None:
            odds = odds * 0.3 / odds.sum()
            odds[self.regulars] += 0.7 / len(self.regulars)
        if self.signal == "new_accounts" and day >= DAYS - 28:
            young = open_ & (day - self.since < 30)
            extra = self.random.random(many) < self.size.new
            odds_young = self.weight * young
            some = self.random.choice(ACCOUNTS, many, p=odds / odds.sum())
            new = self.random.choice(ACCOUNTS, many, p=odds_young / odds_young.sum())
            return np.where(extra, new, some)
        return self.random.choice(ACCOUNTS, many, p=odds / odds.sum())

    def _document(self, account: int, day: int, late: bool) -> dict[str, object]:
        product = int(self.home[account])
        if self.signal == "displacement" and day >= RELEASE and product == int(np.argmax(self.products)):
            product = (product + 1) % len(PRODUCTS) if self.movers[account] else product
        if late and product == 0 and self.random.random() < 0.25:
            product = int(self.random.integers(0, len(PRODUCTS)))
        claim = self._claim(account, day)
        if self.signal == "wording_shift" and late and self.random.random() < self.size.wording:
            claim = " ".join([claim, *self.random.choice(self.fresh, 3)])
        asking = (0.03 if late else 0.015) + (self.size.probing if late and self.signal == "probing" else 0.0)
        if self.random.random() < asking:
            claim = f"{claim}. {self.random.choice(PROBING)}?"
        return self._row(account, day, claim, PRODUCTS[product])

    def _row(self, account: int, day: int, claim: str, product: str) -> dict[str, object]:
        return {
            "at": day, "reporter": f"u{account}", "customer_since": FIRST + pd.Timedelta(days=int(self.since[account])),
            "claim": claim, "kind": self.kind, "harm_domain": self.harm_domain, "product": product,
            "theme_id": self.name,
        }  # fmt: skip

    def _claim(self, account: int, day: int) -> str:
        """Words of the theme, drifting slowly, among them favourites of the account."""
        drift = 0.15 * day / 365
        many = int(self.random.integers(8, 28))
        chances = (1 - drift) * self.usual + drift * self.later
        drawn = self.words[self.random.choice(len(self.words), many, p=chances)]
        liked = self.words[self.favourites[account]]
        return " ".join(np.where(self.random.random(many) < 0.15, self.random.choice(liked, many), drawn))

    def _campaign(self) -> list[dict[str, object]]:
        """One long text in as many versions as there are accounts, a tenth of its words changed, within four days."""
        text = self.random.choice(self.words, 40)
        start = DAYS - int(self.random.integers(8, 24))
        whose = self.random.choice(np.flatnonzero(self.since <= start), self.size.crowd, replace=False)
        rows = []
        for account in whose:
            own = text.copy()
            at = int(self.random.integers(0, 36))
            own[at : at + 4] = self.random.choice(self.words, 4)
            day = start + int(self.random.integers(0, 4))
            rows.append(self._row(int(account), day, " ".join(own), PRODUCTS[int(self.home[account])]))
        return rows


DIGITS = str.maketrans("0123456789", "abcdefghij")


def _letters(number: int) -> str:
    """A made-up word of three syllables."""
    sounds = ("ba", "ke", "ti", "mo", "ru", "sa", "ne", "li", "do", "fu")
    return sounds[number % 10] + sounds[number // 10 % 10] + sounds[number // 100 % 10]
