"""An explanation that fails its own check leaves no region in any file, and says why."""

import dataclasses
import io
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.drawing.pictures import regions_png
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.face import FACE_PARTS
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import Heading, page_of
from face2bone.report.assessment.pdf import to_pdf
from face2bone.report.assessment.summary import summary
from face2bone.words import UNTRANSLATED, Language

WORTH = np.array([3.0, -1.0, 0.5, 2.0, 0.1, 1.0, -2.0, 4.0, 1.5, 0.25])


def games(assessment: Assessment, *signs: float) -> Assessment:
    """The assessment with one additive game a fill."""
    tables = [all_coalitions(10) @ np.outer(sign * WORTH, np.ones(3)) for sign in signs]
    regions = tuple(
        RegionAttribution(table, fill, FACE_PARTS)
        for table, fill in zip(tables, ("blur", "inpaint"), strict=True)
    )
    explanation = Explanation(regions, assessment.explanation.concepts)
    return dataclasses.replace(assessment, explanation=explanation)


@pytest.fixture
def fails(example_assessment: Callable[[], Assessment]) -> Assessment:
    return games(example_assessment(), 1.0, -1.0)


@pytest.fixture
def holds(example_assessment: Callable[[], Assessment]) -> Assessment:
    return games(example_assessment(), 1.0, 0.5)


def test_the_document_gives_the_reason_instead(fails: Assessment, holds: Assessment) -> None:
    found = document(fails)
    assert found.regions == []
    assert "rank the regions differently" in found.regions_withheld
    assert AssessmentDocument.model_validate_json(found.model_dump_json()) == found
    shown = document(holds)
    assert [game.baseline for game in shown.regions] == ["blur", "inpaint"]
    assert shown.regions_withheld == ""


def test_the_summary_gives_the_reason_instead(fails: Assessment, holds: Assessment) -> None:
    assert "withheld, this explanation fails its own check" in summary(fails)
    assert "nose and lips" not in summary(fails)
    assert "nose and lips" in summary(holds)


@pytest.mark.parametrize("language", list(Language))
def test_the_report_gives_the_reason_in_its_language(
    fails: Assessment, now: datetime, language: Language
) -> None:
    regions = page_of(document(fails), Heading("P-1", now, language=language))["regions"]
    assert regions["rows"] == []
    assert "1.00" in regions["withheld"]
    assert UNTRANSLATED not in regions["withheld"]


def test_the_second_reason_is_translated_too(fails: Assessment, now: datetime) -> None:
    from face2bone.explain.self_check import SelfCheck

    reason = SelfCheck(0.9, 0.8, 0.564).reason
    found = document(fails).model_copy(update={"regions_withheld": reason})
    chinese = page_of(found, Heading("P-1", now, language=Language.CHINESE))["regions"]
    assert UNTRANSLATED not in chinese["withheld"]
    assert "80%" in chinese["withheld"]


def test_the_pdf_holds_the_reason(fails: Assessment, now: datetime) -> None:
    pages = pdfium.PdfDocument(to_pdf(document(fails), Heading("P-1", now)))
    text = " ".join("".join(p.get_textpage().get_text_range() for p in pages).split())
    assert "fails its own check" in text
    assert "Logits" not in text


def test_the_picture_shows_the_face_and_the_reason(fails: Assessment, holds: Assessment) -> None:
    withheld, shown = regions_png(fails, 2), regions_png(holds, 2)
    assert withheld != shown
    with Image.open(io.BytesIO(withheld)) as picture:
        assert picture.width > 500


def test_without_a_second_fill_there_is_no_check(holds: Assessment) -> None:
    alone = dataclasses.replace(holds.explanation, regions=holds.explanation.regions[:1])
    assert alone.self_check(2) is None
    assert alone.withheld(2) == ""
    assert alone.severity_check([]) is None


def test_the_ordered_scale_is_checked_too(fails: Assessment, holds: Assessment) -> None:
    def of_severity(assessment: Assessment) -> Explanation:
        regions = tuple(
            RegionAttribution(g.table * np.array([-1.0, 0.0, 1.0]), g.baseline, FACE_PARTS)
            for g in assessment.explanation.regions
        )
        return dataclasses.replace(assessment.explanation, regions=regions)

    passed, failed = of_severity(holds).severity_check([]), of_severity(fails).severity_check([])
    assert passed is not None
    assert passed.reason is None
    assert failed is not None
    assert failed.reason is not None


@pytest.fixture
def unexplained(example_assessment: Callable[[], Assessment]) -> Assessment:
    return dataclasses.replace(example_assessment(), explanation=Explanation.none())


def test_what_was_not_explained_is_one_sentence_in_the_document(unexplained: Assessment) -> None:
    found = document(unexplained)
    assert (found.regions, found.concepts) == ([], [])
    assert found.regions_withheld == NOT_EXPLAINED
    assert AssessmentDocument.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("language", list(Language))
def test_what_was_not_explained_is_one_sentence_on_the_report(
    unexplained: Assessment, language: Language
) -> None:
    heading = Heading("P-1", datetime(2026, 11, 28, 12).astimezone(), language)
    page = page_of(document(unexplained), heading)
    assert page["regions"]["rows"] == []
    said = page["regions"]["withheld"]
    assert said
    assert UNTRANSLATED not in said
    assert "fails its own check" not in said
    assert to_pdf(document(unexplained), heading).startswith(b"%PDF")
