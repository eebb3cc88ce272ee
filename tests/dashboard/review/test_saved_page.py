"""What is said of a saved assessment is what its document says."""

from dataclasses import fields, replace

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.assess import Assessor
from face2bone.assessment import AnswersOnly
from face2bone.bundle import Bundle
from face2bone.clinical.frax import FraxResult
from face2bone.dashboard.common.language import LANGUAGE
from face2bone.dashboard.review.history_form import ASKED
from face2bone.dashboard.review.saved_page import further_answers, result_in_short
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
from face2bone.modalities.photo import Photo
from face2bone.patient import Menopause, Patient, RedFlag, Sex
from face2bone.records import (
    ConsentBy,
    DxaResult,
    Records,
    Visit,
    enter_dxa,
    kept_assessments,
    save,
    saved_assessments,
)
from face2bone.records.saving import FORMER_DECISIONS
from face2bone.report.assessment.assessment_json import document
from face2bone.words import Language, catalogue
from tests.dashboard.test_chinese import LATIN, NAMES, english
from tests.records.fill import keep
from tests.report.apparent_ages import AGE

WOMAN = Patient(80, Sex.FEMALE, 158, 52, red_flags=frozenset({RedFlag.HEIGHT_LOSS}))
FRAX = FraxResult(12.5, 3.0, with_bmd=True)


@pytest.fixture
def answered(records: Records, tiny_bundle: Bundle) -> Records:
    """Saved without a photo: the answers alone, another decision, and a DXA result since."""
    assessor = Assessor(tiny_bundle)
    referral = assessor.refer(WOMAN, None, FRAX)
    said = document(AnswersOnly(WOMAN, referral, assessor.facts, "There was no photo."))
    visit = Visit(
        patient_id="P-1",
        decision="DXA",
        saved_by="Dr. Li",
        consent_by=ConsentBy.REPRESENTATIVE,
        reason="Seen [last](http://x) week",
    )
    save(records, said, visit)
    (one,) = kept_assessments(records)
    result = DxaResult("total_hip", -2.6, one.saved_on)
    enter_dxa(records, one.assessment_id, [result], "Dr. Wu")
    return records


def shown_again(one: object) -> None:
    from face2bone.dashboard.review.saved_page import saved_page

    saved_page(one, ())


def drawn(patient_id: str = "P-1") -> None:
    from face2bone.dashboard.common.records_desk import opened
    from face2bone.dashboard.review.saved_page import saved_page

    kept = opened(patient_id, "here")
    saved_page(kept.assessments[0], kept.results[kept.assessments[0].assessment_id])


def test_it_says_who_what_why_and_what_became_of_it(answered: Records) -> None:
    app = AppTest.from_function(drawn).run()
    assert not app.exception
    words = "\n".join(m.value for m in app.markdown)
    assert "**P-1**: woman, 80 years, 158 cm, 52 kg" in words
    assert "**Result of the photo then:** no result of a photo" in words
    assert "Red flags ticked: height loss of more than 4 cm" in words
    assert "major fracture 12.5%, hip fracture 3% (with BMD)" in words
    assert "- Menopausal status: Unknown (after, from age 50)" in words
    assert "**Reason:** " in words
    assert "<svg" not in words, "no bars without a result"
    assert app.error[0].value == "**Suggested then:** urgent clinician review"
    assert [t.value for t in app.text] == [
        "Decision of Dr. Li: DXA\nReason given: Seen [last](http://x) week",
        f"DXA, total hip: -2.6, measured on {kept_assessments(answered)[0].saved_on}; "
        "entered by Dr. Wu",
    ]
    captions = " ".join(c.value for c in app.caption)
    assert "There was no photo." in captions
    assert "Consent given by: legal representative" in captions


def test_in_chinese_only_what_was_typed_is_left_in_english(
    records: Records, tiny_bundle: Bundle, astronaut_photo: Photo
) -> None:
    """A reason that is a word of the catalogue stays as somebody typed it."""
    assessor = Assessor(tiny_bundle)
    made = assessor.assess(astronaut_photo, WOMAN, frax=FRAX, explained=False)
    visit = Visit(
        patient_id="woman",
        decision="DXA",
        saved_by="man",
        consent_by=ConsentBy.REPRESENTATIVE,
        reason="patient",
    )
    save(records, document(made, replace(AGE, photo_sha256=astronaut_photo.sha256)), visit)
    (one,) = kept_assessments(records)
    enter_dxa(records, one.assessment_id, [DxaResult("total_hip", -2.6, one.saved_on)], "falls")
    app = AppTest.from_function(drawn, args=("woman",))
    app.session_state[LANGUAGE] = "zh"
    typed, of_the_bundle = {"woman", "man", "patient", "falls"}, {"toy", "people"}
    left = {word for line in english(app.run()) for word in LATIN.findall(line)} - set(NAMES)
    assert left - typed - of_the_bundle == set()
    assert [t.value for t in app.text] == [
        "man 的决定：DXA\n给出的原因：patient",
        f"DXA，全髋：-2.6，测量于 {one.saved_on}；由 falls 录入",
    ]
    assert any(m.value.startswith("**woman**：女，80 岁") for m in app.markdown)


def test_what_an_earlier_version_wrote_is_said_too(answered: Records) -> None:
    """Its decision and its notice stand in no sentence of this version."""
    (one,) = saved_assessments(answered, "P-1")
    assert one.document is not None
    earlier = one.document.model_copy(
        update={"notice": "Research software, not a medical device. DXA decides, not a photo."}
    )
    app = AppTest.from_function(
        shown_again, args=(replace(one, decision=FORMER_DECISIONS[0], document=earlier),)
    )
    app.session_state[LANGUAGE] = "zh"
    app.run()
    assert "Dr. Li 的决定：常规：健康教育与随访" in app.text[0].value
    assert "研究用软件，非医疗器械。以 DXA 为准，不以照片为准。" in app.caption[-1].value


def test_the_result_in_short(records: Records) -> None:
    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    (one,) = saved_assessments(records, "P-1")
    assert result_in_short(one) == "most probable osteopenia"
    hidden = one.facts.referral.model_copy(update={"class_headline_shown": False})
    facts = one.facts.model_copy(update={"referral": hidden})
    assert result_in_short(replace(one, facts=facts)) == "no class named"
    nothing = one.facts.model_copy(update={"probabilities": None})
    assert result_in_short(replace(one, facts=nothing)) == "no result of a photo"


def test_how_old_the_face_looked_then_is_said_quietly(
    records: Records, tiny_bundle: Bundle, astronaut_photo: Photo
) -> None:
    """One caption, and nothing of it beside result or suggestion."""
    said = document(
        Assessor(tiny_bundle).assess(astronaut_photo, WOMAN, explained=False),
        replace(AGE, photo_sha256=astronaut_photo.sha256),
    )
    visit = Visit(
        patient_id="P-1",
        decision=said.referral.urgency,
        saved_by="Dr. Li",
        consent_by=ConsentBy.PATIENT,
    )
    save(records, said, visit)
    app = AppTest.from_function(drawn).run()
    assert not app.exception
    (line,) = [c for c in app.caption if "How old the face looks" in c.value]
    assert "about 52 years (90% interval 41 to 64)" in line.value
    assert WHAT_IT_IS_NOT in line.value
    assert "A toy." in (line.help or "")
    assert not any("52 years" in m.value for m in app.markdown)


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
