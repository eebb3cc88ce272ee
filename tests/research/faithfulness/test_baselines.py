"""Attributions that know nothing are what their names say."""

import numpy as np
import pytest

from face2bone.explain.self_check import rank_agreement
from face2bone.modalities.face.parts import FACE_PARTS, NOSE_LIPS
from research.faithfulness.baselines import BASELINES, region_means, region_sums

MIDDLE = FACE_PARTS.index(NOSE_LIPS)


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_ten_finite_values_and_none_below_zero(face, name):
    values = BASELINES[name](face)
    assert values.shape == (10,)
    assert np.isfinite(values).all()
    assert (values >= 0).all()


def test_uniform_ranks_nothing(face):
    values = BASELINES["uniform"](face)
    assert len(set(values)) == 1
    assert rank_agreement(values, np.arange(10.0)) == 0


def test_area_is_the_face(face):
    assert BASELINES["area"](face).sum() == face.mask.sum()


def test_the_centre_outweighs_its_area(face):
    share = BASELINES["centre Gaussian"](face) / BASELINES["centre Gaussian"](face).sum()
    assert share[MIDDLE] > BASELINES["area"](face)[MIDDLE] / face.mask.sum()


def test_edges_are_of_the_face_and_not_of_its_mask(face):
    import dataclasses

    flat = np.where(face.mask[..., None], np.uint8(180), np.uint8(127)).repeat(3, axis=-1)
    smooth = dataclasses.replace(face, pixels=flat)
    assert BASELINES["edges"](smooth).max() == 0
    striped = flat.copy()
    striped[90:100, 70:90] = 20
    assert BASELINES["edges"](dataclasses.replace(face, pixels=striped)).argmax() == MIDDLE


def test_sums_and_means_leave_out_what_lies_outside(face):
    picture = np.where(face.mask, 2.0, 1e6)
    area = BASELINES["area"](face)
    assert np.allclose(region_sums(picture, face.part_map), 2 * area)
    assert np.allclose(region_means(picture, face.part_map), 2)


def test_a_region_without_pixels_has_mean_zero(face):
    merged = np.where(face.part_map == MIDDLE, 0, face.part_map)
    assert region_means(np.ones(merged.shape), merged)[MIDDLE] == 0
