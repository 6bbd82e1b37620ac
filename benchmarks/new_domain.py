"""How well a harm domain is recognised that was added by the taxonomy file alone, from a handful of examples.

    python benchmarks/new_domain.py [--domains medical_drugs,copyright,political] [--sizes 5,10,20,all] [--draws 3]
                                    [--cache DIR]

Prints JSON. All documents of a domain are taken out of the seed corpus and its examples out of the taxonomy. So many
of its invented documents come back as `examples` of a taxonomy file; all its others, those of real wording among them,
and a quarter of the other domains' documents are judged. `all` learns two thirds of the domain's documents as seed
documents: what any number of examples could bring. `without_gain` leaves out the log odds that few-shot labels are
given. Intervals are 95 %, of the documents pooled over the draws (Wilson)."""

import argparse
import json
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from nlp.bundle import TAXONOMY_WEIGHT, default_lesson, silent
from nlp.evaluate import wilson
from nlp.features import learn, readings
from nlp.heads import few_shot_gain, fit
from nlp.seed import label_examples
from nlp.taxonomy import DEFAULT, Taxonomy, load_taxonomy
from nlp.training import lesson, targets

FIELD = "harm_domain"
Vectors = tuple[NDArray[np.float32], ...]


def edited(domain: str, examples: list[str], folder: Path) -> Taxonomy:
    """The built-in taxonomy, the domain's example sentences replaced: an edit of the file and nothing else."""
    data = yaml.safe_load(DEFAULT.read_text("utf-8"))
    entry = next(item for item in data["harm_domains"] if item["id"] == domain)
    entry["examples"] = examples
    path = folder / f"{domain}-{len(examples)}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return load_taxonomy(path)


class World:
    """The seed corpus with the vectors of its claims."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        examples, vectors = default_lesson(cache, load_taxonomy(), silent)
        self.texts = examples["source"].eq("taxonomy").to_numpy()
        self.examples, self.vectors = examples, vectors
        self.row_of = {claim: row for row, claim in enumerate(examples["claim"])}
        self.judged = np.array(
            [sha256(text.encode("utf-8", "replace")).digest()[0] % 4 == 0 for text in examples["text"]]
        )

    def trial(self, domain: str, size: str, draw: int) -> pd.DataFrame:
        """What is said of each judged document: truth, said, without (bool)."""
        named = self.examples[FIELD].eq(domain).to_numpy()
        own, others = (
            np.flatnonzero(named & ~self.texts),
            self.examples[FIELD].notna().to_numpy() & ~named & ~self.texts,
        )
        order = np.random.default_rng([draw, 7]).permutation(own)
        if size == "all":
            kept, shots = order[len(order) // 3 :], []
            taxonomy, told = load_taxonomy(), []
        else:
            invented = order[self.examples["source"].to_numpy()[order] == "seed_feedback"]
            shots, kept = invented[: int(size)], invented[:0]
            told = [self.examples["text"].iloc[row] for row in shots]
            taxonomy = edited(domain, told, self.cache)
        judged = np.concatenate([np.setdiff1d(own, [*shots, *kept]), np.flatnonzero(others & self.judged)])
        learnt = np.concatenate([kept, np.flatnonzero(others & ~self.judged)])
        return self.said(learnt.astype(np.int64), judged, taxonomy, domain)

    def said(
        self, learnt: NDArray[np.int64], judged: NDArray[np.int64], taxonomy: Taxonomy, domain: str
    ) -> pd.DataFrame:
        """Train one head on seed documents and the taxonomy's texts, and ask it."""
        texts = label_examples(taxonomy)
        rows = np.array([self.row_of.get(claim, -1) for claim in texts["claim"]])
        texts, rows = texts[rows >= 0], np.concatenate([learnt, rows[rows >= 0]])
        known = pd.concat(
            [self.examples.iloc[learnt], texts.assign(real=False, weight=TAXONOMY_WEIGHT)], ignore_index=True
        )
        features = learn(readings(known["text"].tolist(), known["claim"].tolist()), taxonomy.patterns)
        parts = [
            features.matrix(known["text"].tolist(), known["claim"].tolist(), array[rows]) for array in self.vectors
        ]
        with threadpool_limits(1):
            one = lesson(known, sparse.csr_array(sparse.vstack(parts, format="csr")), targets(known, FIELD, taxonomy))
            every = np.arange(len(one.truth))
            head = fit(one, every)
            bare = replace(
                head, intercept=head.intercept - few_shot_gain(one, every, np.array(head.labels)).astype(np.float32)
            )
        unseen = self.examples.iloc[judged]
        matrix = features.matrix(unseen["text"].tolist(), unseen["claim"].tolist(), self.vectors[-1][judged])
        at = head.labels.index(domain)
        return pd.DataFrame(
            {
                "truth": unseen[FIELD].eq(domain).to_numpy(),
                "said": head.scores(matrix).argmax(axis=1) == at,
                "without": bare.scores(matrix).argmax(axis=1) == at,
            }
        )


def figures(trials: pd.DataFrame, column: str) -> dict[str, Any]:
    """Precision, recall and F1 with intervals."""
    hits, said, true = (
        int((trials["truth"] & trials[column]).sum()),
        int(trials[column].sum()),
        int(trials["truth"].sum()),
    )
    return {
        "precision": [round(hits / max(said, 1), 3), *(round(bound, 3) for bound in wilson(hits, said))],
        "recall": [round(hits / max(true, 1), 3), *(round(bound, 3) for bound in wilson(hits, true))],
        "f1": round(2 * hits / max(said + true, 1), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", default="medical_drugs,copyright,political")
    parser.add_argument("--sizes", default="5,10,20,all")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    world = World(arguments.cache or Path(tempfile.mkdtemp(prefix="groundswell-")))
    result: dict[str, Any] = {}
    pooled: dict[str, list[pd.DataFrame]] = {}
    for domain in arguments.domains.split(","):
        result[domain] = {}
        for size in arguments.sizes.split(","):
            trials = pd.concat([world.trial(domain, size, draw) for draw in range(arguments.draws)])
            pooled.setdefault(size, []).append(trials)
            judged = {"of_the_domain": int(trials["truth"].sum()), "others": int((~trials["truth"]).sum())}
            result[domain][size] = {**judged, **figures(trials, "said"), "without_gain": figures(trials, "without")}
    result["together"] = {
        size: {**figures(pd.concat(parts), "said"), "without_gain": figures(pd.concat(parts), "without")}
        for size, parts in pooled.items()
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
