import numpy as np
import pandas as pd
import pytest

from face2bone.evaluation import PredictionTable
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.decision import decision_curves, net_benefit, ost_refers


def test_net_benefit_by_hand() -> None:
    referred = np.array([1, 1, 1, 0, 0], bool)
    has_it = np.array([1, 1, 0, 1, 0], bool)
    found = net_benefit(referred, has_it, 0.2, unit_weights(5))
    assert found[0] == pytest.approx(2 / 5 - 1 / 5 * 0.25)
    weighted = net_benefit(referred, has_it, 0.2, np.array([[2.0, 0, 1, 1, 0]]))
    assert weighted[0] == pytest.approx(2 / 4 - 1 / 4 * 0.25)


def test_referring_all_is_worth_nothing_at_the_prevalence() -> None:
    has_it = np.arange(100) < 30
    everyone = np.ones(100, bool)
    assert net_benefit(everyone, has_it, 0.30, unit_weights(100))[0] == pytest.approx(0.0)
    assert net_benefit(everyone, has_it, 1e-9, unit_weights(100))[0] == pytest.approx(0.3)
    assert net_benefit(~everyone, has_it, 0.30, unit_weights(100))[0] == 0.0


def test_ost_refers_by_the_cut_off_of_each_sex() -> None:
    about = pd.DataFrame(
        {
            # OST 2 for both women but for half a kilogram; men are referred below 4.
            "sex": ["F", "F", "M", "M", "F"],
            "age_years": [65.9, 65.0, 70.0, 70.0, 40.0],
            "height_cm": [160.0] * 5,
            "weight_kg": [75.0, 74.5, 90.0, 89.0, 40.0],
        }
    )
    p, y = np.tile([0.2, 0.3, 0.5], (5, 1)), np.zeros(5, int)
    referred = ost_refers(PredictionTable.of(p, y, about))
    assert referred is not None
    # The last woman is before menopause: OST is not made for her and sends her nowhere.
    assert referred.tolist() == [False, True, False, True, False]
    assert ost_refers(PredictionTable.of(p, y, about.drop(columns="weight_kg"))) is None


def test_the_curve_is_net_benefit_at_every_threshold(table: PredictionTable) -> None:
    low, osteoporosis = decision_curves(table, resamples=50)
    assert (low.cut, osteoporosis.cut) == ("low_bone_mass", "osteoporosis")
    risk, has_it = table.probabilities[:, 2], table.labels == 2
    for t, found in zip(osteoporosis.thresholds, osteoporosis.model, strict=True):
        expected = net_benefit(risk >= t, has_it, t, unit_weights(len(table)))[0]
        assert found.value == pytest.approx(expected, abs=1e-6)
        assert found.low is not None
        assert found.high is not None
        assert found.low <= expected + 1e-6
        assert found.high >= expected - 1e-6
    assert osteoporosis.ost is not None
    assert osteoporosis.model_minus_ost is not None
    gain = osteoporosis.model_minus_ost[4].value
    assert gain == pytest.approx((osteoporosis.model[4].value or 0) - osteoporosis.ost[4], abs=2e-6)


def test_without_details_there_is_no_ost() -> None:
    p, y = np.tile([0.2, 0.3, 0.5], (5, 1)), np.arange(5) % 3
    curve = decision_curves(PredictionTable.of(p, y), resamples=5)[0]
    assert curve.ost is None
    assert curve.model_minus_ost is None
