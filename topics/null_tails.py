"""Tails of the online score on simulated null series, for the default search settings."""

NULL_TAILS: list[list[list[float]]] = [
    [[0.339, 0.4634], [1.785, 0.5741], [1.550, 0.5370]],
    [[2.004, 0.5398], [2.236, 0.5579], [2.109, 0.5112]],
    [[2.143, 0.5228], [2.068, 0.4725], [1.901, 0.3967]],
    [[2.119, 0.5142], [2.315, 0.4836], [2.001, 0.3591]],
    [[1.646, 0.4717], [1.912, 0.4296], [2.046, 0.3320]],
    [[1.442, 0.4367], [1.821, 0.4343], [1.628, 0.2812]],
    [[0.599, 0.3459], [1.646, 0.4257], [1.543, 0.2628]],
]
"""By volume stratum, dispersion stratum: intercept and slope of log(alarms a series and week) over the level.

`python -m benchmarks.changes --calibrate` makes this file.
"""
