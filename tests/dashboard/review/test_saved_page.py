"""What is said of a saved assessment is what its document says."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.apparent_age import WHAT_IT_IS_NOT
from face2bone.assess import Assessor
from face2bone.assessment import AnswersOnly
from face2bone.bundle import Bundle
from face2bone.clinical.frax import FraxResult
from face2bone.dashboard.common.language import LANGUAGE
from face2bone.dashboard.review.saved_page import result_in_short
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient, RedFlag, Sex
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
