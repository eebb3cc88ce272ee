from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from face2bone.cohort.synthetic.parameters import AGEING_NAMES, Ageing, draw_parameters
from face2bone.patient import Sex
from face2bone.training.traits import TRAITS, face_traits

AGED = Ageing(6.0, 5.0, 6.0, 5.0, 6.0, 1.2)


def test_no_trait_is_an_ageing_parameter() -> None:
    """Pretraining must not be taught what the bundle is tested on."""
    ageing = {field.name for field in fields(Ageing)}
    assert ageing == set(AGEING_NAMES)
    assert not ageing & set(TRAITS)
    assert not any(trait.split(".")[0] == "ageing" for trait in TRAITS)
    assert not ageing & {trait.split(".")[-1] for trait in TRAITS}


def test_traits_do_not_depend_on_the_ageing() -> None:
    face = draw_parameters(np.random.default_rng(1), Sex.FEMALE, 70.0, 0.3, Ageing())
    aged = replace(face, ageing=AGED)
    np.testing.assert_array_equal(face_traits(face), face_traits(aged))


def test_traits_follow_their_names() -> None:
    face = draw_parameters(np.random.default_rng(2), Sex.MALE, 61.5, -0.4, AGED)
    named = dict(zip(TRAITS, face_traits(face).tolist(), strict=True))
    assert named["age_years"] == 61.5
    assert named["sex_axis"] == np.float32(face.sex_axis)
    assert named["skin.melanin"] == np.float32(face.skin.melanin)
    assert named["light.azimuth"] == np.float32(face.light.azimuth)
    first = next(iter(named))
    assert named[first] == np.float32(face.coefficient(first.removeprefix("identity.")))
    assert len(named) == len(TRAITS)
