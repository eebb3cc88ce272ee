"""The JSON document: complete, validated, versioned, and without the photo."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from face2bone.assessment import AnswersOnly, Assessment
from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.bundle.card import DEMO_NOTICE, notice_of
from face2bone.clinical.frax import FraxResult
from face2bone.errors import DocumentInvalid
from face2bone.history import Condition, Fracture, FractureSite, History, SiteScores, Smoking
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.quality import QualityCheck, QualityVerdict
from face2bone.report.apparent_age import age_part
from face2bone.report.assessment.assessment_json import document, to_json
from face2bone.report.assessment.document import SCHEMA_VERSION, AssessmentDocument, read_document
from tests.report.apparent_ages import AGE


def test_document_round_trips_through_its_own_schema(assessment: Assessment) -> None:
    text = to_json(assessment)
    assert AssessmentDocument.model_validate_json(text) == document(assessment)
    assert json.loads(text)["schema_version"] == SCHEMA_VERSION


def test_numbers_are_the_models(assessment: Assessment) -> None:
    parts = document(assessment)
    p = parts.probabilities
    np.testing.assert_allclose(
        [p[name] for name in parts.classes], assessment.prediction.probabilities, atol=1e-6
    )
    assert list(parts.regions[0].values) == [part.id for part in FACE_PARTS]
    assert [(part.id, part.label, part.side) for part in parts.parts[1:3]] == [
        ("periorbital_left", "left periorbital", "left"),
        ("periorbital_right", "right periorbital", "right"),
    ]
    assert len(parts.concepts) == len(assessment.explanation.concepts.names)


def test_region_values_still_add_up_after_rounding(assessment: Assessment) -> None:
    for game in document(assessment).regions:
        for name in ("normal", "osteopenia", "osteoporosis"):
            total = sum(values[name] for values in game.values.values())
            assert total == pytest.approx(game.full[name] - game.base[name], abs=2e-4)


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
        [fractions[name] for name in CLASS_LABELS],
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
    check = QualityCheck(
        "sharpness", "Sharpness", 0.1, "", 0.5, 0.2, "reject", "The photo is blurred."
    )
    rejected = replace(answers_only, quality=QualityVerdict((check,), "reject"))
    made = document(rejected)
    assert made.quality_status == "reject"
    assert [part.reason for part in made.quality] == ["The photo is blurred."]


def test_an_apparent_age_stands_beside_the_result_and_changes_none_of_it(
    example_assessment: Callable[..., Assessment],
) -> None:
    made = example_assessment()
    told = document(made, AGE)
    assert told.apparent_age is not None
    assert told.apparent_age.bundle.name == "toy"
    assert read_document(to_json(made, AGE)) == told
    plain = document(made)
    assert plain.apparent_age is None
    assert told.model_dump(exclude={"apparent_age", "messages"}) == plain.model_dump(
        exclude={"apparent_age", "messages"}
    )
    assert set(told.messages) > set(plain.messages)


def test_an_age_of_another_photo_or_another_face_in_it_is_refused(
    example_assessment: Callable[..., Assessment], answers_only: AnswersOnly
) -> None:
    made = example_assessment()
    for other in (replace(AGE, photo_sha256="f" * 64), replace(AGE, chosen=2)):
        with pytest.raises(ValueError, match="another photo"):
            document(made, other)
    chosen = replace(made, located=replace(made.located, number=2))
    assert document(chosen, replace(AGE, chosen=2)).apparent_age is not None
    with pytest.raises(ValueError, match="another face"):
        document(chosen, AGE)
    assert document(answers_only, AGE).apparent_age is None


def test_a_document_from_before_is_read_without_one(assessment: Assessment) -> None:
    values = json.loads(to_json(assessment))
    del values["apparent_age"]
    assert read_document(json.dumps(values)) == document(assessment)


def test_no_age_without_a_usable_photo(answers_only: AnswersOnly) -> None:
    values = json.loads(to_json(answers_only))
    values["apparent_age"] = age_part(AGE).model_dump()
    with pytest.raises(DocumentInvalid, match="beside parts of one"):
        read_document(json.dumps(values))
