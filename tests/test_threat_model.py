"""The threat model names a control and an existing test for every threat, and every kind of it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "threat-model.md"
STRIDE = "STRIDE"
HEADER = "| kind | threat | control | test |"
OUTSIDE = "7. The outside world"  # of which only what goes out is a threat
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def tables() -> dict[str, list[list[str]]]:
    """Data flow -> rows of its table."""
    found: dict[str, list[list[str]]] = {}
    flow = ""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            flow = line[3:]
        elif line.startswith("| ") and line != HEADER:
            found.setdefault(flow, []).append([c.strip() for c in line.strip("|").split("|")])
    return found


TABLES = tables()
ROWS = [pytest.param(row, id=f"{flow[0]}{row[0]}") for flow, rows in TABLES.items() for row in rows]


LONG_TESTS = ROOT / "tests" / "long"
LONG = "pytest.mark.long"  # .ci/run leaves these out


def run(path: Path) -> set[str]:
    """Names of the tests of a file that continuous integration runs."""
    tree = ast.parse(path.read_text("utf-8"))
    if path.is_relative_to(LONG_TESTS) or LONG in marks_of_all(tree):
        return set()
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and not any(is_left_out(ast.unparse(one)) for one in node.decorator_list)
    }


def marks_of_all(tree: ast.Module) -> list[str]:
    """What ``pytestmark`` of a file says, for every test in it."""
    return [
        ast.unparse(mark)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for mark in (node.value.elts if isinstance(node.value, ast.List) else [node.value])
    ]


def is_left_out(decorator: str) -> bool:
    return "skip(" in decorator or decorator == LONG


@pytest.mark.parametrize("row", ROWS)
def test_every_threat_has_a_kind_a_control_and_tests_that_exist(row: list[str]) -> None:
    kind, threat, control, cell = row
    assert kind in set(STRIDE)
    assert len(threat.split()) > 3
    assert len(control.split()) > 3
    named = TEST.findall(cell)
    assert named
    assert TEST.sub("", cell).strip(" ,") == ""
    for file, test in named:
        assert (ROOT / file).is_file(), file
        assert test in run(ROOT / file), f"{file} has no {test} that continuous integration runs"


@pytest.mark.parametrize("flow", [flow for flow in TABLES if flow != OUTSIDE])
def test_every_flow_has_a_threat_of_every_kind(flow: str) -> None:
    assert {row[0] for row in TABLES[flow]} == set(STRIDE)


TESTS = """import pytest
def test_here(): ...
@pytest.mark.slow
def test_slow(): ...
@pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.long)])
def test_in_part(x): ...
@pytest.mark.skip(reason="x")
def test_off(): ...
@pytest.mark.long
def test_by_hand(): ...
"""


def test_a_test_that_is_gone_or_never_runs_is_missed(tmp_path: Path) -> None:
    file = tmp_path / "test_some.py"
    file.write_text(TESTS)
    assert run(file) == {"test_here", "test_slow", "test_in_part"}


@pytest.mark.parametrize("marks", [LONG, f"[pytest.mark.browser, {LONG}]"])
def test_so_is_every_test_of_a_file_that_is_run_by_hand(tmp_path: Path, marks: str) -> None:
    file = tmp_path / "test_some.py"
    file.write_text(f"{TESTS}pytestmark = {marks}\n")
    assert run(file) == set()
