"""The hand demonstration bundle that ships: small, drawn, and never behind a referral."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from face2bone.bundle import Bundle, load_bundle
from face2bone.cli import app
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.film.write import png_bytes
from face2bone.drawn.hand import HAND, draw_hand
from face2bone.drawn.hand.kind import GENERATOR_VERSION
from face2bone.drawn.worlds import World
from tests.conftest import ROOT

FOLDER = ROOT / "models" / "hand-demo"
MEGABYTES = 30


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(FOLDER)


def test_it_is_a_small_demonstration_of_this_study(bundle: Bundle) -> None:
    card = bundle.card
    assert (card.study, card.status) == ("osteoai", "demo")
    assert card.generator_version == GENERATOR_VERSION
    assert "no real person" in card.cohort
    assert [covariate.name for covariate in card.covariates] == ["age_years", "sex"]
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MEGABYTES * 1e6


def test_a_drawn_film_is_assessed_and_changes_no_suggestion(tmp_path: Path) -> None:
    patient = draw_film_cohort(HAND.model, 1, World.PLANTED, 400_620)[0]
    film = tmp_path / "film.png"
    film.write_bytes(png_bytes(draw_hand(patient)))
    person = patient.patient
    given = {
        "--age": person.age_years,
        "--sex": person.sex.value,
        "--height": person.height_cm,
        "--weight": person.weight_kg,
        "--bundle": FOLDER,
        "--out": tmp_path / "out",
    }
    words = [str(word) for pair in given.items() for word in pair]
    done = CliRunner().invoke(app, ["assess", str(film), *words, "--no-explanation"])
    assert done.exit_code == 0, done.output
    assert "never drives a referral" in done.output
    assert done.output.count("bone age") == done.output.count("nor a bone age") == 1
    kept = json.loads((tmp_path / "out" / "assessment.json").read_text("utf-8"))
    assert kept["bundle"]["status"] == "demo"
    assert kept["study"] == "osteoai"
