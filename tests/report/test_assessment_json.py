"""The JSON document: complete, validated, versioned, and without the photo."""

import base64
import json

import numpy as np
import pytest
from pydantic import ValidationError

from face2bone.assess import Assessment
from face2bone.face import REGIONS
from face2bone.report.assessment_json import (
    DEMO_NOTICE,
    SCHEMA_VERSION,
    AssessmentDocument,
    document,
    notice_of,
    to_json,
)


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
    assert [r.region for r in parts.regions[0].regions] == [r.value for r in REGIONS]
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
    crop = assessment.located.aligned.crop
    assert base64.b64encode(crop.tobytes()[:300]).decode() not in text
    assert len(text) < 40_000


def test_every_demo_document_carries_the_notice(assessment: Assessment) -> None:
    assert document(assessment).notice == DEMO_NOTICE
    assert notice_of("research") != DEMO_NOTICE


def test_an_unknown_field_is_refused(assessment: Assessment) -> None:
    data = json.loads(to_json(assessment)) | {"diagnosis": "osteoporosis"}
    with pytest.raises(ValidationError, match="diagnosis"):
        AssessmentDocument.model_validate(data)


def test_every_reason_has_its_source(assessment: Assessment) -> None:
    reasons = document(assessment).referral.reasons
    assert reasons
    assert all(reason.source for reason in reasons)
