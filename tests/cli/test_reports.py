"""The commands report and validate, from files to files."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from face2bone.cli import app
from face2bone.cli.application import EXIT_PHOTO, EXIT_REFUSED

EXAMPLE = Path(__file__).with_name("assessment.json")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def assessment(tmp_path: Path) -> Path:
    path = tmp_path / "assessment.json"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


def test_a_pdf_beside_the_assessment_by_default(run: Run, assessment: Path) -> None:
    code, output = run("report", str(assessment), "--patient-id", "P-0017")
    assert code == 0, output
    assert (assessment.parent / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert {p.name for p in assessment.parent.iterdir()} == {"assessment.json", "report.pdf"}


def test_every_form_in_another_folder(run: Run, assessment: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    forms = [part for form in ("pdf", "fhir", "dicom") for part in ("--form", form)]
    code, output = run("report", str(assessment), "--out", str(out), "--language", "zh", *forms)
    assert code == 0, output
    assert {p.name for p in out.iterdir()} == {"report.pdf", "report.fhir.json", "report.dcm"}
    assert run("validate", str(out / "report.fhir.json"))[0] == 0


def test_a_crop_is_shown_when_given(run: Run, assessment: Path, tmp_path: Path) -> None:
    crop = tmp_path / "crop.png"
    Image.fromarray(np.full((160, 160, 4), 200, np.uint8)).save(crop)
    assert run("report", str(assessment), "--crop", str(crop))[0] == 0
    assert b"/Subtype/Image" in (tmp_path / "report.pdf").read_bytes()


@pytest.mark.parametrize("size", [(64, 64), None])
def test_anything_but_a_crop_is_refused(
    run: Run, assessment: Path, tmp_path: Path, size: tuple[int, int] | None
) -> None:
    crop = tmp_path / "crop.png"
    if size:
        Image.new("RGB", size).save(crop)
    else:
        crop.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    code, output = run("report", str(assessment), "--crop", str(crop))
    assert code == EXIT_PHOTO
    assert "This is no crop" in output


def test_the_example_is_valid(run: Run, assessment: Path) -> None:
    assert run("validate", str(assessment)) == (0, "Valid: an assessment of schema 1.1.\n")


def test_an_invalid_assessment_names_its_field(run: Run, assessment: Path) -> None:
    values = json.loads(assessment.read_text("utf-8"))
    values["probabilities"]["normal"] = 2
    assessment.write_text(json.dumps(values), "utf-8")
    for command in ("validate", "report"):
        code, output = run(command, str(assessment))
        assert code == EXIT_REFUSED
        assert "probabilities.normal" in output


def test_an_invalid_bundle_lists_every_problem(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    condition = {"resourceType": "Condition", "subject": {"reference": "urn:uuid:gone"}}
    entry = {"fullUrl": "urn:uuid:a", "resource": condition}
    values = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    path.write_text(json.dumps(values), "utf-8")
    code, output = run("validate", str(path))
    assert code == EXIT_REFUSED
    assert "Condition has no place" in output
    assert "points outside the bundle" in output


def test_a_missing_file_is_bad_usage(run: Run, tmp_path: Path) -> None:
    for command in ("validate", "report"):
        code, output = run(command, str(tmp_path / "gone.json"))
        assert code != 0
        assert "no readable file" in output
