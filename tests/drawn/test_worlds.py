"""Severity: the one quantity through which a T-score reaches a picture."""

import numpy as np
import pytest

from face2bone.drawn.worlds import SEVERITY_CENTRE, severity


def test_severity_falls_with_the_t_score_and_is_centred() -> None:
    grid = np.linspace(-6, 3, 500)
    assert (np.diff(severity(grid)) < 0).all()
    assert severity(SEVERITY_CENTRE) == 0
    assert severity(-1.0) == pytest.approx(-severity(-2.5))
