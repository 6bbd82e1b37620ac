"""Requests, active customers and screened traffic by day, mitigation and product."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobs.scenario_calendar import Calendar
from jobs.scenario_customers import Customer
from jobs.scenario_dice import Dice
from jobs.scenario_events import Schedule
from jobs.scenario_filings import NEW_PRODUCT

REQUESTS_A_DAY = 60_000
SHARES = {"assistant": 0.46, "coder": 0.34, "api": 0.20, "studio": 0.10}
ACTIVE = 0.55
PRODUCT_NAMES = tuple(SHARES)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests and active customers, arrays (days, products) in the order of `SHARES`; `everyone` (days,): active
    customers of any product, each once."""

    requests: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    customers: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    everyone: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def make_traffic(calendar: Calendar, customers: Sequence[Customer], schedule: Schedule, dice: Dice) -> Traffic:
    """Traffic of every day and product; none for the new product before its start, more while a promotion runs."""
    shape = (calendar.days, len(SHARES))
    mean = np.zeros(shape)
    active = np.zeros(shape)
    everyone = np.zeros(calendar.days)
    for index in range(calendar.days):
        level = calendar.activity(index)
        day = calendar.day(index)
        everyone[index] = sum(1 for one in customers if one.since <= day) * ACTIVE * level / 1.15
        for at, (product, share) in enumerate(SHARES.items()):
            if product == NEW_PRODUCT and index < schedule.start:
                continue
            mean[index, at] = REQUESTS_A_DAY * calendar.pace * level * share * schedule.surge(index)
            members = sum(1 for one in customers if product in one.products and one.since <= day)
            active[index, at] = members * ACTIVE * level / 1.15
    noise = dice.generator.gamma(400.0, 1 / 400.0, size=shape)
    return Traffic(
        dice.generator.poisson(mean * noise), np.rint(active).astype(np.int64), np.rint(everyone).astype(np.int64)
    )


def exposure_table(
    calendar: Calendar, traffic: Traffic, decisions: pd.DataFrame, mitigations: Sequence[str]
) -> pd.DataFrame:
    """Exposure rows; `blocked` is the number of decisions with action block on that day.

    Every mitigation screens every request, so `requests` of a mitigation equals that of `all`;
    customers are distinct within a product and may appear in two products, so that a row without a product says how
    many there are in all.
    """
    blocks = decisions[decisions["action"] == "block"]
    days = blocks["decided_at"].dt.strftime("%Y-%m-%d")
    counted = blocks.groupby([days, blocks["mitigation"], blocks["product"]]).size().to_dict()
    rows = []
    for index in range(calendar.days):
        day = calendar.day(index).isoformat()
        requested = blocked_in_all = 0
        for at, product in enumerate(PRODUCT_NAMES):
            requests = int(traffic.requests[index, at])
            if not requests:
                continue
            each = {name: int(counted.get((day, name, product), 0)) for name in mitigations}
            for name, blocked in {"all": sum(each.values()), **each}.items():
                rows.append((day, name, product, requests, blocked, int(traffic.customers[index, at])))
            requested, blocked_in_all = requested + requests, blocked_in_all + sum(each.values())
        rows.append((day, "all", "", requested, blocked_in_all, int(traffic.everyone[index])))
    return pd.DataFrame(rows, columns=["day", "mitigation", "product", "requests", "blocked", "customers"])
