"""Bone is found to be bright or dark, or it is said that nobody knows."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.radiograph.film import Levels, Polarity
from face2bone.modalities.radiograph.polarity import SURE, brightness_of_bone, doubt, upright
from tests.modalities.radiograph.films import drawn


def film() -> NDArray[np.float32]:
    return (drawn(16) / 65_535).astype(np.float32)


def framed(pixels: NDArray[np.float32], shade: float) -> NDArray[np.float32]:
    return np.pad(pixels, 30, constant_values=np.float32(shade))


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("scale", [0.8, 3.0])
def test_either_polarity_in_any_window_and_size(gamma: float, scale: float) -> None:
    pixels = np.asarray(cv2.resize(film() ** np.float32(gamma), None, fx=scale, fy=scale))
    assert brightness_of_bone(pixels) > SURE
    assert brightness_of_bone(1 - pixels) < -SURE


def test_an_inverted_film_gives_the_opposite_answer() -> None:
    score = brightness_of_bone(film())
    assert brightness_of_bone(1 - film()) == pytest.approx(-score, abs=0.05)


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_frame_of_either_shade_deceives_nobody(shade: float) -> None:
    """A shutter is black whatever the polarity. Unsure is allowed, wrong is not."""
    assert brightness_of_bone(framed(film(), shade)) > -SURE
    assert brightness_of_bone(framed(1 - film(), shade)) < SURE


def test_an_even_picture_shows_nothing() -> None:
    rng: Any = np.random.default_rng(2)
    grain = np.clip(rng.normal(0.5, 0.1, (300, 300)), 0, 1).astype(np.float32)
    pixels, polarity, remarks = upright(Levels(grain, 8, polarity_said=False))
    assert polarity is Polarity.UNSURE
    assert pixels is grain
    assert not remarks  # said once, among the checks of the film's quality
    assert "not inverted" in doubt(polarity)


def test_only_a_doubtful_polarity_is_doubted() -> None:
    assert "By its tags" in doubt(Polarity.CONTRADICTED)
    assert not any(doubt(sure) for sure in (Polarity.FILE, Polarity.PICTURE))


def test_the_file_is_followed_where_it_says() -> None:
    for pixels, said in ((film(), Polarity.FILE), (1 - film(), Polarity.CONTRADICTED)):
        found, polarity, _ = upright(Levels(pixels, 12, polarity_said=True))
        assert polarity is said
        assert found is pixels
