"""The bundles of films that ship, from a drawn film to pictures, reports and their words."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from face2bone.cli.application import app
from face2bone.studies import study_named
from tests.conftest import ROOT

PATIENT = ["--age", "67", "--sex", "F", "--height", "158", "--weight", "52"]
FIRST_QUESTION = re.compile(r"\bfac(?:e|es|ial)\b|\bphoto(?:s|graph\w*)?\b", re.IGNORECASE)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


FILMS = (
    pytest.param(("bone_net", "knee-demo"), marks=pytest.mark.slow),
    pytest.param(("osteoai", "hand-demo")),
)


@pytest.fixture(scope="module", params=FILMS)
def assessed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    study, bundle = request.param
    folder = tmp_path_factory.mktemp(study)
    draw = study_named(study).ready().draw_cohort
    draw(folder / "drawn", 1, "planted", 900_777, lambda *_: None)
    (film,) = (folder / "drawn" / "films").iterdir()
    out = ["--bundle", str(ROOT / "models" / bundle), "--out", str(folder)]
    return run("assess", str(film), *out, *PATIENT), folder


@pytest.mark.slow
def test_a_film_is_assessed_and_explained(assessed: tuple[str, Path]) -> None:
    said, folder = assessed
    assert "The film changed nothing" in said
    assert FIRST_QUESTION.findall(said) == []
    for name in ("crop.png", "regions.png", "concepts.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    kept = json.loads((folder / "assessment.json").read_text("utf-8"))
    assert len(kept["parts"]) == 10
    assert kept["bundle"]["status"] == "demo"
    assert len(kept["measures"]) == 2
    for measure in kept["measures"]:
        assert (measure["value"] is None) == bool(measure["why_not"])
        assert "T-score" in measure["meaning"]
        assert measure["name"] in said
    assert all(sentence in said for sentence in kept["told"])


@pytest.mark.slow
def test_its_reports_speak_of_films(assessed: tuple[str, Path]) -> None:
    _, folder = assessed
    forms = ["--form", "pdf", "--form", "fhir"]
    run("report", str(folder / "assessment.json"), *forms, "--language", "zh")
    fhir = (folder / "report.fhir.json").read_text("utf-8")
    assert FIRST_QUESTION.findall(fhir) == []
    kept = json.loads((folder / "assessment.json").read_text("utf-8"))
    entries = [entry["resource"] for entry in json.loads(fhir)["entry"]]
    found = {e["code"]["text"]: e for e in entries if e["resourceType"] == "Observation"}
    for measure in kept["measures"]:
        if measure["value"] is None:
            assert measure["name"] not in found
        else:
            quantity = found[measure["name"]]["valueQuantity"]
            assert (quantity["value"], quantity["code"]) == (measure["value"], "1")
            notes = [note["text"] for note in found[measure["name"]]["note"]]
            assert any("T-score" in note for note in notes)
            assert set(kept["told"]) <= set(notes)
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
