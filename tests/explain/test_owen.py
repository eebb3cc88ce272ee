"""Owen values against their definition, and quarters that are what they are called."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.explain.baselines import blur_baseline
from face2bone.explain.coalitions import all_coalitions, shapley_values
from face2bone.explain.owen import CELLS, owen_values, quarters, region_cells
from face2bone.explain.shapley import RegionAttribution, region_shapley
from face2bone.modalities.face.parts import FOREHEAD, NOSE_LIPS


def tables_of(seed, m, others):
    return np.random.default_rng(seed).normal(size=(2**m, 2**others, 2))


def by_definition(tables):
    """Mean gain over all orders of unions, the cells' union being filled in all its orders."""
    m, others = (size.bit_length() - 1 for size in tables.shape[:2])
    gains, count = np.zeros((m, tables.shape[2])), 0
    for outer in permutations(range(others + 1)):  # the last union is the divided one
        before = sum(1 << j for j in outer[: outer.index(others)])
        for inner in permutations(range(m)):
            shown = 0
            for cell in inner:
                gains[cell] += tables[shown | 1 << cell, before] - tables[shown, before]
                shown |= 1 << cell
            count += 1
    return gains / count


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 3))
@settings(max_examples=20)
def test_values_are_the_mean_gain_over_all_orders_that_keep_cells_together(seed, m, others):
    tables = tables_of(seed, m, others)
    assert np.allclose(owen_values(tables), by_definition(tables))


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(0, 4))
@settings(max_examples=40)
def test_cells_add_up_to_the_regions_own_value(seed, m, others):
    tables = tables_of(seed, m, others)
    # The game between regions: the divided one is the last player.
    regions = np.concatenate([tables[0], tables[-1]])
    expected = shapley_values(regions, others + 1)[-1]
    assert np.allclose(owen_values(tables).sum(axis=0), expected)


def test_a_cell_that_changes_nothing_gets_nothing_and_two_alike_get_alike():
    tables = tables_of(4, 3, 3)
    shown = np.arange(8)
    assert np.allclose(owen_values(tables[shown & ~1])[0], 0)
    swapped = (shown & 4) | (shown & 1) << 1 | (shown & 2) >> 1
    values = owen_values(tables + tables[swapped])
    assert np.allclose(values[0], values[1])


def test_one_cell_is_the_region():
    tables = tables_of(5, 1, 4)
    assert np.allclose(owen_values(tables)[0], shapley_values(np.concatenate(tables), 5)[-1])


def test_quarters_have_equal_areas_and_their_names(face):
    for index in range(10):
        inside = face.part_map == index
        cells = quarters(inside)
        assert ((cells >= 0) == inside).all()
        areas = np.bincount(cells[inside])
        assert areas.max() - areas.min() <= 2
        centre = [np.argwhere(cells == i).mean(axis=0) for i in range(4)]
        for i, name in enumerate(CELLS):
            over, beside = centre[(i + 2) % 4], centre[i ^ 1]
            assert (centre[i][0] < over[0]) == ("upper" in name)
            # The patient's right is the picture's left.
            assert (centre[i][1] < beside[1]) == ("right" in name)


def test_a_region_of_no_pixels_has_no_cells():
    assert (quarters(np.zeros((5, 5), dtype=bool)) == -1).all()


@pytest.fixture(scope="module")
def additive(face):
    """Outputs that are sums of weighted pixels: every part's value is its own change."""
    weights = np.random.default_rng(8).normal(size=(face.part_map.size, 3)) / 1e4

    def logits(crops):
        green = np.ascontiguousarray(crops[..., 1]).reshape(len(crops), -1)
        return green.astype(np.float32) @ weights.astype(np.float32)

    return logits, weights


@pytest.mark.slow
def test_in_an_additive_network_each_quarter_is_worth_its_own_change(face, additive):
    logits, weights = additive
    baseline = blur_baseline(face)
    region = NOSE_LIPS
    seen: list[float] = []
    whole = region_shapley(logits, face, baseline)
    found = region_cells(logits, face, baseline, whole, region, seen.append)
    change = (face.pixels[..., 1].astype(float) - baseline.pixels[..., 1]).ravel()[
        :, None
    ] * weights
    expected = np.stack([change[(found.cells == i).ravel()].sum(axis=0) for i in range(4)])
    assert np.allclose(found.values, expected, atol=1e-4)
    assert np.allclose(found.values.sum(axis=0), whole.values[whole.parts.index(region)], atol=1e-4)
    assert (found.region, found.baseline) == (region, "blur")
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) == 14 * len(all_coalitions(9)) // 64


def test_progress_cancels(face, additive):
    logits, _ = additive
    baseline = blur_baseline(face)
    whole = RegionAttribution(np.zeros((1024, 3)), "blur", face.parts)

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        region_cells(logits, face, baseline, whole, FOREHEAD, stop)
