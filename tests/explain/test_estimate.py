"""Estimates of a region game against its exact values: unbiased, honest, and exact in the end."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.explain.coalitions import all_coalitions, shapley_values
from face2bone.explain.estimate import drawn_order, estimated, fewest_estimated

PLAYERS = 10
FIRST = 48  # coalitions after which every player was seen in and out of every size
Random = np.random.Generator


def crooked_table(rng: Random, n: int = PLAYERS) -> np.ndarray:
    """A saturating game with interactions of every order, like a network's logits: (2^n, 2)."""
    worth = rng.normal(0, 1, (n, 2))
    pairs = rng.normal(0, 0.5, (n, n, 2))
    members = all_coalitions(n).astype(float)
    together = np.einsum("si,ijk,sj->sk", members, pairs, members)
    return np.tanh(members @ worth + together)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 10])
def test_every_coalition_is_run_once_the_smallest_and_largest_first(n: int) -> None:
    order = drawn_order(n)
    assert sorted(order.tolist()) == list(range(2**n))
    sizes = all_coalitions(n)[order].sum(axis=1)
    few = sum(comb(n, size) for size in {0, 1, n - 1, n})
    assert set(sizes[:few].tolist()) == {0, 1, n - 1, n}


def test_the_first_few_show_and_hide_everybody_in_every_size() -> None:
    members = all_coalitions(PLAYERS)[drawn_order(PLAYERS)[:FIRST]]
    for size in range(1, PLAYERS):
        of_size = members[members.sum(axis=1) == size]
        assert of_size.any(axis=0).all()
        assert not of_size.all(axis=0).any()


def test_too_few_coalitions_give_no_estimate() -> None:
    rows = drawn_order(PLAYERS)[: FIRST // 2]
    assert estimated(rows, np.zeros((len(rows), 2)), PLAYERS) is None


@pytest.mark.parametrize("n", range(4, 13))
def test_the_fewest_are_enough_and_one_fewer_is_not(n: int) -> None:
    few, table = fewest_estimated(n), crooked_table(np.random.default_rng(n), n)
    rows = drawn_order(n)
    assert few < 2**n
    assert estimated(rows[:few], table[rows[:few]], n) is not None
    assert estimated(rows[: few - 1], table[rows[: few - 1]], n) is None


@pytest.mark.parametrize("n", [1, 2, 3])
def test_of_few_players_something_is_left_to_run(n: int) -> None:
    assert fewest_estimated(n) == 2**n - 1


@given(st.integers(2, 8), st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_when_all_are_run_it_is_exact_and_without_error(n: int, seed: int) -> None:
    table = crooked_table(np.random.default_rng(seed), n)
    order = drawn_order(n)
    found = estimated(order, table[order], n)
    assert found is not None
    assert np.allclose(found.values, shapley_values(table, n), atol=1e-12)
    assert (found.errors == 0).all()
    assert (found.used, found.total) == (2**n, 2**n)


@pytest.mark.parametrize("used", [FIRST, 64, 128, 256, 512])
def test_intervals_hold_the_exact_value_as_often_as_they_say(used: int) -> None:
    rng = np.random.default_rng(used)
    rows = drawn_order(PLAYERS)[:used]
    inside = []
    for _ in range(200):
        # Who is who is drawn anew: the order of the coalitions is always the same.
        table = crooked_table(rng)
        found = estimated(rows, table[rows], PLAYERS)
        assert found is not None
        off = np.abs(found.values - shapley_values(table, PLAYERS))
        inside.append((off <= found.half_widths).mean())
    assert np.mean(inside) > 0.93


def test_errors_shrink_as_coalitions_are_run() -> None:
    table, order = crooked_table(np.random.default_rng(3)), drawn_order(PLAYERS)
    errors = []
    for used in (64, 256, 512, 1024):
        found = estimated(order[:used], table[order[:used]], PLAYERS)
        assert found is not None
        errors.append(float(found.errors.mean()))
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == 0.0


def test_an_additive_game_is_estimated_without_bias() -> None:
    worth = np.linspace(-1, 1, PLAYERS)
    table = all_coalitions(PLAYERS) @ worth[:, None]
    rows = drawn_order(PLAYERS)[:256]
    found = estimated(rows, table[rows], PLAYERS)
    assert found is not None
    assert (np.abs(found.values[:, 0] - worth) <= 3 * found.errors[:, 0]).all()
