"""Two heads' part values on made-up tables whose answer is known."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from face2bone.errors import EvaluationError
from face2bone.evaluation.independence import Independence, compare_heads

PARTS = tuple(f"part {k}" for k in range(10))
ORBIT_FIRST = np.arange(10, 0, -1.0)
JAW_FIRST = np.array([1.0, 2.0, 9.0, 4.0, 8.0, 3.0, 10.0, 5.0, 7.0, 6.0])
Head: TypeAlias = Callable[[np.ndarray, int], np.ndarray]


def head(weights: np.ndarray, seed: int, patients: int = 200, noise: float = 1.0) -> np.ndarray:
    """A head whose values of a part spread as its weight; each seed has its own signs and noise."""
    rng = np.random.default_rng(seed)
    values: np.ndarray = weights * rng.normal(size=(patients, len(weights)))
    return values + noise * rng.normal(size=values.shape)


def compared(second: np.ndarray, twin: np.ndarray, **options: int) -> Independence:
    return compare_heads(head(ORBIT_FIRST, 1), second, twin, PARTS, **options)


def test_two_seeds_are_alike() -> None:
    found = compared(head(ORBIT_FIRST, 2), head(ORBIT_FIRST, 3))
    assert found.finding == "alike"
    assert found.agreement.value > 0.9
    assert found.p_value < 0.001


def test_heads_of_other_parts_are_different() -> None:
    found = compared(head(JAW_FIRST, 2), head(ORBIT_FIRST, 3))
    assert found.finding == "different"
    assert found.agreement.high < found.ceiling.low
    assert found.gap.low > 0
    assert found.p_value > 0.05


def test_opposite_heads_are_different_and_not_alike() -> None:
    assert compared(head(ORBIT_FIRST[::-1], 2), head(ORBIT_FIRST, 3)).finding == "different"


def test_where_two_seeds_do_not_agree_nothing_is_settled() -> None:
    for second in (ORBIT_FIRST, JAW_FIRST):
        found = compared(head(second, 2), head(JAW_FIRST, 3))
        assert found.ceiling_p_value > 0.05
        assert found.finding == "not settled"


def test_half_shared_parts_are_neither() -> None:
    half = np.concatenate([ORBIT_FIRST[:2], ORBIT_FIRST[5:], ORBIT_FIRST[2:5]])
    found = compared(head(half, 2), head(ORBIT_FIRST, 3))
    assert found.p_value < 0.3
    assert found.gap.low > 0
    assert found.finding in ("different", "not settled")


def test_figures_equal_scipy() -> None:
    first, second, twin = head(ORBIT_FIRST, 1), head(JAW_FIRST, 2), head(ORBIT_FIRST, 3)
    found = compare_heads(first, second, twin, PARTS)
    a, b, c = (np.abs(v).mean(axis=0) for v in (first, second, twin))
    assert found.agreement.value == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-6)
    assert found.ceiling.value == pytest.approx(stats.spearmanr(a, c).statistic, abs=1e-6)
    assert found.first == pytest.approx(a / a.sum(), abs=1e-6)
    assert found.second == pytest.approx(b / b.sum(), abs=1e-6)
    assert sum(found.first) == pytest.approx(1.0, abs=1e-5)


def test_the_null_is_every_order_of_few_parts_and_spearmans_of_many() -> None:
    four = compare_heads(
        head(np.array([4.0, 3, 2, 1]), 1),
        head(np.array([4.0, 3, 2, 1]), 2),
        head(np.array([4.0, 3, 2, 1]), 3),
        PARTS[:4],
    )
    assert four.p_value == pytest.approx(1 / 24)
    ten = compared(head(ORBIT_FIRST, 2), head(ORBIT_FIRST, 3))
    assert ten.null_high == pytest.approx(0.564, abs=0.015)  # exact one-sided 5% point of n = 10


@pytest.mark.slow
def test_unrelated_heads_reach_the_null_one_time_in_twenty() -> None:
    rng = np.random.default_rng(0)
    twin = head(ORBIT_FIRST, 3)
    found = [
        compared(head(rng.permutation(ORBIT_FIRST), 10 + k), twin, resamples=2).p_value
        for k in range(100)
    ]
    assert 0.0 <= np.mean(np.array(found) < 0.05) <= 0.11


@settings(max_examples=20)
@given(st.permutations(range(10)), st.floats(0.01, 100.0), st.integers(0, 99))
def test_order_of_parts_scale_and_sign_change_nothing(order, scale, seed) -> None:
    tables = head(ORBIT_FIRST, 1), head(JAW_FIRST, seed + 10), head(ORBIT_FIRST, 3)
    plain = compare_heads(*tables, PARTS, resamples=20)
    places = np.array(order)
    names = tuple(PARTS[k] for k in order)
    first, second, twin = (v[:, places] for v in tables)
    moved = compare_heads(first, -scale * second, twin, names, resamples=20)
    assert moved.agreement == plain.agreement
    assert moved.gap == plain.gap
    assert moved.second == pytest.approx(np.array(plain.second)[places], abs=1e-6)


def test_what_cannot_be_compared_is_refused() -> None:
    good = head(ORBIT_FIRST, 1)
    gap = good.copy()
    gap[0, 0] = np.nan
    for first, second, parts, says in (
        (good, good[:50], PARTS, "Explain the same patients"),
        (good, gap, PARTS, "Explain the same patients"),
        (good[:5], good[:5], PARTS, "too few to compare"),
        (good[:, :3], good[:, :3], PARTS[:3], "too few to compare"),
        (good, np.ones_like(good), PARTS, "same value"),
    ):
        with pytest.raises(EvaluationError, match=says):
            compare_heads(first, second, first, parts)
