"""added-value, beside-age and guard as a user meets them: exit codes, sentences, files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from face2bone.bundle import Bundle
from face2bone.cli.application import app
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort
from face2bone.drawn.face.crops import FACES
from face2bone.evaluation.added_value import crossfit
from face2bone.evaluation.added_value.record import ATTACHED

ROWS = 90


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One way of dealing the folds and one ridge are enough here."""
    monkeypatch.setattr(crossfit, "REPEATS", 1)
    monkeypatch.setattr(crossfit, "PENALTIES", (10.0,))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A cohort of pictures that are no faces; classes follow nothing."""
    rng = np.random.default_rng(0)
    for i in range(ROWS):
        picture = rng.integers(40, 200, (130, 130, 3), np.uint8)
        Image.fromarray(picture).resize((200, 200)).save(tmp_path / f"{i}.jpg")
    table = pd.DataFrame(
        {
            "patient_id": [f"p{i}" for i in range(ROWS)],
            "photo": [f"{i}.jpg" for i in range(ROWS)],
            "sex": rng.choice(["F", "M"], ROWS),
            "age_years": rng.uniform(50, 80, ROWS).round(1),
            "height_cm": rng.normal(160, 6, ROWS).round(1),
            "weight_kg": rng.normal(60, 6, ROWS).round(1),
            "t_score": np.tile([0.0, -1.5, -3.0], ROWS // 3),
            "dxa_site": "lowest",
            "acquired_on": "2025-01-06",
        }
    )
    table.to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path / "manifest.csv"


def guard(manifest: Path, out: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["guard", str(manifest), "--out", str(out), *more])
    return result.exit_code, result.output


@pytest.mark.slow
def test_a_clean_cohort_is_quiet_and_exits_with_0(manifest: Path, tmp_path: Path) -> None:
    code, said = guard(manifest, tmp_path / "out")
    assert code == 0, said
    assert "No leak found." in said
    assert "stays quiet" in said
    written = json.loads((tmp_path / "out" / "guard.json").read_text())
    assert written["photos"] == ROWS
    assert set(written["shortcuts"]["probes"]) == {"file", "light", "background", "everything"}
    assert (tmp_path / "out" / "guard.md").read_text().startswith("90 photos")


@pytest.mark.slow
def test_a_split_that_names_no_rejected_patient_serves(manifest: Path, tmp_path: Path) -> None:
    """As ``train`` writes it; two photos nearly alike, one of them on no side, are on no two."""
    Image.open(tmp_path / "0.jpg").save(tmp_path / "3.jpg", quality=60)
    sides = pd.DataFrame({"patient_id": [f"p{i}" for i in range(1, ROWS)], "split": "train"})
    sides.to_csv(tmp_path / "split.csv", index=False)
    code, said = guard(manifest, tmp_path / "out", "--split", str(tmp_path / "split.csv"))
    assert "1 of 90 photos are of patients on no side" in said
    assert "under two patients" in said
    assert "two sides" not in said
    assert code == 1


def test_a_copied_photo_and_a_telling_device_exit_with_1(manifest: Path, tmp_path: Path) -> None:
    table = pd.read_csv(manifest)
    Image.open(tmp_path / "0.jpg").save(tmp_path / "1.jpg", quality=60)
    table["device"] = np.where(table["t_score"] == -3.0, "tablet", "camera")
    table.to_csv(manifest, index=False)
    code, said = guard(manifest, tmp_path / "out")
    assert code == 1
    assert "Rows 2 and 3 hold nearly the same photo under two patients." in said
    assert "SHORTCUT" in said
    assert "record" in said


def test_a_split_that_leaks_is_one_sentence(manifest: Path, tmp_path: Path) -> None:
    sides = [(f"p{i}", "train") for i in range(ROWS)] + [("p0", "test")]
    pd.DataFrame(sides, columns=["patient_id", "split"]).to_csv(tmp_path / "split.csv", index=False)
    code, said = guard(manifest, tmp_path / "out", "--split", str(tmp_path / "split.csv"))
    assert code == 1
    assert "two sides of the split: p0" in said
    assert not (tmp_path / "out").exists()


def test_a_cohort_too_small_to_probe_says_so(manifest: Path, tmp_path: Path) -> None:
    pd.read_csv(manifest).iloc[:30].to_csv(manifest, index=False)
    code, said = guard(manifest, tmp_path / "out")
    assert code == 0
    assert "Not probed. The smallest class has 10 patients" in said


def test_added_value_writes_its_report_and_says_the_verdict(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Crops and features are given: aligning and reading faces have tests of their own."""
    features = np.random.default_rng(1).normal(size=(ROWS, 6))

    def given(cohort: Cohort, _: object, folder: Path, progress: object) -> CropStore:
        index = cohort.table.assign(row=range(ROWS)).reset_index(drop=True)
        return CropStore(folder, index, np.zeros(0, np.uint8), np.zeros(0, np.int8), FACES)

    monkeypatch.setattr("face2bone.runtime.make_engine", lambda *_, **__: None)
    monkeypatch.setattr("face2bone.cohort.crops.photo_crops", given)
    monkeypatch.setattr(
        "face2bone.evaluation.added_value.columns.picture_features", lambda engine, store: features
    )
    out, root = tmp_path / "out", shutil.copytree(tiny_bundle.root, tmp_path / "bundle")
    arguments = ["added-value", str(root), str(manifest), "--out", str(out), "--attach"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "was not shown to add" in result.output
    written = json.loads((out / "added_value.json").read_text())
    assert written["gain"]["n"] == ROWS
    assert written["shuffle"]["at_chance"]
    text = (out / "added_value.md").read_text()
    assert "# Does the face add anything?" in text
    assert tiny_bundle.card.name in text
    kept = json.loads((root / ATTACHED).read_text())
    assert kept["found"] == written
    assert kept["about"] in text


def test_added_value_without_a_bundle_exits_with_4(manifest: Path, tmp_path: Path) -> None:
    arguments = ["added-value", "nowhere", str(manifest), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 4
    assert not (tmp_path / "out").exists()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """The features that the crops of the cohort are said to have."""
    features = np.random.default_rng(1).normal(size=(ROWS, 6))

    def given(cohort: Cohort, modality: object, folder: Path, progress: object) -> CropStore:
        index = cohort.table.assign(row=np.arange(ROWS))
        crops = np.zeros((ROWS, 4, 4, 3), np.uint8)
        return CropStore(folder, index, crops, np.zeros(0, np.int8), FACES)

    monkeypatch.setattr("face2bone.cohort.crops.photo_crops", given)
    known_features = "face2bone.evaluation.added_value.gradients.oriented_gradients"
    monkeypatch.setattr(known_features, lambda crops: features)
    return features


def test_beside_age_writes_its_report(known: np.ndarray, manifest: Path, tmp_path: Path) -> None:
    arguments = ["beside-age", str(manifest), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "were not shown to add" in result.output
    written = json.loads((tmp_path / "out" / "beside_age.json").read_text())
    assert written["of_class"] == {"normal": 30, "osteopenia": 30, "osteoporosis": 30}
    assert "THE CONTROL FAILED" in (tmp_path / "out" / "beside_age.md").read_text()


def test_beside_age_fails_for_a_suspected_leak_until_somebody_has_looked(
    known: np.ndarray, manifest: Path, tmp_path: Path
) -> None:
    known[:, 0] = np.tile([0.0, 1.0, 2.0], ROWS // 3)
    arguments = ["beside-age", str(manifest), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "SUSPECTED LEAK" in result.output
    assert "--groups-checked" in result.output
    assert "SUSPECTED LEAK" in (tmp_path / "out" / "beside_age.md").read_text()
    assert CliRunner().invoke(app, [*arguments, "--groups-checked"]).exit_code == 0
