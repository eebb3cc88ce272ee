"""Breslow, Brier and calibration against torchsurv, by hand, and where the truth is known."""

import numpy as np
import pytest
import torch
from torchsurv.loss.cox import baseline_survival_function
from torchsurv.metrics.brier_score import BrierScore
from torchsurv.stats.ipcw import get_ipcw

from face2bone.errors import SurvivalError
from face2bone.survival.absolute_risk import (
    breslow,
    brier_scores,
    calibration_at,
    integrated_brier,
)
from face2bone.survival.cox import fit_cox
from face2bone.survival.curves import kaplan_meier
from face2bone.survival.times import SurvivalTimes

HORIZONS = np.array([0.4, 0.8, 1.2])


def test_breslow_by_hand() -> None:
    times = SurvivalTimes.of([1.0, 2.0, 2.0, 3.0], [1, 1, 1, 0])
    hazard = np.array([2.0, 1.0, 3.0, 4.0])
    found = breslow(np.log(hazard), times)
    assert found.cumulative == pytest.approx([1 / 10, 1 / 10 + 2 / 8, 1 / 10 + 2 / 8])
    assert found.at([0.5, 1.0, 2.5, 9.0]) == pytest.approx([0, 0.1, 0.35, 0.35])
    assert found.risks([0.0], [1.0])[0, 0] == pytest.approx(1 - np.exp(-0.1))


@pytest.mark.parametrize("step", [0.0, 0.05])
def test_breslow_equals_torchsurv(draw, step: float) -> None:
    x, times = draw(step=step)
    eta = fit_cox(x, times, "abc").log_hazard(x)
    other = baseline_survival_function(
        torch.tensor(eta), torch.tensor(times.events), torch.tensor(times.years)
    )
    ours = np.exp(-breslow(eta, times).cumulative)  # at the same times, theirs in float32
    assert ours == pytest.approx(other["baseline_survival"].numpy(), abs=1e-6)


def test_brier_equals_torchsurv(draw) -> None:
    x, times = draw()
    eta = fit_cox(x, times, "abc").log_hazard(x)
    risks = breslow(eta, times).risks(eta, HORIZONS)
    event, years, at = (
        torch.tensor(times.events),
        torch.tensor(times.years),
        torch.tensor(HORIZONS),
    )
    score = BrierScore()
    theirs = score(
        torch.tensor(1 - risks),
        event,
        years,
        at,
        get_ipcw(event, years),
        get_ipcw(event, years, at),
    )
    ours = brier_scores(risks, times, HORIZONS)
    assert ours == pytest.approx(theirs.numpy(), abs=1e-6)
    assert integrated_brier(ours, HORIZONS) == pytest.approx(float(score.integral()), abs=1e-6)


def test_without_censoring_the_score_is_a_mean_square() -> None:
    rng = np.random.default_rng(0)
    years, risks = rng.uniform(0.1, 3.0, 90), rng.random((90, 1))
    times = SurvivalTimes.of(years, np.ones(90))
    expected = ((risks[:, 0] - (years <= 1.0)) ** 2).mean()
    assert brier_scores(risks, times, [1.0]) == pytest.approx([expected])


def test_censored_patients_are_stood_for_by_those_like_them() -> None:
    """A constant risk equal to the truth scores p (1 - p), however many are lost on the way."""
    rng = np.random.default_rng(1)
    happens, followed = rng.exponential(2.0, 40_000), rng.uniform(0.0, 4.0, 40_000)
    times = SurvivalTimes.of(np.minimum(happens, followed), happens <= followed)
    p = 1 - np.exp(-1.0)
    score = brier_scores(np.full((40_000, 1), p), times, [2.0])[0]
    assert score == pytest.approx(p * (1 - p), abs=0.005)


def test_calibration_of_true_risks_and_of_doubled_ones(draw) -> None:
    x, times = draw(3_000, 2)
    true = -np.expm1(-1.0 * np.exp(x @ [0.5, -0.3, 0.0]))
    found = calibration_at(true, times, 1.0)
    assert [group.patients for group in found.groups] == [600] * 5
    assert sum(group.low <= group.predicted <= group.high for group in found.groups) >= 4
    predicted = [group.predicted for group in found.groups]
    assert predicted == sorted(predicted)
    assert found.everyone.observed == pytest.approx(1 - kaplan_meier(times).at(1.0))
    wrong = calibration_at(true / 2, times, 1.0)
    assert all(group.predicted < group.low for group in wrong.groups)


def test_horizons_beyond_the_follow_up_are_refused(draw) -> None:
    _, times = draw(100)
    risks = np.full((100, 1), 0.5)
    with pytest.raises(SurvivalError, match="Nobody was followed for 9 years"):
        brier_scores(risks, times, [9.0])
    with pytest.raises(SurvivalError, match="Too few were followed for 9 years"):
        calibration_at(risks[:, 0], times, 9.0)
    with pytest.raises(SurvivalError, match="Too few"):
        calibration_at(risks[:3, 0], times.rows(np.arange(3)), 0.01)
    for horizons in ([1.0], [2.0, 1.0]):
        with pytest.raises(SurvivalError, match="must rise"):
            integrated_brier(np.zeros(len(horizons)), horizons)
