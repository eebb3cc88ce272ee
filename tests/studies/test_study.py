"""The studies: five, of which one is ready, and what a planned one refuses."""

import pytest

from face2bone.assess import BASELINES
from face2bone.cohort.manifest import FIRST_STUDY
from face2bone.errors import PhotoError, StudyError
from face2bone.modalities.photo import Photo
from face2bone.nn.registry import NETWORKS
from face2bone.studies import STUDIES, read_picture, study_named
from tests.conftest import ROOT

PLANNED = ("bone_net", "osteoai", "face_age", "face_survival")
READY = [study for study in STUDIES.values() if study.status == "ready"]


def test_there_are_five_and_only_the_first_is_ready() -> None:
    assert list(STUDIES) == [FIRST_STUDY, *PLANNED]
    assert [study.id for study in READY] == [FIRST_STUDY]
    assert all(study_named(name).id == name for name in STUDIES)


@pytest.mark.parametrize("name", PLANNED)
def test_a_planned_study_refuses_to_be_used(name: str) -> None:
    with pytest.raises(StudyError, match=rf"{name} is planned and has no model yet: nothing can"):
        study_named(name).ready()
    with pytest.raises(StudyError):
        read_picture(b"", name)


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
