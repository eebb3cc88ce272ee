"""Matched cosines against planted permutations, and what the two kinds of seed vary."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.errors import TrainingError
from research.concept_study.stability import BankFit, fit_bank, matched_cosines, stability


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def planted(rows=400, parts=3, columns=30, seed=0):
    """Features of parts on disjoint columns, and the parts."""
    rng = np.random.default_rng(seed)
    W = np.zeros((parts, columns))
    for part in range(parts):
        W[part, part * 10 : part * 10 + 10] = rng.uniform(0.5, 2, 10)
    return rng.gamma(0.5, size=(rows, parts)) @ W, unit(W)


def fit(basis, error=0.3, seed=0):
    return BankFit("sample", len(basis), seed, basis, error)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=40)
def test_order_and_length_of_the_concepts_do_not_matter(seed, parts):
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.5, size=(parts, 12)) + 1e-6
    shuffled = rng.permutation(W) * rng.uniform(0.1, 9, (parts, 1))
    assert np.allclose(matched_cosines(W, shuffled), 1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
@settings(max_examples=40)
def test_matching_is_the_best_of_all_orders_and_the_same_from_both_sides(seed, parts):
    rng = np.random.default_rng(seed)
    first, second = rng.gamma(0.5, size=(2, parts, 7)) + 1e-6
    cosines = unit(first) @ unit(second).T
    best = max(sum(cosines[i, j] for i, j in enumerate(o)) for o in permutations(range(parts)))
    assert matched_cosines(first, second).sum() == pytest.approx(best)
    assert np.allclose(
        sorted(matched_cosines(first, second)), sorted(matched_cosines(second, first))
    )


def test_a_partner_is_given_once():
    first, second = np.eye(2), np.array([[1.0, 0], [1, 0]])
    assert sorted(matched_cosines(first, second)) == [0, 1]


def test_a_part_that_learned_nothing_has_cosine_nought():
    assert matched_cosines(np.zeros((1, 3)), np.ones((1, 3))) == [0]


@pytest.mark.parametrize("varied", ["sample", "start"])
def test_planted_parts_are_found_again_whatever_the_seed(varied):
    A, W = planted()
    fits = [fit_bank(A[:300], A[300:], 3, seed, varied, 200) for seed in range(3)]
    found = stability(fits)
    assert (found.varied, found.concepts, found.seeds) == (varied, 3, 3)
    assert found.mean_cosine > 0.99
    assert found.worst_cosine > 0.99
    assert found.found_again == 1
    assert found.error < 0.02
    assert matched_cosines(fits[0].basis, W).min() > 0.99


def test_what_each_kind_of_seed_varies():
    """More parts than were planted: what is left over hangs on the draw."""
    A = np.random.default_rng(3).gamma(0.5, size=(300, 20))
    for varied in ("sample", "start"):
        first, again, other = (fit_bank(A, A, 6, s, varied, 250) for s in (0, 0, 1))
        assert (first.basis == again.basis).all()
        assert (first.basis != other.basis).any()
    sample, start = (fit_bank(A, A, 6, 0, varied, 250) for varied in ("sample", "start"))
    assert (sample.basis != start.basis).any()


def test_more_concepts_leave_less_unexpressed():
    A = np.random.default_rng(4).gamma(0.5, size=(300, 20))
    errors = [fit_bank(A[:200], A[200:], r, 0, "sample", 200).error for r in (2, 5, 10)]
    assert errors == sorted(errors, reverse=True)


def test_too_few_positions_are_refused():
    with pytest.raises(TrainingError, match="4 concepts"):
        fit_bank(np.ones((50, 9)), np.ones((5, 9)), 4, 0, "sample", 3)


def test_the_figures_of_two_banks():
    tilted = np.array([[1.0, 0, 0], [0, 0.6, 0.8]])
    found = stability([fit(np.eye(2, 3), 0.2), fit(tilted, 0.4, seed=1)])
    assert found.mean_cosine == pytest.approx(0.8)
    assert found.worst_cosine == pytest.approx(0.6)
    assert found.found_again == 0.5
    assert (found.error, found.error_low, found.error_high) == (pytest.approx(0.3), 0.2, 0.4)


def test_the_least_stable_concept_is_judged_over_all_other_seeds():
    gone = np.array([[1.0, 0, 0], [0, 0, 1]])
    found = stability([fit(np.eye(2, 3)), fit(np.eye(2, 3)), fit(gone)])
    assert found.worst_cosine == pytest.approx(0.5)
    assert found.found_again == pytest.approx(4 / 6)
