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


def defined(path: Path) -> set[str]:
    """Names of the tests of a file that are not skipped for good."""
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and not any("skip(" in ast.unparse(one) for one in node.decorator_list)
    }


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
        assert test in defined(ROOT / file), f"{file} has no {test}"


@pytest.mark.parametrize("flow", [flow for flow in TABLES if flow != OUTSIDE])
def test_every_flow_has_a_threat_of_every_kind(flow: str) -> None:
    assert {row[0] for row in TABLES[flow]} == set(STRIDE)


def test_a_test_that_is_gone_is_missed(tmp_path: Path) -> None:
    file = tmp_path / "test_some.py"
    file.write_text(
        "import pytest\ndef test_here(): ...\n@pytest.mark.skip(reason='x')\ndef test_off(): ...\n"
    )
    assert defined(file) == {"test_here"}
