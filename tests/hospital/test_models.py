"""Which model a picture is for."""

from pathlib import Path

import pytest
from pydicom import dcmread

from face2bone.errors import BundleMissing, ListenError, SubjectNotFound
from face2bone.hospital.header import read_header
from face2bone.hospital.models import Models, load_models
from face2bone.settings import Settings
from tests.hospital.films import blank, film
from tests.modalities.radiograph.films import saved


def without_body_part(data: bytes, tmp_path: Path) -> bytes:
    path = tmp_path / "film.dcm"
    path.write_bytes(data)
    made = dcmread(path)
    del made.BodyPartExamined
    return saved(made)


def test_one_of_each_kind_is_loaded_and_a_folder_without_a_model_left_out(models: Models) -> None:
    assert [one.tools.modality.id for one in models.assessors] == ["knee", "hand", "face"]
    assert models.first.facts.study == "bone_net"


def test_the_sites_own_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing):
        load_models(Settings(bundle=tmp_path / "nothing", other_bundles=()))


@pytest.mark.parametrize("kind", ["knee", "hand"])
def test_a_film_that_does_not_say_what_it_shows_is_looked_at(
    models: Models, kind: str, tmp_path: Path
) -> None:
    data = without_body_part(film(kind, 1), tmp_path)
    found = models.find(data, read_header(data))
    assert found.assessor.tools.modality.id == kind


@pytest.mark.slow
def test_what_shows_neither_is_said_so(models: Models, tmp_path: Path) -> None:
    data = blank(BodyPartExamined=None)
    with pytest.raises(SubjectNotFound, match="Neither a knee nor a hand"):
        models.find(data, read_header(data))
    data = blank()
    with pytest.raises(SubjectNotFound, match="knee"):
        models.find(data, read_header(data))


def test_without_a_model_of_its_kind_it_is_said_what_to_do(models: Models) -> None:
    data = film("hand")
    with pytest.raises(ListenError, match="FACE2BONE_OTHER_BUNDLES"):
        Models(models.assessors[:1]).find(data, read_header(data))
