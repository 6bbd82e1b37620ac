"""Tails of the online score on simulated null series, for the default search settings."""

NULL_TAILS: list[list[list[float]]] = [
    [[1.774, 0.6033], [2.842, 0.7000], [2.761, 0.7000]],
    [[2.996, 0.7000], [3.003, 0.7000], [3.268, 0.6856]],
    [[1.605, 0.5785], [2.398, 0.6271], [0.992, 0.4437]],
    [[0.937, 0.5421], [1.588, 0.5638], [1.508, 0.4356]],
    [[1.998, 0.7000], [1.675, 0.5763], [-0.080, 0.3014]],
    [[1.467, 0.7000], [2.723, 0.7000], [0.195, 0.2926]],
    [[0.796, 0.7000], [0.529, 0.5216], [-0.279, 0.2500]],
]
"""By volume stratum, dispersion stratum: intercept and slope of log(alarms a series and week) over the level.

`python -m benchmarks.changes --calibrate` makes this file.
"""
