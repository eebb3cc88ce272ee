"""Engines agree on 500 drawn faces: f32 to 0.001, bf16 or it is given up for f32."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from face2bone.bundle import Bundle
from face2bone.drawn.face.patients import draw_cohort, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.errors import EngineError, SubjectError
from face2bone.modalities.face import FACE_INPUT, find_face
from face2bone.modalities.photo import photo_from_pixels
from face2bone.runtime import OpenVinoEngine, TorchEngine, parity

FACES = 500

Crops = npt.NDArray[np.uint8]


def _crops() -> Iterator[Crops]:
    for patient in draw_cohort(FACES, World.PLANTED, TEST_SEED_RANGE.start + 77):
        photo = photo_from_pixels(draw_face(patient_face(patient), 256).pixels)
        try:
            yield find_face(photo).aligned.pixels
        except SubjectError:
            continue


@pytest.fixture(scope="module")
def crops() -> Crops:
    return np.stack(list(_crops()))


@pytest.fixture(scope="module")
def reference(demo_bundle: Bundle) -> TorchEngine:
    return TorchEngine(demo_bundle.network, FACE_INPUT, device="cpu")


def test_openvino_f32_agrees_with_torch(
    demo_bundle: Bundle, reference: TorchEngine, crops: Crops
) -> None:
    engine = OpenVinoEngine(demo_bundle.network, FACE_INPUT)
    report = parity(engine, reference, crops, demo_bundle.calibration)
    print(report)
    assert report.count >= 0.99 * FACES
    assert report.holds("f32")
    assert report.class_changes == 0


def test_openvino_bf16_is_measured_and_kept_only_when_it_agrees(
    demo_bundle: Bundle, reference: TorchEngine, crops: Crops
) -> None:
    try:
        engine = OpenVinoEngine(demo_bundle.network, FACE_INPUT, precision="bf16")
    except EngineError as error:
        pytest.skip(str(error))
    report = parity(engine, reference, crops, demo_bundle.calibration)
    print(report)
    assert report.count >= 0.99 * FACES
    assert report.class_changes <= 0.02 * FACES
