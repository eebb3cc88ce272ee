import pytest
import torch
from torch import Tensor

from face2bone.modalities.face import alignment
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.nn.config import CROP_SIZE, NetworkConfig
from face2bone.nn.inception_resnet_v1 import InceptionResnetV1
from face2bone.nn.ssam import (
    REGION_COUNT,
    SpatialSupervisedAttention,
    region_fractions,
    region_loss,
)


@pytest.fixture
def block() -> SpatialSupervisedAttention:
    torch.manual_seed(2)
    return SpatialSupervisedAttention(16, 8)


def quarters() -> Tensor:
    """A face of four squares inside a rim that belongs to no region."""
    regions = torch.full((1, 160, 160), -1, dtype=torch.int8)
    regions[:, 20:80, 20:80], regions[:, 20:80, 80:140] = 0, 1
    regions[:, 80:140, 20:80], regions[:, 80:140, 80:140] = 2, 3
    return regions


def test_it_starts_as_the_identity_and_learns(block: SpatialSupervisedAttention) -> None:
    x = torch.rand(2, 16, 17, 17)
    y, logits = block(x)
    torch.testing.assert_close(y, x, rtol=0, atol=0)
    assert logits.shape == (2, 11, 17, 17)
    (y.square().sum() + logits.square().sum()).backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in block.parameters())


def test_the_gate_stays_between_nothing_and_twice(block: SpatialSupervisedAttention) -> None:
    torch.nn.init.normal_(block.weights.weight, std=5)
    x = torch.rand(8, 16, 17, 17) + 0.1
    gate = block(x)[0] / x
    assert gate.min() >= 0
    assert gate.max() <= 2
    assert gate.max() - gate.min() > 0.2
    torch.testing.assert_close(gate.amin(1), gate.amax(1))  # one gate for all channels


def test_the_gate_is_the_documented_sum(block: SpatialSupervisedAttention) -> None:
    torch.nn.init.normal_(block.weights.weight)
    x = torch.rand(2, 16, 17, 17)
    y, logits = block(x)
    weights = torch.tanh(block.weights(x.mean((2, 3))))
    gate = 1 + torch.einsum("br,brhw->bhw", weights, logits.softmax(1)[:, :10])
    torch.testing.assert_close(y, x * gate[:, None])


def test_sizes_are_the_faces() -> None:
    assert len(FACE_PARTS) == REGION_COUNT
    assert alignment.CROP_SIZE == CROP_SIZE


def test_fractions_are_shares() -> None:
    regions = torch.randint(-1, 10, (3, 160, 160), dtype=torch.int8)
    shares = region_fractions(regions)
    assert shares.shape == (3, 11, 17, 17)
    assert shares.dtype == torch.float32
    assert shares.min() >= 0
    torch.testing.assert_close(shares.sum(1), torch.ones(3, 17, 17))


def test_fractions_count_the_pixels_of_a_cell() -> None:
    regions = torch.randint(-1, 10, (1, 160, 160), dtype=torch.int8)
    shares = region_fractions(regions)
    row, column = 4, 11
    top, left = 13 + 8 * row - 4, 13 + 8 * column - 4
    cell = regions[0, top : top + 9, left : left + 9]
    for region in range(10):
        assert shares[0, region, row, column].item() == pytest.approx(
            (cell == region).float().mean().item(), abs=1e-6
        )
    assert shares[0, 10, row, column].item() == pytest.approx(
        (cell == -1).float().mean().item(), abs=1e-6
    )


def test_fractions_keep_each_region_on_its_side() -> None:
    main = region_fractions(quarters())[0].argmax(0)
    assert main[0, 8] == main[8, 0] == main[16, 16] == 10
    assert [int(main[r, c]) for r, c in ((3, 3), (3, 13), (13, 3), (13, 13))] == [0, 1, 2, 3]


def test_the_loss_is_least_at_the_true_shares() -> None:
    shares = region_fractions(quarters())
    entropy = -(shares * shares.clamp_min(1e-12).log()).sum(1).mean()
    best = region_loss(shares.clamp_min(1e-9).log(), shares)
    assert best.item() == pytest.approx(entropy.item(), abs=1e-4)
    assert region_loss(torch.zeros(1, 11, 17, 17), shares).item() == pytest.approx(
        torch.tensor(11.0).log().item(), abs=1e-5
    )


def test_the_maps_can_learn_where_regions_are(block: SpatialSupervisedAttention) -> None:
    shares = region_fractions(quarters()).expand(2, -1, -1, -1)
    rows = torch.linspace(-1, 1, 17).expand(17, 17)
    x = torch.randn(2, 16, 17, 17) * 0.1
    x[:, 0], x[:, 1], x[:, 2] = rows, rows.T, rows.square() + rows.T.square()
    optimiser = torch.optim.Adam(block.parameters(), lr=0.03)
    for _ in range(60):
        loss = region_loss(block(x)[1], shares)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    agree = block(x)[1].argmax(1) == shares.argmax(1)
    assert agree.float().mean() > 0.9


class TestGeometry:
    """Where cell m of the grid looks, found by which pixels can spoil it."""

    def test_cells_are_centred_where_the_fractions_are_taken(self) -> None:
        trunk = InceptionResnetV1(NetworkConfig(width=0.01).channels, 8, 0.0).double().eval()
        trunk.repeat_1 = torch.nn.Sequential()
        reached: dict[int, list[int]] = {cell: [] for cell in range(4, 13)}
        with torch.no_grad():
            for start in range(0, 160, 40):
                x = torch.zeros(40, 3, 160, 160, dtype=torch.float64)
                for row in range(40):
                    x[row, :, 77, start + row] = torch.nan
                spoiled = trunk.to_grid(trunk.to_stem(x))[:, 0, 8].isnan()
                for cell, columns in reached.items():
                    columns += (start + spoiled[:, cell].nonzero().flatten()).tolist()
        centres = [(min(columns) + max(columns)) / 2 for columns in reached.values()]
        assert centres == [13 + 8 * cell for cell in reached]
