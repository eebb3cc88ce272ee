"""Spearman's rank correlation, against scipy's, and where nothing is ranked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from face2bone.explain.agreement import rank_agreement

VALUES = arrays(np.float64, 10, elements=st.integers(-3, 3).map(float))


@given(VALUES, VALUES)
def test_agreement_is_spearman_and_no_ranking_counts_as_none(a, b):
    found = rank_agreement(a, b)
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert found == pytest.approx(spearmanr(a, b).statistic)
    else:
        assert found == 0
