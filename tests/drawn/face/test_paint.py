"""The texture to paint on."""

import numpy as np

from face2bone.drawn.face.paint import Paint


def test_a_window_is_a_view() -> None:
    paint = Paint.blank()
    window = paint.window(slice(10, 20), slice(30, 40))
    window.albedo *= 0.5
    window.relief += 1
    assert paint.albedo[:, 10:20, 30:40].max() == 0.5
    assert paint.albedo.mean() > 0.99
    assert paint.relief.sum() == 100


def test_a_flipped_window_is_a_mirrored_view() -> None:
    paint = Paint.blank()
    flipped = paint.window(slice(0, 4), slice(0, 4)).flipped()
    flipped.glow[:, 0] = 7
    assert np.all(paint.glow[:4, 3] == 7)
    assert paint.glow.sum() == 28
