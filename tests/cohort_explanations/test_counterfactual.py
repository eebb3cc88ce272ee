import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.cohort_explanations.counterfactual import PARAMETERS, as_drawn, drawn_patient, varied
from face2bone.drawn.face.patients import DrawnPatient, draw_patient
from face2bone.drawn.face.worlds import World
from face2bone.errors import ExplanationError
from tests.cohort_explanations.linear import Linear

SEED = 400_901


@pytest.fixture(scope="module")
def patient() -> DrawnPatient:
    return draw_patient(SEED, World.PLANTED)


@pytest.fixture(scope="module")
def assessor(tiny_bundle: Bundle) -> Assessor:
    return Assessor(tiny_bundle, Linear(tiny_bundle.ood.mean.size))


def test_a_pseudonym_is_enough_to_draw_the_patient_again(patient: DrawnPatient) -> None:
    assert drawn_patient(patient.patient_id, World.PLANTED) == patient
    blank = drawn_patient(patient.patient_id, World.BLANK)  # only its T-scores are others'
    assert blank.ageing == patient.ageing
    assert drawn_patient(patient.patient_id, World.NULL).ageing != patient.ageing


@pytest.mark.parametrize(
    ("name", "world"), [("p17", World.PLANTED), ("drawn-00000000000000ff", None)]
)
def test_a_person_cannot_be_drawn_again(name: str, world: World | None) -> None:
    with pytest.raises(ExplanationError, match="Choose a drawn patient"):
        drawn_patient(name, world)


def test_a_moved_parameter_changes_the_face_where_it_lies_and_an_unmoved_one_nothing(
    patient: DrawnPatient, assessor: Assessor
) -> None:
    drawn = as_drawn(patient)
    first, again = (varied(assessor, patient, drawn) for _ in range(2))
    assert first.photo.sha256 == again.photo.sha256
    np.testing.assert_array_equal(first.located.aligned.pixels, again.located.aligned.pixels)
    gaunt = varied(assessor, patient, drawn | {"jaw": 8.5})
    gap = np.abs(gaunt.photo.pixels.astype(float) - first.photo.pixels).sum(axis=2)
    rows = np.flatnonzero(gap.sum(axis=1) > gap.sum() / 256)
    assert np.median(rows) > 128  # the jaw lies in the photo's lower half


def test_the_limits_are_those_that_patients_are_drawn_within() -> None:
    for parameter in PARAMETERS:
        low, high = parameter.limits
        values = [
            getattr(draw_patient(seed, World.PLANTED).ageing, parameter.name) for seed in range(60)
        ]
        assert low <= min(values) < max(values) <= high
