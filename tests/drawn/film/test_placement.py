"""From an anatomy's millimetres to pixels: origin, turn, size and mirror."""

import pytest

from face2bone.drawn.film.placement import Placement, mirror_of

POINTS = {"origin": (0.0, 0.0), "across": (10.0, 0.0), "down": (0.0, 10.0)}


def test_the_origin_is_where_it_was_put() -> None:
    found = Placement(30.0, 40.0, 1.1, 7.0, -1.0).pixels(POINTS, 0.5)
    assert found["origin"] == pytest.approx((59.5, 79.5))


def test_size_mirror_and_a_quarter_turn() -> None:
    plain = Placement(0.0, 0.0, 2.0, 0.0, 1.0).pixels(POINTS, 1.0)
    assert plain["across"] == pytest.approx((19.5, -0.5))
    mirrored = Placement(0.0, 0.0, 1.0, 0.0, -1.0).pixels(POINTS, 1.0)
    assert mirrored["across"] == pytest.approx((-10.5, -0.5))
    turned = Placement(0.0, 0.0, 1.0, 90.0, 1.0).pixels(POINTS, 1.0)
    assert turned["across"] == pytest.approx((-0.5, 9.5))
    assert turned["down"] == pytest.approx((-10.5, -0.5))


def test_only_the_other_side_is_mirrored() -> None:
    assert (mirror_of("left", "left"), mirror_of("right", "left")) == (1.0, -1.0)
