"""Where the folds and hollows run."""

import numpy as np

from face2bone.drawn.face.anatomy import (
    MOUTH_HALF_WIDTH,
    MOUTH_Y,
    TEMPLE,
    marionette_extent,
    marionette_x,
    nasolabial_extent,
    nasolabial_x,
    temple_hollow,
)


def test_the_nasolabial_fold_runs_from_the_wing_to_beside_the_mouth() -> None:
    y = np.array([40.0, 55.0, MOUTH_Y])
    x = nasolabial_x(y)
    assert np.all(np.diff(x) > 0)
    assert 15 < x[0] < MOUTH_HALF_WIDTH < x[-1] < MOUTH_HALF_WIDTH + 10


def test_the_marionette_line_begins_where_the_nasolabial_fold_ends() -> None:
    y = np.linspace(30, 110, 161)
    fold, line = nasolabial_extent(y), marionette_extent(y)
    assert y[fold > 0.5].max() < y[line > 0.5].max()
    assert np.min(np.maximum(fold, line)[(y > 45) & (y < 88)]) > 0.1
    assert marionette_x(np.array(74.0)) > MOUTH_HALF_WIDTH


def test_the_temple_is_a_hollow_on_both_sides_with_a_steep_front() -> None:
    x0, y0 = TEMPLE
    z = np.zeros(1)
    at = lambda x, y: float(temple_hollow(np.array([x]), np.array([y]), z)[0])  # noqa: E731
    assert at(x0, y0) > 0.9
    assert at(-x0, y0) == at(x0, y0)
    assert at(x0 - 12, y0) < 0.02
    assert at(x0 + 9, y0) > 0.2
    assert at(0, y0) == 0
    assert temple_hollow(np.array([x0]), np.array([y0]), np.array([-110.0]))[0] == 0
