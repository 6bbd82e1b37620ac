"""One cause, one alert, and every watchlist heard: which changes an alert stands for where queries overlap."""

from collections.abc import Callable

import pandas as pd

from topics.grouping import EXPLAINS, Group, excess, groups, together
from topics.watch import watchlist_of

SHARES = 0.5
"""Two series are about the same documents if they share this much of the smaller one."""


def causes(changes: pd.DataFrame, *, published: Callable[[int], bool]) -> list[Group]:
    """As `topics.grouping.groups`, with watchlists kept apart first: they count what others count too.

    What is not watched is grouped as if there were no watchlist. The changes of a watchlist are one group; it
    joins another one only if the same owner would hear of both and it is the same news: the same days and
    documents, and the smaller one holds 80 % of the larger, is a part of the watchlist, or holds the watchlist, which
    then rose no more than the whole. `changes` may have, of rows of watchlists, `owner` and `beside`
    (series it shares documents with). `published`: whether a row is the subject of an alert that stands; two such
    are never joined.
    """
    watched = [watchlist_of(str(series)) is not None for series in changes["series"]]
    if not any(watched):
        return groups(changes)
    found = _placed(groups, changes, [row for row, own in enumerate(watched) if not own])
    for group in _placed(_by_watchlist, changes, [row for row, own in enumerate(watched) if own]):
        for place, other in enumerate(found):
            if _joins(changes, group.subject, other.subject, published):
                found[place] = _joined(changes, group, other, published)
                break
        else:
            found.append(group)
    return sorted(found, key=lambda group: group.subject)


def beside(members: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Of each watchlist's series the others that share half of the smaller one; `members`: document_id, series."""
    owned = {str(name): set(own) for name, own in members.groupby("series", sort=True)["document_id"]}
    watched = [name for name in owned if watchlist_of(name) is not None]
    return {
        name: frozenset(
            other
            for other, own in owned.items()
            if other != name and len(owned[name] & own) >= SHARES * min(len(owned[name]), len(own))
        )
        for name in watched
    }


def _placed(way: Callable[[pd.DataFrame], list[Group]], changes: pd.DataFrame, rows: list[int]) -> list[Group]:
    """Groups of some of the rows, as positions among all."""
    return [
        Group(rows[group.subject], tuple(rows[member] for member in group.members))
        for group in way(changes.iloc[rows].reset_index(drop=True))
    ]


def _by_watchlist(changes: pd.DataFrame) -> list[Group]:
    """Each change of a watchlist with what is new within it on the same days; the whole is the subject."""
    found: list[Group] = []
    for row, series in enumerate(changes["series"]):
        whole = str(series).partition("&")[0]
        for place, group in enumerate(found):
            same = str(changes["series"][group.subject]).partition("&")[0] == whole
            if same and together(changes, row, group.subject):
                subject = min(group.subject, row, key=lambda one: _precedence(changes, one))
                rest = [member for member in (*group.members, row) if member != subject]
                found[place] = Group(subject, (subject, *rest))
                break
        else:
            found.append(Group(row, (row,)))
    return found


def _precedence(changes: pd.DataFrame, row: int) -> tuple[int, bool, int]:
    """The whole before what is new in it, a first sight before the rise that it is, too."""
    return len(str(changes["series"][row])), changes["type"][row] != "first_seen", row


def _joins(changes: pd.DataFrame, row: int, other: int, published: Callable[[int], bool]) -> bool:
    one, two = changes.iloc[row], changes.iloc[other]
    if one["owner"] != two["owner"] or two["series"] not in one["beside"] or not together(changes, row, other):
        return False
    if published(row) and published(other):
        return False
    mine, theirs = excess(changes, row), excess(changes, other)
    if min(mine, theirs) >= EXPLAINS * max(mine, theirs) or mine > theirs:
        return True
    return bool(one["ratio"] <= two["ratio"])


def _joined(changes: pd.DataFrame, group: Group, other: Group, published: Callable[[int], bool]) -> Group:
    """Both as one; about what was published, else about the watchlist unless it is the smaller part."""
    mine, theirs = excess(changes, group.subject), excess(changes, other.subject)
    first, second = (group, other) if mine >= EXPLAINS * theirs else (other, group)
    if published(second.subject):
        first, second = second, first
    return Group(first.subject, (*first.members, *second.members))
