"""The phrase banks of the demo world, read from the package's YAML."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from jobs.scenario_grammar import Template, parse_lines

Phrases = Mapping[str, tuple[Template, ...]]

SUBJECT_FILES = (
    "over_block_cyber",
    "over_block_science",
    "over_block_content",
    "under_block",
    "quality",
    "reliability",
    "billing_account",
    "policy_privacy",
    "wishes_praise",
    "planted",
)
PARTS = ("terse", "context", "claim", "detail", "consequence", "ask")


class BankFault(ValueError):
    """A phrase bank that cannot be used."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document can be about: its truth and its phrases by part."""

    id: str
    kind: str
    harm_domain: str
    use_case: str
    weight: float
    products: Mapping[str, float]
    phrases: Phrases
    slots: Phrases
    translations: Phrases


@dataclass(frozen=True, slots=True)
class Banks:
    """Everything texts are made of."""

    subjects: Mapping[str, Subject]
    kinds: Mapping[str, Phrases]
    lexicon: Phrases
    languages: Mapping[str, Phrases]
    language_kinds: Mapping[str, Mapping[str, Phrases]]
    prompts: Mapping[str, Phrases]


@cache
def load_banks() -> Banks:
    """The banks, parsed once per process."""
    languages = _read("languages")
    entries = [entry for name in SUBJECT_FILES for entry in _read(name)["subjects"]]
    return Banks(
        subjects={entry["id"]: _subject(entry, languages) for entry in entries},
        kinds={kind: _phrases(parts) for kind, parts in _read("kinds").items()},
        lexicon=_phrases(_read("lexicon")),
        languages={code: _phrases(bank["shared"]) for code, bank in languages.items()},
        language_kinds={
            code: {kind: _phrases(parts) for kind, parts in bank.get("kinds", {}).items()}
            for code, bank in languages.items()
        },
        prompts={group: _phrases(parts) for group, parts in _read("prompts").items()},
    )


def _subject(entry: Mapping[str, Any], languages: Mapping[str, Any]) -> Subject:
    missing = [name for name in ("id", "kind", "harm_domain", "use_case", "claim") if name not in entry]
    if missing:
        raise BankFault(f"need id, kind, harm_domain, use_case and claim, got no {missing[0]}; add it")
    translations = {
        code: bank["claims"][entry["id"]] for code, bank in languages.items() if entry["id"] in bank.get("claims", {})
    }
    return Subject(
        id=entry["id"],
        kind=entry["kind"],
        harm_domain=entry["harm_domain"],
        use_case=entry["use_case"],
        weight=float(entry.get("weight", 1.0)),
        products=entry.get("products", {"assistant": 5, "coder": 3, "api": 2}),
        phrases=_phrases({part: entry[part] for part in PARTS if part in entry}),
        slots=_phrases(entry.get("slots", {})),
        translations=_phrases(translations),
    )


def _phrases(parts: Mapping[str, str]) -> dict[str, tuple[Template, ...]]:
    return {part: parse_lines(block) for part, block in parts.items()}


def _read(name: str) -> Any:
    return yaml.safe_load((files("jobs") / "data" / "scenario" / f"{name}.yaml").read_text("utf-8"))
