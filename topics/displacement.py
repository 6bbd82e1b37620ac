"""Complaints that fall in one place after a block or release while the same accounts turn up in another.

A safeguard that is evaded may look like one that works: who was stopped in one harm domain, product or language goes
on in the next."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from topics.displacement_places import Place, commonest, cuts, places
from topics.signals_corpus import Corpus
from topics.signals_records import MOST_DOCUMENTS, Found, Rows, Split
from topics.signals_shares import Share, exact_interval, rise_p_value

FEWEST_ACCOUNTS = 10
LEAST_MOVED = 3
LEAST_NAMED = 0.5
"""Share of the documents that must name a customer for customers to be followed."""
SUFFICIENT_FALL = 0.05


@dataclass(frozen=True, slots=True)
class Move:
    """What was found at one place and cut: the chance, the share that moved, that of others, where to."""

    p_value: float
    moved: Share
    usual: Share
    fall: float
    rise: float
    to: str
    cut: int
    place: Place
    rows: Rows
    followed: bool


def displacement(split: Split, corpus: Corpus) -> Found | None:
    """Strength: share of the accounts of a place that left it after a cut and turned up elsewhere instead.

    Cuts are the day of the split and releases of the weeks around it; p is the larger of that of the fall and that of
    the move (intersection-union: Berger 1982, Technometrics), times the cuts and places tried (Bonferroni).
    """
    tried = [
        _move(corpus, place, cut, split)
        for place in places(split, corpus)
        for cut in cuts(split, corpus)
        if _followable(corpus, place, cut)
    ]
    if not tried:
        return None
    best = min(tried, key=lambda one: (one.p_value, -one.moved.value))
    return _told(best, corpus, min(1.0, best.p_value * len(tried)))


def _followable(corpus: Corpus, place: Place, cut: int) -> bool:
    before = place.rows[place.here & (corpus.days[place.rows] < cut)]
    return len(before) >= FEWEST_ACCOUNTS and len(corpus.accounts_of(before)) >= FEWEST_ACCOUNTS


def _move(corpus: Corpus, place: Place, cut: int, split: Split) -> Move:
    end, start = split.cut[2], max(split.cut[0], cut - 28, corpus.first_day)
    days = corpus.days[place.rows]
    before, after = (days >= start) & (days < cut), (days >= cut) & (days < end)
    lengths = max(cut - start, 1), max(end - cut, 1)
    fallen, fall = _step(corpus, place.rows, place.here & before, place.here & after, lengths, down=True)
    nobody = Share(0, len(corpus.accounts_of(place.rows[before & place.here])))
    if fallen > SUFFICIENT_FALL:
        return Move(1.0, nobody, Share(0, 0), fall, 1.0, "", cut, place, place.rows[:0], True)
    risen, rise = _step(corpus, place.rows, ~place.here & before, ~place.here & after, lengths, down=False)
    followed = bool(corpus.named[place.rows].mean() >= LEAST_NAMED)
    if not followed:
        chance, to = max(fallen, risen), commonest(corpus, place, ~place.here & after)
        return Move(chance, nobody, Share(0, 0), fall, rise, to, cut, place, place.rows[~place.here & after], False)
    moved, usual, rows, to = _followed(corpus, place, before, after)
    chance = rise_p_value(usual, moved) if moved.part >= LEAST_MOVED and usual.whole else 1.0
    return Move(max(fallen, chance), moved, usual, fall, rise, to, cut, place, rows, True)


def _followed(
    corpus: Corpus, place: Place, before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]
) -> tuple[Share, Share, Rows, str]:
    """Who left the place for another one; who of the others took up another one; documents and where they are."""
    named = corpus.named[place.rows]
    who = corpus.accounts[place.rows]
    was_here, was_there = (np.unique(who[named & before & side]) for side in (place.here, ~place.here))
    still_here = np.unique(who[named & after & place.here])
    there = named & after & ~place.here
    movers = np.setdiff1d(np.setdiff1d(np.intersect1d(was_here, who[there]), still_here), was_there)
    control = np.setdiff1d(was_there, was_here)
    moments = pd.DataFrame({"who": who, "value": place.values})
    old = set(moments[named & before & ~place.here].itertuples(index=False, name=None))
    seen: set[int] = set()
    fresh: set[int] = set()
    for one in moments[named & after & np.isin(who, control)].itertuples(index=False, name=None):
        (seen if one in old else fresh).add(one[0])
    # Alike for both: a new place, and none of the places they were in before.
    left = there & np.isin(who, movers)
    rows, to = place.rows[left], commonest(corpus, place, left)
    return Share(len(movers), len(was_here)), Share(len(fresh - seen), len(control)), rows, to


def _step(
    corpus: Corpus,
    rows: Rows,
    before: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
    lengths: tuple[int, int],
    *,
    down: bool,
) -> tuple[float, float]:
    """Chance of such a fall (or rise) in accounts a day, scatter of the days allowed for; the ratio."""
    if down and after.sum() * lengths[0] >= before.sum() * lengths[1]:
        return 1.0, 1.0
    counts = [_account_days(corpus, rows[side]) for side in (before, after)]
    totals = [int(one.sum()) for one in counts]
    rates = [total / length for total, length in zip(totals, lengths, strict=True)]
    both = sum(totals) / sum(lengths)
    if both == 0.0:
        return 1.0, 1.0
    daily = np.concatenate([counts[0], np.zeros(max(lengths[0] - len(counts[0]), 0))])
    scatter = max(1.0, float(daily.var()) / max(float(daily.mean()), 1e-9))
    z = (rates[1] - rates[0]) / np.sqrt(scatter * both * (1 / lengths[0] + 1 / lengths[1]))
    return float(ndtr(z if down else -z)), (totals[1] + 0.5) / lengths[1] / ((totals[0] + 0.5) / lengths[0])


def _account_days(corpus: Corpus, rows: Rows) -> npt.NDArray[np.int64]:
    """Accounts of each day that has any."""
    pairs = np.unique(corpus.days[rows] * (1 << 32) + corpus.accounts[rows]) >> 32
    return np.asarray(np.unique(pairs, return_counts=True)[1])


def _told(best: Move, corpus: Corpus, chance: float) -> Found:
    low, high = exact_interval(best.moved) if best.followed and best.moved.whole else (None, None)
    place = f"{best.place.name.replace('_', ' ')} {best.place.value}".replace("_", " ")
    day = np.datetime64(best.cut, "D")
    reads = f"no fall after which accounts of one {best.place.name.replace('_', ' ')} turned up in another"
    if best.p_value < 1.0:
        reads = f"{place} went to ×{best.fall:.2g} from {day} on, everything beside it to ×{best.rise:.2g}"
        if best.followed:
            reads += (
                f"; {best.moved.part} of its {best.moved.whole} accounts ({low:.0%} to {high:.0%}) left it and wrote"
                f" elsewhere, mostly {best.to.replace('_', ' ')}; of the others {best.usual.value:.0%} changed place"
            )
    return Found(
        strength=best.moved.value if best.followed else 1.0 - min(best.fall, 1.0),
        low=low,
        high=high,
        denominator=best.moved.whole,
        p_value=chance,
        rows=corpus.first_of_each(best.rows, MOST_DOCUMENTS),
        reads=reads,
        against="a fall after a block does not say that the block was right; accounts move for other reasons, too",
        facts={"from": best.place.value, "to": best.to, "by": best.place.name, "cut": str(day),
               "fall": round(best.fall, 3), "rise_elsewhere": round(best.rise, 3), "followed": int(best.followed),
               "usual": round(best.usual.value, 4)},
    )  # fmt: skip
