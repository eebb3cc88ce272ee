"""The test of fit against scipy, statsmodels and its own law."""

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import chi2

from face2bone.calibration.affine import Intercept
from face2bone.calibration.calibrators import calibrated
from face2bone.calibration.losses import log_losses
from face2bone.calibration.miscalibration import miscalibration_p
from face2bone.errors import TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


def test_honest_probabilities_are_rarely_called_wrong(honest: Honest) -> None:
    p = np.array([miscalibration_p(*honest(400, seed)) for seed in range(60)])
    assert (p < 0.05).sum() <= 6  # Bonferroni over four nested tests errs on the safe side
    assert p.max() <= 1.0


def test_the_smallest_of_four_p_values_times_four(honest: Honest) -> None:
    logits, labels = honest(300, 1)
    shifted = logits + np.log([1.0, 1.0, 1.6])
    alone = log_losses(calibrated(shifted), labels).sum()
    fitted = log_losses(calibrated(shifted, Intercept.fit(shifted, labels)), labels).sum()
    one = 4 * chi2.sf(2 * (alone - fitted), Intercept.parameters(3))
    assert miscalibration_p(shifted, labels) <= min(1.0, one) * (1 + 1e-9)


def test_the_intercept_test_is_that_of_a_logistic_regression_with_an_offset() -> None:
    """Two classes in use: shifting their log-odds is a binomial model with an offset."""
    rng = np.random.default_rng(3)
    logit = rng.normal(0, 1.5, 500)
    labels = (rng.random(500) < 1 / (1 + np.exp(-logit - 0.4))).astype(np.int64)
    labels[:2] = (0, 1)
    scores = np.stack([np.zeros(500), logit, np.full(500, -30.0)], axis=1)
    with np.errstate(all="ignore"):
        model = sm.GLM(labels, np.ones((500, 1)), sm.families.Binomial(), offset=logit).fit()
    expected = 2 * (model.llf + log_losses(calibrated(scores), labels).sum())
    fitted = calibrated(scores, Intercept.fit(scores, labels))
    found = 2 * (log_losses(calibrated(scores), labels) - log_losses(fitted, labels)).sum()
    assert found == pytest.approx(expected, rel=0.02)


def test_more_results_of_the_same_fault_say_more(honest: Honest) -> None:
    logits, labels = honest(2_000, 4)
    shifted = logits + np.log([1.0, 1.0, 2.0])
    p = [miscalibration_p(shifted[:n], labels[:n]) for n in (200, 800, 2_000)]
    assert p[0] > p[1] > p[2]
    assert p[2] < 1e-6


def test_scores_and_labels_are_checked() -> None:
    with pytest.raises(TrainingError):
        miscalibration_p(np.zeros((3, 3)), [0, 1])
