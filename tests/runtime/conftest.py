from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pytest
import torch

from face2bone.bundle import Bundle
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import Face2Bone
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.nn.network import Stages
from face2bone.runtime import OpenVinoEngine, TorchEngine, network_input


@dataclass
class ScriptedEngine:
    """Logits read off the crop's first pixel: three classes, three colours."""

    shift: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    name: str = "scripted"
    input: InputSpec = FACE_INPUT
    stages: Stages = STAGES
    batches: list[int] = field(default_factory=list)

    def features(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        raise NotImplementedError

    def head(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        raise NotImplementedError

    def logits(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        self.batches.append(len(x))
        return (x[:, :, 0, 0] + self.shift).astype(np.float32)


@pytest.fixture
def scripted() -> type[ScriptedEngine]:
    return ScriptedEngine


@pytest.fixture(scope="session")
def network(tiny_bundle: Bundle) -> Face2Bone:
    return tiny_bundle.network


@pytest.fixture(scope="session")
def on_torch(network: Face2Bone) -> TorchEngine:
    return TorchEngine(network, FACE_INPUT, device="cpu")


@pytest.fixture(scope="session")
def on_openvino(network: Face2Bone) -> OpenVinoEngine:
    return OpenVinoEngine(network, FACE_INPUT)


@pytest.fixture(scope="session")
def inputs() -> npt.NDArray[np.float32]:
    """35 network inputs: one batch and a bit."""
    rng = np.random.default_rng(2)
    return network_input(rng.integers(0, 256, (35, 160, 160, 3), dtype=np.uint8), FACE_INPUT)


@pytest.fixture(scope="session")
def expected(
    network: Face2Bone, inputs: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Features and logits of the inputs, straight from the network."""
    with torch.inference_mode():
        features = network.features(torch.from_numpy(inputs))
        return features.numpy(), network.head(features).numpy()
