import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from face2bone.calibration.reliability import (
    CHUNK_ELEMENTS,
    ece_floor,
    expected_calibration_error,
    reliability_table,
)


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
