"""What is read out of a text before any model sees it: redacted, taken apart, its entities; ingest stores it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nlp.claim import SPLIT_VERSION, split
from nlp.entities import entities
from nlp.name_lists import NAMES
from nlp.not_names import NOT_NAMES
from nlp.records import EntityPattern, Redacted, Split
from nlp.redact import RECOGNISERS, redact_all
from nlp.templates import NO_TEMPLATES, Templates

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True)
class Rules:
    """What a workspace adds to the reading of its texts: forms it has learnt, fields its taxonomy names."""

    templates: Templates = NO_TEMPLATES
    entities: tuple[EntityPattern, ...] = ()

    @property
    def version(self) -> str:
        """Changes whenever a text may be taken apart otherwise or other fields may be read out of it."""
        fields = hashlib.sha256(repr(self.entities).encode()).hexdigest()[:8] if self.entities else "none"
        return f"{SPLIT_VERSION}/{self.templates.version}/{fields}"


BUILT_IN = Rules()


@dataclass(frozen=True, slots=True)
class Extract:
    """What is read out of one text without a model: redacted, taken apart, its entities by name."""

    redacted: Redacted
    split: Split
    entities: Mapping[str, list[str]]


def extract(texts: Sequence[str], *, pipeline: "Language | None", rules: Rules = BUILT_IN) -> list[Extract]:
    """Redact each text, split what is left into claim and boilerplate, and read its entities.

    >>> extract(["Mail ada@lovelace.example about req_011CbQm4uTz"], pipeline=None)[0].split.claim
    'Mail <EMAIL_1> about req_011CbQm4uTz'
    """
    return [reread(one, rules) for one in redact_all(texts, pipeline=pipeline)]


def reread(redacted: Redacted, rules: Rules) -> Extract:
    """What is read out of a text that is redacted already."""
    found = split(redacted.text, rules.templates)
    return Extract(redacted, found, entities(redacted.text, parts=found.parts, patterns=rules.entities))


def redactor_version(pipeline: "Language | None") -> str:
    """What redacted a document: a digest of the patterns and word lists, and the name finder if there is one."""
    patterns = "\n".join(f"{name} {row.pattern.pattern}" for name, row in RECOGNISERS.items())
    lists = repr((sorted(NAMES.items()), sorted(NOT_NAMES)))
    version = hashlib.blake2b((patterns + lists).encode(), digest_size=4).hexdigest()
    return f"{version}+{pipeline.meta['name']}-{pipeline.meta['version']}" if pipeline is not None else version
