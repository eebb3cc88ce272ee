"""Total Sobol indices against functions whose indices are known in closed form."""

import numpy as np
import pytest

from face2bone.explain.sobol import replicated_design, total_indices


def total(masks):
    return masks.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("inputs", [1, 2, 5, 8, 10])
@pytest.mark.parametrize("seed", range(5))
def test_additive_toy_within_five_percent(inputs, seed):
    indices = total_indices(total, inputs, seed=seed).values[:, 0]
    assert np.abs(indices * inputs - 1).max() < 0.05


@pytest.mark.parametrize("seed", range(5))
def test_twenty_inputs_within_five_percent_at_twice_the_samples(seed):
    indices = total_indices(total, 20, seed=seed).values[:, 0]
    assert np.abs(indices * 20 - 1).max() < 0.05


@pytest.mark.parametrize(("inputs", "samples"), [(1, 256), (10, 256), (11, 512)])
def test_how_many_samples_are_taken_by_default(inputs, samples):
    sizes = []

    def counted(masks):
        sizes.append(len(masks))
        return total(masks)

    total_indices(counted, inputs)
    assert set(sizes) == {samples}


def test_sobol_g_function():
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    part = 1 / 3 / (1 + a) ** 2
    whole = np.prod(1 + part)
    exact = part * whole / (1 + part) / (whole - 1)

    def g(masks):
        return np.prod((np.abs(4 * masks - 2) + a) / (1 + a), axis=1, keepdims=True)

    assert np.allclose(total_indices(g, 8, samples=4096).values[:, 0], exact, rtol=0.05)


def test_ishigami_function():
    def ishigami(masks):
        x = 2 * np.pi * masks - np.pi
        sine = np.sin(x[:, 0])
        return (sine + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * sine)[:, None]

    indices = total_indices(ishigami, 3, samples=4096).values[:, 0]
    assert np.allclose(indices, [0.5576, 0.4424, 0.2437], atol=0.01)


def cliff(masks):
    """A network's answer: nearly flat, and far below once little is left of any input."""
    return (masks[:, 0] - 300 * np.maximum(0.12 - masks.mean(axis=1), 0) ** 0.5)[:, None]


def test_no_index_is_above_one():
    """With the variance of one sample alone, rare masks at a cliff give indices above 2."""
    found = [total_indices(cliff, 6, seed=seed) for seed in range(40)]
    values = np.array([f.values for f in found])
    assert values.max() <= 1
    assert values.min() >= 0


def test_the_standard_error_is_no_less_than_the_spread_over_seeds():
    def interacting(masks):
        return (masks[:, 0] * masks[:, 1] + 0.3 * np.exp(3 * masks[:, 2]))[:, None]

    found = [total_indices(interacting, 4, seed=seed) for seed in range(60)]
    values = np.array([f.values[:3, 0] for f in found])
    errors = np.array([f.errors[:3, 0] for f in found])
    spread = values.std(axis=0, ddof=1)
    stated = np.sqrt(np.square(errors).mean(axis=0))
    assert (stated > 0.8 * spread).all()
    assert stated.max() < 0.05
    within = np.abs(values - values.mean(axis=0)) < 2 * errors
    assert within.mean() > 0.9


def test_an_input_that_does_nothing_has_index_and_error_zero():
    found = total_indices(lambda masks: masks[:, :1], 3)
    assert (found.values[1:] == 0).all()
    assert (found.errors[1:] == 0).all()


def test_an_output_that_does_not_vary_has_no_important_input():
    def partly_constant(masks):
        return np.stack([np.full(len(masks), 3.7), masks[:, 0]], axis=1)

    indices = total_indices(partly_constant, 4).values
    assert (indices[:, 0] == 0).all()
    assert indices[0, 1] == pytest.approx(1, abs=0.05)
    assert (indices[1:, 1] == 0).all()


def test_float32_noise_on_a_constant_is_no_variance():
    rng = np.random.default_rng(0)

    def noisy(masks):
        return (5 + 3e-7 * rng.normal(size=(len(masks), 1))).astype(np.float32)

    found = total_indices(noisy, 3)
    assert (found.values == 0).all()
    assert (found.errors == 0).all()


def test_outputs_are_independent_of_each_other_and_of_scale():
    def scaled(masks):
        return np.concatenate([total(masks), 1e4 * total(masks) - 7], axis=1)

    indices = total_indices(scaled, 6).values
    assert np.allclose(indices[:, 0], indices[:, 1])


def test_the_design_covers_the_unit_cube_and_its_halves_are_independent():
    A, B = replicated_design(10, 256, seed=0)
    assert A.shape == B.shape == (256, 10)
    for sample in (A, B):
        assert ((sample >= 0) & (sample < 1)).all()
        assert np.allclose(sample.mean(axis=0), 0.5, atol=0.01)
    assert max(abs(np.corrcoef(A[:, i], B[:, i])[0, 1]) for i in range(10)) < 0.05


def test_the_same_seed_gives_the_same_indices_and_another_seed_others():
    first, again, other = (total_indices(total, 5, seed=seed).values for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_calls_the_function_once_for_each_of_r_plus_one_samples():
    sizes = []

    def counted(masks):
        sizes.append(masks.shape)
        return total(masks)

    total_indices(counted, 4, samples=128)
    assert sizes == [(128, 4)] * 5
