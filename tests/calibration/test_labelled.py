import numpy as np
import pytest

from face2bone.calibration.labelled import checked_labels, checked_probabilities, checked_scores
from face2bone.errors import TrainingError

SCORES = np.zeros((4, 3))


@pytest.mark.parametrize("shape", [(3,), (0, 3), (4, 1), (2, 3, 1)])
def test_scores_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(TrainingError, match="shape"):
        checked_scores(np.zeros(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(TrainingError, match="NaN"):
        checked_scores([[0.0, value, 0.0]])


@pytest.mark.parametrize("row", [[0.5, 0.6, 0.1], [1.2, -0.2, 0.0], [2.0, 1.0, 0.0]])
def test_rows_that_are_no_distribution_are_refused(row: list[float]) -> None:
    with pytest.raises(TrainingError, match="sum to 1"):
        checked_probabilities([row])


def test_float32_softmax_passes() -> None:
    p = np.full((5, 3), 1 / 3, dtype=np.float32)
    assert checked_probabilities(p).dtype == np.float64


def test_labels_are_class_indices_one_per_row() -> None:
    assert checked_labels([0, 2, 1], SCORES[:3]).tolist() == [0, 2, 1]
    with pytest.raises(TrainingError, match="Labels have shape"):
        checked_labels([0, 1], SCORES[:3])
    with pytest.raises(TrainingError, match="none of the class indices 0 to 2"):
        checked_labels([0, 3], SCORES[:2])
    with pytest.raises(TrainingError, match="none of the class indices 0 to 2"):
        checked_labels([-2.5, 1.0], SCORES[:2])
