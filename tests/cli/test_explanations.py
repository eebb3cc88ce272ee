"""``face2bone explain`` from the shell's side: the folder, what is refused, going on."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.cohort_explanations.folder import read_explained
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World
from face2bone.explain import cohort as module
from face2bone.explain.photo_row import PhotoFigures
from face2bone.modalities.face import FACE_PARTS
from face2bone.modalities.prepared import Prepared

FILES = {"explained.parquet", "groups.parquet", "rejected.csv", "about.json", "README.txt"}
CONCEPTS = 4


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    return write_cohort(folder, 3, World.PLANTED, 400_320, workers=1)


def quick(bundle: object, engine: object, face: Prepared, beside: object = None) -> PhotoFigures:
    """In the network's place: figures of the right shape."""
    return PhotoFigures(
        probabilities=np.array([0.2, 0.3, 0.5]),
        members=np.array([False, True, True]),
        distance=float(face.pixels.mean()),
        values=np.ones((10, 4)),
        base=np.zeros(4),
        full=np.full(4, 10.0),
        presence=np.zeros(CONCEPTS),
        importance=np.zeros((CONCEPTS, 3)),
        reconstruction_error=0.5,
    )


@pytest.fixture(autouse=True)
def on_torch(fresh_settings: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")
    monkeypatch.setattr(module, "photo_figures", quick)


def explain(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["explain", *map(str, arguments)])


@pytest.mark.slow
def test_it_writes_a_folder_that_reads_back_and_nothing_beside_it(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    result = explain(tiny_bundle.root, manifest, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "drawn patients" in result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    cohort = read_explained(tmp_path / "out", tiny_bundle, FACE_PARTS)
    assert cohort.about.drawn
    assert len(cohort.table) + cohort.about.rejected == 3
    assert cohort.table["thumbnail"].notna().all()  # drawn faces are nobody
    assert "Nobody in this folder exists" in (tmp_path / "out/README.txt").read_text("utf-8")
    groups = pd.read_parquet(tmp_path / "out/groups.parquet")
    assert set(groups["caution"]) >= {groups["caution"].iloc[0]} != {""}


def test_of_patients_only_those_who_consented_are_kept_as_pictures(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(manifest)
    table["photo_consent"] = ["yes", "no", None]
    photos = tmp_path / "real" / "photos"
    photos.mkdir(parents=True)
    for name in table["photo"]:
        (tmp_path / "real" / name).write_bytes((manifest.parent / name).read_bytes())
    table.to_csv(tmp_path / "real/manifest.csv", index=False)
    result = explain(tiny_bundle.root, tmp_path / "real/manifest.csv", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    cohort = read_explained(tmp_path / "out", tiny_bundle, FACE_PARTS)
    assert not cohort.about.drawn
    kept = set(cohort.table.loc[cohort.table["thumbnail"].notna(), "patient_id"])
    assert kept <= {table["patient_id"][0]}


def test_consent_is_the_patient_s_own_when_a_side_is_read_from_the_whole(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(manifest)
    consent, sides = ["yes", "no", "yes"], ["train", "test", "test"]
    (tmp_path / "real").mkdir()
    shutil.copytree(manifest.parent / "photos", tmp_path / "real" / "photos")
    table.assign(photo_consent=consent).to_csv(tmp_path / "real/manifest.csv", index=False)
    split = pd.DataFrame({"patient_id": table["patient_id"], "split": sides})
    split.to_csv(tmp_path / "split.csv", index=False)
    arguments = [tiny_bundle.root, tmp_path / "real/manifest.csv", "--crops", tmp_path / "crops"]
    assert explain(*arguments, "--out", tmp_path / "whole").exit_code == 0
    side = ["--split", tmp_path / "split.csv", "--out", tmp_path / "side"]
    result = explain(*arguments, *side)
    assert result.exit_code == 0, result.output
    cohort = read_explained(tmp_path / "side", tiny_bundle, FACE_PARTS)
    assert set(cohort.table["patient_id"]) <= set(table["patient_id"][1:])
    assert len(cohort.table) + cohort.about.rejected == 2
    kept = set(cohort.table.loc[cohort.table["thumbnail"].notna(), "patient_id"])
    assert kept <= {table["patient_id"][2]}


def test_a_stopped_run_goes_on_and_a_taken_folder_is_refused(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    arguments = (tiny_bundle.root, manifest, "--out", tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(module, "photo_figures", stopped)
        assert explain(*arguments).exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == [".out-explaining"]
    assert explain(*arguments).exit_code == 0
    assert explain(*arguments).exit_code == 0  # an earlier one is replaced
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/mine.txt").write_text("mine")
    taken = explain(tiny_bundle.root, manifest, "--out", tmp_path / "thesis")
    assert taken.exit_code == 1
    assert "holds no explained cohort" in taken.output
