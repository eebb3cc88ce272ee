"""The floors of the house: an import only ever goes down, or stays on its floor.

The table below is the only place where the floors are listed; docs/decisions/0003-floors.md
says why they stand in this order.
"""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "face2bone.arrays",
        "face2bone.atomic_files",
        "face2bone.bone",
        "face2bone.body_units",
        "face2bone.careful",
        "face2bone.choices",
        "face2bone.clock",
        "face2bone.cluster",
        "face2bone.covariates",
        "face2bone.errors",
        "face2bone.history",
        "face2bone.history_file",
        "face2bone.identity",
        "face2bone.invalid_value",
        "face2bone.logs",
        "face2bone.patient",
        "face2bone.progress",
        "face2bone.reference",
        "face2bone.roles",
        "face2bone.settings",
        "face2bone.tabular",
        "face2bone.typed",
        "face2bone.words",
    ),
    ("face2bone.survival",),
    ("face2bone.modalities.photo",),
    ("face2bone.modalities",),
    ("face2bone.cohort", "face2bone.drawn"),
    ("face2bone.calibration",),
    ("face2bone.tasks",),
    ("face2bone.nn",),
    ("face2bone.studies",),
    ("face2bone.bundle",),
    ("face2bone.runtime",),
    ("face2bone.explain",),
    ("face2bone.clinical",),
    ("face2bone.evaluation",),
    ("face2bone.training",),
    ("face2bone.comparison",),
    (
        "face2bone.assess",
        "face2bone.assessment",
        "face2bone.apparent_age",
        "face2bone.robustness",
        "face2bone.several_photos",
    ),
    ("face2bone.scoring",),
    ("face2bone.cohort_explanations",),
    ("face2bone.drawing",),
    ("face2bone.report",),
    ("face2bone.records",),
    ("face2bone.hospital",),
    ("face2bone.doctor", "face2bone.cli", "face2bone.__main__"),
    ("face2bone.dashboard",),
    ("streamlit_app", "pages", "research"),
)
# The package itself holds the version and the names of its surface, so every floor may import it.
GROUND = "face2bone"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def source_files() -> dict[str, Path]:
    found = [*(ROOT / "face2bone").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found += (ROOT / "research").rglob("*.py")
    found += [path for path in [ROOT / "streamlit_app.py"] if path.is_file()]
    return {module_name(path): path for path in sorted(found)}


FILES = source_files()


def floor_of(module: str) -> int | None:
    """Index of the module's floor, lowest first."""
    for index, members in enumerate(FLOORS):
        if any(module == member or module.startswith(member + ".") for member in members):
            return index
    return None


def imported_modules(module: str, source: str) -> Iterator[tuple[str, int]]:
    """Modules of this project the source imports, anywhere in it, with their lines."""
    is_package = FILES[module].name == "__init__.py" if module in FILES else False
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            base = absolute_base(module, is_package, node)
            if ours(base):
                for alias in node.names:
                    submodule = f"{base}.{alias.name}"
                    yield (submodule if submodule in FILES else base), node.lineno


def absolute_base(module: str, is_package: bool, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    parents = parts[: len(parts) - node.level + is_package]
    return ".".join([*parents, *([node.module] if node.module else [])])


def ours(module: str) -> bool:
    return module.split(".")[0] in {"face2bone", "pages", "research", "streamlit_app"}


def climbing_imports(module: str, source: str) -> list[str]:
    """One line for each import of a module on a higher floor."""
    own = floor_of(module)
    assert own is not None, f"{module} stands on no floor; add it to FLOORS"
    climbing = []
    for target, line in imported_modules(module, source):
        floor = floor_of(target)
        if target != GROUND and (floor is None or floor > own):
            climbing.append(f"{module} line {line} imports {target}")
    return climbing


@pytest.mark.slow
def test_imports_only_go_down() -> None:
    climbing = {
        module: climbing_imports(module, path.read_text("utf-8"))
        for module, path in FILES.items()
        if module != GROUND
    }
    assert {module: up for module, up in climbing.items() if up} == {}


def test_the_package_itself_imports_nothing_but_for_who_checks_types() -> None:
    tree = ast.parse(FILES[GROUND].read_text("utf-8"))
    at_run_time = [node for node in tree.body if not isinstance(node, ast.If)]
    checked = [ast.unparse(node.test) for node in tree.body if isinstance(node, ast.If)]
    assert checked == ["TYPE_CHECKING"]
    assert list(imported_modules(GROUND, ast.unparse(ast.Module(at_run_time, [])))) == []


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder without __init__.py works in a checkout and is missing from the wheel."""
    folders = {path.parent for path in (ROOT / "face2bone").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


@pytest.mark.slow
def test_no_two_modules_import_each_other() -> None:
    graph = {
        module: {target for target, _ in imported_modules(module, path.read_text("utf-8"))}
        - {module, GROUND}
        for module, path in FILES.items()
    }
    assert circle_of(graph) == []
    assert circle_of({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) != []


def circle_of(graph: dict[str, set[str]]) -> list[str]:
    """Modules that import each other, each the next one's; empty where none do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.slow
def test_only_the_dashboard_knows_streamlit() -> None:
    for module, path in FILES.items():
        if not module.startswith(("face2bone.dashboard", "pages", "streamlit_app")):
            roots = {name.split(".")[0] for name in all_imports(path.read_text("utf-8"))}
            assert "streamlit" not in roots, f"{module} imports streamlit"


MAY_NAME_A_FACE = ("modalities.face", "drawn.face", "studies", "nn", "clinical")
NAMES_A_FACE = {  # docs/decisions/0026-rooms.md says why
    "face2bone.bundle.years_bundle",
    "face2bone.modalities.hand.parts",
    "face2bone.modalities.knee.parts",
    "face2bone.settings",
    "face2bone.several_photos",
}


@pytest.mark.slow
def test_what_serves_every_picture_names_no_face() -> None:
    elsewhere = {
        module
        for module, path in FILES.items()
        if module.startswith("face2bone.")
        and not module.startswith(tuple(f"face2bone.{room}" for room in MAY_NAME_A_FACE))
        and any(map(is_of_a_face, named_in(path.read_text("utf-8"))))
    }
    assert elsewhere == NAMES_A_FACE


def named_in(source: str) -> Iterator[str | int]:
    """Every name in the code, and every whole number."""
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name"):
            if isinstance(found := getattr(node, field, None), str):
                yield from found.split(".")
        if isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value


def is_of_a_face(name: str | int) -> bool:
    """Whether it names a face, its published network or the side of its crop; not the project."""
    if isinstance(name, int):
        return name == 160
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    if "face2bone" in words.replace("_2_", "2"):
        return False
    return bool(re.search(r"(^|_)faces?(_|$)|facenet|inception", words))


def all_imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(
    ("module", "source", "climbs"),
    [
        ("face2bone.modalities.photo", "from face2bone.errors import PhotoError", False),
        ("face2bone.modalities.photo", "from face2bone.bundle import Bundle", True),
        ("face2bone.modalities.photo", "import face2bone.assess", True),
        (
            "face2bone.modalities.photo",
            "def f():\n    from face2bone.modalities.face import Face",
            True,
        ),
        ("face2bone.bone", "from . import cli", True),
        ("face2bone.modalities.photo", "from face2bone import __version__", False),
        ("face2bone.modalities.photo", "import numpy as np", False),
        ("face2bone.modalities.face.quality", "from .regions import Region", False),
        ("face2bone.modalities.face.quality", "from ...runtime import predict", True),
        ("face2bone.modalities.photo", "from face2bone.unheard_of import x", True),
    ],
)
def test_the_rule_itself(module: str, source: str, climbs: bool) -> None:
    assert bool(climbing_imports(module, source)) is climbs
