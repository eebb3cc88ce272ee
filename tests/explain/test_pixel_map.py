"""The occlusion map where the answer is known; Grad-CAM beside Captum's, and in its mask."""

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam

from face2bone.explain.baselines import Baseline, blur_baseline
from face2bone.explain.pixel_map import class_map, grad_cam, pixel_map
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.nn import normalise
from face2bone.nn.efficientnet_v2 import EfficientNetSettings, EfficientNetV2


def spot(crops):
    """Answers to one small patch of the picture only."""
    seen = np.asarray(crops[:, 76:84, 76:84, 1], dtype=np.float64).mean(axis=(1, 2))
    return np.stack([seen, -seen, np.zeros_like(seen)], axis=1)


def test_it_peaks_where_the_answer_rests_and_is_nought_elsewhere(face):
    dark = Baseline("dark", np.where(face.mask[..., None], 0, face.pixels).astype(np.uint8))
    found = pixel_map(spot, face, dark)
    row, column = np.unravel_index(found[..., 0].argmax(), found.shape[:2])
    assert 72 <= row < 88
    assert 72 <= column < 88
    assert found[..., 0].max() > 0
    assert np.allclose(found[..., 1], -found[..., 0])
    far = np.hypot(*(np.mgrid[:160, :160] - 79.5)) > 40
    assert (found[far] == 0).all()
    assert (found[..., 2] == 0).all()


def test_nothing_outside_the_face_is_lit(face):
    found = pixel_map(lambda crops: crops.mean(axis=(1, 2)), face, blur_baseline(face))
    assert (found[~face.mask] == 0).all()
    assert found.shape == (160, 160, 3)


def test_a_face_equal_to_its_fill_loses_nothing(face):
    found = pixel_map(lambda crops: crops.mean(axis=(1, 2)), face, Baseline("same", face.pixels))
    assert (found == 0).all()


def test_progress_rises_to_one_and_cancels(face):
    seen: list[float] = []
    pixel_map(spot, face, blur_baseline(face), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        pixel_map(spot, face, blur_baseline(face), stop)


SPEC = InputSpec(96, 64, 1, 127.5, 64.0, 0)
PARTS = (Part("upper", "upper"), Part("lower", "lower"))
BESIDE = np.array([[0.5, -1.0]], np.float32)


@pytest.fixture
def network() -> EfficientNetV2:
    torch.manual_seed(0)
    sizes = {"height": 96, "width": 64, "scale": 0.2, "depth": 0.1, "embedding": 16, "hidden": 8}
    return EfficientNetV2(EfficientNetSettings(**sizes)).eval()  # type: ignore[arg-type]


@pytest.fixture
def picture() -> Prepared:
    pixels = np.random.default_rng(0).integers(1, 256, (96, 64, 1)).astype(np.uint8)
    mask = np.ones((96, 64), bool)
    mask[:, :4] = False
    pixels[~mask] = 0
    part_map = np.where(np.arange(96)[:, None] < 48, 0, 1) * np.ones((1, 64), int)
    part_map = np.where(mask, part_map, -1).astype(np.int8)
    return Prepared(pixels, mask, part_map, np.eye(2, 3, dtype=np.float32), PARTS, SPEC)


@pytest.mark.parametrize("class_index", [0, 1, 2])
def test_the_map_is_captums(network: EfficientNetV2, picture: Prepared, class_index: int) -> None:
    class Logits(torch.nn.Module):
        """The whole network, its last map a module that captum can be shown."""

        def __init__(self) -> None:
            super().__init__()
            self.cut = torch.nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return network.head(self.cut(network.features(x)), torch.from_numpy(BESIDE))

    model = Logits()
    x = normalise(torch.from_numpy(picture.pixels[None]), SPEC)
    expected = LayerGradCam(model, model.cut).attribute(x, class_index, relu_attributions=True)
    found = class_map(network, picture, class_index, BESIDE)
    np.testing.assert_allclose(found, expected[0, 0].detach().numpy(), rtol=1e-4, atol=1e-7)


def test_a_map_lies_within_the_mask_and_names_a_part(
    network: EfficientNetV2, picture: Prepared
) -> None:
    shown = [grad_cam(network, picture, k, BESIDE) for k in range(3)]
    for cam in shown:
        assert cam.map.shape == (96, 64)
        assert (cam.map >= 0).all()
        assert (cam.map[~picture.mask] == 0).all()
        assert cam.first in (None, 0, 1)
    assert any(cam.first is not None for cam in shown)


def test_where_the_last_map_is_zero_there_is_no_first(
    network: EfficientNetV2, picture: Prepared
) -> None:
    with torch.no_grad():
        network.last[1].weight.zero_()
        network.last[1].bias.fill_(-1.0)
    cam = grad_cam(network, picture, 0, BESIDE)
    assert cam.map.max() == 0
    assert cam.first is None


def test_training_mode_is_left_as_it_was(network: EfficientNetV2, picture: Prepared) -> None:
    network.train()
    grad_cam(network, picture, 0, BESIDE)
    assert network.training
