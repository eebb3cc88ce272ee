"""Years as a distribution: quantiles by hand, coverage of fresh people, gaps that were planted."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy import stats

from face2bone.errors import ManifestError, TrainingError
from face2bone.tasks.years import GapFit, YearsInterval, YearsTask, fit_gap, gaps

TASK = YearsTask(20, 90)


def normal_logits(centre: np.ndarray, sd: float) -> np.ndarray:
    return -0.5 * ((TASK.years - centre[:, None]) / sd) ** 2


def people(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    ages = rng.uniform(30, 80, n)
    return normal_logits(ages + rng.normal(0, 6, n), 4.0), ages


def test_the_median_and_quantiles_are_those_of_the_continuous_distribution() -> None:
    shares = TASK.distribution(normal_logits(np.array([50.0, 61.3]), 5.0))
    assert shares.sum(axis=1) == pytest.approx(1.0)
    for q in (0.05, 0.5, 0.95):
        expected = stats.norm([50.0, 61.3], 5.0).ppf(q)
        assert TASK.quantile(shares, q) == pytest.approx(expected, abs=0.05)


def test_a_quantile_by_hand() -> None:
    task = YearsTask(0, 3)
    shares = [0.1, 0.4, 0.4, 0.1]  # half is reached where year 1 ends
    assert task.quantile(shares, 0.5) == pytest.approx(1.5)
    assert task.quantile(shares, 0.3) == pytest.approx(1.0)
    assert task.quantile(shares, 0.01) == 0.0  # never below the first year


def test_the_mean_where_that_is_the_answer() -> None:
    logits = np.log([0.5, 0.25, 0.25])
    assert YearsTask(10, 12, "mean").answers(logits) == pytest.approx(10.75)
    assert YearsTask(10, 12).answers(logits) == pytest.approx(10.5)


def test_the_interval_covers_fresh_people_though_the_network_is_too_sure() -> None:
    fitted = TASK.calibrate(*people(1500, 1))
    logits, ages = people(20_000, 2)
    own_low, own_high = TASK.spread(logits)
    low, high = TASK.interval(logits, fitted)
    assert ((own_low <= ages) & (ages <= own_high)).mean() < 0.8
    assert ((low <= ages) & (ages <= high)).mean() == pytest.approx(0.9, abs=0.02)


def test_the_margin_is_the_rank_of_the_paper() -> None:
    logits = normal_logits(np.full(19, 50.0), 0.01)  # a quantile moves only within year 50
    fitted = TASK.calibrate(logits, 50.45 + np.arange(1.0, 20.0))
    assert (fitted.margin, fitted.people) == (pytest.approx(18.0, abs=1e-6), 19)


def test_an_interval_never_turns_round_or_leaves_the_years() -> None:
    logits = normal_logits(np.array([20.0, 55.0, 90.0]), 6.0)
    low, high = TASK.interval(logits, YearsInterval(-60.0, 0.1, 100))
    assert (low <= high).all()
    low, high = TASK.interval(logits, YearsInterval(100.0, 0.1, 100))
    assert (low == 20).all()
    assert (high == 90).all()


def test_the_loss_is_cross_entropy_shared_between_two_years() -> None:
    logits = torch.randn(3, TASK.outputs, generator=torch.Generator().manual_seed(0))
    log_shares = torch.log_softmax(logits, 1)
    expected = -(0.75 * log_shares[0, 10] + 0.25 * log_shares[0, 11])
    assert TASK.loss(logits[:1], torch.tensor([30.25])) == pytest.approx(float(expected))
    beyond = TASK.loss(logits, torch.tensor([10.0, 50.0, 99.0]), torch.tensor([1.0, 0.0, 0.0]))
    assert beyond == pytest.approx(float(-log_shares[0, 0] / 3))


def test_rare_ages_weigh_more_by_the_root_of_their_count() -> None:
    ages = np.repeat([30.0, 60.0], [25, 400])
    weights = TASK.balancing_weights(ages)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[0] / weights[-1] == pytest.approx(4.0)


def test_a_planted_gap_comes_back_and_the_plain_difference_does_not() -> None:
    rng = np.random.default_rng(5)
    n = 4000
    age, male, planted = rng.uniform(20, 90, n), rng.random(n) < 0.5, rng.normal(0, 6, n)
    answers = 20 + 0.7 * age + 2.0 * male + 0.7 * planted  # an estimator that shrinks to the mean
    fit = fit_gap(answers, age, male)
    found = gaps(answers, age, male, fit)
    assert (fit.slope, fit.male) == (pytest.approx(0.7, abs=0.01), pytest.approx(2.0, abs=0.4))
    assert fit.sd == pytest.approx(0.7 * 6, rel=0.05)
    assert np.corrcoef(found, planted)[0, 1] > 0.995
    assert abs(np.corrcoef(found, age)[0, 1]) < 1e-9
    assert np.corrcoef(answers - age, age)[0, 1] < -0.7


def test_a_cohort_of_one_sex_has_a_gap_without_a_share_of_sex() -> None:
    age = np.linspace(30, 80, 40)
    fit = fit_gap(age + 1, age, np.zeros(40))
    assert fit == GapFit(pytest.approx(1.0), pytest.approx(1.0), 0.0, pytest.approx(0.0), 40)


def test_what_settles_nothing_is_refused() -> None:
    with pytest.raises(ManifestError, match="not between 20 and 90 years"):
        TASK.labels(pd.DataFrame({"age_years": [50.0, np.nan]}))
    with pytest.raises(TrainingError, match="8 people where level"):
        TASK.calibrate(*people(8, 3))
    with pytest.raises(TrainingError, match="do not settle"):
        fit_gap(np.zeros(40), np.full(40, 50.0), np.arange(40) % 2)
    with pytest.raises(TrainingError, match="finite logit for each of 71"):
        TASK.answers(np.zeros((2, 70)))
    with pytest.raises(ValueError, match="low to high"):
        YearsTask(5, 5)
