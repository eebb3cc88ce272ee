import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.errors import EvaluationError, TrainingError
from face2bone.evaluation import Evaluation, PredictionTable, evaluate_predictions
from face2bone.evaluation.metrics import performance


@pytest.fixture(scope="module")
def evaluation(table: PredictionTable) -> Evaluation:
    return evaluate_predictions(table, resamples=100)


def test_the_short_list_and_the_long_agree(evaluation: Evaluation, table: PredictionTable) -> None:
    short = performance(table.probabilities, table.labels)
    for name in ("accuracy", "macro_auc", "quadratic_kappa", "rps", "brier_sum", "ece"):
        value = evaluation.everyone.figures[name].value
        assert value == pytest.approx(getattr(short, name), abs=1e-6)
    assert evaluation.everyone.ece_floor == short.ece_floor
    assert evaluation.everyone.confusion == tuple(map(tuple, short.confusion.tolist()))


def test_identities_between_the_figures(evaluation: Evaluation, table: PredictionTable) -> None:
    def value(name: str) -> float:
        found = evaluation.everyone.figures[name].value
        assert found is not None
        return found

    assert value("brier_per_class") == pytest.approx(value("brier_sum") / 3, abs=1e-6)
    names = ("normal", "osteopenia", "osteoporosis")
    for figure in ("precision", "recall", "f1"):
        mean = np.mean([value(f"{figure}_{name}") for name in names])
        assert value(f"macro_{figure}") == pytest.approx(mean, abs=2e-6)
    assert value("set_size") == pytest.approx(table.sets.sum(axis=1).mean(), abs=1e-6)  # type: ignore[union-attr]
    covered = [value(f"coverage_{name}") for name in names]
    shares = np.array(evaluation.everyone.of_class) / evaluation.everyone.photos
    inside = table.sets[np.arange(400), table.labels].mean()  # type: ignore[index]
    assert np.dot(covered, shares) == pytest.approx(inside, abs=2e-6)


def test_every_value_lies_in_its_interval_but_for_errors_that_noise_lifts(
    evaluation: Evaluation,
) -> None:
    for name, found in evaluation.everyone.figures.items():
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.high
        if "ece" not in name:  # a resample's ECE is noisier than the cohort's
            assert found.low <= found.value <= found.high


def test_groups_count_photos_and_patients(evaluation: Evaluation) -> None:
    assert (evaluation.everyone.photos, evaluation.everyone.patients) == (400, 399)
    by_sex = [g for g in evaluation.groups if g.dimension == "sex"]
    assert sum(g.photos for g in by_sex) == 400
    assert all(sum(map(sum, g.confusion)) == g.photos for g in evaluation.groups)
    assert any(g.caution for g in evaluation.groups if g.dimension == "body mass index")


def test_the_same_predictions_give_the_same_evaluation(
    evaluation: Evaluation, table: PredictionTable
) -> None:
    assert evaluate_predictions(table, resamples=100) == evaluation


@given(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.integers(0, 2**16))
@settings(max_examples=15)
def test_any_classes_at_all_are_evaluated_without_an_error(labels: list[int], seed: int) -> None:
    p = np.random.default_rng(seed).dirichlet([1, 1, 1], len(labels))
    found = evaluate_predictions(PredictionTable.of(p, labels), resamples=20)
    missing = set(range(3)) - set(labels)
    assert (found.everyone.figures["macro_auc"].value is None) == bool(missing)
    assert found.everyone.caution
    for estimate in found.everyone.figures.values():
        assert estimate.value is None or np.isfinite(estimate.value)


def test_tables_that_do_not_fit_are_refused() -> None:
    p = np.full((3, 3), 1 / 3)
    good = PredictionTable.of(p, [0, 1, 2])
    with pytest.raises(EvaluationError, match="same number of rows"):
        PredictionTable(p, good.labels, good.patients[:2], good.about)
    with pytest.raises(TrainingError):
        PredictionTable.of(p, [0, 1, 3])
    with pytest.raises(TrainingError):
        PredictionTable.of(p * 2, [0, 1, 2])
