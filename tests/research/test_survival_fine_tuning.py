"""The study of fine-tuning on times: it starts where the frozen score stands, and what it says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.evaluation.added_value.columns import picture_features
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.survival.picture_score import PictureLayer
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import TorchEngine
from face2bone.survival.times import SurvivalTimes
from research.survival_fine_tuning import (
    PAIRS,
    HazardNetwork,
    Row,
    as_table,
    compared,
    fine_tune,
    scores,
)

PEOPLE = 24


@pytest.fixture
def trunk() -> Face2Bone:
    torch.manual_seed(3)
    return Face2Bone(NetworkConfig(width=1 / 32, fsa="off", transformer="off")).eval()


@pytest.fixture
def store(make_store: Callable[..., CropStore], tmp_path: Path) -> CropStore:
    return make_store(tmp_path, PEOPLE)


def test_it_starts_where_the_frozen_score_stands_and_moves_the_trunk(
    trunk: Face2Bone, store: CropStore
) -> None:
    rng, rows = np.random.default_rng(1), np.arange(PEOPLE)
    layer = PictureLayer(rng.normal(size=trunk.cut_channels), np.zeros(2))
    network = HazardNetwork(trunk, layer)
    features = picture_features(TorchEngine(trunk, FACE_INPUT), store)
    np.testing.assert_allclose(scores(network, store, rows), features @ layer.weights, atol=1e-4)
    before = {name: value.clone() for name, value in trunk.named_parameters()}
    times = SurvivalTimes.of(rng.uniform(1, 5, PEOPLE), np.arange(PEOPLE) % 2)
    fine_tune(network, store, np.zeros(PEOPLE), times, rows[:16], epochs=1)
    moved = dict(network.trunk.named_parameters())
    assert any(not torch.equal(moved[name], value) for name, value in before.items())
    assert all(torch.equal(dict(trunk.named_parameters())[n], v) for n, v in before.items())


def test_differences_are_paired_over_the_same_people() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(size=200)
    times = SurvivalTimes.of(rng.exponential(np.exp(-truth)) + 0.01, np.ones(200))
    models = {"frozen": truth, "tuned": truth, "age and sex": rng.normal(size=200)}
    found = compared(models, times)
    assert found["tuned over frozen"] == Estimate(0.0, 0.0, 0.0)
    gain = found["frozen over age and sex"]
    assert gain.low is not None
    assert gain.low > 0.1
    assert gain.value == pytest.approx(found["tuned over age and sex"].value)


def test_the_table_has_a_row_a_world() -> None:
    names = ("oracle", "age and sex", "frozen", "tuned", *(f"{a} over {b}" for a, b in PAIRS))
    figures = dict.fromkeys(names, Estimate(0.65, 0.6, 0.7))
    head, _, row = as_table((Row("planted", 500, 250, figures),)).splitlines()
    assert head.count("|") == row.count("|") == len(names) + 3
    assert row.startswith("| planted | 500, 250 | 0.650 (0.600 to 0.700) |")
