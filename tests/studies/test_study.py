"""The studies: five, of which two are ready and two stand apart, and what the others refuse."""

import pytest
import typer.main

from face2bone.choices import FIRST_STUDY
from face2bone.cli import app
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.film.write import png_bytes
from face2bone.drawn.hand import HAND, draw_hand
from face2bone.drawn.worlds import World
from face2bone.errors import PhotoError, RadiographError, StudyError
from face2bone.explain.baselines import BASELINES
from face2bone.modalities.photo import Photo
from face2bone.modalities.radiograph import Radiograph
from face2bone.nn.registry import NETWORKS
from face2bone.studies import STUDIES, Study, read_picture, study_named
from tests.conftest import ROOT

LATER = Study(
    id="later", title="Later", pictures="films", outcome="a class", covariates=(), guards=()
)
APART = ("face_age", "face_survival")
READY = [study for study in STUDIES.values() if study.status == "ready"]


def test_there_are_five_and_three_are_ready() -> None:
    assert list(STUDIES) == [FIRST_STUDY, "bone_net", "osteoai", "face_age", "face_survival"]
    assert [study.id for study in READY] == [FIRST_STUDY, "bone_net", "osteoai"]
    assert all(study_named(name).id == name for name in STUDIES)


def test_a_planned_study_refuses_to_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STUDIES, LATER.id, LATER)
    assert LATER.status == "planned"
    with pytest.raises(StudyError, match="later is planned and has no model yet: nothing can"):
        study_named("later").ready()
    with pytest.raises(StudyError):
        read_picture(b"", "later")


@pytest.mark.parametrize("name", APART)
def test_a_study_that_stands_apart_names_its_own_commands(name: str) -> None:
    study = study_named(name)
    assert study.status == "apart"
    with pytest.raises(StudyError, match=rf"{name} has commands of its own\. Use face2bone "):
        study.ready()
    commands = getattr(typer.main.get_command(app), "commands", {})
    assert set(study.commands) <= set(commands)


def test_drawn_patients_are_asked_of_every_study_in_one_way() -> None:
    assert study_named(FIRST_STUDY).drawn().worlds == study_named(FIRST_STUDY).ready().worlds
    assert study_named("face_survival").drawn().worlds == ("planted", "null", "censored")
    with pytest.raises(StudyError):
        LATER.drawn()


def test_a_hand_is_read_as_a_film() -> None:
    film = draw_hand(draw_film_cohort(HAND.model, 1, World.PLANTED, 400_610)[0])
    assert isinstance(read_picture(png_bytes(film), "osteoai"), Radiograph)
    with pytest.raises(RadiographError):
        read_picture(b"no film", "osteoai")


def test_an_unknown_study_is_refused_with_those_there_are() -> None:
    with pytest.raises(StudyError, match=r"no study called 'knee'\. Choose one of face2bone, bone"):
        study_named("knee")


@pytest.mark.parametrize("study", READY, ids=lambda study: study.id)
def test_a_ready_study_has_a_network_worlds_and_parts(study: object) -> None:
    tools = study_named(getattr(study, "id")).ready()  # noqa: B009
    assert tools.architecture in NETWORKS
    assert set(tools.baselines) <= set(BASELINES)
    assert tools.worlds
    assert len({part.id for part in tools.modality.parts}) == len(tools.modality.parts) <= 12


def test_a_picture_of_a_face_shows_an_age_and_a_film_does_not() -> None:
    shows = {study.id: study.ready().modality.shows_age for study in READY}
    assert shows == {FIRST_STUDY: True, "bone_net": False, "osteoai": False}


def test_a_study_shows_a_bad_picture_that_it_would_refuse() -> None:
    shown = [study for study in READY if study.ready().examples is not None]
    assert [study.id for study in shown] == [FIRST_STUDY]
    for study in shown:
        tools = study.ready()
        (found, *_) = tools.modality.prepare(tools.modality.read(tools.examples.bad()))
        assert found.quality.status == "reject"


def test_a_picture_is_read_as_the_study_reads_it() -> None:
    data = (ROOT / "docs/images/drawn-faces.jpg").read_bytes()
    assert isinstance(read_picture(data), Photo)
    with pytest.raises(PhotoError):
        read_picture(b"no picture")


def test_every_study_is_in_the_documents_with_its_status() -> None:
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs/start/studies.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert [row[:2] for row in rows] == [[s.id, s.status] for s in STUDIES.values()]
