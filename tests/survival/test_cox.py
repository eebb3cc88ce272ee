"""Cox against torchsurv, statsmodels and a published example; what cannot be fitted is refused.

torchsurv computes in float32, so it is met to a millionth of the value; statsmodels to 1e-6.
"""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg
from torchsurv.loss.cox import neg_partial_log_likelihood

from face2bone.errors import ConstantColumn, NoEvents, Separation, SurvivalError
from face2bone.survival.cox import fit_cox, likelihood_ratio, log_likelihood
from face2bone.survival.times import SurvivalTimes

NAMES = ("a", "b", "c")
TOLD = "ignore:Ties in `time` detected"  # torchsurv says that it does what it was asked to


@pytest.mark.filterwarnings(TOLD)
@pytest.mark.parametrize("step", [0.0, 0.05, 0.5])
def test_likelihood_equals_torchsurv(draw, step: float) -> None:
    x, times = draw(step=step)
    model = fit_cox(x, times, NAMES)
    eta = model.log_hazard(x)
    own = neg_partial_log_likelihood(
        torch.tensor(eta),
        torch.tensor(times.events),
        torch.tensor(times.years),
        ties_method="efron",
        reduction="sum",
    )
    assert log_likelihood(eta, times) == pytest.approx(-float(own), rel=1e-6)
    assert model.log_likelihood == pytest.approx(-float(own), rel=1e-6)
    assert model.null_log_likelihood == pytest.approx(log_likelihood(0 * eta, times), abs=1e-9)


@pytest.mark.filterwarnings(TOLD)
@pytest.mark.parametrize("step", [0.0, 0.05, 0.5])
def test_the_maximum_is_where_torchsurv_has_no_slope(draw, step: float) -> None:
    x, times = draw(step=step)
    beta = torch.tensor(fit_cox(x, times, NAMES).coefficients, requires_grad=True)
    neg_partial_log_likelihood(
        torch.tensor(x) @ beta,
        torch.tensor(times.events),
        torch.tensor(times.years),
        ties_method="efron",
        reduction="sum",
    ).backward()
    assert beta.grad is not None
    assert beta.grad.abs().max() / times.events.sum() < 1e-6


@pytest.mark.parametrize("step", [0.0, 0.05, 0.5])
def test_coefficients_and_errors_equal_statsmodels(draw, step: float) -> None:
    x, times = draw(step=step)
    other = PHReg(times.years, x, times.events.astype(int), ties="efron").fit()
    model = fit_cox(x, times, NAMES)
    assert model.coefficients == pytest.approx(other.params, abs=1e-6)
    assert model.standard_errors == pytest.approx(other.bse, abs=1e-6)
    ratio = model.hazard_ratio("b")
    assert np.log([ratio.low, ratio.high]) == pytest.approx(other.conf_int()[1], abs=1e-6)
    assert ratio.p_value == pytest.approx(other.pvalues[1], abs=1e-6)


def test_the_remission_example(remission) -> None:
    """Hazard ratio 4.82 (2.15 to 10.8) of placebo, as textbooks print it for Efron's ties."""
    model = fit_cox(*remission, ["placebo"])
    ratio = model.hazard_ratio("placebo")
    assert model.coefficients[0] == pytest.approx(1.572, abs=5e-4)
    assert model.standard_errors[0] == pytest.approx(0.412, abs=5e-4)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((4.82, 2.15, 10.8), abs=0.05)


def test_a_unit_of_ten_is_ten_times_the_log(draw) -> None:
    model = fit_cox(*draw(), NAMES)
    one, ten, back = (model.hazard_ratio("a", unit) for unit in (1.0, 10.0, -1.0))
    assert ten.value == pytest.approx(one.value**10)
    assert ten.p_value == pytest.approx(one.p_value)
    assert (back.low, back.high) == pytest.approx((1 / one.high, 1 / one.low))


@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.1, 0.5]),
    st.floats(1e-3, 1e3),
    st.floats(-1e3, 1e3),
)
def test_units_order_and_time_change_nothing_but_their_own(draw, seed, step, scale, shift) -> None:
    x, times = draw(120, seed, step)
    model = fit_cox(x, times, NAMES)
    moved = fit_cox(x * scale + shift, times, NAMES)
    assert moved.coefficients * scale == pytest.approx(model.coefficients, rel=1e-5, abs=1e-6)
    order = np.random.default_rng(seed).permutation(len(x))
    mixed = fit_cox(x[order], times.rows(order), NAMES)
    assert mixed.coefficients == pytest.approx(model.coefficients, abs=1e-8)
    # Only the order of times counts.
    later = fit_cox(x, SurvivalTimes(np.exp(times.years), times.events), NAMES)
    assert later.coefficients == pytest.approx(model.coefficients, abs=1e-8)


def test_likelihood_ratio_of_nested_models(draw) -> None:
    x, times = draw()
    full, part = fit_cox(x, times, NAMES), fit_cox(x[:, :1], times, NAMES[:1])
    test = likelihood_ratio(full, part)
    assert test.degrees == 2
    assert test.statistic == pytest.approx(2 * (full.log_likelihood - part.log_likelihood))
    assert test.p_value == pytest.approx(stats.chi2.sf(test.statistic, 2))
    for larger, smaller in ((part, full), (full, full)):
        with pytest.raises(SurvivalError, match="not nested"):
            likelihood_ratio(larger, smaller)


def test_a_ridge_shrinks_and_a_column_of_its_own_is_free(draw) -> None:
    x, times = draw()
    free, ridged = fit_cox(x, times, NAMES), fit_cox(x, times, NAMES, ridge=200.0)
    only_a = fit_cox(x, times, NAMES, ridge=[1e9, 0.0, 0.0])
    assert np.abs(ridged.coefficients).sum() < 0.8 * np.abs(free.coefficients).sum()
    alone = fit_cox(x[:, 1:], times, NAMES[1:])
    assert only_a.coefficients[0] == pytest.approx(0.0, abs=1e-6)
    assert only_a.coefficients[1:] == pytest.approx(alone.coefficients, abs=1e-5)


def test_log_hazard_is_against_the_mean_patient(draw) -> None:
    x, times = draw()
    model = fit_cox(x, times, NAMES)
    assert model.log_hazard(x.mean(axis=0)[None]) == pytest.approx(0.0, abs=1e-12)


EIGHT = SurvivalTimes.of(range(1, 9), [1, 1, 1, 1, 1, 1, 0, 0])


def test_a_column_that_orders_the_events_is_refused() -> None:
    with pytest.raises(Separation, match="column size orders the events so well"):
        fit_cox(np.arange(8.0)[:, None], EIGHT, ["size"])


def test_nor_does_the_search_jump_over_its_limits() -> None:
    """Three hundred patients in perfect order: the steps end at the wall and not behind it."""
    rng = np.random.default_rng(1)
    years = rng.uniform(0.01, 8.0, 300)
    x = np.column_stack([-years, rng.normal(size=300), np.arange(300) % 2])
    with pytest.raises(Separation, match="column early orders the events so well"):
        fit_cox(x, SurvivalTimes.of(years, rng.random(300) < 0.5), ["early", "age", "sex"])


def test_a_group_without_events_is_refused() -> None:
    rng = np.random.default_rng(0)
    group, other = np.repeat([0.0, 1.0], 40), rng.normal(size=80)
    times = SurvivalTimes.of(rng.uniform(1, 5, 80), group == 0)
    with pytest.raises(Separation, match="column group"):
        fit_cox(np.column_stack([other, group]), times, ["other", "group"])
    fitted = fit_cox(np.column_stack([other, group]), times, ["other", "group"], ridge=1.0)
    assert fitted.coefficients[1] < 0


@pytest.mark.parametrize("ratio", [3.0, 20.0])
def test_a_strong_column_is_no_separation(ratio: float) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 1))
    times = SurvivalTimes.of(rng.exponential(ratio ** -x[:, 0]), np.ones(300))
    assert fit_cox(x, times, ["x"]).hazard_ratio("x").value == pytest.approx(ratio, rel=0.25)


def test_columns_that_say_nothing_are_refused(draw) -> None:
    x, times = draw()
    with pytest.raises(ConstantColumn, match="column b is the same for every patient"):
        fit_cox(np.column_stack([x[:, 0], np.full(len(x), 7.0)]), times, ["a", "b"])
    with pytest.raises(ConstantColumn, match="a, twice do not tell patients"):
        fit_cox(np.column_stack([x[:, 0], 2 * x[:, 0] + 1]), times, ["a", "twice"])
    late = np.where(times.years == times.years.min(), 1.0, 0.0)  # differs in nobody at an event
    events = times.events & (late == 0)
    with pytest.raises(ConstantColumn):
        fit_cox(late[:, None], SurvivalTimes(times.years, events), ["late"])


def test_other_bad_input_is_refused(draw) -> None:
    x, times = draw()
    with pytest.raises(NoEvents):
        fit_cox(x, SurvivalTimes(times.years, np.zeros(len(x), bool)), NAMES)
    with pytest.raises(SurvivalError, match=r"shape \(400, 3\)"):
        fit_cox(x, times, ["a"])
    x = x.copy()
    x[5, 2] = np.nan
    with pytest.raises(SurvivalError, match="column c lacks a value"):
        fit_cox(x, times, NAMES)
