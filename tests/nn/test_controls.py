import pytest
import torch

from face2bone.nn.config import NetworkConfig
from face2bone.nn.controls import MLP, PointwiseControl, PooledControl, parameter_count
from face2bone.nn.face2bone import Face2Bone


@pytest.mark.slow
@pytest.mark.parametrize("width", [0.125, 0.25, 0.375, 0.5, 1.0])
def test_every_control_matches_its_arm_within_two_percent(width: float) -> None:
    with torch.device("meta"):
        arms = Face2Bone(NetworkConfig(width=width))
        controls = Face2Bone(
            NetworkConfig(
                width=width, fsa="control", ssam="control", transformer="control", head="mlp"
            )
        )
    for name in ("fsa", "ssam", "tokens", "classifier"):
        wanted = parameter_count(arms.get_submodule(name))
        assert parameter_count(controls.get_submodule(name)) == pytest.approx(wanted, rel=0.02)


def shuffled(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    order = torch.randperm(x.shape[2] * x.shape[3])
    return x.flatten(2)[:, :, order].reshape(x.shape), order


def test_the_pointwise_control_sees_no_neighbour() -> None:
    block = PointwiseControl(12, 900)
    torch.nn.init.ones_(block.gain)
    x = torch.randn(2, 12, 5, 5)
    moved, order = shuffled(x)
    torch.testing.assert_close(block(moved).flatten(2), block(x).flatten(2)[:, :, order])


def test_the_pointwise_control_starts_as_the_identity() -> None:
    x = torch.randn(2, 12, 5, 5)
    torch.testing.assert_close(PointwiseControl(12, 900)(x), x, rtol=0, atol=0)


def test_the_pooled_control_sees_no_place() -> None:
    block = PooledControl(12, 8, 700)
    x = torch.randn(2, 12, 8, 8)
    torch.testing.assert_close(block(shuffled(x)[0]), block(x))
    assert block(x).shape == (2, 8)


def test_the_mlp_takes_the_count_it_is_given() -> None:
    assert parameter_count(MLP(512, 3, 329_600)) == pytest.approx(329_600, rel=0.002)
    assert MLP(16, 3, 500)(torch.randn(2, 16)).shape == (2, 3)
