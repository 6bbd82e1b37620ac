"""A diagnosis as one HTML file that needs nothing else; the numbers are those of the record, every word escaped."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jobs.cli_context import CONTROLS
from jobs.diagnose import MEANINGS, Record, shown
from jobs.diagnose_charts import lines
from mitigations.error_rates import FIGURES

TEMPLATES = Path(__file__).parent / "templates"
TITLES = {"over_block": "Over-blocks", "under_block": "Under-blocks"}


def page(record: Record, *, name: str) -> str:
    """The page of a record of `jobs.diagnose.diagnosis`; `name` is the file's."""
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"say": say, "share": shown, "count": _count}
    return environment.get_template("diagnose.html.j2").render(
        name=name,
        record=record,
        figures=FIGURES,
        meanings=MEANINGS,
        titles=TITLES,
        curve=_curve(record["thresholds"]),
        calibration=_calibration(record["reliability"]),
    )


def say(text: Any) -> str:
    """The file's own words without what drives a terminal or turns text round; the template escapes the rest."""
    return CONTROLS.sub("", str(text))


def _count(value: Any) -> str:
    return "?" if value is None else f"{value:,.0f}"


def _curve(thresholds: Record) -> Any:
    """Both errors over the threshold."""
    drawn = [
        [
            (row["threshold"], row[name], row[f"{name}_low"], row[f"{name}_high"])
            for row in thresholds["points"]
            if row[name] is not None
        ]
        for name in ("fpr", "fnr")
    ]
    best = (thresholds["cheapest"] or {}).get("threshold")
    return lines(drawn, mark=best)


def _calibration(found: Record) -> Any:
    """Observed shares over the mean score of each bin."""
    points = [(row["score"], row["observed"], row["observed_low"], row["observed_high"]) for row in found["table"]]
    return lines([points], diagonal=True)
