"""The steps of a run, each on the little it needs."""

import pandas as pd
import pytest

from jobs.cli_run import run_command
from jobs.count import whole_exposure
from jobs.embedder import PER_WRITER, teaching_set
from jobs.ingest_reference import Match, Route
from jobs.owners import owner_of
from jobs.run import STEPS
from jobs.theme_fit import fit_identity
from topics.refit_due import Fitness, reason

THEN = Fitness(1_000, 0.9, 0.7, 0.1)


@pytest.mark.parametrize(
    ("documents", "new", "days", "why"),
    [
        (1_000, Fitness(0, 0.0, 0.0, 0.0), 30, None),
        (1_010, Fitness(10, 0.5, 0.5, 0.1), 2, None),
        (1_100, Fitness(100, 0.88, 0.69, 0.1), 6, None),
        (1_100, Fitness(100, 0.88, 0.69, 0.1), 7, "week"),
        (1_500, Fitness(500, 0.9, 0.7, 0.1), 1, "growth"),
        (1_100, Fitness(100, 0.7, 0.69, 0.1), 2, "novelty"),
        (1_100, Fitness(100, 0.89, 0.62, 0.1), 2, "quality"),
        (1_100, Fitness(100, 0.7, 0.62, 0.1), 0, None),
    ],
    ids=["nothing new", "too few to say", "calm", "week", "growth", "unassigned", "unlike", "the same day"],
)
def test_themes_are_fitted_anew_when_due(documents: int, new: Fitness, days: float, why: str | None) -> None:
    assert reason(THEN, Fitness(documents, 0.9, 0.7, 0.1), new, days=days) == why


def test_a_fit_that_did_not_say_how_alike_documents_were_is_judged_by_the_rest() -> None:
    unknown = Fitness(1_000, 0.9, float("nan"), float("nan"))
    assert reason(unknown, THEN, Fitness(100, 0.9, 0.1, 0.1), days=2) is None


def test_same_fit_has_the_same_identity() -> None:
    one = fit_identity("feedback", "2026-03-01T00:00:00Z", "v1", 100)
    assert one == fit_identity("feedback", "2026-03-01T00:00:00Z", "v1", 100)
    assert one != fit_identity("feedback", "2026-03-02T00:00:00Z", "v1", 100)


def test_nobody_fills_the_teaching_set_alone() -> None:
    claims = pd.DataFrame(
        {
            "document_id": [f"d{i}" for i in range(100)],
            "claim": [f"claim {i}" for i in range(100)],
            "reporter": ["loud"] * 80 + [f"r{i}" for i in range(20)],
            "template": [f"t{i}" for i in range(100)],
        }
    )
    chosen = teaching_set(claims)
    assert len(chosen) == PER_WRITER + 20
    assert chosen == teaching_set(claims.sample(frac=1, random_state=1))


def test_requests_of_a_day_are_not_counted_twice() -> None:
    exposure = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-02", "2026-03-02"]),
            "mitigation": ["all"] * 4,
            "segments": [{}, {"plan": "pro"}, {"plan": "pro"}, {"plan": "free"}],
            "requests": [100.0, 60.0, 70.0, 50.0],
        }
    )
    assert whole_exposure(exposure)["requests"].tolist() == [100.0, 120.0]


MITIGATIONS = [
    {"mitigation_id": "cyber-guard", "harm_domain": "cyber", "owner": "cyber"},
    {"mitigation_id": "bio-guard", "harm_domain": "biological", "owner": "cbrn"},
]
ROUTES = [Route(match=Match(kind="billing"), owner="money")]


@pytest.mark.parametrize(
    ("segments", "owner"),
    [
        ({"mitigation": ("cyber-guard", 0.6)}, "cyber"),
        ({"mitigation": ("cyber-guard", 0.3), "harm_domain": ("biological", 0.8)}, "cbrn"),
        ({"kind": ("billing", 0.9)}, "money"),
        ({"kind": ("quality", 0.9)}, "everyone"),
        ({}, "everyone"),
    ],
    ids=["its mitigation", "its domain's only mitigation", "a route", "nobody's", "nothing carries it"],
)
def test_alert_goes_to_the_owner_of_what_carries_the_change(segments: dict[str, tuple[str, float]], owner: str) -> None:
    rows = [{"attribute": name, "value": value, "share": share} for name, (value, share) in segments.items()]
    assert owner_of("feedback/total", {"segments": rows}, MITIGATIONS, ROUTES, default="everyone") == owner


def test_series_that_names_its_mitigation_goes_to_its_owner() -> None:
    found = owner_of("usage_anomaly/mitigation=bio-guard", {"segments": []}, MITIGATIONS, ROUTES, default="everyone")
    assert found == "cbrn"


def test_help_of_the_run_names_its_steps_in_order() -> None:
    assert ", ".join(step.name for step in STEPS) in (run_command.help or "")
