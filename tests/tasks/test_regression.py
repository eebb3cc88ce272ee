"""A toy: ages predicted with a known error, and the interval's coverage of fresh patients."""

import numpy as np
import pandas as pd
import pytest

from face2bone.errors import ManifestError, TrainingError
from face2bone.tasks import RegressionTask
from face2bone.tasks.regression import Interval

AGE = RegressionTask("age_years", "years", 0.0, 120.0)


def ages(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    true = rng.uniform(30, 90, n)
    return (true + rng.laplace(0.0, 3.0, n))[:, None], true


def test_the_interval_covers_fresh_patients_as_promised() -> None:
    fitted = AGE.calibrate(*ages(999, 1))
    assert fitted.half_width == pytest.approx(-3.0 * np.log(0.1), rel=0.15)
    measures = AGE.measures(*ages(20_000, 2), fitted)
    assert measures["coverage"] == pytest.approx(0.9, abs=0.03)
    assert measures["absolute_error"] == pytest.approx(3.0, abs=0.1)


def test_the_half_width_is_the_rank_of_the_paper() -> None:
    errors = np.arange(1.0, 20.0)  # of 19, the ceil(20 * 0.9) = 18th smallest
    assert AGE.calibrate(60.0 + errors[:, None], np.full(19, 60.0)) == Interval(18.0, 0.1, 19)


def test_what_is_said_stays_in_the_tasks_range() -> None:
    said = AGE.summarise([118.0], Interval(5.0, 0.1, 100))
    assert said == {"value": 118.0, "low": 113.0, "high": 120.0}


def test_what_is_no_age_is_refused() -> None:
    with pytest.raises(ManifestError, match="not between 0 and 120 years"):
        AGE.labels(pd.DataFrame({"age_years": [50.0, np.nan]}))
    with pytest.raises(TrainingError, match=r"8 patients where level 0\.1 needs 9"):
        AGE.calibrate(*ages(8, 3))
    with pytest.raises(TrainingError, match="do not belong together"):
        AGE.calibrate(np.zeros((20, 2)), np.zeros(20))
    with pytest.raises(TrainingError, match="NaN"):
        AGE.calibrate(np.full((20, 1), np.nan), np.zeros(20))
    with pytest.raises(ValueError, match="from low to high"):
        RegressionTask("age_years", "years", 1.0, 1.0)
