import numpy as np
import pytest
from sklearn.metrics import log_loss

from face2bone.calibration.losses import log_losses, ranked_probability_scores


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
