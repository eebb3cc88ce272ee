"""Predictions out of fold, concordance with intervals, and calibration of a whole cohort."""

import numpy as np
import pytest

from face2bone.evaluation.survival import accuracy as accuracy_module
from face2bone.evaluation.survival.accuracy import (
    Accuracy,
    accuracy,
    horizons,
    last_usable,
    out_of_fold,
)
from face2bone.evaluation.survival.picture_score import event_folds
from face2bone.survival.concordance import harrell, uno
from face2bone.survival.cox import fit_cox
from face2bone.survival.times import SurvivalTimes


@pytest.fixture(scope="module")
def found(planted) -> Accuracy:
    c = planted.cohort
    return accuracy(planted.clinical, c.apparent_age / 10, c.times, event_folds(c.times, 0))


def test_out_of_fold_is_the_others_fit(planted) -> None:
    times, fold = planted.cohort.times, event_folds(planted.cohort.times, 0)
    predicted = out_of_fold(
        planted.clinical.columns, ("age", "sex"), times, fold, np.array([1.0, 3.0])
    )
    inside = fold != 1
    model = fit_cox(planted.clinical.columns[inside], times.rows(inside), ["age", "sex"])
    assert predicted.log_hazard[~inside] == pytest.approx(
        model.log_hazard(planted.clinical.columns[~inside])
    )
    assert (predicted.risks[:, 0] < predicted.risks[:, 1]).all()


def test_figures_are_those_of_the_statistics(planted, found: Accuracy) -> None:
    times, score = planted.cohort.times, planted.cohort.apparent_age / 10
    c, tau = found.concordance, last_usable(times)
    assert c["harrell_score"].value == pytest.approx(harrell(score, times)[0], abs=1e-6)
    assert c["uno_score"].value == pytest.approx(uno(score, times, tau)[0], abs=1e-6)
    assert found.uno_before == pytest.approx(tau)
    for kind in ("harrell", "uno"):
        gain = c[f"{kind}_with"].value - c[f"{kind}_without"].value
        assert c[f"{kind}_gain"].value == pytest.approx(gain, abs=2e-6)
        assert c[f"{kind}_gain"].low > 0  # the face age is read without error here
        assert c[f"{kind}_with"].low < c[f"{kind}_with"].value < c[f"{kind}_with"].high


def test_the_face_with_the_truth_comes_near_the_oracle(planted, found: Accuracy) -> None:
    c = planted.cohort
    assert found.concordance["harrell_with"].value == pytest.approx(
        harrell(c.eta, c.times)[0], abs=0.02
    )


def test_brier_falls_and_risks_are_calibrated(found: Accuracy) -> None:
    *at, over = found.brier
    assert [b.years for b in at] == [at.years for at in found.calibration] == [1.0, 2.0, 3.0, 5.0]
    for row in (*at[1:], over):
        assert row.with_score < row.without < row.nobody_told_apart < 0.26
    for row in found.calibration:
        assert row.everyone.low < row.everyone.predicted < row.everyone.high
        assert sum(group.patients for group in row.groups) == row.everyone.patients


def test_horizons_fit_the_follow_up() -> None:
    long = SurvivalTimes.of(np.linspace(0.1, 12.0, 200), np.ones(200))
    brief = SurvivalTimes.of(np.linspace(0.01, 0.8, 200), np.ones(200))
    assert horizons(long) == (1.0, 2.0, 3.0, 5.0, 10.0)
    assert all(0 < h < last_usable(brief) for h in horizons(brief))


def test_many_patients_get_fewer_resamples(planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accuracy_module, "MANY", 100)
    monkeypatch.setattr(accuracy_module, "RESAMPLES_OF_MANY", 20)
    c = planted.cohort
    few = accuracy(planted.clinical, c.apparent_age, c.times, event_folds(c.times, 0))
    assert few.resamples == 20
