"""What every document is classified into, read from one file that users may replace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

DEFAULT = Path(__file__).parent / "data" / "taxonomy.yaml"
HAZARDS = ("low", "elevated", "critical")
POTENTIALS = ("grave", "serious", "mild")
FIELDS = ("kind", "harm_domain", "use_case")
# The row of the hazard table for documents without a kind.
ANOMALY = "usage_anomaly"


class TaxonomyInvalid(ValueError):
    """A taxonomy file that cannot be used; the message says where and what to change."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `potential` says how grave a harm domain can be; `group` ties facets together."""

    id: str
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    examples: tuple[str, ...]
    potential: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A wording that is evidence for the classifier, searched without regard to case."""

    id: str
    says: str
    pattern: str


@dataclass(frozen=True)
class Taxonomy:
    """All labels, the hazard table and the catalogue of wordings of one version."""

    version: str
    kinds: tuple[Label, ...]
    harm_domains: tuple[Label, ...]
    use_cases: tuple[Label, ...]
    facets: tuple[Label, ...]
    severities: tuple[str, ...]
    hazards: Mapping[str, Mapping[str, str]]
    grave_threshold: float
    patterns: tuple[Pattern, ...]

    def labels(self, field: str) -> tuple[Label, ...]:
        """Labels of "kind", "harm_domain", "use_case" or "facets", in file order."""
        table = {
            "kind": self.kinds,
            "harm_domain": self.harm_domains,
            "use_case": self.use_cases,
            "facets": self.facets,
        }
        return table[field]

    def ids(self, field: str) -> tuple[str, ...]:
        """Label ids of a field, in file order."""
        return tuple(label.id for label in self.labels(field))

    @cached_property
    def potentials(self) -> dict[str, str]:
        """ "grave", "serious" or "mild" by harm domain id."""
        return {label.id: label.potential for label in self.harm_domains}

    @property
    def grave_domains(self) -> tuple[str, ...]:
        """Harm domains in which an under-block is critical; their exemplars are shown on reveal only."""
        return tuple(domain for domain in self.potentials if self.hazard("under_block", domain) == "critical")

    def hazard(self, kind: str | None, harm_domain: str) -> str:
        """ "low", "elevated" or "critical". Kind None is a usage anomaly; unknown ids count as mildest."""
        row = self.hazards.get(kind or ANOMALY, self.hazards["default"])
        return row[self.potentials.get(harm_domain, "mild")]


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """The taxonomy of a YAML file, by default the one that comes with Groundswell.

    Raises TaxonomyInvalid where a part is missing, double or out of range."""
    source = path or DEFAULT
    try:
        data = yaml.safe_load(source.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise TaxonomyInvalid(f"{source.name} should be YAML, got an error: {error}; correct it") from error
    if not isinstance(data, dict):
        raise TaxonomyInvalid(f"{source.name} should hold a mapping, got {type(data).__name__}; see the default")
    return Taxonomy(
        version=str(entry(data, "version")),
        kinds=labels(data, "kinds"),
        harm_domains=labels(data, "harm_domains"),
        use_cases=labels(data, "use_cases"),
        facets=labels(data, "facets"),
        severities=tuple(str(entry(level, "definition")) for level in entry(data, "severities")),
        hazards=hazard_table(entry(data, "hazard")),
        grave_threshold=float(entry(data, "grave_threshold")),
        patterns=tuple(pattern(item) for item in data.get("patterns") or ()),
    )


def entry(data: Any, key: str) -> Any:
    """A required entry of a mapping of the file."""
    if not isinstance(data, dict) or key not in data:
        raise TaxonomyInvalid(f"the taxonomy needs '{key}', got none in {data!s:.60}; add it")
    return data[key]


def labels(data: dict[str, Any], section: str) -> tuple[Label, ...]:
    """Labels of one section, their ids distinct."""
    found = tuple(label(item, section) for item in entry(data, section))
    ids = [item.id for item in found]
    double = sorted({item for item in ids if ids.count(item) > 1})
    if double or not ids:
        raise TaxonomyInvalid(f"{section} should have distinct ids, got {double or 'none'}; correct the list")
    return found


def label(item: Any, section: str) -> Label:
    """One label; a harm domain must state its potential."""
    identifier = str(entry(item, "id"))
    examples = tuple(map(str, entry(item, "examples")))
    if len(examples) < 2:
        raise TaxonomyInvalid(f"{identifier} should have 2 examples or more, got {len(examples)}; write some")
    potential = str(item.get("potential", ""))
    if section == "harm_domains" and potential not in POTENTIALS:
        raise TaxonomyInvalid(
            f"{identifier} should have a potential of {', '.join(POTENTIALS)}, got '{potential}'; set it"
        )
    return Label(
        id=identifier,
        definition=str(entry(item, "definition")),
        includes=tuple(map(str, item.get("includes") or ())),
        excludes=tuple(map(str, item.get("excludes") or ())),
        examples=examples,
        potential=potential,
        group=str(item.get("group", "")),
    )


def hazard_table(table: Any) -> dict[str, dict[str, str]]:
    """Hazard by kind and potential; every row complete, a row `default` present."""
    entry(table, "default")
    for kind, row in table.items():
        wrong = [potential for potential in POTENTIALS if entry(row, potential) not in HAZARDS]
        if wrong:
            raise TaxonomyInvalid(f"hazard of {kind} should be of {', '.join(HAZARDS)}, got {row}; correct it")
    return {str(kind): {key: str(row[key]) for key in POTENTIALS} for kind, row in table.items()}


def pattern(item: Any) -> Pattern:
    """One wording; its regular expression must compile."""
    identifier, expression = str(entry(item, "id")), str(entry(item, "pattern"))
    try:
        re.compile(expression)
    except re.error as error:
        raise TaxonomyInvalid(
            f"pattern {identifier} should be a regular expression, got an error: {error}; correct it"
        ) from error
    return Pattern(identifier, str(entry(item, "says")), expression)
