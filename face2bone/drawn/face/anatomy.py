"""Where things are on the generic head, in millimetres of the head frame.

One place for the positions shared by shape, skin and ageing, so that a fold is painted
where it is also carved.
"""

import numpy as np

from face2bone.drawn.face.numerics import Array, step

EYE_X = 32.0  # half the distance between the pupils; pupils at y = 0
MOUTH_Y = 68.0  # line between the lips
MOUTH_HALF_WIDTH = 25.0
NOSTRIL = (6.8, 45.8)
TEMPLE = (57.0, -20.0)


def nasolabial_x(y: Array) -> Array:
    """x of the nasolabial fold at height y: from beside the ala to beside the mouth corner."""
    below = np.clip(np.asarray(y, float) - 40, 0, None)
    x: Array = 19.5 + (y - 40) * 0.40 + 0.001 * below * below
    return x


def nasolabial_extent(y: Array) -> Array:
    """1 along the fold, fading to 0 above the ala and below the mouth corner."""
    result: Array = step(33, 42, y) * (1 - step(70, 82, y))
    return result


def marionette_x(y: Array) -> Array:
    """x of the marionette line at height y: from the mouth corner down to the prejowl notch."""
    return 27.5 + 0.13 * (y - 72)


def marionette_extent(y: Array) -> Array:
    """1 along the marionette line, fading out at the mouth corner and above the jaw line."""
    result: Array = step(72, 79, y) * (1 - step(87, 99, y))
    return result


def temple_hollow(x: Array, y: Array, z: Array) -> Array:
    """The temporal fossa, 0..1: bounded by the temporal line in front, fading to the hair.

    The front border is steep because the crest of the temporal line is what shows a hollow
    temple from the front.
    """
    x0, y0 = TEMPLE
    across = np.abs(x) - (x0 - 0.16 * (y - y0))
    border = step(-11.5, -1.0, across) * (1 - step(2.0, 17.0, across))
    height = np.exp(-0.5 * np.abs((y - y0) / 13.0) ** 2.2)
    result: Array = border * height * step(-100, -60, z)
    return result
