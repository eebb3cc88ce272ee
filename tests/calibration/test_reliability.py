from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from scipy.stats import chi2
from sklearn.metrics import log_loss
from torchmetrics.functional.classification import multiclass_calibration_error

from face2bone.calibration.affine import Intercept
from face2bone.calibration.calibrators import calibrated
from face2bone.calibration.reliability import (
    CHUNK_ELEMENTS,
    ece_floor,
    expected_calibration_error,
    log_losses,
    miscalibration_p,
    ranked_probability_scores,
    reliability_table,
)
from face2bone.errors import TrainingError


def predictions(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet((0.6, 0.6, 0.6), n)
    return p, rng.integers(0, 3, n)


def rows(confidence: list[float]) -> np.ndarray:
    return np.array([[c, 1 - c, 0.0] for c in confidence])


@pytest.mark.parametrize("bins", [10, 15])
def test_ece_equals_torchmetrics(bins: int) -> None:
    p, y = predictions(700, seed=6)
    expected = multiclass_calibration_error(
        torch.from_numpy(p), torch.from_numpy(y), num_classes=3, n_bins=bins
    )
    assert expected_calibration_error(p, y, bins) == pytest.approx(float(expected), abs=1e-6)


def test_table_equals_a_loop_over_patients() -> None:
    p, y = predictions(300, seed=7)
    table = reliability_table(p, y)
    for b in range(15):
        low, high = b / 15, (b + 1) / 15
        own = [i for i in range(300) if low < p[i].max() <= high]
        assert table.counts[b] == len(own)
        if own:
            assert table.confidence[b] == pytest.approx(np.mean([p[i].max() for i in own]))
            assert table.accuracy[b] == pytest.approx(np.mean([p[i].argmax() == y[i] for i in own]))
        else:
            assert np.isnan(table.confidence[b])
            assert np.isnan(table.accuracy[b])
    assert table.counts.sum() == 300
    assert table.edges == pytest.approx(np.arange(16) / 15)


def test_a_confidence_on_an_edge_belongs_to_the_bin_below_and_1_to_the_last() -> None:
    table = reliability_table(rows([1.0, 0.8, 0.6]), [0, 0, 0], bins=5)
    assert table.counts.tolist() == [0, 0, 1, 1, 1]


def test_hand_worked_error() -> None:
    # bin (0.6, 0.8]: conf .7, acc .5; bin (0.8, 1]: conf .9, acc 1 -> (2 * .2 + 2 * .1) / 4
    p = rows([0.7, 0.7, 0.9, 0.9])
    assert expected_calibration_error(p, [0, 1, 0, 0], bins=5) == pytest.approx(0.15)


@pytest.mark.slow
def test_floor_equals_drawing_classes_one_cohort_at_a_time() -> None:
    p, _ = predictions(120, seed=8)
    rng = np.random.default_rng(0)
    slow = []
    for _ in range(400):
        y = np.array([rng.choice(3, p=row) for row in p])
        slow.append(expected_calibration_error(p, y))
    floor = ece_floor(p, draws=4000)
    assert floor.mean == pytest.approx(np.mean(slow), abs=0.004)
    assert floor.p95 == pytest.approx(np.quantile(slow, 0.95), abs=0.01)


def test_floor_falls_with_the_root_of_n() -> None:
    p, _ = predictions(200, seed=9)
    few, many = ece_floor(p), ece_floor(np.tile(p, (16, 1)))
    assert many.mean == pytest.approx(few.mean / 4, rel=0.1)
    assert 0 < few.mean < few.p95


def test_floor_does_not_depend_on_its_blocks_and_repeats_with_its_seed() -> None:
    p, _ = predictions(CHUNK_ELEMENTS // 200, seed=10)  # 200 of 300 draws in the first block
    assert ece_floor(p, draws=300, seed=3) == ece_floor(p, draws=300, seed=3)
    small, _ = predictions(60, seed=11)
    whole = ece_floor(small, draws=500, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("face2bone.calibration.reliability.CHUNK_ELEMENTS", 60 * 7)
        assert ece_floor(small, draws=500, seed=1) == whole


def test_certain_predictions_have_no_floor() -> None:
    assert ece_floor(np.eye(3)) == ece_floor(np.eye(3), seed=5)
    assert ece_floor(np.eye(3)).p95 == 0.0


def test_log_losses_average_to_scikit_learns() -> None:
    rng = np.random.default_rng(3)
    p, y = rng.dirichlet((1, 1, 1), 500), rng.integers(0, 3, 500)
    assert log_losses(p, y).mean() == pytest.approx(log_loss(y, p, labels=[0, 1, 2]))


def test_a_class_given_zero_costs_everything() -> None:
    assert log_losses([[1.0, 0.0, 0.0]], [2])[0] == np.inf


@pytest.mark.parametrize(
    ("p", "label", "expected"),
    [
        ((1.0, 0.0, 0.0), 0, 0.0),
        ((1.0, 0.0, 0.0), 2, 1.0),  # missed by two classes
        ((1.0, 0.0, 0.0), 1, 0.5),  # missed by one
        ((0.2, 0.5, 0.3), 1, (0.04 + 0.09) / 2),
    ],
)
def test_hand_worked_ranked_probability_scores(
    p: tuple[float, ...], label: int, expected: float
) -> None:
    assert ranked_probability_scores([p], [label])[0] == pytest.approx(expected)


def test_the_truth_scores_best_on_average() -> None:
    """Proper: no other forecast does better in expectation."""
    truth = np.array([0.5, 0.3, 0.2])
    rng = np.random.default_rng(4)

    def expected(forecast: np.ndarray) -> float:
        rows = np.tile(forecast, (3, 1))
        return float(truth @ ranked_probability_scores(rows, [0, 1, 2]))

    for other in rng.dirichlet((1, 1, 1), 200):
        assert expected(other) >= expected(truth) - 1e-12


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
