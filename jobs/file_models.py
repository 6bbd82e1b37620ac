"""The models of a pass over a file: those of a workspace where there is one, else those that come with Groundswell."""

from pathlib import Path

from jobs.cache import cache_directory
from jobs.models import serving_classifier
from jobs.rules import serving_rules
from jobs.workspace import Workspace
from nlp.embed import Embedder, load_embedder
from nlp.language import identify
from nlp.names import load_pipeline
from nlp.student import Student
from nlp.taxonomy import load_taxonomy
from nlp.understand import Reader


def load_reader(
    workspace: Workspace | None,
    *,
    embedder: str | None = None,
    taxonomy_file: Path | None = None,
    few: bool = False,
) -> Reader:
    """The models, made first where they do not exist yet (some minutes). What is named here goes before what the
    workspace says; `few`: so few documents that the teacher itself is quick enough, and better, where nothing is
    named and no student was taught. Raises ValueErrors that say what to do."""
    settings = workspace.settings if workspace is not None else None
    taxonomy = load_taxonomy(taxonomy_file or (settings.taxonomy_file if settings else None))
    classifier = serving_classifier(workspace, taxonomy)
    # Loaded when it is first asked; asked here, before processes fork, so that they share it.
    identify(["any sentence that is long enough"])
    name = embedder or (settings.embedder if settings else "student")
    chosen = file_embedder(workspace, name, few=few and embedder is None)
    return Reader(chosen, classifier, load_pipeline(), serving_rules(workspace, taxonomy))


def file_embedder(workspace: Workspace | None, name: str, *, few: bool = False) -> Embedder:
    """The embedder of this name; "student" is the one that the workspace was taught, else the seed corpus's.

    Nothing is taught here: a file read twice gives the same twice."""
    if name == "student" and workspace is not None:
        from jobs.embedder import CHOICE

        if (workspace.models / CHOICE).is_file():
            return Student.load(workspace.models / CHOICE)
    return load_embedder("teacher" if few and name == "student" else name, cache=cache_directory())
