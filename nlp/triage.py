"""Which single documents a person must see today, whatever the counts say; recall comes first."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlp.calibrate import Floats
from nlp.classify import FACET, Classifier
from nlp.embed import Embedder
from nlp.features import Parts, compiled_for_lower_case
from nlp.taxonomy import GravePattern, TriageThresholds

VERSION = 2
RULES = ("critical", "signs", "distress", "unsure")
"""Each rule has a score of a document in [0, 1] and a threshold of the taxonomy under its name."""
DISTRESS = FACET + "distress"
SEARCHED_CHARACTERS = 6_000
SMALLEST = 0.001


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that holds: its name, what it found in words (never the document's own), its score."""

    rule: str
    words: str
    probability: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a person must see a document.

    Kind and domain are those of the most probable critical combination, each with its own probability, unless
    distress alone is the reason; then they are the most probable ones. `probability` is that of hazard `critical`;
    `score`, the highest of the reasons', ranks the queue.
    """

    reasons: tuple[Reason, ...]
    kind: str
    kind_probability: float
    harm_domain: str
    harm_domain_probability: float
    probability: float
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules go by, of n documents: probabilities by head, of hazard `critical` and of a grave report,
    wordings found."""

    heads: Mapping[str, Floats]
    critical: Floats
    grave: Floats
    unsure: NDArray[np.bool_]
    found: Sequence[tuple[GravePattern, ...]]


class Watch:
    """Looks at documents one by one: all of them quickly, and what may be grave once more, exactly.

    `quick` and `exact` are embedders that do not depend on the workspace, so that a document is judged alike
    whenever and wherever it is looked at.
    """

    def __init__(self, classifier: Classifier, *, quick: Embedder, exact: Embedder) -> None:
        self.classifier, self.taxonomy = classifier, classifier.taxonomy
        self.quick, self.exact = quick, exact
        self._patterns = [(one, compiled_for_lower_case(one.pattern)) for one in self.taxonomy.grave_patterns]

    @cached_property
    def version(self) -> str:
        """Changes whenever a verdict may."""
        taxonomy = self.taxonomy
        told = (VERSION, taxonomy, taxonomy.grave_patterns, taxonomy.triage, taxonomy.triage_weights)
        digest = hashlib.sha256(repr((*told, self.quick.version, self.exact.version)).encode()).hexdigest()
        return f"{self.classifier.version}/{digest[:8]}"

    def look(
        self, texts: Sequence[str], claims: Sequence[str], parts: Sequence[Parts] | None = None
    ) -> list[Verdict | None]:
        """A verdict for each document that is grave, in order.

        `texts` are whole redacted texts, `parts` their boilerplate: looked for in them unless they are given.
        """
        verdicts: list[Verdict | None] = [None] * len(texts)
        rows = np.flatnonzero(self.screened(texts, claims, parts)).tolist()
        if rows:
            own = None if parts is None else [parts[row] for row in rows]
            reading = self.read([texts[row] for row in rows], [claims[row] for row in rows], self.exact, own)
            scores = self.scores(reading)
            for place, row in enumerate(rows):
                verdicts[row] = self._verdict(reading, place, scores[place])
        return verdicts

    def screened(
        self, texts: Sequence[str], claims: Sequence[str], parts: Sequence[Parts] | None = None
    ) -> NDArray[np.bool_]:
        """Which documents are worth the exact look, shape (n,): a score reaches that share of its threshold."""
        scores = self.scores(self.read(texts, claims, self.quick, parts))
        wanted = np.array([least(self.taxonomy.triage, rule) for rule in RULES]) * self.taxonomy.triage.screen
        return np.asarray((scores >= wanted).any(axis=1))

    def read(
        self, texts: Sequence[str], claims: Sequence[str], embedder: Embedder, parts: Sequence[Parts] | None = None
    ) -> Reading:
        """What the rules go by, with the vectors of this embedder."""
        heads = self.classifier.probabilities(texts, claims, embedder.embed(list(claims)), parts)
        critical = self.classifier.critical_probability(heads)
        tops = {name: heads[name].max(axis=1, initial=0.0) for name in ("kind", "harm_domain")}
        unsure = np.any([tops[name] < self.classifier.heads[name].threshold for name in tops], axis=0)
        found = [self.wordings(claim or text) for text, claim in zip(texts, claims, strict=True)]
        return Reading(heads, critical, self.classifier.grave_probability(heads), np.asarray(unsure), found)

    def scores(self, reading: Reading) -> Floats:
        """Score of each of `RULES`, shape (n, 4)."""
        said = np.array([any(one.distress for one in found) for found in reading.found], dtype=bool)
        weights = self.taxonomy.triage_weights
        added = weights.base + self.signs(reading) @ np.array(
            [weights.critical, weights.grave, *(one.weight for one in self.taxonomy.grave_patterns)]
        )
        columns = [
            reading.critical,
            1 / (1 + np.exp(-added)),
            np.where(said, 1.0, self._felt(reading)),
            np.where(reading.unsure, reading.critical, 0),
        ]
        return np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1).round(6)

    def signs(self, reading: Reading) -> Floats:
        """What the rule `signs` adds up, shape (n, 2 + grave patterns): log odds of `critical` and of a grave
        report, then which wordings were found."""
        hits = self.hits(reading.found)
        return np.column_stack([log_odds(reading.critical), log_odds(reading.grave), hits])

    def hits(self, found: Sequence[tuple[GravePattern, ...]]) -> Floats:
        """Which grave patterns were found, 0 or 1, shape (n, grave patterns)."""
        place = {one.id: column for column, one in enumerate(self.taxonomy.grave_patterns)}
        hits = np.zeros((len(found), len(place)))
        for row, ones in zip(hits, found, strict=True):
            row[[place[one.id] for one in ones]] = 1.0
        return hits

    def _felt(self, reading: Reading) -> Floats:
        if DISTRESS not in reading.heads:
            return np.zeros(len(reading.critical))
        return np.asarray(reading.heads[DISTRESS][:, 1], dtype=np.float64)

    def wordings(self, text: str) -> tuple[GravePattern, ...]:
        """The grave patterns that a claim holds."""
        lowered = text[:SEARCHED_CHARACTERS].lower()
        return tuple(one for one, pattern in self._patterns if pattern.search(lowered))

    def _verdict(self, reading: Reading, place: int, scores: Floats) -> Verdict | None:
        holding = [
            rule for rule, score in zip(RULES, scores, strict=True) if score >= least(self.taxonomy.triage, rule)
        ]
        if not holding:
            return None
        found = reading.found[place]
        kind, domain = self._combination(reading, place, grave=holding != ["distress"])
        reasons = tuple(
            Reason(rule, self._words(rule, found, kind, domain), float(scores[RULES.index(rule)])) for rule in holding
        )
        heads = self.classifier.heads
        return Verdict(
            reasons=reasons,
            kind=kind,
            kind_probability=round(float(reading.heads["kind"][place, heads["kind"].labels.index(kind)]), 6),
            harm_domain=domain,
            harm_domain_probability=round(
                float(reading.heads["harm_domain"][place, heads["harm_domain"].labels.index(domain)]), 6
            ),
            probability=float(reading.critical[place]),
            score=max(reason.probability for reason in reasons),
        )

    def _combination(self, reading: Reading, place: int, *, grave: bool) -> tuple[str, str]:
        """The most probable kind and domain, of the critical combinations if one is feared."""
        kinds, domains = (self.classifier.heads[name].labels for name in ("kind", "harm_domain"))
        joint = np.outer(reading.heads["kind"][place], reading.heads["harm_domain"][place])
        if grave:
            critical = np.array(
                [[self.taxonomy.hazard(kind, name) == "critical" for name in domains] for kind in kinds]
            )
            joint = np.where(critical, joint, -1.0)
        row, column = np.unravel_index(int(joint.argmax()), joint.shape)
        return kinds[int(row)], domains[int(column)]

    def _words(self, rule: str, found: Sequence[GravePattern], kind: str, domain: str) -> str:
        fear = f"{kind} × {domain}"
        if rule == "critical":
            return f"hazard critical is likely enough, most of all as {fear}"
        if rule == "unsure":
            return f"kind or domain is not sure, and {fear} is among what it may be"
        said = [one.says for one in found if one.distress == (rule == "distress")]
        if rule == "distress":
            return (
                f"it tells of distress: {'; '.join(said)}" if said else "it reads like a person in distress or danger"
            )
        return f"signs together: {'; '.join(said)}" if said else f"it reads like {fear}"


def log_odds(probabilities: Floats) -> Floats:
    """Log odds, bounded so that no probability of 0 or 1 decides alone.

    >>> log_odds(np.array([0.0, 0.5])).round(2).tolist()
    [-6.91, 0.0]
    """
    bounded = np.clip(probabilities, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(bounded / (1 - bounded)))


def least(thresholds: TriageThresholds, rule: str) -> float:
    """The threshold of a rule.

    >>> least(TriageThresholds(distress=0.4), "distress")
    0.4
    """
    return float(getattr(thresholds, rule))
