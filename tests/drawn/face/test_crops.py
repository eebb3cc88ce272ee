from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face import crops as module
from face2bone.drawn.face.crops import aligned_drawing, drawn_crops
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectError, TrainingError
from face2bone.modalities.face.alignment import MASK_VALUE


@pytest.fixture(scope="module")
def patients() -> tuple[DrawnPatient, ...]:
    return draw_cohort(6, World.PLANTED, 400_000)


@pytest.fixture(scope="module")
def drawn(
    patients: tuple[DrawnPatient, ...], tmp_path_factory: pytest.TempPathFactory
) -> CropStore:
    return drawn_crops(patients, "generator", tmp_path_factory.mktemp("drawn"), workers=1)


def test_every_patient_has_a_masked_crop(
    drawn: CropStore, patients: tuple[DrawnPatient, ...]
) -> None:
    assert len(drawn.index) == len(patients)
    assert drawn.crops.shape == (len(patients), 160, 160, 3)
    outside = np.asarray(drawn.region_maps) < 0
    assert (np.asarray(drawn.crops)[outside] == MASK_VALUE).all()
    assert 0.3 < (~outside).mean() < 0.8
    assert set(np.unique(drawn.region_maps)) == set(range(-1, 10))


def test_a_finished_store_is_not_drawn_again(
    drawn: CropStore, patients: tuple[DrawnPatient, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(module, "draw_face")
    again = drawn_crops(patients, "generator", drawn.folder, workers=1)
    pd.testing.assert_frame_equal(again.index, drawn.index)
    np.testing.assert_array_equal(again.crops, drawn.crops)


@pytest.mark.parametrize("drawn_by", ["another generator", "generator"])
def test_another_cohorts_store_is_refused(
    drawn: CropStore, patients: tuple[DrawnPatient, ...], drawn_by: str
) -> None:
    others = patients if drawn_by == "another generator" else patients[:5]
    with pytest.raises(TrainingError, match="another cohort"):
        drawn_crops(others, drawn_by, drawn.folder, workers=1)


def test_a_drawing_in_which_not_just_one_face_is_found_is_an_error(
    patients: tuple[DrawnPatient, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Blind:
        def locate(self, pixels: object) -> list[object]:
            return []

    monkeypatch.setattr(module, "shared_locator", Blind)
    with pytest.raises(SubjectError, match="0 faces were found"):
        aligned_drawing(patient_face(patients[0]))
