"""The text for a patient's record: what counted, in a few lines, and nothing that did not."""

from dataclasses import replace
from datetime import date

import pytest

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.assess import Assessor
from face2bone.assessment import AnswersOnly, Assessment, Explanation
from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.bundle.card import notice_of
from face2bone.clinical.frax import FraxResult
from face2bone.dashboard.review.record_text import record_text
from face2bone.drawn.face.samples import sample_patients
from face2bone.modalities.photo import read_photo
from face2bone.patient import Patient, RedFlag, RiskFactor, Sex
from face2bone.runtime import OodVerdict
from tests.report.apparent_ages import AGE

DAY = date(2026, 11, 29)
WOMAN = Patient(67, Sex.FEMALE, 158, 52)
INSIDE, OUTSIDE = OodVerdict(0.5, 1.0, False), OodVerdict(9.0, 1.0, True)


@pytest.fixture(scope="module")
def assessor(tiny_bundle: Bundle) -> Assessor:
    return Assessor(tiny_bundle)


def assessed(assessor: Assessor, verdict: OodVerdict, patient: Patient = WOMAN) -> Assessment:
    found = assessor.locate(read_photo(sample_patients()[0].photo_bytes()))
    prediction = replace(assessor.predict(found), out_of_domain=verdict)
    referral = assessor.refer(patient, prediction)
    none = Explanation.none()
    return Assessment(patient, found, prediction, none, referral, assessor.facts)


def lines(assessment: Assessment | AnswersOnly, who: str = "P-1", saver: str = "Li") -> list[str]:
    return record_text(assessment, who, saver, DAY).splitlines()


def test_who_what_and_why_in_the_words_of_the_page(assessor: Assessor) -> None:
    patient = replace(
        WOMAN,
        red_flags=frozenset({RedFlag.HEIGHT_LOSS}),
        risk_factors=frozenset({RiskFactor.FALLS}),
    )
    assessment = assessed(assessor, INSIDE, patient)
    said = lines(assessment)
    assert said[0] == "Face2Bone, 2026-11-29, P-1: woman, 67 years, 158 cm, 52 kg."
    named = " or ".join(CLASS_LABELS[k] for k in assessment.prediction.prediction_set)
    assert said[1].startswith(f"Photo: {named} (normal ")
    assert said[2].startswith("Suggestion: urgent clinician review. ")
    assert "height loss" in said[3].lower()
    assert said[4] == "Red flags ticked: height loss of more than 4 cm."
    assert said[5] == "Risk factors ticked: falls."
    assert notice_of(assessment.bundle.status) in said[-2]
    assert said[-1] == "Entered by Li."


def test_a_photo_whose_numbers_are_not_shown_names_no_class(assessor: Assessor) -> None:
    said = lines(assessed(assessor, OUTSIDE))
    assert said[1] == "Photo: no class is named for this patient."
    assert "%" not in said[1]


def test_without_a_photo_its_reason_stands_there(assessor: Assessor) -> None:
    referral = assessor.refer(WOMAN, None, FraxResult(12.0, 3.5, with_bmd=False))
    said = lines(AnswersOnly(WOMAN, referral, assessor.facts, "There was no photo."), "", "")
    assert said[0] == "Face2Bone, 2026-11-29: woman, 67 years, 158 cm, 52 kg."
    assert said[1] == "Photo: no result. There was no photo."
    assert "Red flags ticked: none." in said
    assert "FRAX entered, 10 years: major fracture 12%, hip fracture 3.5% (without BMD)." in said
    assert not any(line.startswith("Entered by") for line in said)


def test_how_old_the_face_looks_comes_last_with_what_it_is_not(assessor: Assessor) -> None:
    made = assessed(assessor, INSIDE)
    age = replace(AGE, photo_sha256=made.photo_sha256)
    said = record_text(made, "P-1", "Li", DAY, age).splitlines()
    assert said[-2] == (
        "How old the face looks to toy 1.0.0: about 52 years (90% interval 41 to 64). "
        f"{WHAT_IT_IS_NOT}"
    )
    assert said[-1] == "Entered by Li."
    assert [*said[:-2], said[-1]] == lines(made)
    with pytest.raises(ValueError, match="another face"):
        record_text(made, "P-1", "Li", DAY, replace(age, chosen=1))
