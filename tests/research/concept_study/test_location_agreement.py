"""Figures of two locations that are known to agree, to differ, or to say nothing."""

import numpy as np
import pytest

from face2bone.modalities.face.parts import (
    FACE_PARTS,
    FOREHEAD,
    MANDIBULAR_LEFT,
    MIDFACE_LEFT,
    MIDFACE_RIGHT,
    NASOLABIAL_LEFT,
)
from research.concept_study.location_agreement import compare_locations


def region(face, *which):
    """1 in the named regions, 0 elsewhere, (1, 160, 160)."""
    return np.isin(face.part_map, [FACE_PARTS.index(one) for one in which]).astype(float)[None]


def test_the_same_location_agrees_whatever_its_scale(face):
    rng = np.random.default_rng(0)
    location = rng.random((3, 160, 160))
    found = compare_locations(location, 7 * location, face.part_map)
    assert np.allclose(found.correlation, 1)
    assert np.allclose(found.moved, 0)
    assert found.same_region.all()


def test_two_regions_are_wholly_apart(face):
    left, right = region(face, MIDFACE_LEFT), region(face, MIDFACE_RIGHT)
    found = compare_locations(left, right, face.part_map)
    assert found.moved[0] == pytest.approx(1)
    assert found.correlation[0] < 0
    assert not found.same_region[0]


def test_what_moved_is_counted_once(face):
    one = region(face, FOREHEAD)
    chin = region(face, MANDIBULAR_LEFT)
    mixed = one / one.sum() * 0.75 + chin / chin.sum() * 0.25
    assert compare_locations(one, mixed, face.part_map).moved[0] == pytest.approx(0.25)


def test_the_densest_region_need_not_be_the_largest_share(face):
    """The forehead is large; a small bright region is still where the location mostly is."""
    spot = 0.5 * region(face, FOREHEAD) + region(face, NASOLABIAL_LEFT)
    only = region(face, NASOLABIAL_LEFT)
    assert compare_locations(spot, only, face.part_map).same_region[0]


def test_outside_the_face_nothing_counts(face):
    location = region(face, FOREHEAD)
    stray = location + 9 * (face.part_map < 0)
    found = compare_locations(location, stray, face.part_map)
    assert found.correlation[0] == pytest.approx(1)
    assert found.moved[0] == pytest.approx(0)


def test_a_location_that_is_nowhere_or_everywhere_correlates_with_nothing(face):
    location = region(face, FOREHEAD)
    for empty in (np.zeros_like(location), np.ones_like(location)):
        found = compare_locations(location, empty, face.part_map)
        assert found.correlation[0] == 0
        assert np.isfinite(found.moved).all()
