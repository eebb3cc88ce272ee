"""Deletion and insertion scores against enumeration and games whose best order is known."""

from itertools import permutations

import numpy as np
import pytest

from face2bone.explain.coalitions import all_coalitions, shapley_values
from face2bone.explain.curves import (
    beaten_orders,
    best_of_orders,
    curve_scores,
    deletion,
    descending,
    insertion,
    mean_of_orders,
    path,
)

N = 10
ALL = 2**N - 1
WORTH = np.array([3.0, -1.0, 0.5, 2.0, 0.0, 1.0, -2.0, 4.0, 1.5, 0.25])


@pytest.fixture
def additive():
    return all_coalitions(N) @ WORTH


@pytest.fixture(scope="module")
def orders():
    """Twenty thousand orders drawn at random."""
    return np.random.default_rng(2).permuted(np.tile(np.arange(N), (20_000, 1)), axis=1)


def test_a_path_uncovers_one_region_after_the_other():
    assert path(np.arange(N)).tolist() == [1, 3, 7, 15, 31, 63, 127, 255, 511]


def test_curves_by_hand(additive):
    order = descending(WORTH)
    assert WORTH[order].tolist() == sorted(WORTH, reverse=True)
    shown = np.cumsum(WORTH[order])[:-1]
    assert insertion(additive, order) == pytest.approx(shown.mean())
    assert deletion(additive, order) == pytest.approx((WORTH.sum() - shown).mean())


def test_the_own_values_of_an_additive_game_are_the_best_order(additive):
    scores = curve_scores(additive, WORTH)
    assert scores.deletion == pytest.approx(1)
    assert scores.insertion == pytest.approx(1)
    worst = curve_scores(additive, -WORTH)
    assert worst.deletion == pytest.approx(-1)


def test_a_flat_game_scores_nothing():
    scores = curve_scores(np.full(1024, 3.0), WORTH)
    assert (scores.deletion, scores.insertion) == (0, 0)


def test_mean_and_best_of_all_orders(table, orders):
    sums = table[np.cumsum(1 << orders, axis=1)[:, :-1]].mean(axis=1)
    assert sums.mean() == pytest.approx(mean_of_orders(table), abs=4 * sums.std() / 141)
    assert sums.max() <= best_of_orders(table) + 1e-12
    assert best_of_orders(table) <= np.sort(table)[-9:].mean()


def test_beaten_orders_against_random_ones(table, orders):
    own = descending(shapley_values(table[:, None], N)[:, 0])
    sums = table[ALL - np.cumsum(1 << orders, axis=1)[:, :-1]].mean(axis=1)
    worse = np.mean(sums > deletion(table, own))
    found = beaten_orders(table, own)
    assert 0.5 < found < 1
    assert found == pytest.approx(worse, abs=4 * np.sqrt(found * (1 - found) / len(orders)) + 1e-3)


def test_beaten_orders_counts_every_order_once():
    """Where only the first region hidden matters, its place in the list is the share beaten."""
    hidden_alone = np.zeros(1024)
    hidden_alone[ALL - (1 << np.arange(N))] = np.arange(N)
    for first in (0, 4, 9):
        order = np.roll(np.arange(N), -first)
        assert beaten_orders(hidden_alone, order) == pytest.approx((9 - first) / 10)


def test_the_best_order_beats_all_others_and_the_worst_none(additive):
    # Ten different values: one order is best, and its own is not beaten.
    assert beaten_orders(additive, descending(WORTH)) == pytest.approx(1 - 1 / 3_628_800)
    assert beaten_orders(additive, descending(-WORTH)) == 0


def test_a_flat_game_beats_nobody():
    assert beaten_orders(np.full(1024, -2.0), np.arange(N)) == 0


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_any_number_of_regions_against_every_order_there_is(n):
    game = np.random.default_rng(n).normal(size=2**n)
    every = [np.array(order) for order in permutations(range(n))]
    hidden = np.array([deletion(game, order) for order in every])
    shown = np.array([insertion(game, order) for order in every])
    assert mean_of_orders(game) == pytest.approx(shown.mean())
    assert best_of_orders(game) == pytest.approx(shown.max())
    for order, own in list(zip(every, hidden, strict=True))[:: max(1, len(every) // 20)]:
        assert beaten_orders(game, order) == pytest.approx(np.mean(hidden > own + 1e-9))
