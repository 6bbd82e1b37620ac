"""The models of triage: the classifier that serves, read with the two embedders every workspace shares."""

from pathlib import Path

from jobs.cache import cache_directory
from jobs.models import promoted, serving_classifier, serving_fingerprint
from jobs.workspace import Workspace
from nlp.bundle import build_default, default_name
from nlp.classify import Classifier
from nlp.schooling import seed_student
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.teacher import Teacher
from nlp.triage import Watch

_KEPT: dict[str, Watch] = {}
"""Watches this process has loaded: several files are often ingested in one."""


def watch_of(classifier: Classifier) -> Watch:
    """The watch over this classifier; its embedders are those of the cache, whatever the workspace uses."""
    return Watch(classifier, quick=seed_student(cache_directory()), exact=Teacher())


def prepared_watch(workspace: Workspace) -> Watch | None:
    """The watch over the classifier that serves this workspace; None where none has been made on this machine."""
    taxonomy = load_taxonomy(workspace.settings.taxonomy_file)
    if not prepared(workspace, taxonomy):
        return None
    triage = (taxonomy.grave_patterns, taxonomy.triage, taxonomy.triage_weights)
    key = repr((cache_directory(), serving_fingerprint(workspace, taxonomy), triage))
    if key not in _KEPT:
        _KEPT[key] = watch_of(serving_classifier(workspace, taxonomy))
    return _KEPT[key]


def prepared(workspace: Workspace, taxonomy: Taxonomy) -> bool:
    """Whether there is a classifier to load: training one takes a minute and is not for an ingest to do."""
    path = cache_directory() / f"{default_name(taxonomy, 0)}.json"
    return path.is_file() or promoted(workspace).get("classifier") is not None


def make_watch(taxonomy: Taxonomy, cache: Path) -> Watch:
    """The watch over the default classifier of a cache directory, made there if need be."""
    return Watch(build_default(cache, taxonomy=taxonomy), quick=seed_student(cache), exact=Teacher())
