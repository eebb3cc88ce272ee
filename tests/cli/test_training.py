"""``face2bone train`` from the shell's side: what it says before the work, and at its end."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from face2bone import training
from face2bone.cli import app
from face2bone.drawn.face.aged import write_aged
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World
from face2bone.training import closing


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    return write_cohort(folder, 3, World.PLANTED, 400_330, workers=1)


def train(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["train", *map(str, arguments)])


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Stands for a run; holds what the run was asked for."""
    asked: dict[str, object] = {}

    def run(manifest: Path, out: Path, **options: object) -> Path:
        asked.update(options)
        return out / "bundle"

    monkeypatch.setattr(training, "train", run)
    monkeypatch.setattr(closing, "closing_words", lambda folder: f"closing words of {folder.name}")
    return asked


def test_it_ends_with_the_closing_words_and_asks_for_a_licence(
    manifest: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    result = train(manifest, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    assert "closing words of run" in result.stdout
    assert "states no licence" in result.stdout
    assert given["licence"] == ""


def test_the_licence_is_the_one_that_was_stated(
    manifest: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    result = train(manifest, "--out", tmp_path / "run", "--licence", "CC-BY-4.0")
    assert "states no licence" not in result.stdout
    assert given["licence"] == "CC-BY-4.0"


def test_lost_zeros_are_said_before_the_work(
    manifest: Path, tmp_path: Path, given: dict[str, object]
) -> None:
    table = pd.read_csv(manifest)
    table["patient_id"] = ["7", "007", "8"]
    own = manifest.parent / "own.csv"
    table.to_csv(own, index=False)
    result = train(own, "--out", tmp_path / "run")
    assert "Warning: Patients differ in leading zeros only (7 and 007)" in result.stderr


def test_a_cohort_too_small_is_one_sentence(manifest: Path, tmp_path: Path) -> None:
    result = train(manifest, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "too few" in result.stderr


@pytest.fixture(scope="module")
def ages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_aged(tmp_path_factory.mktemp("aged") / "drawn", 3, 400_331, 64, workers=1)


@pytest.fixture
def given_ages(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    asked: dict[str, object] = {}

    def run(manifest: Path, out: Path, **options: object) -> Path:
        asked.update(options)
        return out / "bundle"

    monkeypatch.setattr(training, "train_on_ages", run)
    monkeypatch.setattr(closing, "years_closing", lambda folder: f"years of {folder.name}")
    return asked


def test_a_cohort_of_known_ages_trains_a_face_age_network(
    ages: Path, tmp_path: Path, given_ages: dict[str, object]
) -> None:
    """It says so itself in its column study; where it has none, --study does."""
    by_itself = train(ages, "--out", tmp_path / "run", "--licence", "CC0", "--seed", 4)
    assert by_itself.exit_code == 0, by_itself.output
    assert "years of run" in by_itself.stdout
    assert "FACE2BONE_FACE_AGE=" in by_itself.stdout
    assert given_ages == {"seed": 4, "licence": "CC0", "trunk": None}
    table = pd.read_csv(ages).drop(columns=["study"]).assign(patient_id=["7", "007", "8"])
    own = ages.parent / "own.csv"
    table.to_csv(own, index=False)
    named = train(own, "--out", tmp_path / "run", "--study", "face-age")
    assert named.exit_code == 0, named.output
    assert "leading zeros" in named.stderr
    assert "states no licence" in named.stdout


def test_what_a_face_age_network_has_no_use_for_is_refused(ages: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "run")
    assert "Leave out --recipe" in train(ages, *out, "--recipe", "full").stderr.replace("\n", " ")
    assert train(ages, *out, "--study", "bone_net").exit_code == 2
    few = train(ages, *out)
    assert few.exit_code == 1
    assert "3 patients are too few" in few.stderr
    assert not (tmp_path / "run").exists()
