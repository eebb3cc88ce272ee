"""concepts and rename-concept as a user meets them: exit codes, sentences, what lasts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from face2bone.bundle import Bundle, load_bundle
from face2bone.cli.application import app
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort
from face2bone.drawn.face.crops import FACES


@pytest.fixture
def root(tiny_bundle: Bundle, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bundle.root, tmp_path / "bundle"))


def run(*arguments: str | int | Path) -> tuple[int, str]:
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
    code, said = run("rename-concept", "2", " Smile  line ", "--bundle", root, "--by", "Li")
    assert (code, said) == (0, "Concept 2 is now called 'Smile line'.\n")
    assert load_bundle(root).concepts.names[1] == "Smile line"
    listed = run("concepts", "--bundle", root)[1]
    assert "  2  Smile line" in listed
    assert "Smile line: Name given by Li on 20" in listed
    code, said = run(
        "rename-concept", "2", "Fold", "--bundle", root, "--by", "Wu", "--instead-of", "x"
    )
    assert code == 1
    assert "called 'Smile line'. Name given by Li" in said


def test_the_bundle_of_the_settings_is_the_default(
    root: Path, fresh_settings: pytest.MonkeyPatch
) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(root))
    assert run("rename-concept", "1", "Rim", "--by", "Li")[0] == 0
    assert "Rim" in run("concepts")[1]


@pytest.mark.parametrize(
    ("number", "name", "why"),
    [("1", "", "empty"), ("1", "Concept 2", "Another concept"), ("5", "Rim", "has 4")],
)
def test_a_refused_name_exits_with_1_and_one_sentence(
    root: Path, number: str, name: str, why: str
) -> None:
    code, said = run("rename-concept", number, name, "--bundle", root, "--by", "Li")
    assert code == 1
    assert why in said
    assert len(said.splitlines()) == 1


def test_a_missing_bundle_exits_with_4(tmp_path: Path) -> None:
    assert run("concepts", "--bundle", tmp_path / "gone")[0] == 4
    assert run("rename-concept", "1", "Rim", "--bundle", tmp_path / "gone", "--by", "Li")[0] == 4


@pytest.fixture
def cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A manifest whose photos are noise; the aligning of faces is left out."""
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (6, 160, 160, 3), np.uint8)
    maps = np.tile(np.repeat(np.arange(10, dtype=np.int8), 16)[None, :, None], (6, 1, 160))
    store = CropStore(tmp_path, pd.DataFrame({"row": range(6)}), crops, maps, FACES)
    monkeypatch.setattr("face2bone.cohort.crops.photo_crops", lambda *_, **__: store)
    patients = [f"p{i}" for i in range(6)]
    table = pd.DataFrame({"patient_id": patients, "photo": [f"{one}.jpg" for one in patients]})
    monkeypatch.setattr(
        "face2bone.cohort.manifest.read_manifest", lambda _: Cohort(table, Path(), ())
    )
    monkeypatch.setattr("face2bone.explain.recursion.WEIGHED_PHOTOS", 1)
    monkeypatch.setattr("face2bone.explain.sobol.SAMPLES", 8)
    return tmp_path / "manifest.csv"


def test_a_concept_is_taken_apart(root: Path, cohort: Path) -> None:
    # Not every concept of a bundle of noise is present in noise; one of them is.
    said = next(
        said
        for number in range(1, 5)
        for code, said in [run("concept-parts", number, cohort, "--parts", "2", "--bundle", root)]
        if code == 0
    )
    assert ", in 6 photos" in said
    assert "  2  share" in said
    assert "importance for the concept" in said


def test_a_concept_that_is_not_there_is_bad_usage(root: Path, cohort: Path) -> None:
    code, said = run("concept-parts", "9", cohort, "--bundle", root)
    assert code != 0
    assert "4 concepts" in said


def test_a_concept_in_no_photo_exits_with_1(
    root: Path, cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "face2bone.explain.recursion.concept_coefficients",
        lambda features, basis: np.zeros((len(features), len(basis), 8, 8)),
    )
    code, said = run("concept-parts", "1", cohort, "--bundle", root)
    assert code == 1
    assert "None of the photos holds the concept" in said
