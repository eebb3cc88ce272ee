"""A thousand drawn patients' faces: all are found, effects stay local, one core keeps up."""

import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from face2bone.drawn.face.description import AGEING_NAMES, FaceParameters
from face2bone.drawn.face.patients import draw_patient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.worlds import World

FIRST_SEED = 410_000  # of the seeds reserved for tests
FACES = 1_000


def face(seed: int) -> FaceParameters:
    return patient_face(draw_patient(seed, World.PLANTED))


def test_face_mesh_finds_99_of_100_drawn_faces() -> None:
    from face2bone.modalities.face.locator import FaceLandmarker

    locator = FaceLandmarker()
    found = sum(
        len(locator.locate(draw_face(face(seed)).pixels)) == 1
        for seed in range(FIRST_SEED, FIRST_SEED + FACES)
    )
    assert found >= 0.99 * FACES


def test_one_core_draws_8_faces_a_second() -> None:
    cv2.setNumThreads(1)
    parameters = [face(seed) for seed in range(FIRST_SEED, FIRST_SEED + 100)]
    draw_face(parameters[0])
    start = time.process_time()
    for p in parameters:
        draw_face(p)
    assert len(parameters) / (time.process_time() - start) >= 8


@pytest.mark.parametrize("name", AGEING_NAMES)
def test_effects_stay_in_their_masks_over_40_faces(name: str) -> None:
    shares, leaks = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + 40):
        p = face(seed)
        value = getattr(p.ageing, name) + (0.4 if name == "wrinkle" else 2.0)
        raised = replace(p, ageing=replace(p.ageing, **{name: value}))
        before, after = (draw_face(q, clean=True, maps=True) for q in (p, raised))
        assert before.parameter_maps is not None
        assert after.parameter_maps is not None
        influence = np.maximum(before.parameter_maps[name], after.parameter_maps[name])
        mask = cv2.dilate((influence > 0.05).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        moved = np.abs(before.pixels.astype(float) - after.pixels).mean(-1)
        shares.append(moved[mask].sum() / moved.sum())
        leaks.append(moved[~mask].mean())
    assert min(shares) >= (0.85 if name == "jaw" else 0.90)
    assert max(leaks) < 0.05
