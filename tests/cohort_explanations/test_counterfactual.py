import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.cohort_explanations.counterfactual import varied
from face2bone.drawn.face.patients import DrawnPatient, draw_patient
from face2bone.drawn.worlds import World
from face2bone.studies.face2bone import demonstration
from tests.cohort_explanations.linear import Linear

SEED = 400_901


@pytest.fixture(scope="module")
def patient() -> DrawnPatient:
    return draw_patient(SEED, World.PLANTED)


@pytest.fixture(scope="module")
def assessor(tiny_bundle: Bundle) -> Assessor:
    return Assessor(tiny_bundle, Linear(tiny_bundle.ood.mean.size))


def test_a_moved_parameter_changes_the_face_where_it_lies_and_an_unmoved_one_nothing(
    patient: DrawnPatient, assessor: Assessor
) -> None:
    changes = demonstration().changes
    drawn = changes.values(patient)
    first, again = (varied(assessor, changes, patient, drawn) for _ in range(2))
    assert first.photo.sha256 == again.photo.sha256
    np.testing.assert_array_equal(first.located.aligned.pixels, again.located.aligned.pixels)
    gaunt = varied(assessor, changes, patient, drawn | {"jaw": 8.5})
    gap = np.abs(gaunt.photo.pixels.astype(float) - first.photo.pixels).sum(axis=2)
    rows = np.flatnonzero(gap.sum(axis=1) > gap.sum() / 256)
    assert np.median(rows) > 128  # the jaw lies in the photo's lower half
