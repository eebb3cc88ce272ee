"""Small networks and crops that the tests of face2bone.nn share."""

import pytest
import torch
from torch import Tensor

from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, normalise
from face2bone.nn.config import NetworkConfig


@pytest.fixture(scope="session")
def crops() -> Tensor:
    generator = torch.Generator().manual_seed(5)
    coarse = torch.randint(0, 256, (3, 3, 10, 10), generator=generator).float()
    smooth = torch.nn.functional.interpolate(coarse, (160, 160), mode="bilinear")
    return normalise(smooth.permute(0, 2, 3, 1).to(torch.uint8), FACE_INPUT)


@pytest.fixture(scope="session")
def used_network() -> Face2Bone:
    """Every arm on, its gains and statistics away from their start, as after training."""
    torch.manual_seed(3)
    network = Face2Bone(NetworkConfig(width=0.125))
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("gain"):
                value.uniform_(0.5, 1.5)
        network.ssam.weights.weight.normal_(std=0.5)
        network.ssam.weights.bias.normal_()
        for name, value in network.named_buffers():
            if name.endswith("running_mean"):
                value.normal_(std=0.05)
            elif name.endswith("running_var"):
                value.uniform_(0.05, 0.2)
    return network.eval()
