"""The terminal summary: every section, and the notice first."""

from collections.abc import Callable
from dataclasses import replace

from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.bundle.card import DEMO_NOTICE
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.qfracture import disclaimer
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.patient import Patient, Sex
from face2bone.report.assessment.summary import WIDTH, scores_text, summary


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


WOMAN = Patient(70, Sex.FEMALE, 160, 60)
TEXT = scores_text(published_scores(WOMAN))


def paragraphs(text: str) -> dict[str, str]:
    return {part.partition(":")[0]: " ".join(part.split()) for part in text.split("\n\n")}


def test_every_instrument_has_a_paragraph_with_its_source() -> None:
    shown = paragraphs(TEXT)
    for score in published_scores(WOMAN):
        assert score.words in shown[score.title]
        assert score.source.citation in shown[score.title]
        assert score.population in shown[score.title]


def test_the_disclaimer_stands_beside_every_qfracture_value() -> None:
    values = [part for title, part in paragraphs(TEXT).items() if title.startswith("QFracture")]
    assert len(values) == 2
    assert all(disclaimer() in part and "counted as no" in part for part in values)
    thin = scores_text(published_scores(Patient(70, Sex.FEMALE, 160, 45)))
    assert "20 to 40 kg/m2" in " ".join(thin.split())
    assert disclaimer() not in " ".join(thin.split())


def test_a_reached_cut_off_says_so() -> None:
    assert "OST, women: -2 points, moderate risk\n  DXA is suggested below 2 (reached)" in TEXT


def test_lines_fit_a_terminal() -> None:
    assert max(map(len, TEXT.splitlines())) <= WIDTH
    assert TEXT.endswith("\n")
