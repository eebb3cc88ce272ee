"""The setup scripts: a Python that really runs; and the tools that measure."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from face2bone.words import Language, catalogue
from face2bone.words.earlier import EARLIER

TOOLS = Path(__file__).resolve().parent.parent / "tools"
SHELL_TOOLS = "/usr/bin:/bin"  # sed, tr: the script's own needs


def find_python(path: str, python: str = "") -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(TOOLS / "find_python.sh")]
    variables = {"PATH": path, "PYTHON": python}
    return subprocess.run(command, env=variables, capture_output=True, text=True)


def script(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_name_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    # The newest name there is: the system's own folder, which the script's tools need, has others.
    script(tmp_path / "shims", "python3.14", "echo 'command not found' >&2; exit 127")
    works = script(tmp_path / "real", "python3.14", f'exec {sys.executable} "$@"')
    found = find_python(f"{tmp_path / 'shims'}:{tmp_path / 'real'}:{SHELL_TOOLS}")
    assert found.stdout.strip() == str(works)


def test_a_given_python_comes_first(tmp_path: Path) -> None:
    script(tmp_path / "real", "python3.12", f'exec {sys.executable} "$@"')
    given = script(tmp_path / "given", "mine", f'exec {sys.executable} "$@"')
    found = find_python(f"{tmp_path / 'real'}:{SHELL_TOOLS}", python=str(given))
    assert found.stdout.strip() == str(given)


def test_an_unusable_given_python_is_not_replaced_silently(tmp_path: Path) -> None:
    found = find_python(SHELL_TOOLS, python=str(script(tmp_path, "old", "exit 1")))
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("No Python 3.11 to 3.14")
    assert found.stderr.count("\n") == 1


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # a dataclass looks its own module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def local_results() -> ModuleType:
    return tool("local_results")


def test_a_clinic_without_fault_is_told_the_truth(local_results: ModuleType) -> None:
    rng = np.random.default_rng(1)
    told, truth, labels = local_results.patients(local_results.FAULTS[0], 3_000, rng)
    assert told == pytest.approx(truth)
    assert truth.mean(axis=0) == pytest.approx(np.bincount(labels) / 3_000, abs=0.02)


@pytest.mark.slow
def test_a_clinic_with_a_fault_is_told_something_worse(local_results: ModuleType) -> None:
    for fault in local_results.FAULTS[1:]:
        found = local_results.clinic(fault, 200, np.random.default_rng(2))
        assert found.rps_before > found.rps_truth
        assert found.rps_after > found.rps_truth - 1e-3  # nobody beats the truth but by chance


def test_the_figure_is_drawn_from_the_table(local_results: ModuleType, tmp_path: Path) -> None:
    rows = [
        vars(local_results.Clinic("nothing wrong", n, False, "temperature", 0.11, 0.11, 0.1))
        for n in (100, 200)
    ]
    means = local_results.summary(pd.DataFrame(rows))
    assert means["passes"].tolist() == [0.0, 0.0]
    local_results.draw(means, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 5_000


@pytest.mark.slow
def test_the_catalogue_holds_exactly_what_is_said() -> None:
    """Fails with what is not translated, or no longer said: run python tools/messages.py."""
    entries, said = catalogue(Language.CHINESE).entries, tool("messages").templates()
    assert sorted(set(said) - set(entries)) == []
    assert sorted(set(entries) - set(said)) == []


@pytest.mark.slow
def test_of_earlier_sentences_only_those_are_kept_that_are_no_longer_said() -> None:
    said = tool("messages").templates()
    assert [t for t in EARLIER if said[t] != ["face2bone/words/earlier.py"]] == []


@pytest.mark.slow
def test_bringing_the_catalogue_up_to_date_changes_nothing_of_one_that_is() -> None:
    messages = tool("messages")
    written = messages.po_file(Language.CHINESE).read_bytes()
    assert messages.updated(Language.CHINESE, messages.templates()) == written
    new = messages.updated(Language.CHINESE, {"Unheard of.": ["made_up.py"]})
    assert b'#: made_up.py\nmsgid "Unheard of."\nmsgstr ""\n' in new
    assert b"osteopenia" not in new


def test_templates_are_read_from_calls_and_data() -> None:
    messages = tool("messages")
    code = ast.parse('message("a {x}", x=1)\nself.say("b")\nother("c")\nmessage(d)\ntemplate("e")')
    assert list(messages._literals(code)) == ["a {x}", "b", "e"]
    data = {"text": "t", "sources": {"x": {"title": "not ours"}}, "rows": [{"title": "OST, men"}]}
    assert list(messages._texts(data)) == ["t", "OST, men", "OST"]
