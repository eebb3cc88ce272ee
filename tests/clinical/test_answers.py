"""Yes, no, or not known: what ticks and lists say to an instrument's question."""

import pytest

from face2bone.clinical import answers
from face2bone.history import FractureSite, ParentHipFracture, Prescription
from face2bone.patient import Patient, RedFlag, RiskFactor
from tests.clinical.people import fractures, woman

FRAGILITY = RiskFactor.FRAGILITY_FRACTURE
PARENT = RiskFactor.PARENT_HIP_FRACTURE
WRIST_OR_HIP = frozenset({FractureSite.WRIST, FractureSite.HIP})


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, fractures=()), False),
        (woman(60, 60, FRAGILITY), None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER), None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_RECENT), True),
        (woman(52, 60, RedFlag.VERTEBRAL_FRACTURE_RECENT), True),
        (woman(51, 60, RedFlag.VERTEBRAL_FRACTURE_RECENT), None),
        (woman(60, 60, fractures=fractures(("rib", 50))), True),
        (woman(60, 60, fractures=fractures(("rib", 49.9))), False),
    ],
)
def test_fracture_from_50(patient: Patient, answer: bool | None) -> None:
    assert answers.fracture_from(patient, 50) is answer


@pytest.mark.parametrize(
    ("patient", "sites", "ever"),
    [
        (woman(60, 60), 0, False),
        (woman(60, 60, FRAGILITY), None, None),
        (woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER), None, True),
        (woman(60, 60, fractures=fractures(("wrist", 50), ("wrist", 55))), 1, True),
        (woman(60, 60, fractures=fractures(("wrist", 30), ("hip", 50))), 1, True),
        (woman(60, 60, fractures=fractures(("rib", 50))), 0, False),
    ],
)
def test_sites(patient: Patient, sites: int | None, ever: bool | None) -> None:
    assert answers.sites_broken_from(patient, 45, WRIST_OR_HIP) == sites
    assert answers.site_ever_broken(patient, WRIST_OR_HIP) is ever


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, PARENT), None),
        (woman(60, 60, parent_hip_fracture=ParentHipFracture.FATHER), False),
        (woman(60, 60, PARENT, parent_hip_fracture=ParentHipFracture.BOTH), True),
    ],
)
def test_mother(patient: Patient, answer: bool | None) -> None:
    assert answers.mother_broke_hip(patient) is answer


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (woman(60, 60), False),
        (woman(60, 60, RiskFactor.GLUCOCORTICOIDS), None),
        (woman(60, 60, RiskFactor.GLUCOCORTICOIDS, prescriptions=frozenset()), False),
        (woman(60, 60, RedFlag.GLUCOCORTICOID_HIGH_DOSE), True),
        (woman(60, 60, prescriptions=frozenset({Prescription.CORTICOSTEROID})), True),
    ],
)
def test_corticosteroids(patient: Patient, answer: bool | None) -> None:
    assert answers.corticosteroids_now(patient) is answer


def test_a_hip_red_flag_is_a_low_impact_fracture() -> None:
    assert answers.low_impact_fracture(woman(60, 60, RedFlag.HIP_FRACTURE_EARLIER))
    assert not answers.low_impact_fracture(woman(60, 60, RedFlag.HEIGHT_LOSS))
