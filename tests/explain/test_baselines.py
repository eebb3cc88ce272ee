"""Fills hide detail inside the face and never touch or take from outside it."""

import dataclasses

import numpy as np
import pytest

from face2bone.explain.baselines import (
    BASELINES,
    baseline_of,
    blur_baseline,
    inpaint_baseline,
    mean_picture,
    mean_picture_baseline,
    third_baseline,
)
from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.parts import FACE_PARTS, NOSE_LIPS


def recoloured_outside(face, value):
    crop = face.pixels.copy()
    crop[~face.mask] = value
    return dataclasses.replace(face, pixels=crop)


def test_fills_carry_the_mask_value_outside_and_are_uint8(face):
    mean = np.full((160, 160, 3), 90, np.uint8)
    for baseline in (
        blur_baseline(face),
        mean_picture_baseline(face, mean),
        inpaint_baseline(face),
    ):
        assert baseline.pixels.dtype == np.uint8
        assert baseline.pixels.shape == (160, 160, 3)
        assert (baseline.pixels[~face.mask] == MASK_VALUE).all()


def test_names_differ(face):
    assert blur_baseline(face).name == "blur"
    assert mean_picture_baseline(face, face.pixels).name == "mean face"
    assert inpaint_baseline(face).name == "inpaint"
    mean = face.pixels
    names = [baseline_of(name, face, mean, "knee").name for name in BASELINES]
    assert names == ["blur", "inpaint", "mean knee"]


@pytest.mark.parametrize(
    ("two", "left"),
    [(("blur", "inpaint"), "mean"), (("mean", "inpaint"), "blur"), (("blur", "mean"), "inpaint")],
)
def test_the_third_way_is_the_one_that_is_left(two, left):
    assert third_baseline(two) == left


@pytest.mark.parametrize("colour", [0, 255])
@pytest.mark.parametrize("baseline", [blur_baseline, inpaint_baseline])
def test_the_colour_outside_does_not_leak_into_the_fill(face, baseline, colour):
    assert (baseline(recoloured_outside(face, colour)).pixels == baseline(face).pixels).all()


@pytest.mark.parametrize("baseline", [blur_baseline, inpaint_baseline])
def test_a_face_of_one_colour_is_filled_with_it(face, baseline):
    crop = face.pixels.copy()
    crop[face.mask] = (200, 150, 120)
    flat = dataclasses.replace(face, pixels=crop)
    assert (baseline(flat).pixels == crop).all()


def test_blur_removes_detail_and_keeps_the_light(face):
    inside = face.mask
    before, after = (
        face.pixels[inside].astype(float),
        blur_baseline(face).pixels[inside].astype(float),
    )
    assert np.abs(np.diff(blur_baseline(face).pixels[80, 30:130].astype(int), axis=0)).max() <= 3
    assert abs(before.mean() - after.mean()) < 2
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.5


def test_a_defined_mean_face_is_used_as_it_is(face):
    mean = np.random.default_rng(1).integers(0, 120, (160, 160, 3), dtype=np.uint8)
    baseline = mean_picture_baseline(face, mean).pixels
    assert (baseline[face.mask] == mean[face.mask]).all()


def test_where_the_mean_is_undefined_its_nearest_defined_value_stands(face):
    mean = np.full((160, 160, 3), MASK_VALUE, dtype=np.uint8)
    mean[60:100, 60:80] = 50
    mean[60:100, 80:100] = 90
    baseline = mean_picture_baseline(face, mean).pixels
    assert set(np.unique(baseline[face.mask])) == {50, 90}
    assert (baseline[80, 40] == 50).all()
    assert (baseline[80, 120] == 90).all()


def test_mean_face_averages_each_pixel_over_the_faces_that_hold_it():
    crops = np.full((40, 4, 4, 3), MASK_VALUE, dtype=np.uint8)
    maps = np.full((40, 4, 4), -1, dtype=np.int8)
    maps[:, 1, 1] = 3
    crops[:, 1, 1] = np.arange(40)[:, None]
    maps[:10, 2, 2] = 0
    crops[:10, 2, 2] = 200
    maps[0, 3, 3] = 0
    crops[0, 3, 3] = 5
    mean = mean_picture(crops, maps, MASK_VALUE)
    assert mean.dtype == np.uint8
    assert (mean[1, 1] == 20).all()
    assert (mean[2, 2] == 200).all()
    assert (mean[3, 3] == MASK_VALUE).all()
    assert (mean[0, 0] == MASK_VALUE).all()


def painted(face, picture):
    return dataclasses.replace(face, pixels=np.where(face.mask[..., None], picture, MASK_VALUE))


def test_a_slope_of_light_goes_on_across_an_inpainted_region(face):
    """A linear picture is harmonic, so a region with face all round is filled by itself."""
    rows, columns = np.mgrid[:160, :160]
    slope = np.repeat((40 + 0.5 * rows + 0.4 * columns)[..., None], 3, axis=-1).round()
    slope = painted(face, slope.astype(np.uint8))
    inner = face.part_map == FACE_PARTS.index(NOSE_LIPS)
    off = inpaint_baseline(slope).pixels[inner].astype(int) - slope.pixels[inner]
    assert np.abs(off).max() <= 1


def test_an_inpainted_region_knows_nothing_of_itself(face):
    inner = face.part_map == FACE_PARTS.index(NOSE_LIPS)
    crop = face.pixels.copy()
    crop[inner] = 255 - crop[inner]
    other = dataclasses.replace(face, pixels=crop)
    assert (inpaint_baseline(other).pixels[inner] == inpaint_baseline(face).pixels[inner]).all()


def test_every_inpainted_pixel_is_the_mean_of_its_neighbours_in_the_region(face):
    inner = face.part_map == FACE_PARTS.index(NOSE_LIPS)
    filled = inpaint_baseline(face).pixels.astype(float)
    around = sum(np.roll(filled, step, axis) for step in (1, -1) for axis in (0, 1)) / 4
    deep = inner & np.all([np.roll(inner, s, a) for s in (1, -1) for a in (0, 1)], axis=0)
    assert np.abs(filled - around)[deep].max() <= 1


def test_a_face_that_is_one_region_is_inpainted_by_its_blur(face):
    alone = np.where(face.mask, 0, -1).astype(np.int8)
    whole = dataclasses.replace(face, part_map=alone)
    level = blur_baseline(whole).pixels[face.mask].mean(axis=0)
    assert np.abs(inpaint_baseline(whole).pixels[face.mask] - level).max() <= 1
