"""Every network of the comparison costs what Face2Bone costs; arms differ in one part."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from face2bone.comparison import candidates as module
from face2bone.comparison.candidates import (
    TOLERANCE,
    Candidate,
    ablation_candidates,
    comparison_candidates,
    full_candidate,
    multiply_adds,
)
from face2bone.errors import TrainingError
from face2bone.nn import NetworkConfig, PictureNetwork, TrainingOutputs
from face2bone.studies.face2bone import FACE2BONE
from face2bone.training.recipe import read_recipe


@pytest.fixture(scope="module")
def config() -> NetworkConfig:
    return read_recipe("compact").network_config()


@pytest.fixture(scope="module")
def compared(config: NetworkConfig) -> dict[str, Candidate]:
    return {found.name: found for found in comparison_candidates(config)}


@pytest.fixture(scope="module")
def arms(config: NetworkConfig) -> dict[str, Candidate]:
    return {found.name: found for found in ablation_candidates(config)}


class Counted(PictureNetwork):
    """One 3 x 3 convolution with stride 32 from 3 to 2 channels, and one linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 2, 3, stride=32, padding=1), nn.Linear(50, 3)

    def training_outputs(self, x: Tensor) -> TrainingOutputs:
        vector = self.conv(x).flatten(1)
        return TrainingOutputs(self.out(vector), vector[:, 0], None, vector)


def test_multiply_adds_by_hand() -> None:
    """25 places x 2 x 27 in the convolution, 50 x 3 in the linear layer."""
    assert multiply_adds(Counted()) == 25 * 2 * 27 + 150


def test_counting_changes_nothing() -> None:
    network = nn.BatchNorm2d(3)
    wrapped = Counted()
    wrapped.conv = nn.Sequential(network, wrapped.conv)  # type: ignore[assignment]
    multiply_adds(wrapped)
    assert wrapped.training
    assert network.running_mean is not None
    assert not network.running_mean.any()


@pytest.mark.slow
def test_the_published_table_is_complete(compared: dict[str, Candidate]) -> None:
    assert list(compared) == [
        *("face2bone", "facenet", "vgg16", "vgg19", "resnet18", "resnet34", "vit")
    ]


@pytest.mark.slow
def test_multiply_adds_are_equal_within_a_fifth(compared: dict[str, Candidate]) -> None:
    full = compared[FACE2BONE.id].multiply_adds
    for found in compared.values():
        assert abs(found.multiply_adds / full - 1) <= TOLERANCE == 0.20, found.name


@pytest.mark.slow
def test_a_candidate_builds_what_it_says(compared: dict[str, Candidate]) -> None:
    for found in compared.values():
        network = found.build()
        assert sum(p.numel() for p in network.parameters()) == found.parameters, found.name


def test_the_same_seed_builds_the_same_network(compared: dict[str, Candidate]) -> None:
    states = []
    for seed in (4, 4, 5):
        torch.manual_seed(seed)
        states.append(compared["resnet18"].build().state_dict())
    first, same, other = states
    assert first.keys() == same.keys()
    assert all(torch.equal(tensor, same[name]) for name, tensor in first.items())
    assert not all(torch.equal(tensor, other[name]) for name, tensor in first.items())


def test_making_candidates_draws_nothing(config: NetworkConfig) -> None:
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    full_candidate(config)
    assert torch.equal(torch.rand(1), expected)


def test_every_part_is_left_out_and_controlled(arms: dict[str, Candidate]) -> None:
    assert {f"{kind}-{part}" for part in ("fsa", "ssam", "transformer") for kind in
            ("without", "control")} | {"mlp", "linear", FACE2BONE.id} == set(arms)  # fmt: skip
    full = arms[FACE2BONE.id].parameters
    for name, arm in arms.items():
        if name.startswith("control") or name == "mlp":
            assert abs(arm.parameters / full - 1) < 0.002, name
        elif name != FACE2BONE.id:
            assert arm.parameters < full, name


def test_arms_take_the_rate_of_the_whole(
    arms: dict[str, Candidate], compared: dict[str, Candidate]
) -> None:
    assert {arm.tuned_as for arm in arms.values()} == {FACE2BONE.id}
    assert all(found.tuned_as == name for name, found in compared.items())


def test_arms_start_as_the_whole(arms: dict[str, Candidate]) -> None:
    """Same seed, same trunk: what differs later is what was left out."""
    first = {}
    for name in (FACE2BONE.id, "without-fsa", "control-ssam", "linear"):
        torch.manual_seed(0)
        first[name] = arms[name].build().state_dict()["backbone.conv2d_4a.conv.weight"]
    for name, weight in first.items():
        assert torch.equal(weight, first[FACE2BONE.id]), name


def test_a_network_that_cannot_be_scaled_is_refused(
    config: NetworkConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HALVINGS", 1)
    with pytest.raises(TrainingError, match="cannot be scaled"):
        comparison_candidates(replace(config, width=0.25))
