"""What a finished face age run says: how far off, against a guess, and what was left out."""

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from face2bone.training import years_closing as module
from face2bone.training.years_closing import years_closing

TEST = {"people": 50, "mae": 6.24, "bias": -1.04, "coverage": 0.885, "width": 24.0}


def closing(
    folder: Path, patch: pytest.MonkeyPatch, guess: float, reasons: tuple[str, ...] = ()
) -> str:
    left_out = pd.DataFrame({"row": range(len(reasons)), "patient_id": "p", "reason": reasons})
    patch.setattr(module, "read_store", lambda _: SimpleNamespace(rejected=left_out))
    metrics = {"results": {"test": TEST | {"guess_mae": guess}}}
    (folder / "metrics.json").write_text(json.dumps(metrics), "utf-8")
    return years_closing(folder)


def test_error_and_interval_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = closing(tmp_path, monkeypatch, 12.0)
    assert "On one photo each of 50 test people: mean absolute error 6.2 years, -1.0 years" in words
    assert "the 90% interval holds 88% of their ages and is 24.0 years wide" in words
    assert "Every photo was usable." in words
    assert "WARNING" not in words


def test_a_bundle_no_better_than_a_guess_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = closing(tmp_path, monkeypatch, 6.24, ("Too dark.", "No face.", "No face."))
    assert "WARNING: no better than a guess" in words
    assert "errs by 6.2 years. Do not use this bundle." in words
    assert "Photos left out: 3 (crops/rejected.csv lists them). 2 times: No face." in words
