"""What a run says at its end, and that a model at chance is called one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.cohort.crop_store import CROPS, INDEX, REGION_MAPS, REJECTED, CropStore
from face2bone.cohort.splits import DOUBLES
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import beats_guess
from face2bone.training import closing as module
from face2bone.training.closing import closing_words, years_closing
from face2bone.training.recipe import read_recipe, recipe_toml

TEST = {
    "n": 90,
    "accuracy": 0.7,
    "macro_auc": 0.85,
    "quadratic_kappa": 0.6,
    "ece": 0.04,
    "ece_floor_p95": 0.08,
    "confusion": [[20, 8, 2], [5, 20, 5], [1, 6, 23]],
    "set_coverage": {"normal": 0.9, "osteopenia": 0.93, "osteoporosis": 0.91},
}


@pytest.fixture
def run_folder(make_store: Callable[..., CropStore], tmp_path: Path) -> Path:
    store = make_store(tmp_path / "crops", 6)
    store.folder.mkdir()
    np.save(store.folder / CROPS, store.crops)
    np.save(store.folder / REGION_MAPS, store.region_maps)
    store.index.to_parquet(store.folder / INDEX)
    (store.folder / REJECTED).write_text("row,patient_id,reason\n")
    (tmp_path / "config.toml").write_text(recipe_toml(read_recipe("compact"), 0))
    return tmp_path


def closing(folder: Path, **changes: object) -> str:
    (folder / "metrics.json").write_text(json.dumps({"results": {"test": TEST | changes}}))
    return closing_words(folder)


@pytest.mark.parametrize(("weighting", "twice"), [(0.0, False), (0.5, True)])
def test_a_focal_loss_is_warned_of(run_folder: Path, weighting: float, twice: bool) -> None:
    recipe = read_recipe("compact")
    changes = {"focal_gamma": 2.0, "class_weighting": weighting}
    focal = recipe.model_copy(update={"training": recipe.training.model_copy(update=changes)})
    (run_folder / "config.toml").write_text(recipe_toml(focal, 0))
    said = closing(run_folder)
    assert "WARNING: the focal loss distorts probabilities" in said
    assert ("correct an imbalance twice" in said) == twice


def test_figures_and_coverage_are_said(run_folder: Path) -> None:
    said = closing(run_folder)
    assert "90 photos of test patients: accuracy 0.700, macro AUC 0.850" in said
    assert "90% of normal, 93% of osteopenia, 91% of osteoporosis" in said
    assert "Every photo was usable." in said
    assert "WARNING" not in said


def test_rejected_photos_are_counted_by_reason(run_folder: Path) -> None:
    reasons = ["Too dark: 21.5.", "Too dark: 30.1.", "No face."]
    rows = {"row": range(3), "patient_id": ["1", "2", "3"], "reason": reasons}
    pd.DataFrame(rows).to_csv(run_folder / "crops" / REJECTED, index=False)
    said = closing(run_folder)
    assert "Photos left out: 3" in said
    assert "2 times: Too dark: ….; once: No face." in said


@pytest.mark.parametrize(
    ("area", "warned"), [(0.85, False), (0.61, True), (0.5, True), (0.3, True)]
)
def test_a_model_at_chance_is_called_one(run_folder: Path, area: float, warned: bool) -> None:
    """With thirty photos of each class, chance reaches .71 once in a thousand."""
    assert ("no better than chance" in closing(run_folder, macro_auc=area)) == warned


def test_photos_under_two_patients_are_recalled(run_folder: Path) -> None:
    (run_folder / "identical_photos.txt").write_text("Rows 2, 3 hold the same photo.\n")
    assert "identical_photos.txt" in closing(run_folder)


TEST_OF_AGES = {"people": 50, "mae": 6.24, "bias": -1.04, "coverage": 0.885, "width": 24.0}
TEST_OF_AGES |= {"mae_low": 5.1, "mae_high": 7.4}


def closing_of_ages(
    folder: Path, patch: pytest.MonkeyPatch, guess: float, reasons: tuple[str, ...] = ()
) -> str:
    left_out = pd.DataFrame({"row": range(len(reasons)), "patient_id": "p", "reason": reasons})
    patch.setattr(module, "left_out_of", lambda _: left_out)
    better = beats_guess(Estimate(6.24, 5.1, 7.4), guess)
    found = TEST_OF_AGES | {"guess_mae": guess, "better_than_guess": better}
    metrics = {"results": {"test": found}}
    (folder / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    return years_closing(folder)


def test_error_and_interval_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = closing_of_ages(tmp_path, monkeypatch, 12.0)
    assert "On one photo each of 50 test people: mean absolute error" in words
    assert "error 6.2 (5.1 to 7.4) years, -1.0 years on average" in words
    assert "the 90% interval holds 88% of their ages and is 24.0 years wide" in words
    assert "Every photo was usable." in words
    assert "WARNING" not in words


def test_a_bundle_no_better_than_a_guess_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is below the guess's, and other people might put it above."""
    words = closing_of_ages(tmp_path, monkeypatch, 7.3, ("Too dark.", "No face.", "No face."))
    assert "WARNING: not shown to be better than a guess" in words
    assert "errs by 7.3 years" in words
    assert "Do not use this bundle." in words
    assert "Photos left out: 3 (crops/rejected.csv lists them). 2 times: No face." in words


def test_one_photo_under_two_people_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / DOUBLES).write_text("Rows 2, 3 hold the same photo.\n", "utf-8")
    words = closing_of_ages(tmp_path, monkeypatch, 12.0)
    assert "WARNING: photos stand under two patients or ages; see identical_photos.txt." in words
