"""Schoenfeld residuals against statsmodels; the test against a likelihood written out in full."""

import numpy as np
import pytest
import torch
from statsmodels.duration.hazard_regression import PHReg

from face2bone.errors import SurvivalError
from face2bone.survival.cox import fit_cox
from face2bone.survival.curves import kaplan_meier
from face2bone.survival.proportional_hazards import proportional_hazards, schoenfeld
from face2bone.survival.times import SurvivalTimes

NAMES = ("a", "b", "c")


def test_residuals_equal_statsmodels(draw) -> None:
    x, times = draw()
    other = PHReg(times.years, x, times.events.astype(int)).fit().schoenfeld_residuals
    found = schoenfeld(fit_cox(x, times, NAMES), x, times)
    order = np.argsort(times.years)
    theirs = other[order][times.events[order]]
    assert found.residuals == pytest.approx(theirs, abs=1e-6)
    assert found.years == pytest.approx(times.years[order][times.events[order]])


@pytest.mark.parametrize("step", [0.0, 0.3])
def test_residuals_and_covariances_add_up(draw, step: float) -> None:
    x, times = draw(step=step)
    model = fit_cox(x, times, NAMES)
    found = schoenfeld(model, x, times)
    assert found.residuals.sum(axis=0) == pytest.approx(0.0, abs=1e-8)
    information = np.linalg.inv(model.covariance)
    assert found.covariances.sum(axis=0) == pytest.approx(information, rel=1e-6, abs=1e-6)


def extended(x: np.ndarray, times: SurvivalTimes, theta: torch.Tensor) -> torch.Tensor:
    """Log-likelihood with x and x g(t), one event at a time; theta holds both slopes."""
    curve, columns = kaplan_meier(times), torch.tensor(x)
    total = torch.zeros((), dtype=torch.float64)
    for i in np.flatnonzero(times.events):
        g = 1.0 - float(curve.at(times.years[i] - 1e-9))
        both = torch.cat([columns, columns * g], dim=1)
        at_risk = torch.tensor(times.years >= times.years[i])
        eta = both @ theta
        total = total + eta[i] - torch.logsumexp(eta[at_risk], 0)
    return total


def test_the_test_is_the_score_test_of_a_slope_in_time(draw) -> None:
    x, times = draw(80, 3)
    model = fit_cox(x, times, NAMES)
    theta = torch.tensor(np.append(model.coefficients, np.zeros(3)), requires_grad=True)
    (gradient,) = torch.autograd.grad(extended(x, times, theta), theta)
    hessian = torch.autograd.functional.hessian(lambda t: extended(x, times, t), theta)
    u, information = gradient.numpy(), -hessian.numpy()
    found = proportional_hazards(model, x, times)
    assert found[-1].statistic == pytest.approx(u @ np.linalg.solve(information, u), rel=1e-6)
    for k in range(3):  # one slope in time at a time
        some = [0, 1, 2, 3 + k]
        part = u[some] @ np.linalg.solve(information[np.ix_(some, some)], u[some])
        assert found[k].statistic == pytest.approx(part, rel=1e-6)


def test_a_ratio_that_turns_is_found_and_a_steady_one_is_not() -> None:
    rng = np.random.default_rng(5)
    early, steady = rng.integers(0, 2, (2, 1_500)).astype(float)
    # The first column trebles the hazard for half a year and does nothing afterwards.
    base = np.exp(0.5 * steady)
    first = rng.exponential(1 / (base * np.where(early > 0, 3.0, 1.0)))
    years = np.where(first < 0.5, first, 0.5 + rng.exponential(1 / base))
    times = SurvivalTimes.of(np.minimum(years, 3.0), years < 3.0)
    x = np.column_stack([early, steady])
    found = proportional_hazards(fit_cox(x, times, ["early", "steady"]), x, times)
    assert [test.name for test in found] == ["early", "steady", "all"]
    assert found[0].p_value < 1e-4
    assert found[1].p_value > 0.05
    assert (found[2].degrees, found[2].p_value < 1e-4) == (2, True)


def test_under_proportional_hazards_one_test_in_twenty_rejects(draw) -> None:
    p_values = []
    for seed in range(200):
        x, times = draw(150, seed)
        model = fit_cox(x, times, NAMES)
        p_values.append([t.p_value for t in proportional_hazards(model, x, times)])
    rejected = (np.array(p_values) < 0.05).mean(axis=0)
    assert (rejected < 0.10).all()
    assert (rejected > 0.01).all()


def test_events_that_share_one_time_have_no_trend(draw) -> None:
    x, times = draw()
    at_once = SurvivalTimes(np.where(times.events, 1.0, 0.5), times.events)
    model = fit_cox(x, at_once, NAMES)
    with pytest.raises(SurvivalError, match="falls on one and the same time"):
        proportional_hazards(model, x, at_once)
