"""Which classifier serves: the one promoted in the workspace, else the default of this machine."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jobs.cache import cache_directory
from jobs.dates import stamp
from jobs.progress import say
from jobs.store_rows import encoded
from jobs.workspace import Workspace
from nlp.artefact import write_whole
from nlp.bundle import build_default, default_name
from nlp.classify import Classifier
from nlp.taxonomy import FIELDS, Taxonomy

FILE = "promoted.json"
SEED = 0


class PromotionInvalid(ValueError):
    """A `promoted.json` that does not say which model serves."""


def serving_classifier(workspace: Workspace | None, taxonomy: Taxonomy) -> Classifier:
    """The workspace's promoted classifier, else the default for this taxonomy, made first where there is none.

    A promoted one that says labels which the taxonomy no longer has does not serve."""
    name = promoted(workspace).get("classifier") if workspace is not None else None
    if workspace is not None and name is not None:
        classifier = Classifier.load(workspace.models / name, taxonomy=taxonomy)
        gone, new = strange_labels(classifier.card, taxonomy)
        if not gone:
            if new:
                say(f"the classifier has not learnt {', '.join(new)}; teach it with 'groundswell train'")
            return classifier
        say(f"the promoted classifier says {', '.join(gone)}, which the taxonomy lacks: the default serves")
    return build_default(cache_directory(), taxonomy=taxonomy, seed=SEED, progress=say)


def serving_fingerprint(workspace: Workspace | None, taxonomy: Taxonomy) -> str:
    """Changes whenever another classifier or student may serve; nothing is loaded for it."""
    known = promoted(workspace) if workspace is not None else {}
    return encoded([default_name(taxonomy, SEED), known.get("classifier"), known.get("student")])


def strange_labels(card: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[list[str], list[str]]:
    """Labels that a model says and the taxonomy lacks; labels of the taxonomy that the model cannot say."""
    gone, new = [], []
    for field in FIELDS:
        said, known = list(card["fields"][field]["documents"]), taxonomy.ids(field)
        gone += [label for label in said if label not in known]
        new += [label for label in known if label not in said]
    return gone, new


def promoted(workspace: Workspace) -> dict[str, Any]:
    """What `promoted.json` says: classifier (file name without ending), student (version), when, why; {} if absent.

    Raises PromotionInvalid."""
    path = workspace.models / FILE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name, ""), str) for name in ("classifier", "student")
    ):
        raise PromotionInvalid(f"expected {path} to name a classifier, got something else; promote one by training")
    name = found.get("classifier")
    if name is not None and Path(name).name != name:
        raise PromotionInvalid(f"{path}: classifier: expected a file name of models/, got {name!r:.60}; correct it")
    return found


def promote(workspace: Workspace, *, now: datetime, **models: str) -> None:
    """Let these models serve from the next run on: `classifier` a file name in models/ without ending, `student` a
    version. One atomic write; what is not named stays."""
    entry = {**promoted(workspace), **models, "promoted_at": stamp(now)}
    write_whole(workspace.models / FILE, (json.dumps(entry, indent=2, sort_keys=True) + "\n").encode())
