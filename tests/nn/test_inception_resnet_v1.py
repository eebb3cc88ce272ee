import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from face2bone.errors import BundleCorrupt, BundleMissing
from face2bone.nn.config import NetworkConfig
from face2bone.nn.inception_resnet_v1 import InceptionResnetV1, load_facenet_weights


def trunk(width: float = 1.0) -> InceptionResnetV1:
    return InceptionResnetV1(NetworkConfig(width=width).channels, 512, dropout=0.0).eval()


def meta_trunk() -> InceptionResnetV1:
    with torch.device("meta"):
        return trunk()


def unit(name: str, out: int, into: int, *kernel: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of one convolution with batch normalisation."""
    yield f"{name}.conv.weight", (out, into, *(kernel if len(kernel) == 2 else kernel * 2))
    for entry in ("weight", "bias", "running_mean", "running_var"):
        yield f"{name}.bn.{entry}", (out,)
    yield f"{name}.bn.num_batches_tracked", ()


def published_names() -> dict[str, tuple[int, ...]]:
    """State dict of facenet-pytorch's InceptionResnetV1 without its classifier."""
    rows = [
        *unit("conv2d_1a", 32, 3, 3),
        *unit("conv2d_2a", 32, 32, 3),
        *unit("conv2d_2b", 64, 32, 3),
        *unit("conv2d_3b", 80, 64, 1),
        *unit("conv2d_4a", 192, 80, 3),
        *unit("conv2d_4b", 256, 192, 3),
        *unit("mixed_6a.branch0", 384, 256, 3),
        *unit("mixed_6a.branch1.0", 192, 256, 1),
        *unit("mixed_6a.branch1.1", 192, 192, 3),
        *unit("mixed_6a.branch1.2", 256, 192, 3),
        *unit("mixed_7a.branch0.0", 256, 896, 1),
        *unit("mixed_7a.branch0.1", 384, 256, 3),
        *unit("mixed_7a.branch1.0", 256, 896, 1),
        *unit("mixed_7a.branch1.1", 256, 256, 3),
        *unit("mixed_7a.branch2.0", 256, 896, 1),
        *unit("mixed_7a.branch2.1", 256, 256, 3),
        *unit("mixed_7a.branch2.2", 256, 256, 3),
        ("last_linear.weight", (512, 1792)),
        *list(unit("last", 512, 1, 1))[1:],
    ]
    for i in range(5):
        name = f"repeat_1.{i}"
        rows += [*unit(f"{name}.branch0", 32, 256, 1), *unit(f"{name}.branch1.0", 32, 256, 1)]
        rows += [*unit(f"{name}.branch1.1", 32, 32, 3), *unit(f"{name}.branch2.0", 32, 256, 1)]
        rows += [*unit(f"{name}.branch2.1", 32, 32, 3), *unit(f"{name}.branch2.2", 32, 32, 3)]
        rows += [(f"{name}.conv2d.weight", (256, 96, 1, 1)), (f"{name}.conv2d.bias", (256,))]
    long = [(f"repeat_2.{i}", 896, 128, 7) for i in range(10)]
    long += [(name, 1792, 192, 3) for name in (*(f"repeat_3.{i}" for i in range(5)), "block8")]
    for name, wide, narrow, k in long:
        rows += [*unit(f"{name}.branch0", narrow, wide, 1)]
        rows += [*unit(f"{name}.branch1.0", narrow, wide, 1)]
        rows += [*unit(f"{name}.branch1.1", narrow, narrow, 1, k)]
        rows += [*unit(f"{name}.branch1.2", narrow, narrow, k, 1)]
        rows += [(f"{name}.conv2d.weight", (wide, 2 * narrow, 1, 1))]
        rows += [(f"{name}.conv2d.bias", (wide,))]
    return {name.replace("last.bn", "last_bn"): shape for name, shape in rows}


def test_names_and_shapes_are_facenet_pytorchs() -> None:
    shapes = {name: tuple(value.shape) for name, value in meta_trunk().state_dict().items()}
    assert shapes == published_names()


def test_parameter_count_is_facenets() -> None:
    # facenet-pytorch with its 8,631 VGGFace2 classes holds 27,910,327; the classifier is not ours.
    classifier = 8631 * 512 + 8631
    count = sum(parameter.numel() for parameter in meta_trunk().parameters())
    assert count == 27_910_327 - classifier == 23_482_624


@pytest.mark.parametrize(
    ("side", "grid", "cut", "last"),
    [(112, 11, 5, 2), (160, 17, 8, 3), (192, 21, 10, 4), (224, 25, 12, 5), (299, 35, 17, 8)],
)
def test_map_sizes_are_the_published_ones(side: int, grid: int, cut: int, last: int) -> None:
    network = meta_trunk()
    first = network.to_grid(network.to_stem(torch.empty(2, 3, side, side, device="meta")))
    assert first.shape == (2, 256, grid, grid)
    second = network.to_cut(first)
    assert second.shape == (2, 896, cut, cut)
    assert network.mixed_7a(second).shape == (2, 1792, last, last)
    assert network.to_vector(second).shape == (2, 512)


def test_block_scales_and_the_last_block_without_relu() -> None:
    network = trunk(0.0625)
    for blocks, scale in (
        (network.repeat_1, 0.17),
        (network.repeat_2, 0.1),
        (network.repeat_3, 0.2),
    ):
        assert {block.scale for block in blocks} == {scale}
    x = torch.randn(2, network.last_linear.in_features, 3, 3)
    assert network.block8.scale == 1.0
    assert network.block8(x).min() < 0 <= network.repeat_3(x).min()


def test_a_block_is_the_scaled_sum_of_its_parts() -> None:
    block = trunk(0.0625).repeat_1[2]
    x = torch.rand(1, 16, 5, 5)
    mixed = torch.cat((block.branch0(x), block.branch1(x), block.branch2(x)), 1)
    torch.testing.assert_close(block(x), torch.relu(x + 0.17 * block.conv2d(mixed)))


class TestWeights:
    """A file of FaceNet weights, made here: narrow trunks stand for the real 107 MB."""

    @pytest.fixture
    def stored(self, tmp_path: Path) -> tuple[Path, str, InceptionResnetV1]:
        torch.manual_seed(0)
        donor = trunk(0.0625)
        values = dict(donor.state_dict())
        values |= {"logits.weight": torch.zeros(9, 512), "logits.bias": torch.zeros(9)}
        path = tmp_path / "weights.pt"
        torch.save(values, path)
        return path, hashlib.sha256(path.read_bytes()).hexdigest(), donor

    def test_they_load_without_the_classifier(
        self, stored: tuple[Path, str, InceptionResnetV1]
    ) -> None:
        path, sha256, donor = stored
        module, x = trunk(0.0625), torch.randn(1, 3, 160, 160)
        load_facenet_weights(module, path, sha256.upper())
        torch.testing.assert_close(module(x), donor(x), rtol=0, atol=0)

    def test_a_missing_file_is_its_own_error(self, tmp_path: Path) -> None:
        with pytest.raises(BundleMissing):
            load_facenet_weights(trunk(0.0625), tmp_path / "none.pt", "00")

    def test_a_flipped_byte_is_refused_before_parsing(
        self, stored: tuple[Path, str, InceptionResnetV1]
    ) -> None:
        path, sha256, _ = stored
        content = bytearray(path.read_bytes())
        content[1000] ^= 1
        path.write_bytes(content)
        with pytest.raises(BundleCorrupt, match="SHA-256"):
            load_facenet_weights(trunk(0.0625), path, sha256)

    def test_another_width_is_refused(self, stored: tuple[Path, str, InceptionResnetV1]) -> None:
        path, sha256, _ = stored
        with pytest.raises(BundleCorrupt, match=r"width 1\.0"):
            load_facenet_weights(trunk(0.125), path, sha256)

    def test_a_pickle_that_would_run_code_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "evil.pt"
        torch.save({"conv2d_1a.conv.weight": Path("anything")}, path)
        with pytest.raises(BundleCorrupt):
            load_facenet_weights(trunk(0.0625), path, hashlib.sha256(path.read_bytes()).hexdigest())
