"""The recursions over days that all detection rests on, as plain loops made fast by `topics.compiled`.

Arrays are (series, days, levels), so that the levels of a day lie side by side. A belief is a weight for each level.
Importing this module imports numba, which takes a second: import it where it is needed.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from topics.compiled import compiled

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.int64]


@compiled
def _drift(belief: Any, share: float) -> None:
    """Move `share` of the belief in each level to either neighbour, in place."""
    before, last = belief[0], len(belief) - 1
    for g in range(last + 1):
        here = belief[g]
        above = belief[g + 1] if g < last else here
        belief[g] = here + share * (before + above - 2.0 * here)
        before = here


@compiled
def _spread_out(belief: Any, spread: float, jump: Any) -> None:
    """Into `jump`: the belief after a jump up or down whose size falls off by `spread` a level."""
    # Both ways at once: neither waits for the other.
    up, down, width = 0.0, 0.0, len(belief)
    for g in range(width):
        jump[g] = 0.0
    for g in range(width):
        h = width - 1 - g
        up = belief[g] + spread * up
        jump[g] += up
        jump[h] += spread * down
        down = belief[h] + spread * down


@compiled
def _weighed(belief: Any, fits: Any) -> Any:
    """Multiply the belief by `fits` and normalise it, in place; the log of what it summed to."""
    whole = 0.0
    for g in range(len(belief)):
        belief[g] *= fits[g]
        whole += belief[g]
    whole = max(whole, 1e-300)
    for g in range(len(belief)):
        belief[g] /= whole
    return np.log(whole)


@compiled
def _learn(stable: Any, changed: Any, fits: Any, jump: Any, tuning: Any) -> Any:
    """One day for both beliefs, in place; twice the log of their odds over the odds of a jump, and their sums."""
    hazard, memory, anywhere, spread = tuning[1], tuning[2], tuning[3], tuning[4]
    weight, everywhere = (1.0 - anywhere) * (1.0 - spread) / (1.0 + spread), anywhere / len(stable)
    calm, moved = 0.0, 0.0
    for g in range(len(stable)):
        arriving = hazard * (weight * jump[g] + everywhere)
        stable[g] *= (1.0 - hazard) * fits[g]
        changed[g] = (memory * changed[g] + arriving) * fits[g]
        calm += stable[g]
        moved += changed[g]
    calm = max(calm, 1e-300)
    for g in range(len(stable)):
        stable[g] /= calm
        changed[g] /= calm
    return 2.0 * np.log(max(moved, 1e-300) / (calm * hazard))


@compiled
def _settle(stable: Any, changed: Any) -> None:
    """What was believed of a changed level is believed of a stable one from now on, in place."""
    whole = stable.sum() + changed.sum()
    for g in range(len(stable)):
        stable[g] = (stable[g] + changed[g]) / whole
        changed[g] = 0.0


@compiled
def follow(fits: Any, known: Any, tuning: Any, levels: Any, score: Any, belief: Any) -> Any:
    """Evidence of a recent change at the end of every day, and the alarms it raises.

    `fits` (series, days, levels): likelihoods over the largest of their day. Two beliefs about the level are
    followed: `stable` (it drifts as `tuning` says) and `changed` (it jumped on some day, to anywhere). `score`
    (series, days) becomes twice the log of their odds over the odds of a jump a day. At more than the series' entry
    of `levels` an alarm is raised, and what was `changed` is `stable` from then on. `belief` (series, 2, levels) is
    what is believed beforehand, and afterwards what is then.
    `tuning` (series, 7): first day of alarms, chance of a jump, memory, share of jumps to anywhere, spread of the
    others, drift, and the known days before which more is asked, as `topics.score` makes them. Returns rows and
    days of the alarms.
    """
    series, days, width = fits.shape
    rows, raised, jump = [0], [0], np.zeros(width)
    for row in range(series):
        own, stable, changed = tuning[row], belief[row, 0], belief[row, 1]
        last, seen = 0.0, 0.0
        for day in range(days):
            if known[row, day]:
                seen += 1.0
                _drift(stable, own[5])
                _spread_out(stable, own[4], jump)
                last = _learn(stable, changed, fits[row, day], jump, own)
            score[row, day] = last
            asked = levels[row] + 2.0 * np.log(max(own[6] / max(seen, 1.0), 1.0))
            if known[row, day] and day >= own[0] and last > asked:
                rows.append(row)
                raised.append(day)
                _settle(stable, changed)
                last = 0.0
    return np.array(rows[1:]), np.array(raised[1:])


@compiled
def partition(likelihood: Any, penalty: float, best: Any, start: Any) -> None:
    """Least penalised cost of every prefix (series, days + 1) and the first day of its last regime, in place."""
    series, days, width = likelihood.shape
    value, running = np.zeros(width), np.zeros(width, dtype=np.int64)
    for row in range(series):
        value[:] = 0.0
        running[:] = 0
        for day in range(days):
            fresh = best[row, day] + penalty
            least, chosen = np.inf, 0
            for g in range(width):
                if value[g] > fresh:
                    value[g] = fresh
                    running[g] = day
                value[g] -= likelihood[row, day, g]
                if value[g] < least:
                    least = value[g]
                    chosen = g
            best[row, day + 1] = least
            start[row, day + 1] = running[chosen]


@compiled
def _backward(fits: Any, low: int, high: int, drift: float, after: Any, scales: Any) -> None:
    """Into `after` (days + 1, levels) and `scales`: how likely each level makes the days from each on."""
    days = high - low
    after[days] = 1.0
    scales[days] = 0.0
    for day in range(days - 1, -1, -1):
        after[day] = after[day + 1]
        told = _weighed(after[day], fits[low + day])
        _drift(after[day], drift)
        scales[day] = scales[day + 1] + told


@compiled
def jump_evidence(fits: Any, scales: Any, low: int, high: int, tuning: Any) -> Any:
    """By how many nats a jump on each day of low < day < high explains those days better than drift alone.

    `fits` (days, levels) of one series: likelihoods over the largest of their day; `tuning`: share of jumps to
    anywhere, spread of the others, drift. Returns (high − low,) with −inf at first. Forward and backward over the
    levels, as in any hidden Markov model; `scales` (days + 1,) is working space.
    """
    width, days = fits.shape[1], high - low
    anywhere, spread, drift = tuning
    weight, everywhere = (1.0 - anywhere) * (1.0 - spread) / (1.0 + spread), anywhere / width
    after, jump = np.ones((days + 1, width)), np.zeros(width)
    _backward(fits, low, high, drift, after, scales)
    gain = np.full(days, -np.inf)
    belief = np.full(width, 1.0 / width)
    none, before = np.log(after[0].sum() / width) + scales[0], 0.0
    for day in range(days):
        if day > 0:
            _spread_out(belief, spread, jump)
            moved = 0.0
            for g in range(width):
                moved += (weight * jump[g] + everywhere) * after[day, g]
            gain[day] = np.log(max(moved, 1e-300)) + before + scales[day] - none
        _drift(belief, drift)
        before += _weighed(belief, fits[low + day])
    return gain


@compiled
def _likeliest(sums: Any, low: int, high: int) -> Any:
    """The likeliest level of the days low <= day < high, and its log-likelihood."""
    best, at = -np.inf, 0
    for g in range(sums.shape[1]):
        told = sums[high, g] - sums[low, g]
        if told > best:
            best, at = told, g
    return at, best


@compiled
def ramp_fit(likelihood: Any, sums: Any, spacing: float, low: int, high: int, starts: Any, lengths: Any) -> Any:
    """The ramp of `lengths` (least, most) days that explains the days low <= day < high best.

    It rises evenly in the level or in its logarithm; levels are `spacing` apart in their logarithm. `likelihood` (days,
    levels) and `sums` (days + 1, levels) of one series; a ramp starts on a day of `starts` (first, last), from the
    likeliest level of the days before it to that of the days after. Returns its first day, the first day after it, and
    its log-likelihood (−inf if none fits in). A ramp is left as soon as the best level of each day to come would not
    bring it to the front.
    """
    best, start, stop = -np.inf, starts[0], starts[0]
    # Between edges[k] and edges[k + 1] the level has grown by k - len(sums[0]) steps of its grid.
    edges = np.exp((np.arange(2 * sums.shape[1] + 2) - sums.shape[1] - 0.5) * spacing) - 1.0
    most = np.zeros(high - low + 1)
    for day in range(high - 1, low - 1, -1):
        most[day - low] = most[day - low + 1] + likelihood[day].max()
    ends, tops = np.zeros(high - low), np.zeros(high - low, dtype=np.int64)
    for end in range(starts[0], high):
        tops[end - low], ends[end - low] = _likeliest(sums, end, high)
    for day in range(max(starts[0], low + 1), starts[1] + 1):
        bottom, before = _likeliest(sums, low, day)
        for length in range(lengths[0], min(lengths[1], high - day - 1) + 1):
            end = day + length
            rise = tops[end - low] - bottom
            growth = np.exp(rise * spacing) - 1.0
            even, steady = before + ends[end - low], before + ends[end - low]
            grown = sums.shape[1]
            for step in range(length):
                if max(even, steady) + most[day + step - low] - most[end - low] < best - 1e-6:
                    even, steady = -np.inf, -np.inf
                    break
                part = step / length
                while growth * part >= edges[grown + 1]:
                    grown += 1
                while growth * part < edges[grown]:
                    grown -= 1
                even += likelihood[day + step, bottom + grown - sums.shape[1]]
                steady += likelihood[day + step, int(bottom + rise * part + 0.5)]
            if max(even, steady) > best:
                best, start, stop = max(even, steady), day, end
    return start, stop, best
