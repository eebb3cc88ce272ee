"""One drawn patient with the healthy twin, drawn once for all tests; and the block face."""

import pytest

from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.modalities.face.locator import FaceLandmarker
from research.faithfulness.twin import twin_face

SEED = TEST_SEED_RANGE.start + 7_000


@pytest.fixture(scope="session")
def patient():
    """The first of the cohort with osteoporosis."""
    return next(p for p in draw_cohort(20, World.PLANTED, SEED) if p.bone_class == 2)


@pytest.fixture(scope="session")
def twin(patient):
    return twin_face(patient, FaceLandmarker())
