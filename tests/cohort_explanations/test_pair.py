from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.cohort_explanations.pair import difference
from face2bone.explain.photo_row import PhotoFigures
from tests.cohort_explanations.made import LAYOUT, figures


@given(st.integers(0, 50), st.integers(51, 99), st.sampled_from(LAYOUT.targets))
def test_base_and_regions_add_up_and_turning_round_turns_the_sign(
    a: int, b: int, target: str
) -> None:
    there, back = (difference(figures(x), figures(y), target, LAYOUT) for x, y in ((a, b), (b, a)))
    assert there.base + there.regions.sum() == pytest.approx(there.total)
    np.testing.assert_allclose(there.regions, -back.regions)
    np.testing.assert_allclose(there.probabilities, -back.probabilities)
    assert there.total == pytest.approx(-back.total)


def changed(region: int, by: float) -> tuple[PhotoFigures, PhotoFigures]:
    """Two faces that differ in one region's severity value only."""
    first = figures(3)
    values, full = first.values.copy(), first.full.copy()
    values[region, 3] += by
    full[3] += by
    return first, replace(first, values=values, full=full)


def test_the_words_name_the_region_that_differs_and_its_share() -> None:
    words = " ".join(difference(*changed(5, 0.4), "severity", LAYOUT).words)
    assert "The expected class is 0.40 higher (B)" in words
    assert "the ten regions account for +0.40" in words
    assert "left nasolabial (+0.40)" in words
    assert words.count("(+0.40)") == 1
    lower = " ".join(difference(*changed(5, -0.4), "severity", LAYOUT, ("drawn", "moved")).words)
    assert "0.40 lower (moved)" in lower


def test_nothing_is_made_of_nothing() -> None:
    same = difference(figures(3), figures(3), "osteoporosis", LAYOUT)
    assert same.total == 0.0
    assert "The logit of osteoporosis is the same" in same.words[1]
    assert same.words[2] == "No region makes a difference worth naming."


def test_the_class_whose_probability_differs_most_is_named() -> None:
    first = replace(figures(1), probabilities=np.array([0.5, 0.3, 0.2]))
    second = replace(figures(2), probabilities=np.array([0.1, 0.35, 0.55]))
    words = difference(first, second, "normal", LAYOUT).words[0]
    assert words == ("The answers differ most in the probability of normal: 50% (A) and 10% (B).")
