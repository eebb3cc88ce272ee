import numpy as np
import pandas as pd
import pytest

from face2bone.dashboard.model import model_charts
from face2bone.evaluation import Evaluation, PredictionTable, evaluate_predictions


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 200)
    p = np.exp(rng.normal(0.0, 1.0, (200, 3)) + 1.5 * np.eye(3)[y])
    about = pd.DataFrame(
        {"sex": rng.choice(["F", "M"], 200), "age_years": rng.uniform(40, 90, 200)}
    )
    return evaluate_predictions(PredictionTable.of(p / p.sum(1, keepdims=True), y, about), 20)


def test_the_confusion_matrix_prints_every_count(evaluation: Evaluation) -> None:
    figure = model_charts.confusion(evaluation, ("a", "b", "c"), "DXA")
    printed = [[int(text.split("<br>")[0]) for text in row] for row in figure.data[0].text]
    assert printed == [list(row) for row in evaluation.everyone.confusion]


def test_curves_are_told_apart_without_colour(evaluation: Evaluation) -> None:
    dashes = [trace.line.dash for trace in model_charts.roc(evaluation.roc).data]
    assert len(set(dashes)) == 3
    decision = model_charts.decision(evaluation.decision[1])
    named = [trace for trace in decision.data if trace.name]
    assert len({trace.line.dash for trace in named}) == len(named) == 3  # no OST without weight


def test_reliability_points_carry_count_and_limits(evaluation: Evaluation) -> None:
    curve = evaluation.reliability[0]
    points = model_charts.reliability(curve).data[1]
    assert list(points.text) == [f"n={point.count}" for point in curve.points]
    reach = np.array(points.y) + np.array(points.error_y.array)
    assert reach == pytest.approx([point.high for point in curve.points])


def test_groups_too_small_are_hollow_and_undefined_ones_left_out(evaluation: Evaluation) -> None:
    points = model_charts.groups(evaluation, "accuracy").data[0]
    assert len(points.x) == 1 + len(evaluation.groups)
    assert points.y[0] == "everyone (n=200)"
    hollow = [symbol == "diamond-open" for symbol in points.marker.symbol]
    everyone_first = (evaluation.everyone, *evaluation.groups)
    assert hollow == [bool(group.caution) for group in everyone_first]


def test_a_missing_class_still_draws() -> None:
    y = np.zeros(30, int)
    p = np.random.default_rng(2).dirichlet([1, 1, 1], 30)
    lacking = evaluate_predictions(PredictionTable.of(p, y), 10)
    model_charts.confusion(lacking, ("a", "b", "c"), "DXA")
    model_charts.decision(lacking.decision[1])
    assert len(model_charts.groups(lacking, "accuracy").data[0].x) == 1
    assert len(model_charts.groups(lacking, "macro_auc").data[0].x) == 0
