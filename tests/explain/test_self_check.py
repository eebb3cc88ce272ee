"""An explanation is shown when its two baselines tell the same story, and withheld when not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.self_check import (
    LEAST_BEATEN,
    SelfCheck,
    least_agreement,
    rank_agreement,
    self_check,
)

WORTH = np.array([3.0, -1.0, 0.5, 2.0, 0.1, 1.0, -2.0, 4.0, 1.5, 0.25])


def game(worth):
    return all_coalitions(10) @ np.asarray(worth, dtype=np.float64)


def test_two_fills_that_agree_pass():
    found = self_check(game(WORTH), game(WORTH * 0.3 + 0.01 * np.arange(10)))
    assert found.agreement > 0.95
    assert found.beaten > 0.999
    assert found.reason is None


def test_two_fills_that_disagree_are_withheld_in_words():
    found = self_check(game(WORTH), game(-WORTH))
    assert found.agreement == pytest.approx(-1)
    assert found.reason is not None
    assert "rank the regions differently" in found.reason
    assert "-1.00" in found.reason


def test_nothing_to_rank_is_withheld():
    assert self_check(np.zeros(1024), np.zeros(1024)) == SelfCheck(0.0, 0.0, 0.564)
    assert SelfCheck(0.0, 0.0, 0.564).reason is not None


def test_an_order_no_better_than_chance_is_withheld_even_where_ranks_agree():
    reason = SelfCheck(0.9, 0.80, 0.564).reason
    assert reason is not None
    assert "80%" in reason


def test_the_limits_themselves_pass():
    assert SelfCheck(0.564, LEAST_BEATEN, 0.564).reason is None


def test_it_does_not_matter_which_fill_comes_first(table):
    other = np.random.default_rng(9).normal(size=1024)
    assert self_check(table, other) == self_check(other, table)


def test_unrelated_rankings_pass_agreement_about_once_in_twenty():
    """The meaning of the first constant, by simulation: 5% of unrelated rankings reach it."""
    rng = np.random.default_rng(1)
    ranks = np.argsort(rng.random((40_000, 10)), axis=1)
    gaps = ((ranks - np.arange(10)) ** 2).sum(axis=1)
    reached = np.mean(1 - 6 * gaps / 990 >= least_agreement(10))
    assert 0.04 < reached < 0.06


def test_a_picture_of_four_parts_is_checked_by_its_own_limits():
    """Of four regions only perfect agreement is rarer than once in twenty."""
    worth = np.array([4.0, 3.0, 2.0, 1.0])
    same = self_check(all_coalitions(4) @ worth, all_coalitions(4) @ (2 * worth))
    assert (same.least_agreement, same.reason) == (1.0, None)
    swapped = self_check(all_coalitions(4) @ worth, all_coalitions(4) @ worth[[1, 0, 2, 3]])
    assert swapped.reason is not None


VALUES = arrays(np.float64, 10, elements=st.integers(-3, 3).map(float))


@given(VALUES, VALUES)
def test_agreement_is_spearman_and_no_ranking_counts_as_none(a, b):
    found = rank_agreement(a, b)
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert found == pytest.approx(spearmanr(a, b).statistic)
    else:
        assert found == 0
