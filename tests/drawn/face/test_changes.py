"""A pseudonym is enough to draw a patient again, and only some values can be moved."""

import pytest

from face2bone.drawn.face.changes import PARAMETERS, drawn_patient
from face2bone.drawn.face.patients import DrawnPatient, draw_patient
from face2bone.drawn.worlds import World
from face2bone.errors import ExplanationError

SEED = 400_901


@pytest.fixture(scope="module")
def patient() -> DrawnPatient:
    return draw_patient(SEED, World.PLANTED)


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


def test_the_limits_are_those_that_patients_are_drawn_within() -> None:
    for parameter in PARAMETERS:
        low, high = parameter.limits
        values = [
            getattr(draw_patient(seed, World.PLANTED).ageing, parameter.name) for seed in range(60)
        ]
        assert low <= min(values) < max(values) <= high
