"""NMF finds planted parts; projection equals plain non-negative least squares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from face2bone.errors import TrainingError
from face2bone.explain.nmf import factorise, project, relative_error


def planted(rows=300, parts=4, columns=40, seed=0):
    """U, W and A = U W with parts on nearly disjoint features."""
    rng = np.random.default_rng(seed)
    W = np.zeros((parts, columns))
    for part, features in enumerate(np.array_split(rng.permutation(columns), parts)):
        W[part, features] = rng.uniform(0.5, 2, len(features))
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    U = rng.gamma(0.5, size=(rows, parts))
    return U, W, U @ W


def test_factorise_finds_the_planted_parts():
    _, W, A = planted()
    U, found = factorise(A, 4, seed=0)
    assert relative_error(A, U, found) < 0.01
    cosine = W @ found.T
    assert (cosine.max(axis=1) > 0.99).all()
    assert sorted(cosine.argmax(axis=1)) == [0, 1, 2, 3]


def test_factors_are_non_negative_and_parts_have_unit_length():
    A = np.random.default_rng(1).gamma(0.5, size=(100, 30)).astype(np.float32)
    U, W = factorise(A, 5, seed=0)
    assert U.min() >= 0
    assert W.min() >= 0
    assert np.allclose(np.linalg.norm(W, axis=1), 1)


def test_the_same_seed_gives_the_same_parts():
    A = planted(seed=2)[2]
    assert (factorise(A, 4, seed=7)[1] == factorise(A, 4, seed=7)[1]).all()


def test_a_part_that_learns_nothing_stays_nought_and_is_never_present():
    row = np.random.default_rng(3).gamma(1, size=(1, 20))
    A = np.random.default_rng(4).gamma(1, size=(50, 1)) @ row
    U, W = factorise(A, 3, seed=0)
    assert np.isfinite(U).all()
    assert np.isfinite(W).all()
    assert relative_error(A, project(A, W), W) < 0.01


@pytest.mark.parametrize("shape", [(3, 20), (20, 3)])
def test_too_few_rows_or_features_are_refused(shape):
    with pytest.raises(TrainingError, match="4 concepts"):
        factorise(np.ones(shape), 4, seed=0)


def test_project_recovers_coefficients():
    U, W, A = planted()
    assert np.allclose(project(A, W), U, atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
@settings(max_examples=30)
def test_project_equals_scipy_nnls_on_the_whole_problem(seed, parts):
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.5, size=(parts, 25))
    A = rng.gamma(0.5, size=(6, 25))
    expected = np.stack([nnls(W.T, row)[0] for row in A])
    assert np.allclose(project(A, W), expected, atol=1e-8)


def test_relative_error_of_nothing_is_nought():
    assert relative_error(np.zeros((2, 3)), np.zeros((2, 1)), np.zeros((1, 3))) == 0.0
    assert relative_error(np.ones((2, 3)), np.zeros((2, 1)), np.ones((1, 3))) == 1.0


def test_random_starts_find_the_planted_parts_too():
    _, W, A = planted()
    for seed in range(2):
        found = factorise(A, 4, seed, start="random")[1]
        assert ((W @ found.T).max(axis=1) > 0.99).all()
