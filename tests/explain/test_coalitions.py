"""The region game against the definition, three axioms, shap and captum."""

import warnings
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.errors import EngineError
from face2bone.explain.coalition_values import coalition_table, painted_crops
from face2bone.explain.coalitions import (
    all_coalitions,
    interaction_values,
    shapley_values,
    shapley_weights,
)

SIDE = 12


@st.composite
def games(draw, most=10):
    """A random game: players n <= 10 and a value table (2^n, 2) of moderate numbers."""
    n = draw(st.integers(1, most))
    seed = draw(st.integers(0, 2**32 - 1))
    scale = draw(st.sampled_from([1e-3, 1.0, 1e3]))
    return n, np.random.default_rng(seed).normal(0, scale, (2**n, 2))


def five_regions():
    """A picture of 12 x 12 pixels with five regions of unequal area and an outside."""
    rng = np.random.default_rng(5)
    region_map = np.full((SIDE, SIDE), -1, dtype=np.int8)
    for region, rows in enumerate([(1, 2), (2, 5), (5, 6), (6, 9), (9, 11)]):
        region_map[rows[0] : rows[1], 1:11] = region
    crop = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    baseline = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    return crop, baseline, region_map


def crooked(crops):
    """Three outputs with interactions of every order; (B, H, W, 3) to (B, 3)."""
    x = np.asarray(crops, dtype=np.float64) / 255
    bands = x[..., 1].mean(axis=2)
    return np.stack(
        [np.sin(bands.sum(axis=1)), bands.max(axis=1) ** 2, np.prod(bands[:, 1:11], axis=1) * 1e3],
        axis=1,
    )


def test_coalitions_are_in_binary_order():
    coalitions = all_coalitions(4)
    assert coalitions.shape == (16, 4)
    assert ((coalitions * 2 ** np.arange(4)).sum(axis=1) == np.arange(16)).all()


def test_weights_of_each_player_sum_to_nought_and_share_one():
    weights = shapley_weights(10)
    assert np.allclose(weights.sum(axis=1), 0)
    assert np.allclose(np.where(weights > 0, weights, 0).sum(axis=1), 1)


@given(games(most=5))
@settings(max_examples=25)
def test_values_are_the_mean_gain_over_all_orders_of_arrival(game):
    n, table = game
    gains = np.zeros((n, 2))
    orders = list(permutations(range(n)))
    for order in orders:
        present = 0
        for player in order:
            gains[player] += table[present | 1 << player] - table[present]
            present |= 1 << player
    assert np.allclose(shapley_values(table, n), gains / len(orders), rtol=1e-9, atol=1e-9)


@given(games(most=6).filter(lambda game: game[0] > 1))
@settings(max_examples=25)
def test_interactions_are_the_definition_over_all_coalitions(game):
    n, table = game
    expected = np.zeros((n, n, 2))
    for i, j in permutations(range(n), 2):
        for s in range(2**n):
            if not s >> i & 1 and not s >> j & 1:
                size = s.bit_count()
                weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
                with_i, with_j = s | 1 << i, s | 1 << j
                gain = table[with_i | with_j] - table[with_i] - table[with_j] + table[s]
                expected[i, j] += weight * gain
    assert np.allclose(interaction_values(table, n), expected, rtol=1e-9, atol=1e-9)


@given(games())
def test_efficiency(game):
    n, table = game
    total = shapley_values(table, n).sum(axis=0)
    assert np.allclose(total, table[-1] - table[0], rtol=1e-9, atol=1e-9)


@given(games(), st.data())
def test_null_player_gets_nothing(game, data):
    n, table = game
    player = data.draw(st.integers(0, n - 1))
    without = np.arange(2**n) & ~(1 << player)
    assert np.allclose(shapley_values(table[without], n)[player], 0, atol=1e-9)


@given(games(), st.data())
def test_two_players_that_play_alike_get_alike(game, data):
    n, table = game
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    rows = np.arange(2**n)
    differ = (rows >> i & 1) ^ (rows >> j & 1)
    swapped = np.where(differ == 1, rows ^ (1 << i | 1 << j), rows)
    values = shapley_values(table + table[swapped], n)
    assert np.allclose(values[i], values[j], rtol=1e-9, atol=1e-9)


@given(games(), games())
def test_values_of_a_sum_of_games_are_the_sum(first, second):
    n = min(first[0], second[0])
    a, b = first[1][: 2**n], second[1][: 2**n]
    both = shapley_values(a, n) + shapley_values(b, n)
    assert np.allclose(shapley_values(a + b, n), both, rtol=1e-9, atol=1e-9)


def test_a_table_of_the_wrong_size_is_refused():
    with pytest.raises(ValueError, match="8 rows"):
        shapley_values(np.zeros((7, 3)), 3)


def test_a_coalition_sees_its_regions_and_no_other_and_the_outside_never_changes():
    crop, baseline, region_map = five_regions()
    coalitions = all_coalitions(5)
    for members, seen in zip(
        coalitions, painted_crops(crop, baseline, region_map, coalitions), strict=True
    ):
        for region in range(5):
            source = crop if members[region] else baseline
            assert (seen[region_map == region] == source[region_map == region]).all()
        assert (seen[region_map == -1] == crop[region_map == -1]).all()
    assert painted_crops(crop, baseline, region_map, coalitions).dtype == np.uint8


@pytest.mark.parametrize("batch", [1, 7, 32, 64])
def test_the_table_does_not_depend_on_the_batch(batch):
    crop, baseline, region_map = five_regions()
    whole = crooked(painted_crops(crop, baseline, region_map, all_coalitions(5)))
    assert np.allclose(coalition_table(crooked, crop, baseline, region_map, 5, batch=batch), whole)


def test_progress_rises_to_one_and_cancels_by_raising():
    crop, baseline, region_map = five_regions()
    seen: list[float] = []
    coalition_table(crooked, crop, baseline, region_map, 5, seen.append, batch=5)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert len(seen) == 7

    calls = 0

    def counted(crops):
        nonlocal calls
        calls += 1
        return crooked(crops)

    def cancel(fraction):
        if fraction > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        coalition_table(counted, crop, baseline, region_map, 5, cancel, batch=8)
    assert calls == 2


def test_outputs_that_are_not_finite_are_refused():
    crop, baseline, region_map = five_regions()

    def broken(crops):
        return np.full((len(crops), 3), np.nan)

    with pytest.raises(EngineError, match="not finite"):
        coalition_table(broken, crop, baseline, region_map, 5)


@pytest.mark.slow
def test_equal_to_shap_exact_explainer_on_five_regions():
    import shap

    crop, baseline, region_map = five_regions()
    ours = shapley_values(coalition_table(crooked, crop, baseline, region_map, 5), 5)

    def game(rows):
        return crooked(painted_crops(crop, baseline, region_map, rows > 0.5))

    explainer = shap.ExactExplainer(game, shap.maskers.Independent(np.zeros((1, 5))))
    theirs = explainer(np.ones((1, 5)))
    assert np.allclose(ours, theirs.values[0], atol=1e-10)
    assert np.allclose(crooked(fill_outside(crop, baseline, region_map)), theirs.base_values[0])


def fill_outside(crop, baseline, region_map):
    return np.where((region_map == -1)[..., None], crop, baseline)[None]


def test_equal_to_captum_shapley_values_with_a_feature_mask():
    import torch
    from captum.attr import ShapleyValues

    crop, baseline, region_map = five_regions()
    region_map = np.where(region_map == 4, 3, region_map).astype(np.int8)
    ours = shapley_values(coalition_table(crooked, crop, baseline, region_map, 4), 4)

    def forward(x):
        return torch.from_numpy(crooked(x.numpy()))

    # captum's players must include the outside; its pixels are the same in crop and baseline.
    baseline = np.where((region_map == -1)[..., None], crop, baseline)
    players = np.where(region_map < 0, 4, region_map).astype(np.int64)
    mask = torch.from_numpy(np.repeat(players[None, ..., None], 3, axis=-1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        captum = ShapleyValues(forward)
        for output in range(3):
            theirs = captum.attribute(
                torch.from_numpy(crop[None].astype(np.float64)),
                baselines=torch.from_numpy(baseline[None].astype(np.float64)),
                target=output,
                feature_mask=mask,
            )[0].numpy()
            for region in range(4):
                assert np.allclose(theirs[region_map == region], ours[region, output], atol=1e-9)
