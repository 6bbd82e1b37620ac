"""Simulated decision logs with planted anomalies of accounts: seasons, scatter, releases, newcomers, templates."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from mitigations.anomalies import LINKED, MIX, NEWCOMERS, SHARE, VOLUME

FIRST = pd.Timestamp("2026-01-01")
DAYS = 168
MITIGATIONS = ("bio-guard", "chem-guard", "cyber-guard", "fraud-guard", "agent-guard")
LASTS = 7
PLANTED_FROM = 56
VERBS = "write draft explain summarise list compare translate plan check fix name describe sort review outline".split()
NOUNS = (
    "letter report recipe contract poem lesson budget schedule model dataset circuit garden engine menu song".split()
)
ENDS = "for my team,for a friend,in plain words,by tomorrow morning,with three examples,as a table".split(",")


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted anomaly: its type, first day (place), accounts and mitigation."""

    name: str
    day: int
    accounts: tuple[str, ...]
    mitigation: str | None


@dataclass(slots=True)
class World:
    """A log and what was planted in it."""

    decisions: pd.DataFrame
    plants: list[Plant] = field(default_factory=list)


def world(seed: int, *, planted: int, accounts: int = 1_200) -> World:
    """A log of `accounts` and their newcomers with `planted` anomalies of each type (0: none)."""
    dice = np.random.default_rng(seed)
    crowd = _Crowd(dice, accounts)
    cells = crowd.cells()
    made = World(pd.DataFrame())
    extra: list[pd.DataFrame] = []
    for _ in range(planted):
        for plant in PLANTS.values():
            one, rows = plant(dice, crowd, cells)
            made.plants.append(one)
            extra.append(rows)
    made.decisions = _decisions(dice, pd.concat([cells, *extra], ignore_index=True), crowd)
    return made


class _Crowd:
    """Accounts: how much each asks, when, for what, and how much of it is blocked."""

    def __init__(self, dice: np.random.Generator, accounts: int) -> None:
        self.dice, self.count = dice, accounts
        self.rate = dice.lognormal(-1.6, 1.1, accounts)
        self.start = np.where(dice.random(accounts) < 0.6, 0, dice.integers(1, DAYS, accounts))
        self.end = np.where(dice.random(accounts) < 0.7, DAYS, self.start + dice.geometric(1 / 60, accounts))
        self.weekend = np.where(dice.random(accounts) < 0.4, 0.15, 1.0)
        self.size = dice.uniform(0.8, 4.0, accounts)
        self.mix = dice.dirichlet([1.0, 0.8, 1.6, 1.2, 0.9], accounts)
        base = np.array([0.25, 0.3, 0.35, 0.2, 0.15])
        self.blocked = dice.beta(base * 6, (1 - base) * 6, (accounts, len(MITIGATIONS)))

    def cells(self) -> pd.DataFrame:
        """Decisions and blocks by day, account and mitigation; busy spells last several days."""
        dice, days = self.dice, np.arange(DAYS)
        spell = np.zeros(self.count)
        season = 1 + 0.15 * np.sin(2 * np.pi * days / 90) + np.where(dice.random(DAYS) < 0.02, 0.6, 0.0)
        moved = np.ones((DAYS, len(MITIGATIONS)))
        for place in range(len(MITIGATIONS)):
            moved[dice.integers(40, DAYS) :, place] *= dice.choice([0.6, 1.5])
        rows = []
        for day in days:
            spell = 0.7 * spell + dice.normal(0, 0.35, self.count)
            alive = (self.start <= day) & (day < self.end)
            mean = self.rate * season[day] * np.where(day % 7 in (2, 3), self.weekend, 1.0) * np.exp(spell - 0.12)
            count = np.where(alive, dice.poisson(mean * dice.gamma(self.size) / self.size), 0)
            who = np.flatnonzero(count)
            split = dice.multinomial(count[who], self.mix[who])
            share = np.clip(self.blocked[who] * moved[day], 0.01, 0.99)
            hits = dice.binomial(split, dice.beta(share * 15, (1 - share) * 15))
            at = np.nonzero(split)
            rows.append(np.column_stack([np.full(len(at[0]), day), who[at[0]], at[1], split[at], hits[at]]))
        table = pd.DataFrame(np.concatenate(rows), columns=["day", "account", "mitigation", "decisions", "blocked"])
        return table.assign(account=[f"a{one:05d}" for one in table["account"]], text=None)

    def one(self, dice: np.random.Generator) -> tuple[int, int]:
        """A planted day, and an account that has been there for four weeks and is no rare guest."""
        day = int(dice.integers(PLANTED_FROM, DAYS - LASTS))
        fit = np.flatnonzero((self.start < day - 28) & (self.end >= day + LASTS) & (self.rate > 0.4) & (self.rate < 4))
        return day, int(dice.choice(fit))


def _rows(day: int, account: str, mitigation: int, counts: npt.NDArray[np.int64], blocked: float) -> pd.DataFrame:
    """The same count of decisions more on each of some days from `day` on."""
    counts = np.asarray(counts)
    table = {"day": day + np.arange(len(counts)), "account": account, "mitigation": mitigation, "decisions": counts}
    return pd.DataFrame({**table, "blocked": np.rint(counts * blocked).astype(int), "text": None})


def _share(dice: np.random.Generator, crowd: _Crowd, cells: pd.DataFrame) -> tuple[Plant, pd.DataFrame]:
    """A week in which nine of ten decisions of an account are blocked; its volume barely grows."""
    day, who = crowd.one(dice)
    place = int(np.argmin(crowd.blocked[who] - crowd.mix[who]))
    name = f"a{who:05d}"
    own = (cells["account"] == name) & (cells["mitigation"] == place) & cells["day"].between(day, day + LASTS - 1)
    cells.loc[own, "blocked"] = cells.loc[own, "decisions"]
    counts = dice.poisson(1 + crowd.rate[who], LASTS) + 1
    return Plant(SHARE, day, (name,), MITIGATIONS[place]), _rows(day, name, place, counts, 0.95)


def _volume(dice: np.random.Generator, crowd: _Crowd, cells: pd.DataFrame) -> tuple[Plant, pd.DataFrame]:
    """A week with eight times the decisions and ten more a day, blocked as always."""
    day, who = crowd.one(dice)
    name = f"a{who:05d}"
    counts = dice.poisson(10 + 8 * crowd.rate[who], (LASTS, len(MITIGATIONS))) * crowd.mix[who]
    parts = [
        _rows(day, name, place, np.rint(counts[:, place]).astype(int), crowd.blocked[who, place])
        for place in range(len(MITIGATIONS))
    ]
    return Plant(VOLUME, day, (name,), None), pd.concat(parts)


def _mix(dice: np.random.Generator, crowd: _Crowd, cells: pd.DataFrame) -> tuple[Plant, pd.DataFrame]:
    """A week in which nearly all of an account's decisions are of the mitigation it used least."""
    day, who = crowd.one(dice)
    place, name = int(np.argmin(crowd.mix[who])), f"a{who:05d}"
    own = (cells["account"] == name) & cells["day"].between(day, day + LASTS - 1)
    cells.loc[own, "mitigation"] = place
    counts = dice.poisson(1 + crowd.rate[who], LASTS) + 1
    return Plant(MIX, day, (name,), MITIGATIONS[place]), _rows(day, name, place, counts, crowd.blocked[who, place])


def _newcomers(dice: np.random.Generator, crowd: _Crowd, cells: pd.DataFrame) -> tuple[Plant, pd.DataFrame]:
    """Fifteen accounts that nobody saw before, blocked by one mitigation on one day."""
    day, place = int(dice.integers(PLANTED_FROM, DAYS)), int(dice.integers(len(MITIGATIONS)))
    names = tuple(f"n{day}_{place}_{dice.integers(1 << 30)}_{one}" for one in range(15))
    rows = pd.concat([_rows(day, name, place, np.array([2]), 1.0) for name in names])
    return Plant(NEWCOMERS, day, names, MITIGATIONS[place]), rows


def _linked(dice: np.random.Generator, crowd: _Crowd, cells: pd.DataFrame) -> tuple[Plant, pd.DataFrame]:
    """Six accounts that send one new template, words and numbers varied, within four days."""
    day, _ = crowd.one(dice)
    alive = np.flatnonzero((crowd.start < day) & (crowd.end >= day + LASTS))
    place, names = int(dice.integers(len(MITIGATIONS))), [f"a{who:05d}" for who in dice.choice(alive, 6, replace=False)]
    words = " ".join(
        f"w{dice.integers(1 << 30):x}".translate(str.maketrans("0123456789", "ghijklmnop")) for _ in range(9)
    )
    rows = [
        _rows(day + int(dice.integers(4)), name, place, np.array([1]), 1.0).assign(text=f"{words} case {number} {end}")
        for number, name in enumerate(names)
        for end in [str(dice.choice(ENDS[:2]))]
    ]
    return Plant(LINKED, day, tuple(names), None), pd.concat(rows)


PLANTS = {SHARE: _share, VOLUME: _volume, MIX: _mix, NEWCOMERS: _newcomers, LINKED: _linked}


def _decisions(dice: np.random.Generator, cells: pd.DataFrame, crowd: _Crowd) -> pd.DataFrame:
    """A row a decision; a seventh of them with one of two hundred everyday excerpts, each liked in its own season."""
    cells = cells[cells["decisions"] > 0]
    at = np.repeat(np.arange(len(cells)), cells["decisions"])
    rows = cells.iloc[at].reset_index(drop=True)
    order = pd.Series(at).groupby(at).cumcount().to_numpy()
    verb, noun, end = (dice.integers(len(words), size=len(rows)) for words in (VERBS, NOUNS, ENDS))
    plain = [f"please {VERBS[a]} one long {NOUNS[b]} {ENDS[c]}" for a, b, c in zip(verb, noun, end, strict=True)]
    shown = dice.random(len(rows)) < 0.14
    text = np.where(rows["text"].notna(), rows["text"], np.where(shown, np.array(plain, dtype=object), None))
    seconds = np.sort(dice.integers(0, 86_400, len(rows)))
    frame = pd.DataFrame(
        {
            "decided_at": FIRST + pd.to_timedelta(rows["day"], unit="D") + pd.to_timedelta(seconds, unit="s"),
            "customer": rows["account"],
            "mitigation": np.array(MITIGATIONS, dtype=object)[rows["mitigation"].astype(int)],
            "action": np.where(order < rows["blocked"], "block", "allow"),
            "excerpt": text,
        }
    )
    frame = frame.sort_values(["decided_at", "customer"], ignore_index=True)
    return frame.assign(decision_id=[f"d{one:07d}" for one in range(len(frame))])
