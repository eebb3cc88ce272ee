"""The knee's solids: outlines where they belong, a cortex of the thickness that was asked for."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.knee.anatomy import (
    CORTEX_LEVEL_FEMUR,
    KneeValues,
    condyle_end,
    cortical_index,
    femur,
    femur_walls,
    landmarks,
    plateau_end,
    tibia,
)
from face2bone.drawn.knee.look import KneeLook, knee_look
from face2bone.drawn.knee.render import knee_values
from face2bone.drawn.knee.values import KNEE_VALUES
from face2bone.drawn.worlds import World

X = np.linspace(-60, 60, 1_201, dtype=np.float32)[None]
Y = np.linspace(-95, 95, 381, dtype=np.float32)[:, None]


@pytest.fixture(scope="module")
def patient() -> FilmPatient:
    return draw_film_cohort(KNEE_VALUES, 1, World.PLANTED, 400_330)[0]


@pytest.fixture(scope="module")
def values(patient: FilmPatient) -> KneeValues:
    return knee_values(patient)


@pytest.fixture(scope="module")
def look(patient: FilmPatient) -> KneeLook:
    return knee_look(patient)


def test_the_joint_space_lies_between_the_bones(values: KneeValues, look: KneeLook) -> None:
    at = np.array([[-20.0, 20.0]], np.float32)
    gap = plateau_end(at, values, look) - condyle_end(at, values, look)
    assert (gap > values.joint_space - 0.5).all()
    assert (gap < values.joint_space + 2.5).all()
    wider = replace(values, joint_space=values.joint_space + 1.0)
    assert plateau_end(at, wider, look) - condyle_end(at, wider, look) - gap == pytest.approx(1.0)


def test_condyles_are_round_with_a_notch_between(values: KneeValues, look: KneeLook) -> None:
    lower = condyle_end(X, values, look)[0]
    x = X[0]
    assert lower[np.abs(x) < 2].max() < lower[np.abs(np.abs(x) - 22) < 2].min() - 8
    assert lower[np.abs(x) > 41 * look.flare].max() < lower.max() - 8
    assert np.abs(np.diff(lower)).max() < 2.5  # no step


def test_the_wall_of_the_shaft_is_as_thick_as_asked(values: KneeValues, look: KneeLook) -> None:
    """Measured on the ray paths as an instrument would: the outline to the longest path."""
    level = np.array([[CORTEX_LEVEL_FEMUR]], np.float32)
    bone = femur(X, level, values, look)
    path = bone.cortex[0]
    inside = np.flatnonzero(path > 0)
    half = len(inside) // 2
    wall = 0.1 * np.argmax(path[inside][:half])
    assert wall == pytest.approx(float(femur_walls(level, values, look)[2].item()), abs=0.25)
    width = 0.1 * (inside[-1] - inside[0])
    assert cortical_index(values, look)["femur"] == pytest.approx(2 * wall / width, abs=0.03)


def test_more_cortex_is_a_larger_index_of_that_bone_alone(
    values: KneeValues, look: KneeLook
) -> None:
    base = cortical_index(values, look)
    thicker = cortical_index(replace(values, tibial_cortex=values.tibial_cortex + 0.5), look)
    assert thicker["tibia"] > base["tibia"]
    assert thicker["femur"] == base["femur"]


def test_the_joint_space_moves_no_wall(values: KneeValues, look: KneeLook) -> None:
    wider = replace(values, joint_space=values.joint_space + 1.0)
    for draw, rows in ((femur, Y[:, 0] < -40), (tibia, Y[:, 0] > 30)):
        same, moved = draw(X, Y, values, look), draw(X, Y, wider, look)
        assert np.array_equal(same.whole[rows], moved.whole[rows])
        assert not np.array_equal(same.whole, moved.whole)


def test_landmarks_lie_on_the_outline(values: KneeValues, look: KneeLook) -> None:
    shown = femur(X, Y, values, look).shown
    for name in ("epicondyle_medial", "epicondyle_lateral"):
        x, y = landmarks(values, look)[name]
        row, column = np.argmin(np.abs(Y - y)), np.argmin(np.abs(X - x))
        assert shown[row, column - 12 : column + 13].any()
        assert not shown[row, column - 12 : column + 13].all()


def test_a_marrow_is_never_wider_than_its_bone(values: KneeValues, look: KneeLook) -> None:
    for bone in (femur(X, Y, values, look), tibia(X, Y, values, look)):
        assert (bone.cortex >= 0).all()
        assert bone.cortex.max() > 5
