"""The terminal summary: every section, and the notice first."""

from dataclasses import replace

from face2bone.assess import Assessment
from face2bone.face import REGIONS
from face2bone.report.assessment_json import DEMO_NOTICE
from face2bone.report.files import NOT_EXPLAINED
from face2bone.report.summary import summary


def test_notice_stands_above_every_number(assessment: Assessment) -> None:
    lines = summary(assessment).splitlines()
    assert DEMO_NOTICE in lines[1]
    assert "status: demo" in lines[0]


def test_every_region_concept_and_reason_is_printed(assessment: Assessment) -> None:
    text = summary(assessment)
    for region in REGIONS:
        assert region.label in text
    for reason in assessment.referral.reasons:
        assert reason.text in text
        assert reason.source in text


def test_probabilities_are_printed_beside_their_names(assessment: Assessment) -> None:
    text = summary(assessment)
    for name, p in zip(
        ("normal", "osteopenia", "osteoporosis"), assessment.prediction.probabilities, strict=True
    ):
        assert f"{name:<13}{p:6.1%}" in text


def test_where_nothing_was_explained_it_says_so_and_names_no_region(
    assessment: Assessment,
) -> None:
    text = summary(replace(assessment, explanation=NOT_EXPLAINED))
    assert "Not explained: regions and concepts were left out, as asked." in text
    assert not any(f"  {region.label:<20}" in text for region in REGIONS)
    assert "What next:" in text
