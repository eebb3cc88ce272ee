"""The crop and its parts, against the drawn hands' own part maps and value maps."""

import cv2
import numpy as np
import pytest

from face2bone.drawn.hand import value_maps
from face2bone.drawn.hand.values import PLANTED_PART
from face2bone.modalities.hand.alignment import HAND_INPUT, align_hand
from face2bone.modalities.hand.parts import HAND_PARTS
from face2bone.modalities.parts import part_index
from tests.modalities.hand.conftest import Drawn


def test_a_crop_is_as_the_spec_says(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        aligned = one.hand.aligned
        assert aligned.pixels.shape == HAND_INPUT.picture_shape
        assert aligned.pixels.dtype == np.uint8
        assert (aligned.pixels[~aligned.mask] == HAND_INPUT.mask_value).all()
        assert (aligned.pixels[aligned.mask] != HAND_INPUT.mask_value).all()
        assert ((aligned.part_map >= 0) == aligned.mask).all()
        assert set(np.unique(aligned.part_map)) == set(range(-1, len(HAND_PARTS)))


def test_every_hand_is_brought_to_the_same_place(drawn: tuple[Drawn, ...]) -> None:
    """Also right hands, which are mirrored: knuckles lie within 3 mm of each other."""
    knuckles = np.array([one.hand.aligned.points[[5, 9, 13, 17]] for one in drawn])
    assert np.abs(knuckles - knuckles.mean(0)).max() < 3 / 0.8


def test_a_mirrored_film_gives_the_same_crop(drawn: tuple[Drawn, ...]) -> None:
    one = drawn[0]
    points = one.hand.points
    mirrored = np.column_stack((one.film.grey.shape[1] - 1 - points[:, 0], points[:, 1]))
    again = align_hand(np.ascontiguousarray(one.film.grey[:, ::-1]), mirrored)
    np.testing.assert_array_equal(again.part_map, one.hand.aligned.part_map)
    apart = np.abs(again.pixels.astype(int) - one.hand.aligned.pixels)
    assert np.percentile(apart, 99) <= 2


def test_the_map_from_film_to_crop_is_a_similarity(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        linear = one.hand.aligned.transform[:, :2].astype(np.float64)
        square = linear @ linear.T
        np.testing.assert_allclose(square, np.eye(2) * square[0, 0], atol=1e-4)
        assert (np.linalg.det(linear) > 0) == (one.patient.side == "left")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [("metacarpal_cortex", 0.9), ("phalangeal_cortex", 0.9), ("radial_cortex", 0.85)],
)
def test_a_planted_value_lies_in_its_own_parts(
    name: str, least: float, drawn: tuple[Drawn, ...]
) -> None:
    """Of what shows of it within the crop."""
    own = [part_index(HAND_PARTS, part) for part in PLANTED_PART[name]]
    shares = []
    for one in drawn:
        aligned = one.hand.aligned
        shown = value_maps(one.patient)[name]
        size = aligned.mask.shape[::-1]
        moved = cv2.warpAffine(shown, aligned.transform, size)
        inside = np.isin(aligned.part_map, own)
        shares.append(moved[inside].sum() / moved[aligned.mask].sum())
    assert np.mean(shares) > least


def test_a_marker_beside_the_hand_is_filled(drawn: tuple[Drawn, ...]) -> None:
    """The film is bright wherever the crop shows no hand."""
    one = drawn[0]
    hand, grey = one.hand.aligned, one.film.grey
    shape = grey.shape[::-1]
    seen = cv2.warpAffine(
        hand.mask.astype(np.uint8), hand.transform, shape, flags=cv2.WARP_INVERSE_MAP
    )
    beside = cv2.dilate(seen, np.ones((25, 25))) == 0
    marked = np.where(beside, np.float32(1.0), grey)
    to_crop = cv2.warpAffine(beside.astype(np.uint8), hand.transform, hand.mask.shape[::-1])
    assert to_crop.mean() > 0.1  # of the crop shows them
    assert np.abs(marked - grey)[beside].mean() > 0.3
    again = align_hand(marked, one.hand.points)
    np.testing.assert_array_equal(again.pixels, hand.pixels)
