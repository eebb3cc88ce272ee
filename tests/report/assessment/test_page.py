"""What stands on the report: complete, withheld where it must be, in both languages."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from face2bone.apparent_age import WHAT_IT_IS_NOT, AgeFacts
from face2bone.assessment import AnswersOnly, Assessment
from face2bone.bone import BoneClass
from face2bone.bundle.years_bundle import load_years_bundle
from face2bone.clinical.frax import FraxResult
from face2bone.patient import Patient, RiskFactor, Sex
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument, read_document
from face2bone.report.assessment.page import Heading, page_of
from face2bone.words import UNTRANSLATED, Language, catalogue
from tests.report.apparent_ages import AGE, OUTSIDE
from tests.report.references import by_ultrasound

MODELS = Path(__file__).resolve().parents[3] / "models"
Example = Callable[..., AssessmentDocument]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def test_the_page_is_plain_json(example_document: Example, now: datetime) -> None:
    page = page_of(example_document(), Heading("P-1", now))
    assert json.loads(json.dumps(page)) == page


def test_the_result_stands_beside_its_base_rate(example_document: Example, now: datetime) -> None:
    page = page_of(example_document(), Heading("P-1", now))
    assert [(c["percent"], c["base"]) for c in page["result"]["classes"]] == [
        ("10.0%", "20%"),
        ("30.0%", "50%"),
        ("60.0%", "30%"),
    ]
    assert page["result"]["headline"] == "Prediction set: osteopenia or osteoporosis"
    sure = page_of(example_document(probabilities=(0.0, 0.0, 1.0)), Heading("P-1", now))
    assert [c["percent"] for c in sure["result"]["classes"]] == ["< 0.1%", "< 0.1%", "100.0%"]
    assert page["result"]["people"]["count"] == 60


def test_the_reference_is_named_as_it_was(example_document: Example, now: datetime) -> None:
    for of_model, method in (
        (example_document(), "DXA"),
        (by_ultrasound(example_document()), "ultrasound (QUS)"),
    ):
        page = page_of(of_model, Heading("P-1", now))
        assert f"60 have osteoporosis on {method};" in page["result"]["people"]["text"]


@pytest.mark.parametrize(
    ("facts", "headline"),
    [
        ({"outside": True}, "unlike those"),
        ({"patient": Patient(45.0, Sex.MALE, 175.0, 70.0)}, "not defined for this patient"),
    ],
)
def test_no_number_is_shown_where_no_class_may_be(
    example_document: Example, now: datetime, facts: dict[str, Any], headline: str
) -> None:
    page = page_of(example_document(**facts), Heading("P-1", now))
    assert headline in page["result"]["headline"]
    assert page["result"]["classes"] == []
    assert page["regions"]["rows"] == []


def test_three_possible_classes_are_called_an_abstention(
    example_document: Example, now: datetime
) -> None:
    page = page_of(example_document(prediction_set=tuple(BoneClass)), Heading("P-1", now))
    assert page["result"]["headline"] == "The model abstains: every class remains possible."


def test_every_reason_points_to_its_source(example_document: Example, now: datetime) -> None:
    document = example_document()
    page = page_of(document, Heading("P-1", now))
    for reason, row in zip(document.referral.reasons, page["reasons"], strict=True):
        version, _, mark = row["source"].rpartition(" ")
        assert version == reason.version
        assert f"{mark} {reason.source}" in page["sources"]


def test_scores_without_a_value_stay_out_and_disclaimers_stay_whole(
    example_document: Example, everything: Patient, now: datetime
) -> None:
    document = example_document(patient=everything)
    for language in Language:
        page = page_of(document, Heading("P-1", now, language))
        valued = [score for score in document.scores if score.value is not None]
        assert len(page["scores"]) == len(valued)
        wanted = {" ".join(s.disclaimer.split()) for s in valued if s.disclaimer}
        assert wanted
        assert set(page["disclaimers"]) == wanted


def test_the_crop_is_there_only_when_given(example_document: Example, now: datetime) -> None:
    assert page_of(example_document(), Heading("P-1", now))["crop"] is None
    shown = page_of(example_document(), Heading("P-1", now, crop_png=b"\x89PNG"))["crop"]
    assert bytes(shown["png"]) == b"\x89PNG"


def test_regions_are_ordered_by_size_and_said_in_words(
    example_document: Example, now: datetime
) -> None:
    regions = page_of(example_document(), Heading("P-1", now))["regions"]
    sizes = [abs(row["share"]) for row in regions["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 1.0
    first = regions["rows"][0]
    side = "for" if first["share"] > 0 else "against"
    assert f"Speaking most {side} osteoporosis: {first['name']}" in regions["words"]


@pytest.mark.parametrize("guideline", ["china", "european", "iscd", "nice", "nogg", "us", "uspstf"])
@pytest.mark.parametrize("status", ["demo", "research"])
def test_a_chinese_report_holds_no_untranslated_text(
    example_document: Example, everything: Patient, now: datetime, guideline: str, status: str
) -> None:
    frax = FraxResult(32.0, 12.5, with_bmd=False)
    heading = Heading("P-1", now, Language.CHINESE)
    for patient in (everything, Patient(45.0, Sex.MALE, 175.0, 70.0)):
        document = example_document(patient=patient, guideline=guideline, status=status, frax=frax)
        page = page_of(document, heading)
        assert [text for text in strings(page) if UNTRANSLATED in text] == []
        asked = {ask for score in document.scores for ask in score.missing}
        assert [ask for ask in asked if catalogue(Language.CHINESE).find(ask) is None] == []
        # The file alone says it too: a report may be made of it a year later.
        assert page_of(read_document(document.model_dump_json()), heading) == page


def test_a_text_without_translation_is_marked(example_document: Example, now: datetime) -> None:
    document = example_document()
    new = document.referral.model_copy(update={"actions": ["A sentence nobody translated."]})
    changed = document.model_copy(update={"referral": new})
    page = page_of(changed, Heading("P-1", now, Language.CHINESE))
    assert page["suggestion"]["actions"] == [f"{UNTRANSLATED}A sentence nobody translated."]


def test_without_a_result_the_page_says_why_and_shows_no_number_of_one(
    answers_only: AnswersOnly, now: datetime
) -> None:
    page = page_of(document(answers_only), Heading("P-1", now))
    assert page["result"]["headline"] == "No result: No face was found."
    assert page["result"]["classes"] == []
    assert page["regions"]["rows"] == []
    assert page["suggestion"]["urgency"] == answers_only.referral.urgency.label


def test_a_ticked_fracture_says_why_qfracture_is_left_out(
    example_document: Example, now: datetime
) -> None:
    ticked = frozenset({RiskFactor.FRAGILITY_FRACTURE})
    patient = Patient(66.0, Sex.FEMALE, 160.0, 62.0, risk_factors=ticked)
    page = page_of(example_document(patient=patient), Heading("P-1", now))
    waiting = [line for line in page["waiting"] if "QFracture" in line]
    assert len(waiting) == 2
    assert all("It needs: site and age of each fracture" in line for line in waiting)
    assert not [row for row in page["scores"] if "QFracture" in row["title"]]


def test_how_old_the_face_looks_is_said_with_its_limits_and_changes_nothing_else(
    example_assessment: Callable[..., Assessment], now: datetime
) -> None:
    made, heading = example_assessment(), Heading("P-1", now)
    with_age, without = (page_of(document(made, age), heading) for age in (AGE, None))
    assert without["age"] is None
    assert with_age | {"age": None} == without
    age = with_age["age"]
    assert age["answer"].endswith("toy 1.0.0: about 52 years (90% interval 41 to 64).")
    assert age["gap"].startswith("Age gap: +4 years (-7 to +16)")
    assert age["limits"] == [
        WHAT_IT_IS_NOT,
        "Among 120 people aged 40 to 60 the mean error was 5.5 years (120 toy people).",
        "A toy.",
    ]
    assert age["model"] == f"toy 1.0.0 (research), SHA-256 {'d' * 64}"


def test_no_year_is_said_of_a_photo_unlike_those_it_was_calibrated_on(
    example_assessment: Callable[..., Assessment], now: datetime
) -> None:
    outside = replace(AGE, out_of_domain=OUTSIDE)
    age = page_of(document(example_assessment(), outside), Heading("P-1", now))["age"]
    assert "unlike those the model was calibrated on" in age["answer"]
    assert age["gap"] == ""
    assert not any(str(years) in age["answer"] for years in (52, 41, 64))


@pytest.mark.parametrize("name", ["face-age-public", "face-age-demo"])
def test_an_age_by_a_bundle_that_ships_is_said_in_chinese(
    example_assessment: Callable[..., Assessment], now: datetime, name: str
) -> None:
    facts = AgeFacts.of(load_years_bundle(MODELS / name))
    loose = replace(AGE, facts=facts, is_calibrated=name == "face-age-demo", gap=None)
    written = document(example_assessment(), loose).model_dump_json()
    page = page_of(read_document(written), Heading("P-1", now, Language.CHINESE))
    said = list(strings(page["age"]))
    assert not any(UNTRANSLATED in text for text in said)
    latin = [text for text in page["age"]["limits"] if re.search("[a-z]{3} [a-z]{3}", text)]
    assert latin == []
