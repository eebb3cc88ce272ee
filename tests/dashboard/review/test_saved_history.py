"""What was answered further is listed as it was asked and answered, and nothing else."""

from dataclasses import fields

import pytest

from face2bone.assess import Assessor
from face2bone.assessment import AnswersOnly
from face2bone.bundle import Bundle
from face2bone.dashboard.review.history_form import ASKED
from face2bone.dashboard.review.saved_history import further_answers
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    Fracture,
    FractureSite,
    History,
    Oestrogen,
    ParentHipFracture,
    SiteScores,
    Smoking,
)
from face2bone.patient import Menopause, Patient, Sex
from face2bone.report.assessment.assessment_json import document
from face2bone.words import Language, catalogue

EVERYTHING = History(
    ethnicity=Ethnicity.CHINESE,
    smoking=Smoking.FORMER,
    alcohol=Alcohol.NONE,
    oestrogen=Oestrogen.PAST,
    hormones_six_months=False,
    fractures=(Fracture(FractureSite.WRIST, 60), Fracture(FractureSite.HIP, 71.5)),
    parent_hip_fracture=ParentHipFracture.MOTHER,
    parent_osteoporosis=True,
    conditions=frozenset({Condition.RENAL, Condition.CANCER}),
    prescriptions=frozenset(),
    care_home=False,
    rises_with_arms=True,
    t_scores=SiteScores(total_hip=-2.5),
    z_scores=SiteScores(lumbar_spine=0.0),
)


@pytest.fixture
def lines(tiny_bundle: Bundle) -> "Lines":
    return Lines(tiny_bundle)


class Lines:
    """The lines of a patient's saved document."""

    def __init__(self, bundle: Bundle) -> None:
        self.assessor = Assessor(bundle)

    def of(self, patient: Patient) -> list[str]:
        referral = self.assessor.refer(patient, None, None)
        facts = self.assessor.facts
        said = document(AnswersOnly(patient, referral, facts, "There was no photo."))
        return list(further_answers(said.patient))


def woman(history: History) -> Patient:
    return Patient(80, Sex.FEMALE, 158, 52, Menopause.POST, history=history)


def test_every_answer_is_listed_in_the_words_of_the_form(lines: Lines) -> None:
    assert lines.of(woman(EVERYTHING)) == [
        "Menopausal status: After menopause",
        "Ethnic group (as QFracture asks): Chinese",
        "Cigarettes: Stopped",
        "Alcohol: None",
        "Lives in a care or nursing home: No",
        "Needs the arms to rise from a chair: Yes",
        "Oestrogen after menopause (HRT): In the past",
        "Pill or oestrogen for 6 months or longer, ever: No",
        "Hip fracture of a parent: Mother",
        "A parent with osteoporosis: Yes",
        "Diagnoses: Cancer, Chronic kidney disease",
        "Prescribed twice or more in the last 6 months: None",
        "Fractures in adult life after a fall from standing height or less: Wrist at 60 years, "
        "Hip at 71.5 years",
        "T-score, total hip: -2.5",
        "Z-score, lumbar spine: 0",
    ]


def test_what_was_not_answered_is_not_listed(lines: Lines) -> None:
    assert lines.of(Patient(80, Sex.MALE, 170, 70)) == []
    assert len(lines.of(woman(History()))) == 1


def test_no_answer_of_a_history_is_left_out() -> None:
    asked = {*ASKED, "t_scores", "z_scores"}
    assert asked == {field.name for field in fields(History)}


def test_they_are_said_in_chinese(lines: Lines) -> None:
    """But the names of scores: a Latin word that stays is one of those."""
    say = catalogue(Language.CHINESE).known
    for line in lines.of(woman(EVERYTHING)):
        said = say(line)
        assert said != line
        assert not {"Stopped", "Mother", "Yes", "Wrist", "years", "Chronic"} & set(said.split())
