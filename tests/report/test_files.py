"""Files of an assessment: all of them, whole, and nothing else."""

from pathlib import Path

from face2bone.assess import Assessment
from face2bone.report.files import write_assessment


def test_four_files_and_no_leftovers(assessment: Assessment, tmp_path: Path) -> None:
    written = write_assessment(assessment, tmp_path / "deep" / "folder")
    assert {p.name for p in written} == {p.name for p in (tmp_path / "deep" / "folder").iterdir()}
    assert {p.name for p in written} == {
        "assessment.json",
        "crop.png",
        "regions.png",
        "concepts.png",
    }


def test_a_second_assessment_replaces_the_first(assessment: Assessment, tmp_path: Path) -> None:
    first = {p: p.read_bytes() for p in write_assessment(assessment, tmp_path)}
    assert {p: p.read_bytes() for p in write_assessment(assessment, tmp_path)} == first
