"""The 21 points: proportions, side, direction, and where the metacarpals begin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.drawn.hand.look import hand_look
from face2bone.drawn.hand.render import _placement
from face2bone.drawn.hand.skeleton import tubes
from face2bone.modalities.hand.points import (
    KNUCKLES,
    finger_proportion,
    hand_length,
    metacarpals,
    quarter_turns,
    thumb_on_the_right,
    well_proportioned,
)
from tests.modalities.hand.conftest import Drawn


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Clockwise on the film."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, s], [-s, c]])


def test_a_drawn_hand_is_well_proportioned(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        assert well_proportioned(one.truth)
        assert finger_proportion(one.truth) == pytest.approx(1.03, abs=0.08)


def test_misplaced_knuckles_are_out_of_proportion(drawn: tuple[Drawn, ...]) -> None:
    points = drawn[0].truth.copy()
    points[list(KNUCKLES)] += 0.25 * (points[0] - points[9])
    assert not well_proportioned(points)


@given(st.floats(0, 360), st.floats(0.2, 5))
def test_side_and_proportion_do_not_depend_on_turn_and_size(degrees: float, scale: float) -> None:
    points = np.random.default_rng(0).normal(size=(21, 2)) * 20
    moved = turned(points, degrees) * scale + 300
    assert thumb_on_the_right(moved) == thumb_on_the_right(points)
    assert finger_proportion(moved) == pytest.approx(finger_proportion(points))
    assert hand_length(moved) == pytest.approx(hand_length(points) * scale)


def test_a_mirror_changes_the_side(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        assert thumb_on_the_right(one.truth) == (one.patient.side == "left")
        assert thumb_on_the_right(one.truth * (-1, 1)) != thumb_on_the_right(one.truth)


@pytest.mark.parametrize(("degrees", "turns"), [(0, 0), (90, 1), (180, 2), (270, 3), (30, 0)])
def test_quarter_turns_set_the_fingers_up(
    degrees: float, turns: int, drawn: tuple[Drawn, ...]
) -> None:
    assert quarter_turns(turned(drawn[0].truth, degrees)) == turns


def test_metacarpals_begin_near_the_true_bases(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        place = _placement(hand_look(one.patient), one.patient.side)
        bones = [t for t in tubes(hand_look(one.patient)) if t.kind == 0][1:]
        bases = [place.pixels({"base": t.base}, one.film.spacing_mm)["base"] for t in bones]
        guessed = metacarpals(one.truth)
        assert np.hypot(*(guessed[:, 0] - bases).T).max() * one.film.spacing_mm < 16
        np.testing.assert_array_equal(guessed[:, 1], one.truth[list(KNUCKLES)])
