from typing import Any

import numpy as np
import pytest

from face2bone.arrays import Singles
from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.nn.network import Stages
from face2bone.runtime.engine import (
    AT_ONCE,
    BATCH,
    StagedNetwork,
    batches,
    checked,
    in_batches,
    logits_of_crops,
    network_input,
)


def test_input_is_facenets_scaling_channels_first_and_contiguous() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, 160, 160, 3), dtype=np.uint8)
    x = network_input(crops, FACE_INPUT)
    assert x.shape == (2, 3, 160, 160)
    assert x.dtype == np.float32
    assert x.flags.c_contiguous
    assert x == pytest.approx((crops.transpose(0, 3, 1, 2) - 127.5) / 128)


def test_a_read_only_crop_and_a_float_crop_are_welcome() -> None:
    crops = np.full((1, 160, 160, 3), 200, dtype=np.uint8)
    crops.flags.writeable = False
    assert (
        network_input(crops, FACE_INPUT) == network_input(crops.astype(np.float64), FACE_INPUT)
    ).all()


@pytest.mark.parametrize("count", [1, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 5])
def test_rows_run_in_batches_and_come_back_in_order(count: int) -> None:
    sizes = []

    def call(part: np.ndarray) -> np.ndarray:
        sizes.append(len(part))
        return part * 2

    rows = np.arange(count, dtype=np.float32)[:, None]
    assert (in_batches(call, rows) == rows * 2).all()
    assert max(sizes) <= BATCH
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) == -(-count // BATCH)


def test_no_rows_are_refused() -> None:
    with pytest.raises(EngineError, match="no crops"):
        in_batches(lambda part: part, np.zeros((0, 3)))


def test_several_arrays_are_parted_at_the_same_rows() -> None:
    rows, beside = np.arange(70), np.arange(70) + 100
    parts = list(batches(rows, beside))
    assert [len(part) for part, _ in parts] == [24, 23, 23]
    assert all((other == part + 100).all() for part, other in parts)


def test_logits_of_crops_scales_no_more_at_a_time_than_an_engine_runs_at_once(
    scripted: Any,
) -> None:
    engine = scripted()
    crops = np.zeros((AT_ONCE * BATCH + 3, 160, 160, 3), dtype=np.uint8)
    crops[:, 0, 0] = np.arange(len(crops))[:, None]
    logits = logits_of_crops(engine)(crops)
    assert logits[:, 1] == pytest.approx((np.arange(len(crops)) - 127.5) / 128)
    assert engine.batches == [BATCH + 2, BATCH + 1]


def test_another_shape_is_refused_with_both_shapes() -> None:
    with pytest.raises(EngineError, match=r"\(1, 160, 160, 3\).*\(B, 3, 160, 160\)"):
        checked(np.zeros((1, 160, 160, 3)), (3, 160, 160))
    assert checked(np.zeros((2, 3), dtype=np.float64), (3,)).dtype == np.float32


class Staged:
    """Sums, in two steps."""

    name, input, stages = "staged", FACE_INPUT, STAGES

    def features(self, x: Singles) -> Singles:
        return x

    def head(self, features: Singles) -> Singles:
        return features

    def logits(self, x: Singles) -> Singles:
        return self.after_stem(self.stem(x))

    def stem(self, x: Singles) -> Singles:
        return x.sum(axis=3)

    def after_stem(self, stem: Singles) -> Singles:
        return stem.sum(axis=2)


def test_a_network_has_the_stages_of_its_engine(scripted: Any) -> None:
    network = logits_of_crops(Staged())
    assert isinstance(network, StagedNetwork)
    assert not isinstance(logits_of_crops(scripted()), StagedNetwork)
    crops = np.random.default_rng(0).integers(0, 256, (3, 160, 160, 3), dtype=np.uint8)
    assert (network.after_stem(network.stem(crops)) == network(crops)).all()


def test_without_a_local_part_every_coalition_is_a_whole_pass() -> None:
    engine = Staged()
    engine.stages = Stages(None, STAGES.cut)
    assert not isinstance(logits_of_crops(engine), StagedNetwork)
