"""Markers outside the anatomy are filled; what lies over the body or is of bone stays."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.modalities.radiograph import read_radiograph
from face2bone.modalities.radiograph.lettering import without_lettering
from tests.modalities.radiograph.films import drawn, picture


def film(scale: float = 3.0) -> NDArray[np.float32]:
    pixels = (drawn(16) / 65_535).astype(np.float32)
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale), dtype=np.float32)


def written(pixels: NDArray[np.float32], words: str, place: tuple[int, int]) -> NDArray[np.float32]:
    """Letters burned in, their lower left corner at ``place`` (x, y)."""
    size, thick = pixels.shape[1] / 780 * 1.1, max(1, round(pixels.shape[1] / 260))
    ink = np.zeros(pixels.shape, np.uint8)
    cv2.putText(ink, words, place, cv2.FONT_HERSHEY_SIMPLEX, size, 247, thick)
    return np.maximum(pixels, (ink / 255).astype(np.float32))


def test_a_film_without_letters_is_left_as_it_is() -> None:
    pixels, blanked, remarks = without_lettering(film())
    assert pixels is not None
    assert np.array_equal(pixels, film())
    assert not blanked.any()
    assert remarks == ()


@pytest.mark.parametrize("scale", [1.0, 3.0, 8.0])
@pytest.mark.parametrize(("words", "place"), [("R", (0.04, 0.1)), ("AB", (0.9, 0.95))])
def test_letters_on_air_are_gone(words: str, place: tuple[float, float], scale: float) -> None:
    plain = film(scale)
    height, width = plain.shape
    lettered = written(plain, words, (int(place[0] * width), int(place[1] * height)))
    pixels, blanked, remarks = without_lettering(lettered)
    assert (lettered != plain)[blanked].any()
    assert np.abs(pixels - plain).max() < 0.06  # air with its grain
    assert np.array_equal(pixels[~blanked], lettered[~blanked])
    assert len(remarks) == 1


def test_letters_over_the_body_stay() -> None:
    """So is it promised; what the network sees of them is for the mask of the anatomy."""
    plain = film()
    lettered = written(plain, "ID", (plain.shape[1] // 2, plain.shape[0] // 2))
    pixels, blanked, _ = without_lettering(lettered)
    assert not blanked.any()
    assert np.array_equal(pixels, lettered)


def test_a_soft_round_bone_on_air_stays() -> None:
    """A finger's end under a hard window is small, bright and on air, but has no sharp edge."""
    plain = film()
    down, across = np.mgrid[: plain.shape[0], : plain.shape[1]]
    tip = 0.8 * np.exp(-(((down - 100) / 22.0) ** 2) - ((across - 60) / 12.0) ** 2)
    pixels, blanked, _ = without_lettering(np.maximum(plain, tip.astype(np.float32)))
    assert not blanked.any()
    assert pixels.max() <= 1


def test_a_marker_never_leaves_the_reader() -> None:
    lettered = written(film(), "R", (30, 90))
    data = picture(np.round(lettered * 255).astype(np.uint8), "PNG")
    for bytes_of in (data, picture(255 - np.round(lettered * 255).astype(np.uint8), "PNG")):
        found = read_radiograph(bytes_of)
        assert found.blanked[40:95, 30:60].any()
        assert found.pixels[:120, :120].max() < 0.1
        assert any("Lettering" in remark for remark in found.remarks)
