import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from statsmodels.stats.proportion import proportion_confint

from face2bone.evaluation import PredictionTable
from face2bone.evaluation.curves import reliability_curves, wilson


def test_curves_equal_scikit_learn_and_count_everyone(table: PredictionTable) -> None:
    top, low, osteoporosis = reliability_curves(table)
    assert (top.of, low.of, osteoporosis.of) == ("top_label", "low_bone_mass", "osteoporosis")
    p, y = table.probabilities, table.labels
    for curve, stated, happened in (
        (top, p.max(axis=1), p.argmax(axis=1) == y),
        (low, p[:, 1:].sum(axis=1), y >= 1),
        (osteoporosis, p[:, 2], y == 2),
    ):
        shares, means = calibration_curve(happened, stated, n_bins=10)
        assert [point.happened for point in curve.points] == pytest.approx(list(shares), abs=1e-6)
        assert [point.stated for point in curve.points] == pytest.approx(list(means), abs=1e-6)
        assert sum(point.count for point in curve.points) == len(table)


@pytest.mark.parametrize(("share", "count"), [(0.0, 5), (1.0, 8), (0.5, 10), (0.9285, 117)])
def test_wilson_limits_equal_statsmodels(share: float, count: int) -> None:
    low, high = proportion_confint(share * count, count, method="wilson")
    assert wilson(share, count) == pytest.approx((max(low, 0.0), min(high, 1.0)), abs=1e-9)


def test_a_certain_prediction_falls_into_a_bin() -> None:
    table = PredictionTable.of(np.eye(3)[[0, 1, 2]], [0, 1, 2])
    top = reliability_curves(table)[0]
    assert [(point.stated, point.happened, point.count) for point in top.points] == [(1.0, 1.0, 3)]
