import numpy as np
import pytest

from face2bone.drawn.face.aged import aged_face, draw_people
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.face.twins import TWINS, Twin


@pytest.fixture(scope="module")
def face() -> FaceParameters:
    return aged_face(draw_people(1, 400_014, evenly=True)[0])


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: f"{twin.kind}, {twin.words}")
def test_a_twin_is_the_same_person_drawn_otherwise(twin: Twin, face: FaceParameters) -> None:
    other = twin.change(face)
    assert other != face
    for kept in ("identity", "sex_axis", "age_years", "hair", "backdrop", "texture_seed"):
        assert getattr(other, kept) == getattr(face, kept)
    if twin.kind != "surgery":
        assert other.ageing == face.ageing
    assert twin.change(other) == other or twin.kind in ("make-up", "surgery")


def test_make_up_stays_in_the_face() -> None:
    person = aged_face(draw_people(5, 400_015, evenly=True)[4])
    made_up = TWINS[0].change(person)
    assert made_up.skin.spots <= person.skin.spots
    before, after = (draw_face(p, clean=True).pixels.astype(int) for p in (person, made_up))
    moved = np.abs(after - before).max(axis=2)
    assert moved.max() > 5
    assert moved[:10].max() <= 1  # the backdrop above the head is as it was
