import pytest
import torch

from face2bone.nn.resnet10 import SIDE, ResNet10, ResNet10Config


@pytest.fixture(scope="module")
def network() -> ResNet10:
    torch.manual_seed(0)
    return ResNet10(ResNet10Config(81)).eval().requires_grad_(False)


def test_stem_features_and_head_are_the_whole_in_three_steps(network: ResNet10) -> None:
    x = torch.rand(2, *network.input_shape)
    stem = network.stem(x)
    cut = network.features_after(stem)
    stages = network.stages
    assert stages.stem is not None
    assert stem.shape == (2, network.stem_channels, stages.stem.height, stages.stem.width)
    assert cut.shape == (2, network.cut_channels, stages.cut.height, stages.cut.width)
    assert (cut >= 0).all()
    torch.testing.assert_close(network.head(cut), network(x))
    assert network(x).shape == (2, 81)


def test_a_position_of_the_stem_sees_what_its_geometry_says(network: ResNet10) -> None:
    stem = network.stages.stem
    assert stem is not None
    assert stem.field == 11
    x = torch.rand(1, 3, SIDE, SIDE)
    row, column = 4, 9
    centre_y, centre_x = int(stem.rows[row]), int(stem.columns[column])
    reach = (stem.field - 1) // 2
    outside = torch.rand_like(x)
    down = slice(centre_y - reach, centre_y + reach + 1)
    across = slice(centre_x - reach, centre_x + reach + 1)
    outside[:, :, down, across] = x[:, :, down, across]

    def here(pixels: torch.Tensor) -> torch.Tensor:
        return network.stem(pixels)[..., row, column]

    torch.testing.assert_close(here(outside), here(x))
    outside[0, :, centre_y + reach + 1, centre_x] = 50.0  # just beyond
    torch.testing.assert_close(here(outside), here(x))
    outside[0, :, centre_y + reach, centre_x] = 50.0  # just within
    assert not torch.equal(here(outside), here(x))


def test_the_models_facts_name_it(network: ResNet10) -> None:
    assert "ResNet-10" in network.config.in_words
    assert "81 years" in network.config.in_words
