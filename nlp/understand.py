"""The way of a document from its words to its fields, in the pieces that files and the daily run share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlp.calibrate import Floats
from nlp.classify import SEVERITY, Classifier
from nlp.embed import Embedder
from nlp.extract import BUILT_IN, Extract, Rules, extract
from nlp.features import Parts
from nlp.language import identify
from nlp.taxonomy import FIELDS

if TYPE_CHECKING:
    from spacy.language import Language

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the models say of n documents, in their order.

    `languages`: two-letter codes; `vectors`: unit rows of the claims (n, 384); `probabilities`: those of
    `Classifier.probabilities`.
    """

    languages: Sequence[str]
    vectors: NDArray[np.float32]
    probabilities: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Reader:
    """The models that a document passes. `pipeline` finds names of people; None leaves it to the patterns."""

    embedder: Embedder
    classifier: Classifier
    pipeline: "Language | None" = None
    rules: Rules = BUILT_IN

    def understand(self, texts: Sequence[str]) -> list[Record]:
        """The record of each text, in order; see `records`."""
        found = extract(texts, pipeline=self.pipeline, rules=self.rules)
        return records(found, self.judged(found), self.classifier)

    def judged(self, found: Sequence[Extract]) -> Judgement:
        """What the models say of texts that were read before."""
        return judge(
            [one.redacted.text for one in found],
            [one.split.claim for one in found],
            [one.split.parts for one in found],
            embedder=self.embedder,
            classifier=self.classifier,
        )


def judge(
    texts: Sequence[str],
    claims: Sequence[str],
    parts: Sequence[Parts] | None,
    *,
    embedder: Embedder,
    classifier: Classifier,
) -> Judgement:
    """Language, vector and probabilities of redacted texts with their claims and boilerplate parts.

    `parts` None: they are looked for in the texts."""
    vectors = embedder.embed(list(claims))
    probabilities = classifier.probabilities(texts, claims, vectors, parts)
    return Judgement([code for code, _ in identify(claims)], vectors, probabilities)


def records(found: Sequence[Extract], judgement: Judgement, classifier: Classifier) -> list[Record]:
    """One record a document, in order: claim; kind, harm_domain, use_case, severity, each with label and
    probability; facets; entities; language; hazard; boilerplate as part, start and end in the *redacted* text;
    abstained."""
    fields = classifier.fields(judgement.probabilities).to_dict("list")
    return [
        {
            "claim": one.split.claim,
            **{
                name: {"label": fields[name][row], "probability": fields[f"{name}_probability"][row]}
                for name in (*FIELDS, SEVERITY)
            },
            "facets": fields["facets"][row],
            "entities": dict(one.entities),
            "language": judgement.languages[row],
            "hazard": fields["hazard"][row],
            "boilerplate": [{"part": part.name, "start": part.start, "end": part.end} for part in one.split.parts],
            "abstained": fields["abstained"][row],
        }
        for row, one in enumerate(found)
    ]
