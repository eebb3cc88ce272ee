"""concepts and rename-concept as a user meets them: exit codes, sentences, what lasts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from face2bone.bundle import Bundle, load_bundle
from face2bone.cli.application import app


@pytest.fixture
def root(tiny_bundle: Bundle, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle.root, tmp_path / "bundle"))


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_the_list_says_what_where_and_how_much(root: Path) -> None:
    bank = load_bundle(root).concepts
    code, said = run("concepts", "--bundle", root)
    assert code == 0
    assert "tiny (demo)" in said
    for name, where, importance in zip(bank.names, bank.region_tags, bank.importance, strict=True):
        line = next(line for line in said.splitlines() if name in line)
        assert where in line
        assert f"{importance[2]:.2f}" in line


def test_a_new_name_is_said_and_listed(root: Path) -> None:
    code, said = run("rename-concept", "2", " Smile  line ", "--bundle", root)
    assert (code, said) == (0, "Concept 2 is now called 'Smile line'.\n")
    assert load_bundle(root).concepts.names[1] == "Smile line"
    assert "  2  Smile line" in run("concepts", "--bundle", root)[1]


def test_the_bundle_of_the_settings_is_the_default(
    root: Path, fresh_settings: pytest.MonkeyPatch
) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(root))
    assert run("rename-concept", "1", "Rim")[0] == 0
    assert "Rim" in run("concepts")[1]


@pytest.mark.parametrize(
    ("number", "name", "why"),
    [("1", "", "empty"), ("1", "Concept 2", "Another concept"), ("5", "Rim", "has 4")],
)
def test_a_refused_name_exits_with_1_and_one_sentence(
    root: Path, number: str, name: str, why: str
) -> None:
    code, said = run("rename-concept", number, name, "--bundle", root)
    assert code == 1
    assert why in said
    assert len(said.splitlines()) == 1


def test_a_missing_bundle_exits_with_4(tmp_path: Path) -> None:
    assert run("concepts", "--bundle", tmp_path / "gone")[0] == 4
    assert run("rename-concept", "1", "Rim", "--bundle", tmp_path / "gone")[0] == 4
