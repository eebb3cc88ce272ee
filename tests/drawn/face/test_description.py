"""The words a face is described in: complete, in order, and nothing in them to change."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from face2bone.drawn.face.description import (
    AGEING_NAMES,
    Ageing,
    FaceParameters,
    Glasses,
    HairStyle,
)
from face2bone.drawn.face.parameters import draw_parameters
from face2bone.drawn.face.render import draw_face
from face2bone.patient import Sex

Person = Callable[[int], FaceParameters]


def test_ageing_names_are_the_fields_of_ageing_in_order() -> None:
    assert tuple(f.name for f in fields(Ageing)) == AGEING_NAMES


def test_a_face_is_drawn_unaged_unless_told(drawn_person: Person) -> None:
    untold = replace(drawn_person(51), ageing=Ageing())
    zero = replace(untold, ageing=Ageing(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    np.testing.assert_array_equal(draw_face(untold, 160).pixels, draw_face(zero, 160).pixels)


def test_a_face_can_be_a_key_because_nothing_in_it_changes(drawn_person: Person) -> None:
    """Every part takes part in the hash, so that one that could be changed has none."""
    glasses = Glasses(25.0, 20.0, 3.0, 1.2, (20.0, 20.0, 20.0))
    one, same = (replace(drawn_person(52), glasses=glasses) for _ in range(2))
    assert {one: "found"}[same] == "found"
    assert replace(one, glasses=None) not in {one: "found"}


def test_every_named_hair_style_is_worn_by_somebody() -> None:
    """By its name: two names for one value would be one style, which each sex then wears."""
    ageing = Ageing()
    worn = {
        draw_parameters(np.random.default_rng(seed), sex, 60.0, 0.0, ageing).hair.style.name
        for seed in range(100)
        for sex in Sex
    }
    assert worn == set(HairStyle.__members__)
