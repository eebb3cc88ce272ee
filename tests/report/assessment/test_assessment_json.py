"""The JSON document: complete, validated, versioned, and without the photo."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from face2bone.assess import AnswersOnly, Assessment
from face2bone.bundle import Bundle
from face2bone.bundle.card import DEMO_NOTICE, notice_of
from face2bone.clinical.frax import FraxResult
from face2bone.history import Condition, Fracture, FractureSite, History, SiteScores, Smoking
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.quality import QualityCheck, QualityVerdict
from face2bone.report.assessment.assessment_json import document, to_json
from face2bone.report.assessment.document import SCHEMA_VERSION, AssessmentDocument, read_document


def test_document_round_trips_through_its_own_schema(assessment: Assessment) -> None:
    text = to_json(assessment)
    assert AssessmentDocument.model_validate_json(text) == document(assessment)
    assert json.loads(text)["schema_version"] == SCHEMA_VERSION


def test_numbers_are_the_models(assessment: Assessment) -> None:
    parts = document(assessment)
    p = parts.probabilities
    np.testing.assert_allclose(
        [p.normal, p.osteopenia, p.osteoporosis], assessment.prediction.probabilities, atol=1e-6
    )
    assert [r.region for r in parts.regions[0].regions] == [r.id for r in FACE_PARTS]
    assert len(parts.concepts) == len(assessment.explanation.concepts.names)


def test_region_values_still_add_up_after_rounding(assessment: Assessment) -> None:
    for game in document(assessment).regions:
        for name in ("normal", "osteopenia", "osteoporosis"):
            total = sum(getattr(r.values, name) for r in game.regions)
            assert total == pytest.approx(
                getattr(game.full, name) - getattr(game.base, name), abs=2e-4
            )


def test_no_picture_travels_in_the_json(assessment: Assessment) -> None:
    text = to_json(assessment)
    crop = assessment.located.aligned.pixels
    assert base64.b64encode(crop.tobytes()[:300]).decode() not in text
    assert len(text) < 40_000


def test_every_demo_document_carries_the_notice(assessment: Assessment) -> None:
    assert document(assessment).notice == DEMO_NOTICE
    assert notice_of("research") != DEMO_NOTICE


def test_the_engine_and_its_precision_are_told(assessment: Assessment) -> None:
    engine = document(assessment).engine
    assert engine == assessment.prediction.engine
    assert engine.endswith(" f32")


def test_a_document_of_schema_1_1_is_read(assessment: Assessment) -> None:
    data = json.loads(to_json(assessment)) | {"schema_version": "1.1"}
    del data["engine"]
    assert AssessmentDocument.model_validate(data).engine == ""


def test_an_unknown_field_is_refused(assessment: Assessment) -> None:
    data = json.loads(to_json(assessment)) | {"diagnosis": "osteoporosis"}
    with pytest.raises(ValidationError, match="diagnosis"):
        AssessmentDocument.model_validate(data)


def test_every_reason_has_its_source(assessment: Assessment) -> None:
    reasons = document(assessment).referral.reasons
    assert reasons
    assert all(reason.source and reason.version for reason in reasons)


def test_base_rates_are_the_cards(assessment: Assessment, demo_bundle: Bundle) -> None:
    bundle = document(assessment).bundle
    fractions = bundle.class_fractions
    np.testing.assert_allclose(
        [fractions.normal, fractions.osteopenia, fractions.osteoporosis],
        demo_bundle.card.class_fractions,
        atol=1e-6,
    )
    assert bundle.measured_patients == demo_bundle.reliability.counts.sum()
    assert bundle.cohort == demo_bundle.card.cohort


def test_every_instrument_is_there_with_a_value_or_why_not(assessment: Assessment) -> None:
    scores = document(assessment).scores
    assert [s.instrument for s in scores] == [
        s.instrument.value for s in assessment.referral.situation.scores
    ]
    for score in scores:
        assert (score.value is not None) or score.not_applicable or score.missing


def test_a_frax_result_travels_with_the_suggestion(assessment: Assessment) -> None:
    situation = replace(assessment.referral.situation, frax=FraxResult(15.0, 2.9, with_bmd=False))
    referral = replace(assessment.referral, situation=situation)
    frax = document(replace(assessment, referral=referral)).frax
    assert frax is not None
    assert (frax.major_percent, frax.hip_percent, frax.with_bmd) == (15.0, 2.9, False)
    assert document(assessment).frax is None


def test_only_answered_questions_are_in_the_history(assessment: Assessment) -> None:
    assert document(assessment).patient.history == {}
    history = History(
        smoking=Smoking.FORMER,
        fractures=(Fracture(FractureSite.WRIST, 61.0),),
        conditions=frozenset({Condition.RENAL, Condition.ASTHMA_OR_COPD}),
        prescriptions=frozenset(),
        care_home=False,
        t_scores=SiteScores(femoral_neck=-1.5),
    )
    answered = replace(assessment, patient=replace(assessment.patient, history=history))
    assert document(answered).patient.history == {
        "smoking": "former",
        "fractures": [{"site": "wrist", "age_years": 61.0}],
        "conditions": ["asthma_or_copd", "renal"],
        "prescriptions": [],
        "care_home": False,
        "t_scores": {"femoral_neck": -1.5},
    }


def test_answers_without_a_result_are_a_document_that_says_why(answers_only: AnswersOnly) -> None:
    made = document(answers_only)
    assert read_document(to_json(answers_only)) == made
    assert made.no_result == "No face was found."
    assert (made.probabilities, made.out_of_domain, made.quality_status) == (None, None, None)
    assert made.referral.urgency == answers_only.referral.urgency.label
    assert not made.referral.class_headline_shown


def test_a_rejected_photos_checks_are_in_the_document(answers_only: AnswersOnly) -> None:
    check = QualityCheck("sharpness", 0.1, "", 0.5, 0.2, "reject", "The photo is blurred.")
    rejected = replace(answers_only, quality=QualityVerdict((check,), "reject"))
    made = document(rejected)
    assert made.quality_status == "reject"
    assert [part.reason for part in made.quality] == ["The photo is blurred."]
