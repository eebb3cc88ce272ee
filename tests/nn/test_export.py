"""The network converts to OpenVINO with a free batch size and gives the same numbers there."""

import sys
import warnings
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from face2bone.nn import Face2Bone

# OpenVINO's converter otherwise reports to an analytics host from a child process.
sys.modules.setdefault("openvino_telemetry", None)
openvino = pytest.importorskip("openvino")


class Part(nn.Module):
    """One of a network's calls as a module of its own, as the converter wants it."""

    def __init__(self, network: Face2Bone, call: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.network = network
        self.call = call

    def forward(self, x: Tensor) -> Tensor:
        return self.call(x)


@pytest.fixture(scope="module")
def engine(used_network: Face2Bone, crops: Tensor) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    features = used_network.features(crops).detach()
    calls = {}
    for name, call, example in (
        ("features", used_network.features, crops),
        ("head", used_network.head, features),
    ):
        with warnings.catch_warnings():
            # OpenVINO traces; torch.export, its successor, is many times slower here.
            warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
            model = openvino.convert_model(
                Part(used_network, call), example_input=example[:2], input=[-1, *example.shape[1:]]
            )
        compiled = openvino.Core().compile_model(
            model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
        )
        calls[name] = lambda x, compiled=compiled: compiled(x)[0]
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 3, 7])
def test_both_parts_agree_for_any_batch(
    engine: dict[str, Callable[[np.ndarray], np.ndarray]],
    used_network: Face2Bone,
    crops: Tensor,
    batch: int,
) -> None:
    x = torch.cat((crops, crops.flip(3), crops.flip(2)))[:batch].contiguous()
    with torch.no_grad():
        features = used_network.features(x)
        logits = used_network.head(features).numpy()
    found = engine["features"](x.numpy())
    scale = float(features.max())
    np.testing.assert_allclose(found, features.numpy(), rtol=0, atol=2e-5 * scale)
    assert found.min() >= 0
    np.testing.assert_allclose(engine["head"](found), logits, rtol=0, atol=1e-4)
