"""Locations land where the network looks, and regions are named from them."""

import numpy as np
import pytest
from torch import nn

from face2bone.explain.location import (
    patch_at,
    region_density,
    region_tag,
    share_inside,
    to_crop,
)
from face2bone.modalities.face.parts import FACE_PARTS, MIDFACE_LEFT
from face2bone.nn.inception_resnet_v1 import STAGES, InceptionResnetV1
from face2bone.nn.network import MapGeometry

assert STAGES.stem is not None
STEM, CUT = STAGES.stem, STAGES.cut


def density(**regions):
    """Region densities: 1 everywhere but in the regions named."""
    return np.array([regions.get(region.id, 1.0) for region in FACE_PARTS])


def test_centres_follow_from_the_network_s_strides():
    trunk = InceptionResnetV1(lambda full: max(8, full // 16), 16, 0.0)
    assert isinstance(trunk.maxpool_3a, nn.MaxPool2d)
    centres = _centre_and_step(*_stem(trunk), trunk.mixed_6a.branch0.conv)
    assert centres == (CUT.first, CUT.step)


def _stem(trunk):
    return (
        trunk.conv2d_1a.conv,
        trunk.conv2d_2a.conv,
        trunk.conv2d_2b.conv,
        trunk.maxpool_3a,
        trunk.conv2d_3b.conv,
        trunk.conv2d_4a.conv,
        trunk.conv2d_4b.conv,
    )


def _centre_and_step(*layers):
    """Of a map after these layers, in pixels of the crop: its first centre, and the step."""
    step, centre = 1.0, 0.0
    for layer in layers:
        kernel, stride, padding = (_side(getattr(layer, name)) for name in SIZES)
        centre += step * ((kernel - 1) / 2 - padding)
        step *= stride
    return centre, step


SIZES = ("kernel_size", "stride", "padding")


def _side(size):
    return size[0] if isinstance(size, tuple) else size


def test_a_map_position_peaks_at_its_centre():
    maps = np.zeros((1, 8, 8))
    maps[0, 2, 5] = 1
    enlarged = to_crop(maps, CUT, (160, 160))
    assert enlarged.shape == (1, 160, 160)
    peak = np.unravel_index(enlarged[0].argmax(), (160, 160))
    assert peak == (CUT.rows[2], CUT.columns[5])
    assert enlarged.max() == pytest.approx(1)
    assert enlarged.min() == 0


def test_a_ramp_stays_a_ramp_between_the_outer_centres():
    maps = np.tile(np.arange(8.0), (8, 1))
    row = to_crop(maps, CUT, (160, 160))[80]
    assert np.allclose(np.diff(row[21:134]), 1 / CUT.step)
    assert (row[:22] == 0).all()
    assert (row[133:] == 7).all()


def test_density_of_an_even_location_is_one_everywhere(face):
    even = np.ones((2, 160, 160))
    even[1] *= 7
    assert np.allclose(region_density(even, face.part_map, 10), 1)


def test_density_of_a_concept_in_one_region(face):
    region = FACE_PARTS.index(MIDFACE_LEFT)
    location = (face.part_map == region).astype(float)[None]
    found = region_density(location, face.part_map, 10)[0]
    share = (face.part_map == region).sum() / face.mask.sum()
    assert found[region] == pytest.approx(1 / share)
    assert np.delete(found, region).max() == 0


def test_density_ignores_what_lies_outside_and_survives_nothing(face):
    outside = (~face.mask).astype(float)[None]
    assert (region_density(outside, face.part_map, 10) == 0).all()
    nobody = np.full((160, 160), -1, dtype=np.int8)
    assert (region_density(np.ones((1, 160, 160)), nobody, 10) == 0).all()


@pytest.mark.parametrize(
    ("regions", "short", "words"),
    [
        ({}, "all over", "spread over all parts"),
        ({"forehead": 2.0}, "forehead", "mostly forehead"),
        ({"nose_lips": 2.0}, "nose and lips", "mostly nose and lips"),
        (
            {"nasolabial_left": 2.0, "nasolabial_right": 1.9},
            "nasolabial",
            "mostly nasolabial, left and right",
        ),
        (
            {"mandibular_left": 1.0, "mandibular_right": 2.0},
            "right mandibular",
            "mostly right mandibular",
        ),
        (
            {"periorbital_left": 3.0, "periorbital_right": 0.2},
            "left periorbital",
            "mostly left periorbital",
        ),
    ],
)
def test_tags(regions, short, words):
    assert region_tag(density(**regions), 0.9, FACE_PARTS) == (short, words)


def test_a_concept_mostly_outside_the_face_marks_its_outline():
    short, words = region_tag(density(forehead=3.0), 0.4, FACE_PARTS)
    assert short == "outline"
    assert "along the outline" in words


def test_share_inside(face):
    even = np.ones((160, 160))
    found = share_inside(
        np.stack([even, face.mask * even, ~face.mask * even, 0 * even]), face.part_map
    )
    assert np.allclose(found, [face.mask.mean(), 1, 0, 0])


@pytest.mark.parametrize(("row", "top"), [(0, 0), (1, 13), (4, 61), (7, 109)])
def test_patches_lie_around_their_map_position(row, top):
    crop = np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    assert (patch_at(crop, row, 4, CUT) == crop[top : top + 48, 61:109]).all()


def test_the_stem_s_centres_follow_from_the_network_too():
    trunk = InceptionResnetV1(lambda full: max(8, full // 16), 16, 0.0)
    assert _centre_and_step(*_stem(trunk)) == (STEM.first, STEM.step)
    # The cut's position i is centred on the middle of the stem's it reads first.
    assert np.allclose(CUT.rows, STEM.rows[1::2])


def test_a_stem_position_peaks_at_its_centre_and_its_patch_lies_around_it():
    maps = np.zeros((17, 17))
    maps[3, 16] = 1
    peak = np.unravel_index(to_crop(maps, STEM, (160, 160)).argmax(), (160, 160))
    assert peak == (STEM.rows[3], STEM.columns[16])
    crop = np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    assert (patch_at(crop, 3, 16, STEM) == crop[21:53, 125:157]).all()


def test_a_map_over_an_oblong_picture_keeps_its_axes_apart():
    where = MapGeometry(3, 5, first=4.0, step=10.0, field=9, non_negative=True)
    maps = np.zeros((3, 5))
    maps[2, 4] = 1
    enlarged = to_crop(maps, where, (30, 50))
    assert enlarged.shape == (30, 50)
    assert np.unravel_index(enlarged.argmax(), (30, 50)) == (24, 44)
    picture = np.arange(30 * 50, dtype=np.int64).reshape(30, 50, 1).astype(np.uint8)
    assert patch_at(picture, 2, 4, where).shape == (10, 10, 1)
