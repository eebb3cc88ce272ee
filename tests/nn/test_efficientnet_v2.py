"""The film network: its shapes, its halves, where its maps lie, covariates, the paper's size."""

import numpy as np
import pytest
import torch

from face2bone.errors import SettingsError
from face2bone.nn.config import Arm
from face2bone.nn.efficientnet_v2 import EfficientNetSettings, EfficientNetV2
from face2bone.nn.registry import make_network

SMALL = EfficientNetSettings(height=96, width=64, scale=0.2, depth=0.1, embedding=16, hidden=8)


@pytest.fixture
def network() -> EfficientNetV2:
    torch.manual_seed(0)
    return EfficientNetV2(SMALL).eval()


@pytest.fixture
def films() -> torch.Tensor:
    return torch.randn(3, 1, 96, 64, generator=torch.Generator().manual_seed(1))


BESIDE = torch.tensor([[0.0, 0.0], [1.0, -1.0], [-2.0, 1.0]])


def test_at_full_scale_it_is_the_papers() -> None:
    """EfficientNetV2-S has 21.5 million weights with its classifier of 1,000 classes (table 7)."""
    full = EfficientNetSettings(
        height=384, width=384, channels=3, scale=1.0, depth=1.0, embedding=1280, covariates=0
    )
    trunk = EfficientNetV2(full)
    weights = sum(
        p.numel()
        for part in (trunk.entry, trunk.local, trunk.deep, trunk.last)
        for p in part.parameters()
    )
    assert weights + 1280 * 1000 + 1000 == pytest.approx(21.5e6, rel=0.01)


def test_the_maps_have_the_shapes_that_the_stages_say(
    network: EfficientNetV2, films: torch.Tensor
) -> None:
    stem, cut = network.stem(films), network.features(films)
    stages = network.stages
    assert stages.stem is not None
    assert stem.shape == (3, network.stem_channels, stages.stem.height, stages.stem.width)
    assert cut.shape == (3, network.cut_channels, stages.cut.height, stages.cut.width)
    assert (cut >= 0).all()
    assert network.input_shape == (1, 96, 64)


def test_two_halves_are_the_whole(network: EfficientNetV2, films: torch.Tensor) -> None:
    whole = network(films, BESIDE)
    assert whole.shape == (3, 3)
    halves = network.head(network.features_after(network.stem(films)), BESIDE)
    torch.testing.assert_close(whole, halves)
    outputs = network.training_outputs(films, BESIDE)
    torch.testing.assert_close(outputs.logits, whole)
    assert outputs.t_score.shape == (3,)
    assert outputs.region_logits is None


def test_a_position_of_the_stem_sees_what_its_geometry_says(
    network: EfficientNetV2, films: torch.Tensor
) -> None:
    where = network.stages.stem
    assert where is not None
    assert where.field is not None
    x = films[:1].clone().requires_grad_()
    row, column = 11, 8
    network.stem(x)[0, :, row, column].sum().backward()
    assert x.grad is not None
    rows, columns = np.nonzero(x.grad[0, 0].numpy())
    assert rows.max() - rows.min() + 1 <= where.field
    assert rows.mean() == pytest.approx(where.rows[row], abs=1.0)
    assert columns.mean() == pytest.approx(where.columns[column], abs=1.0)


def test_covariates_join_behind_the_cut(network: EfficientNetV2, films: torch.Tensor) -> None:
    one, other = network(films, BESIDE), network(films, BESIDE + 1)
    assert not torch.allclose(one, other)
    outputs = network.training_outputs(films, BESIDE), network.training_outputs(films, BESIDE + 1)
    torch.testing.assert_close(outputs[0].t_score, outputs[1].t_score)


def test_without_covariates_the_picture_speaks_alone(films: torch.Tensor) -> None:
    alone = make_network(
        "efficientnet_v2", EfficientNetSettings(**(SMALL.to_dict() | {"covariates": 0}))
    ).eval()
    assert alone(films).shape == (3, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("height", 100), ("width", 4096), ("scale", 0.0), ("depth", 1.5), ("dropout", 1.0)],
        *[("embedding", 0), ("covariates", -1), ("outputs", 65), ("channels", 9)],
    ],
)
def test_a_size_beyond_reason_is_refused(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"'{name}' has a wrong value"):
        EfficientNetSettings(**(SMALL.to_dict() | {name: value}))


def test_settings_travel_as_plain_values() -> None:
    assert EfficientNetSettings.from_dict(SMALL.to_dict()) == SMALL
    assert "EfficientNetV2-S scaled" in SMALL.in_words


def test_squeeze_and_excitation_goes_or_is_replaced_by_as_many_parameters() -> None:
    arms: tuple[Arm, ...] = ("on", "off", "control")
    sizes = {arm: sum(p.numel() for p in EfficientNetV2(SMALL, arm).parameters()) for arm in arms}
    assert sizes["off"] < sizes["on"]
    assert sizes["control"] == pytest.approx(sizes["on"], rel=0.02)
    assert not [
        name for name, _ in EfficientNetV2(SMALL, "off").named_modules() if name.endswith("squeeze")
    ]
