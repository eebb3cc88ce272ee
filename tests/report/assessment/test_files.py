"""Files of an assessment: all of them, whole, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.report.assessment.document import read_document
from face2bone.report.assessment.files import write_assessment


def test_four_files_and_no_leftovers(assessment: Assessment, tmp_path: Path) -> None:
    written = write_assessment(assessment, tmp_path / "deep" / "folder")
    assert {p.name for p in written} == {p.name for p in (tmp_path / "deep" / "folder").iterdir()}
    assert {p.name for p in written} == {
        "assessment.json",
        "crop.png",
        "regions.png",
        "concepts.png",
    }


@pytest.mark.slow
def test_a_second_assessment_replaces_the_first(assessment: Assessment, tmp_path: Path) -> None:
    first = {p: p.read_bytes() for p in write_assessment(assessment, tmp_path)}
    assert {p: p.read_bytes() for p in write_assessment(assessment, tmp_path)} == first


def test_without_an_explanation_no_picture_of_an_earlier_one_stays(
    assessment: Assessment, tmp_path: Path
) -> None:
    write_assessment(assessment, tmp_path)  # perhaps of another patient
    written = write_assessment(replace(assessment, explanation=Explanation.none()), tmp_path)
    assert {path.name for path in written} == {"crop.png", "assessment.json"}
    assert {path.name for path in tmp_path.iterdir()} == {"crop.png", "assessment.json"}
    document = read_document((tmp_path / "assessment.json").read_bytes())
    assert (document.regions, document.concepts) == ([], [])
    assert document.regions_withheld == NOT_EXPLAINED
    assert document.probabilities["normal"] == round(
        float(assessment.prediction.probabilities[0]), 6
    )
