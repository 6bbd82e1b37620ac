"""The order of the packages, the purity of the first three, and the sizes we keep to."""

import ast
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ["nlp", "topics", "mitigations", "jobs", "api"]
IMPURE = {"os", "sqlite3", "sqlite_utils", "flask", "requests", "urllib", "httpx", "socket", "logging"}
MODULES = sorted(path for layer in ORDER for path in (ROOT / layer).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_earlier_packages(path: Path) -> None:
    later = ORDER[ORDER.index(layer_of(path)) + 1 :]
    assert not {name for name in imported(path) if name.split(".")[0] in later}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_binds_the_name_of_a_package(path: Path) -> None:
    plain = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Import)]
    bound = {alias.asname or alias.name.split(".")[0] for node in plain for alias in node.names}
    assert not bound & set(ORDER), "import as `from nlp.redact import redact`"


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if layer_of(path) in ORDER[:3]],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_first_three_packages_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not {name for name in imported(path) if name in IMPURE or name.split(".")[0] in IMPURE}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert "print" not in called
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & {"environ", "getenv", "utcnow", "today"}


def test_sql_lives_in_the_store_alone() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if {"sqlite3", "sqlite_utils", "sqlite_utils.migrations"} & imported(path)
    }
    assert all(name.startswith(("jobs/store", "jobs/migrations")) for name in users), users


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            size = (node.end_lineno or 0) - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)
            assert size <= 40, f"{node.name} has {size} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_and_public_function_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "no module docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_nobody_else_claims_our_package_names() -> None:
    owners = packages_distributions()
    for layer in ORDER:
        assert set(owners.get(layer, [])) <= {"groundswell"}, f"{layer} also comes with {owners[layer]}"
