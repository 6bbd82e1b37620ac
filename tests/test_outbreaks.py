"""What the benchmarks on outbreaks, annotated series and real files count as found, late and false."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.annotated_series import METHODS, covering, f1
from benchmarks.annotated_worlds import KINDS, simulated
from benchmarks.outbreaks import Cases, beside, figures, judged, ours, read
from benchmarks.real_files import came_with, complaints, surge


def cases() -> Cases:
    """Two quiet years with an outbreak of six weeks in between."""
    rng = np.random.default_rng(1)
    mean = np.full(104, 2.0)
    mean[60:66] = 20.0
    return Cases("town", rng.poisson(mean).astype(float), mean > 2)


def test_alarms_within_an_outbreak_find_it_and_alarms_of_its_tail_are_not_false() -> None:
    told = judged(cases(), [20, 62, 70, 90])
    assert told == {"delays": [2], "false": [20, 90]}
    assert judged(cases(), [58, 59, 60])["false"] == [] and judged(cases(), [20, 21])["false"] == [20]
    assert judged(cases(), [70])["delays"] == [None]


def test_outbreak_is_found_by_every_method() -> None:
    town = cases()
    for raised in (ours([town]), beside("farrington", 2.0, [town]), beside("ears", 1.0, [town])):
        told = figures([town], raised)
        assert told["found"] == 1 and told["median_delay_weeks"] <= 2


def test_counts_and_flags_are_read_in_the_order_of_the_weeks(tmp_path: Path) -> None:
    file = tmp_path / "outbreak_x.csv.gz"
    with gzip.open(file, "wt") as lines:
        lines.write("series,t,start,freq,count,outbreak\nx,2,a,52.0,7,1\nx,1,a,52.0,3,0\n")
    one = read(file)
    assert (one.name, one.counts.tolist(), one.outbreak.tolist()) == ("outbreak_x", [3.0, 7.0], [False, True])


def test_perfect_partition_scores_one_and_none_scores_less() -> None:
    said = {"a": [20], "b": [21]}
    assert f1(said, [20]) == 1.0 and covering({"a": [20]}, [20], 40) == 1.0
    assert f1(said, []) < 1.0 and covering(said, [], 40) < 0.7


def test_planted_changes_lie_within_their_series() -> None:
    for values, steps in simulated(3, each=1).values():
        assert np.isfinite(values).all() and all(0 < step < len(values) for step in steps)
    assert len(simulated(3, each=1)) == len(KINDS) and set(METHODS) >= {"ours", "bocpd"}


def test_surge_and_its_words_are_read_from_the_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "complaints.csv.gz"
    days = [date(2015, 4, 1) + timedelta(days=step) for step in range(45)]
    with gzip.open(file, "wt") as lines:
        lines.write("Date,Customer Complaint\n")
        for step, day in enumerate(days):
            number, text = (30, "unfair pricing of data") if step >= 40 else (5, "no service at home")
            written = f"{day:%m-%d-%y}" if day.day <= 12 else f"{day:%d-%m-%y}"
            lines.write(f"{written},{text}\n" * number)
    first, words = surge(complaints(file))
    assert first == days[40] and set(words) == {"unfair", "pricing", "data"}


def test_words_that_were_always_there_did_not_come_with_it() -> None:
    assert came_with(["slow line"] * 50, ["slow line"] * 40 + ["slow unfair line"] * 10)[0] == "unfair"
