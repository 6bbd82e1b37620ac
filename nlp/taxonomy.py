"""What every document is classified into, read from one file that users may replace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlp.bounded import bounded
from nlp.records import EntityPattern

DEFAULT = Path(__file__).parent / "data" / "taxonomy.yaml"
HAZARDS = ("low", "elevated", "critical")
POTENTIALS = ("grave", "serious", "mild")
FIELDS = ("kind", "harm_domain", "use_case")
# The row of the hazard table for documents without a kind.
ANOMALY = "usage_anomaly"
# The same reader in C, where PyYAML was built with it, takes a tenth of the time.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


@dataclass(frozen=True, slots=True)
class GravePattern:
    """A wording that makes a report grave, searched without regard to case.

    `weight`: what it adds to the log odds of the rule `signs`. `distress`: it tells of a person in distress or
    danger, and is enough by itself.
    """

    id: str
    harm_domain: str
    says: str
    pattern: str
    weight: float = 0.0
    distress: bool = False


@dataclass(frozen=True, slots=True)
class TriageThresholds:
    """From which score on each rule of triage queues a document; `screen`: the share of it for a close look."""

    critical: float = 0.2
    signs: float = 0.5
    distress: float = 0.5
    unsure: float = 0.1
    screen: float = 0.7


@dataclass(frozen=True, slots=True)
class TriageWeights:
    """What the rule `signs` adds up, in log odds: `base`, and so much for each unit of the others.

    The log odds of hazard critical, and of a grave report by the head that learnt just that.
    """

    base: float = -1.0
    critical: float = 0.5
    grave: float = 0.5


@dataclass(frozen=True)
class Taxonomy:
    """All labels, the hazard table and the catalogue of wordings of one version.

    What triage alone goes by is no part of the `repr` by which trained models are named: a new threshold
    needs no new classifier.
    """

    version: str
    kinds: tuple[Label, ...]
    harm_domains: tuple[Label, ...]
    use_cases: tuple[Label, ...]
    facets: tuple[Label, ...]
    severities: tuple[str, ...]
    hazards: Mapping[str, Mapping[str, str]]
    patterns: tuple[Pattern, ...]
    grave_patterns: tuple[GravePattern, ...] = field(default=(), repr=False)
    triage: TriageThresholds = field(default=TriageThresholds(), repr=False)
    entities: tuple[EntityPattern, ...] = field(default=(), repr=False)
    triage_weights: TriageWeights = field(default=TriageWeights(), repr=False)

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
    return read_taxonomy(source.read_text("utf-8"), source.name)


@lru_cache(maxsize=8)
def read_taxonomy(content: str, name: str) -> Taxonomy:
    """The taxonomy written in YAML, remembered; `name` is that of the file, for errors. Raises TaxonomyInvalid."""
    try:
        data = yaml.load(content, Loader=Loader)
    except yaml.YAMLError as error:
        raise TaxonomyInvalid(f"{name} should be YAML, got an error: {error}; correct it") from error
    if not isinstance(data, dict):
        raise TaxonomyInvalid(f"{name} should hold a mapping, got {type(data).__name__}; see the default")
    return Taxonomy(
        version=str(entry(data, "version")),
        kinds=labels(data, "kinds"),
        harm_domains=labels(data, "harm_domains"),
        use_cases=labels(data, "use_cases"),
        facets=labels(data, "facets"),
        severities=tuple(str(entry(level, "definition")) for level in entry(data, "severities")),
        hazards=hazard_table(entry(data, "hazard")),
        patterns=tuple(pattern(item) for item in data.get("patterns") or ()),
        grave_patterns=grave_patterns(data),
        triage=triage_thresholds(data),
        entities=tuple(entity_pattern(item) for item in data.get("entities") or ()),
        triage_weights=triage_weights(data),
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
    return Pattern(str(entry(item, "id")), str(entry(item, "says")), expression(item))


def grave_patterns(data: dict[str, Any]) -> tuple[GravePattern, ...]:
    """Wordings that make a report grave, their weights from `triage_weights`; each must compile."""
    weights = data.get("triage_weights") or {}
    return tuple(
        GravePattern(
            id=str(entry(item, "id")),
            harm_domain=str(entry(item, "harm_domain")),
            says=str(entry(item, "says")),
            pattern=expression(item),
            weight=number(weights.get(item["id"], 0.0), f"triage_weights: {item['id']}"),
            distress=bool(item.get("distress", False)),
        )
        for item in data.get("grave_patterns") or ()
    )


def entity_pattern(item: Any) -> EntityPattern:
    """One field of one's own: a name in small letters, an expression that compiles, perhaps a value."""
    name = str(entry(item, "id"))
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise TaxonomyInvalid(f"entities should have ids such as order_number, got {name!r:.60}; correct it")
    return EntityPattern(name, expression(item), str(item.get("value", "")))


def expression(item: Any) -> str:
    """The regular expression of a wording, checked."""
    text = str(entry(item, "pattern"))
    try:
        re.compile(text)
    except re.error as error:
        raise TaxonomyInvalid(
            f"pattern {entry(item, 'id')} should be a regular expression, got an error: {error}; correct it"
        ) from error
    return bounded(text)


def triage_thresholds(data: dict[str, Any]) -> TriageThresholds:
    """Thresholds of triage; one that is not given keeps its default. A `grave_threshold` is the critical one."""
    given = {"critical": data["grave_threshold"]} if "grave_threshold" in data else {}
    given |= data.get("triage") or {}
    known = [one.name for one in fields(TriageThresholds)]
    for name, value in given.items():
        if name not in known or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise TaxonomyInvalid(
                f"triage should have numbers from 0 to 1 for {', '.join(known)}, got {name}: {value!s:.40}; correct it"
            )
    return TriageThresholds(**{name: float(value) for name, value in given.items()})


def triage_weights(data: dict[str, Any]) -> TriageWeights:
    """Weights of the rule `signs` but for those of patterns; one that is not given keeps its default."""
    given = data.get("triage_weights") or {}
    own = [one.name for one in fields(TriageWeights)]
    known = [*own, *(str(item.get("id")) for item in data.get("grave_patterns") or ())]
    strange = [name for name in given if name not in known]
    if strange:
        raise TaxonomyInvalid(
            f"triage_weights should name {', '.join(own)} or a grave pattern, got {strange[0]}; mend it"
        )
    return TriageWeights(**{name: number(given[name], f"triage_weights: {name}") for name in own if name in given})


def number(value: Any, what: str) -> float:
    """A number of the file."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TaxonomyInvalid(f"{what} should be a number, got {value!s:.40}; correct it")
    return float(value)
