"""Drawing parameters: plausible, reproducible, and blind to the ageing that is planted."""

from dataclasses import FrozenInstanceError, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.drawn.face.description import HairStyle
from face2bone.drawn.face.identity import FAT_SHIFT, IDENTITY_NAMES, SEX_SHIFT
from face2bone.drawn.face.parameters import Ageing, FaceParameters, draw_parameters
from face2bone.patient import Sex

YOUNG = Ageing()
OLD = Ageing(6.0, 5.0, 4.0, 6.0, 5.0, 1.2)


def draw(seed: int, sex: Sex = Sex.FEMALE, age: float = 66.0, adiposity: float = 0.0,
         ageing: Ageing = YOUNG) -> FaceParameters:  # fmt: skip
    return draw_parameters(np.random.default_rng(seed), sex, age, adiposity, ageing)


@cache
def people(sex: Sex, adiposity: float = 0.0, age: float = 60.0) -> tuple[FaceParameters, ...]:
    return tuple(draw(seed, sex, age, adiposity) for seed in range(200))


def mean_coefficient(name: str, sex: Sex, adiposity: float = 0.0) -> float:
    return float(np.mean([p.coefficient(name) for p in people(sex, adiposity)]))


@given(seed=st.integers(0, 10_000), sex=st.sampled_from(Sex), age=st.floats(20, 95))
@settings(max_examples=25)
def test_nothing_but_the_ageing_itself_depends_on_the_ageing(
    seed: int, sex: Sex, age: float
) -> None:
    young, old = draw(seed, sex, age, ageing=YOUNG), draw(seed, sex, age, ageing=OLD)
    assert replace(old, ageing=YOUNG) == young


def test_the_same_seed_draws_the_same_face() -> None:
    assert draw(5) == draw(5)
    assert draw(5) != draw(6)


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        draw(1).sex_axis = 0.0  # type: ignore[misc]


def test_every_identity_coefficient_has_a_name() -> None:
    p = draw(2)
    assert len(p.identity) == len(IDENTITY_NAMES) == len(set(IDENTITY_NAMES))
    assert p.coefficient("neck") == p.identity[IDENTITY_NAMES.index("neck")]


@pytest.mark.parametrize("name", sorted(SEX_SHIFT))
def test_the_sexes_differ_along_the_sex_axis(name: str) -> None:
    difference = mean_coefficient(name, Sex.MALE) - mean_coefficient(name, Sex.FEMALE)
    assert np.sign(difference) == np.sign(SEX_SHIFT[name])
    assert draw(3, Sex.MALE).sex_axis > 0 > draw(3, Sex.FEMALE).sex_axis


@pytest.mark.parametrize("name", sorted(FAT_SHIFT))
def test_body_mass_fills_the_face(name: str) -> None:
    assert mean_coefficient(name, Sex.FEMALE, 1.5) > mean_coefficient(name, Sex.FEMALE, -1.5) + 0.4


def test_hair_turns_grey_with_age_but_not_like_clockwork() -> None:
    grey = {
        age: np.array([p.hair.grey for p in people(Sex.MALE, age=age)])
        for age in (35.0, 60.0, 85.0)
    }
    assert grey[35.0].mean() < 0.1 < grey[60.0].mean() < grey[85.0].mean()
    assert grey[60.0].std() > 0.15


def test_skin_spots_come_with_age() -> None:
    young, old = ([p.skin.spots for p in people(Sex.MALE, age=a)] for a in (35.0, 85.0))
    assert np.mean(old) > np.mean(young) + 0.4


def test_beards_and_bald_heads_are_men() -> None:
    women = [p.hair for p in people(Sex.FEMALE)]
    men = [p.hair for p in people(Sex.MALE)]
    assert all(h.beard == 0 and h.style is not HairStyle.BALD for h in women)
    assert any(h.beard > 0.3 for h in men)
    assert any(h.style is HairStyle.BALD for h in men)


def test_pose_stays_near_frontal() -> None:
    poses = [p.pose for p in people(Sex.FEMALE)]
    assert max(abs(p.yaw) for p in poses) <= np.deg2rad(12)
    assert max(abs(p.pitch) for p in poses) <= np.deg2rad(10)
    assert max(abs(p.roll) for p in poses) <= np.deg2rad(8)
