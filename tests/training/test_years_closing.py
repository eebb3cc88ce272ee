"""What a finished face age run says: how far off, against a guess, and what was left out."""

import json
from pathlib import Path

import pandas as pd
import pytest

from face2bone.cohort.splits import DOUBLES
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_figures import beats_guess
from face2bone.training import years_closing as module
from face2bone.training.years_closing import years_closing

TEST = {"people": 50, "mae": 6.24, "bias": -1.04, "coverage": 0.885, "width": 24.0}
TEST |= {"mae_low": 5.1, "mae_high": 7.4}


def closing(
    folder: Path, patch: pytest.MonkeyPatch, guess: float, reasons: tuple[str, ...] = ()
) -> str:
    left_out = pd.DataFrame({"row": range(len(reasons)), "patient_id": "p", "reason": reasons})
    patch.setattr(module, "left_out_of", lambda _: left_out)
    better = beats_guess(Estimate(6.24, 5.1, 7.4), guess)
    metrics = {"results": {"test": TEST | {"guess_mae": guess, "better_than_guess": better}}}
    (folder / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    return years_closing(folder)


def test_error_and_interval_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = closing(tmp_path, monkeypatch, 12.0)
    assert "On one photo each of 50 test people: mean absolute error" in words
    assert "error 6.2 (5.1 to 7.4) years, -1.0 years on average" in words
    assert "the 90% interval holds 88% of their ages and is 24.0 years wide" in words
    assert "Every photo was usable." in words
    assert "WARNING" not in words


def test_a_bundle_no_better_than_a_guess_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is below the guess's, and other people might put it above."""
    words = closing(tmp_path, monkeypatch, 7.3, ("Too dark.", "No face.", "No face."))
    assert "WARNING: not shown to be better than a guess" in words
    assert "errs by 7.3 years" in words
    assert "Do not use this bundle." in words
    assert "Photos left out: 3 (crops/rejected.csv lists them). 2 times: No face." in words


def test_one_photo_under_two_people_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / DOUBLES).write_text("Rows 2, 3 hold the same photo.\n", "utf-8")
    words = closing(tmp_path, monkeypatch, 12.0)
    assert "WARNING: photos stand under two patients or ages; see identical_photos.txt." in words
