"""The camera: exposure from parameters, tone curve, noise, JPEG."""

from dataclasses import replace
from inspect import signature

import numpy as np
import pytest

from face2bone.drawn.face.camera import develop, exposure, record
from face2bone.drawn.face.description import Camera, Light
from face2bone.drawn.face.light import light_rig
from face2bone.drawn.face.skin import skin_tone

CAMERA = Camera(scale=0.9, dx=0, dy=0, blur=0.4, noise=0.01, jpeg=85, gain=1.0)
LIGHT = Light(azimuth=0.2, elevation=0.3, key=0.9, ambient=0.5, warmth=0.0)
GREY = np.full((64, 64, 3), 0.2, np.float32)


def test_exposure_never_sees_a_picture() -> None:
    assert list(signature(exposure).parameters) == ["camera", "rig", "skin"]


def test_dim_light_and_dark_skin_are_exposed_longer() -> None:
    rig, dim = light_rig(LIGHT, np.eye(3)), light_rig(replace(LIGHT, key=0.6), np.eye(3))
    light, dark = skin_tone(0.1, 0.0), skin_tone(0.9, 0.0)
    assert exposure(CAMERA, dim, light) > exposure(CAMERA, rig, light)
    assert exposure(CAMERA, rig, dark) > exposure(CAMERA, rig, light)
    doubled = exposure(replace(CAMERA, gain=2.0), rig, light)
    assert doubled == pytest.approx(2 * exposure(CAMERA, rig, light))


def test_the_tone_curve_rises_and_bends() -> None:
    tones = develop(np.linspace(0, 2, 50, dtype=np.float32), 1.0)
    assert np.all(np.diff(tones) > 0)
    assert tones[0] == 0
    assert tones[-1] - tones[-2] < tones[1] - tones[0]


def test_a_clean_record_is_gamma_coded() -> None:
    pixels = record(GREY, CAMERA, None)
    assert pixels.dtype == np.uint8
    assert np.all(pixels == round(255 * 0.2 ** (1 / 2.2)))


def test_noise_depends_on_the_generator_only() -> None:
    one, two = (record(GREY, CAMERA, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    other = record(GREY, CAMERA, np.random.default_rng(4))
    assert np.abs(one.astype(int) - other).max() > 0
    assert 0.3 < one.std() < 8


def test_light_beyond_white_is_clipped() -> None:
    assert record(GREY * 100, CAMERA, None).min() == 255
