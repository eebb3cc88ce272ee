from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from face2bone.errors import EngineError
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import TorchEngine

Arrays = tuple[np.ndarray, np.ndarray]


def test_each_call_is_the_networks(
    on_torch: TorchEngine, inputs: np.ndarray, expected: Arrays
) -> None:
    features, logits = expected
    assert on_torch.features(inputs) == pytest.approx(features, abs=1e-4)
    assert on_torch.head(features) == pytest.approx(logits, abs=1e-4)
    assert on_torch.logits(inputs) == pytest.approx(logits, abs=1e-4)
    assert on_torch.features(inputs[:1]).min() >= 0
    assert on_torch.logits(inputs[:1]).dtype == np.float32


def test_bf16_is_near(network: Face2Bone, inputs: np.ndarray, expected: Arrays) -> None:
    engine = TorchEngine(network, FACE_INPUT, precision="bf16", device="cpu")
    assert engine.name == "torch cpu bf16"
    logits = engine.logits(inputs[:4])
    assert logits.dtype == np.float32
    assert logits == pytest.approx(expected[1][:4], abs=0.1)
    assert not np.array_equal(logits, expected[1][:4])


def test_the_network_it_was_given_stays_as_it_was(inputs: np.ndarray) -> None:
    network = Face2Bone(NetworkConfig(width=1 / 32)).train()
    TorchEngine(network, FACE_INPUT, device="cpu").logits(inputs[:1])
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_threads_are_set_in_every_calling_thread(network: Face2Bone, inputs: np.ndarray) -> None:
    engine = TorchEngine(network, FACE_INPUT, threads=1, device="cpu")

    def call() -> int:
        torch.set_num_threads(2)
        engine.logits(inputs[:1])
        return torch.get_num_threads()

    before = torch.get_num_threads()
    with ThreadPoolExecutor(2) as pool:
        assert {pool.submit(call).result() for _ in range(4)} == {1}
    torch.set_num_threads(before)


def test_inputs_of_another_shape_are_refused(on_torch: TorchEngine) -> None:
    with pytest.raises(EngineError, match="shape"):
        on_torch.logits(np.zeros((1, 160, 160, 3), dtype=np.float32))
    with pytest.raises(EngineError, match="shape"):
        on_torch.head(np.zeros((1, 7, 8, 8), dtype=np.float32))
