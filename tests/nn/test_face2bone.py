import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig, normalise, region_fractions, region_loss

SMALL = NetworkConfig(width=0.0625, dropout=0.0)
ARMS = [
    dataclasses.replace(SMALL, fsa=arm, ssam=arm, transformer=arm, head=head)
    for arm, head in (("on", "kan"), ("off", "linear"), ("control", "mlp"))
]


@pytest.mark.parametrize(("hidden", "layers"), [(0, [(32, 3)]), (8, [(32, 8), (8, 3)])])
def test_the_kan_has_the_hidden_units_asked_for(hidden: int, layers: list[tuple[int, int]]) -> None:
    kan = Face2Bone(dataclasses.replace(SMALL, kan_hidden=hidden)).classifier.layers
    assert [tuple(layer.base_weight.T.shape) for layer in kan] == layers


def test_scaling_is_facenets() -> None:
    pixels = torch.tensor([0, 127, 255], dtype=torch.uint8).expand(1, 160, 160, 3)
    x = normalise(pixels, FACE_INPUT)
    assert x.shape == (1, 3, 160, 160)
    assert x.is_contiguous(memory_format=torch.channels_last)
    expected = np.array([-127.5, -0.5, 127.5]) / 128
    np.testing.assert_allclose(x[0, :, 80, 80], expected, atol=1e-7)


def test_fractions_of_a_pixel_survive_scaling() -> None:
    assert normalise(
        torch.full((1, 160, 160, 3), 127.75), FACE_INPUT
    ).mean().item() == pytest.approx(0.25 / 128)


def test_features_are_non_negative_and_head_completes_them(
    used_network: Face2Bone, crops: Tensor
) -> None:
    features = used_network.features(crops)
    assert features.shape == (3, 112, 8, 8)
    assert features.min() == 0
    assert features.max() > 0
    logits = used_network.head(features)
    assert logits.shape == (3, 3)
    torch.testing.assert_close(used_network(crops), logits, rtol=0, atol=0)


def test_training_outputs_agree_with_the_parts(used_network: Face2Bone, crops: Tensor) -> None:
    outputs = used_network.training_outputs(crops)
    torch.testing.assert_close(outputs.logits, used_network(crops), rtol=0, atol=0)
    embedding = used_network.embed(used_network.features(crops))
    torch.testing.assert_close(outputs.embedding, embedding, rtol=0, atol=0)
    assert outputs.t_score.shape == (3,)
    assert outputs.region_logits is not None
    assert outputs.region_logits.shape == (3, 11, 17, 17)


def test_each_crop_is_read_alone(used_network: Face2Bone, crops: Tensor) -> None:
    alone = torch.cat([used_network(crop[None]) for crop in crops])
    torch.testing.assert_close(used_network(crops), alone, rtol=1e-4, atol=1e-5)
    assert (alone[0] - alone[1]).abs().max() > 1e-3


def test_every_arm_starts_from_the_same_function(crops: Tensor) -> None:
    outputs = []
    for arm in ("on", "off", "control"):
        torch.manual_seed(11)
        config = dataclasses.replace(SMALL, fsa=arm, ssam=arm, transformer=arm)
        outputs.append(Face2Bone(config).eval()(crops))
    torch.testing.assert_close(outputs[0], outputs[1], rtol=0, atol=1e-6)
    torch.testing.assert_close(outputs[0], outputs[2], rtol=0, atol=1e-6)


@pytest.mark.parametrize("config", ARMS, ids=lambda config: config.fsa)
def test_one_step_reaches_every_parameter(config: NetworkConfig, crops: Tensor) -> None:
    torch.manual_seed(12)
    network = Face2Bone(config).train()
    outputs = network.training_outputs(crops)
    loss = outputs.logits.square().sum() + outputs.t_score.square().sum()
    assert (outputs.region_logits is None) == (config.ssam != "on")
    if outputs.region_logits is not None:
        regions = torch.randint(-1, 10, (3, 160, 160), dtype=torch.int8)
        loss = loss + region_loss(outputs.region_logits, region_fractions(regions))
    loss.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name


def test_bfloat16_training_pass_is_finite_and_near(used_network: Face2Bone, crops: Tensor) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        outputs = used_network.training_outputs(crops)
    assert outputs.logits.dtype == torch.float32
    torch.testing.assert_close(outputs.logits, used_network(crops), rtol=0.2, atol=0.1)


def test_the_trunk_stands_under_its_own_name() -> None:
    with torch.device("meta"):
        names = Face2Bone(NetworkConfig()).state_dict()
    trunk = {name for name in names if name.startswith("backbone.")}
    assert {"backbone.conv2d_1a.conv.weight", "backbone.last_bn.weight"} <= trunk
    assert not any(name.startswith(("backbone.fsa", "backbone.ssam")) for name in trunk)


def test_a_state_dict_comes_back(used_network: Face2Bone, crops: Tensor) -> None:
    twin = Face2Bone(NetworkConfig.from_dict(used_network.config.to_dict())).eval()
    twin.load_state_dict(used_network.state_dict())
    torch.testing.assert_close(twin(crops), used_network(crops), rtol=0, atol=0)
