"""The terminal summary: every section, and the notice first."""

from collections.abc import Callable
from dataclasses import replace

from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.bundle.card import DEMO_NOTICE
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.report.assessment.summary import summary


def test_notice_stands_above_every_number(assessment: Assessment) -> None:
    lines = summary(assessment).splitlines()
    assert DEMO_NOTICE in lines[1]
    assert "status: demo" in lines[0]


def test_every_region_concept_and_reason_is_printed(assessment: Assessment) -> None:
    text = summary(assessment)
    for region in FACE_PARTS:
        assert region.label in text
    for reason in assessment.referral.reasons:
        assert reason.text in text
        assert reason.source in text


def test_a_photo_unlike_the_training_faces_is_called_out_of_domain(
    example_assessment: Callable[..., Assessment],
) -> None:
    said = ["OUT OF DOMAIN" in summary(example_assessment(outside=o)) for o in (True, False)]
    assert said == [True, False]


def test_probabilities_are_printed_beside_their_names(
    example_assessment: Callable[..., Assessment],
) -> None:
    text = summary(example_assessment(probabilities=(0.0784, 0.3056, 0.616)))
    lines = dict(line.split()[:2] for line in text.splitlines() if line.endswith("#"))
    assert lines == {"normal": "7.8%", "osteopenia": "30.6%", "osteoporosis": "61.6%"}


def test_where_nothing_was_explained_it_says_so_and_names_no_region(
    assessment: Assessment,
) -> None:
    text = summary(replace(assessment, explanation=Explanation.none()))
    assert NOT_EXPLAINED in text
    assert not any(f"  {region.label:<20}" in text for region in FACE_PARTS)
    assert "What next:" in text
