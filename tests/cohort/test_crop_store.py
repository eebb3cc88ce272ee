from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.cohort.crop_store import CropStore, read_store, rejection_reasons
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.face.patients import DrawnPatient
from face2bone.errors import TrainingError


def test_labels_are_the_patients(drawn: CropStore, patients: tuple[DrawnPatient, ...]) -> None:
    assert drawn.labels.tolist() == [p.bone_class for p in patients]
    np.testing.assert_allclose(drawn.t_scores, [p.t_score for p in patients], rtol=1e-6)
    assert drawn.index["patient_id"].tolist() == [p.patient_id for p in patients]


def test_a_store_of_classes_alone_has_unknown_t_scores(
    drawn: CropStore, patients: tuple[DrawnPatient, ...]
) -> None:
    classes = replace(drawn, index=drawn.index.drop(columns="t_score"))
    assert classes.t_scores.dtype == np.float32
    assert np.isnan(classes.t_scores).all()
    assert classes.t_scores.shape == (len(patients),)


@pytest.mark.parametrize("name", ["index.parquet", "crops.npy", "regions.npy"])
def test_a_damaged_store_is_said_to_be_damaged(drawn: CropStore, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    whole = (folder / name).read_bytes()
    for content in (b"", whole[:-1], whole[: len(whole) // 2], b"PK" + whole, whole[1:]):
        (folder / name).write_bytes(content)
        with pytest.raises(TrainingError, match=rf"{name} .* is damaged"):
            read_store(folder, FACES)


def test_a_header_that_is_no_python_text_is_damage(drawn: CropStore, tmp_path: Path) -> None:
    """numpy reads a header with Python's tokenizer, whose errors are of a kind of their own."""
    folder = Path(shutil.copytree(drawn.folder, tmp_path / "copy"))
    content = (folder / "crops.npy").read_bytes().replace(b"}", b" ", 1)
    (folder / "crops.npy").write_bytes(content)
    with pytest.raises(TrainingError, match=r"crops\.npy .* is damaged"):
        read_store(folder, FACES)


def test_reasons_are_counted_without_their_figures() -> None:
    told = ["Too dark: 12.5 of 40.", "Too dark: 8 of 40.", "No face."]
    counted = rejection_reasons(pd.DataFrame({"reason": told}))
    assert counted == {"Too dark: … of ….": 2, "No face.": 1}
