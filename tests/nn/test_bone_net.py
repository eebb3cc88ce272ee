"""BONE-Net: shapes, a non-negative cut, covariates behind it, and every arm reached by training."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from face2bone.errors import SettingsError
from face2bone.nn.bone_net import BoneNet, BoneNetSettings
from face2bone.nn.registry import make_network
from face2bone.training.recipe import read_recipe

SMALL = BoneNetSettings(
    growth=4, blocks=(2, 2, 2, 2), bottleneck=2, transformer_dim=16, transformer_layers=1,
    embedding=16, dropout=0.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def network() -> BoneNet:
    torch.manual_seed(0)
    return BoneNet(SMALL).eval()


@pytest.fixture(scope="module")
def films() -> Tensor:
    return torch.randn(2, 1, 192, 192, generator=torch.Generator().manual_seed(1))


def test_its_maps_are_where_it_says(network: BoneNet, films: Tensor) -> None:
    with torch.no_grad():
        stem, cut = network.stem(films), network.features(films)
    stages = network.stages
    assert stages.stem is not None
    assert stem.shape == (2, network.stem_channels, stages.stem.height, stages.stem.width)
    assert cut.shape == (2, network.cut_channels, stages.cut.height, stages.cut.width)
    assert cut.min() >= 0


def test_a_place_of_the_stem_sees_its_field_and_no_further(network: BoneNet) -> None:
    """By its gradient: what a position depends on is centred on it and as wide as stated."""
    x = torch.randn(1, 1, 192, 192, requires_grad=True)
    geometry = network.stages.stem
    assert geometry is not None
    assert geometry.field is not None
    network.stem(x)[0, :, 20, 20].sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    rows = torch.nonzero(x.grad[0, 0].abs().sum(1)).ravel()
    centre, half = geometry.first + 20 * geometry.step, (geometry.field - 1) / 2
    assert rows.min() >= centre - half
    assert rows.max() <= centre + half
    assert rows.max() - rows.min() >= geometry.field - 9


def test_covariates_change_the_answer_and_not_the_map(network: BoneNet, films: Tensor) -> None:
    with torch.no_grad():
        cut = network.features(films)
        young, old = (network.head(cut, torch.full((2, 2), age)) for age in (-1.0, 1.0))
        whole = network(films, torch.full((2, 2), -1.0))
    assert not torch.allclose(young, old)
    torch.testing.assert_close(whole, young)


@pytest.mark.parametrize(
    "change",
    [
        {}, {"transformer": "off"}, {"attention": "off"}, {"transformer": "control"},
        {"attention": "control"}, {"covariates": 0},
    ],
)  # fmt: skip
def test_one_step_reaches_every_parameter(change: dict[str, object], films: Tensor) -> None:
    network = BoneNet(replace(SMALL, **change))  # type: ignore[arg-type]
    made = network.training_outputs(films, torch.randn(2, 2))
    (made.logits.square().sum() + made.t_score.sum()).backward()  # type: ignore[no-untyped-call]
    missed = [name for name, p in network.named_parameters() if p.grad is None]
    assert missed == []


def test_its_full_size_is_densenet169s() -> None:
    """Huang et al., Table 1: 169 layers are 2 x (6 + 12 + 32 + 32) + 3 transitions + 2."""
    settings = BoneNetSettings()
    assert 2 * sum(settings.blocks) + 3 + 2 == 169
    assert settings.growth == 32


@pytest.mark.parametrize(
    "wrong",
    [
        {"growth": 0}, {"growth": 1000}, {"blocks": (1, 2, 3)}, {"blocks": (1, 2, 3, 99)},
        {"transformer": "maybe"}, {"attention": "maybe"}, {"transformer_heads": 3},
        {"dropout": 1.0}, {"covariates": -1}, {"outputs": 1}, {"bottleneck": 9},
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        BoneNetSettings(**wrong)  # type: ignore[arg-type]


def test_the_recipe_that_ships_makes_one() -> None:
    recipe = read_recipe("knee")
    network = make_network(recipe.architecture, recipe.network_config())
    assert isinstance(network, BoneNet)
    assert "sizes, joining and attention are ours" in network.config.in_words
