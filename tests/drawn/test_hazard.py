"""The planted hazard: its times, its worlds, and a small version of the long test's 200 cohorts."""

import numpy as np
import pytest
from scipy import stats

from face2bone.drawn.hazard import (
    SHAPE,
    SurvivalWorld,
    diluted_ratio,
    draw_times,
    log_hazard,
    simulate_cohort,
)
from face2bone.survival.concordance import harrell
from face2bone.survival.cox import CoxModel, fit_cox

COLUMNS = ("face", "age", "male")


def fitted(seed: int, world: SurvivalWorld, error_sd: float = 0.0) -> CoxModel:
    c = simulate_cohort(1_500, seed, world, error_sd)
    x = np.column_stack([c.apparent_age / 10, c.age_years / 10, c.male])
    return fit_cox(x, c.times, COLUMNS)


def test_times_are_weibull_with_the_planted_scale() -> None:
    eta = np.full(4_000, 0.5)
    rng = np.random.default_rng(0)
    uncensored = 7.0 * (-np.log1p(-rng.random(4_000)) / np.exp(eta)) ** (1 / SHAPE)
    expected = stats.weibull_min(SHAPE, scale=7.0 * np.exp(-0.5 / SHAPE))
    assert stats.kstest(uncensored, expected.cdf).pvalue > 0.01
    times = draw_times(np.random.default_rng(0), eta, SurvivalWorld.PLANTED)
    assert times.years[times.events] == pytest.approx(uncensored[times.events])
    assert (times.years[~times.events] < uncensored[~times.events]).all()


def test_worlds_share_people_and_differ_in_what_the_face_says() -> None:
    planted, null, censored = (simulate_cohort(1_500, 3, world) for world in SurvivalWorld)
    assert planted.apparent_age == pytest.approx(null.apparent_age)
    assert 0.45 < planted.times.events.mean() < 0.57
    assert censored.times.events.mean() < 0.15
    assert censored.times.years.max() < 2.0
    assert log_hazard(66, 0, 10, SurvivalWorld.PLANTED) == pytest.approx(0.6)
    assert log_hazard(76, 1, 10, SurvivalWorld.NULL) == pytest.approx(0.6)
    assert harrell(planted.eta, planted.times)[0] == pytest.approx(0.64, abs=0.03)


def test_twenty_cohorts_centre_on_the_planted_ratio() -> None:
    slopes = [fitted(seed, SurvivalWorld.PLANTED).coefficients[0] for seed in range(20)]
    assert np.exp(np.mean(slopes)) == pytest.approx(1.82, abs=0.08)
    nulls = [fitted(seed, SurvivalWorld.NULL).hazard_ratio("face").p_value for seed in range(20)]
    assert sum(p < 0.05 for p in nulls) <= 4


@pytest.mark.parametrize("error_sd", [5.0, 8.0])
def test_an_imprecise_face_age_dilutes_the_ratio_as_expected(error_sd: float) -> None:
    slopes = [fitted(s, SurvivalWorld.PLANTED, error_sd).coefficients[0] for s in range(20)]
    assert np.exp(np.mean(slopes)) == pytest.approx(diluted_ratio(error_sd), abs=0.05)


def test_without_error_nothing_is_diluted() -> None:
    assert diluted_ratio(0.0) == pytest.approx(np.exp(0.6))
    assert diluted_ratio(6.0) == pytest.approx(np.exp(0.3))
