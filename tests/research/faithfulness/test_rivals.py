"""research.faithfulness.rivals: captum's methods on networks and games whose answer is known."""

import numpy as np
import pytest
import torch
from torch import nn

from face2bone.explain.baselines import Baseline, blur_baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.location import to_crop
from face2bone.explain.self_check import rank_agreement
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import network_input
from research.faithfulness import rivals
from research.faithfulness.baselines import region_sums
from research.faithfulness.rivals import CONTRAST

N = 10

WORTH = np.array([3.0, -1.0, 0.5, 2.0, 0.1, 1.0, -2.0, 4.0, 1.5, 0.25])
CHIN = (7, 8)


@pytest.fixture
def table():
    """The additive game in which region i takes WORTH[i] from normal to osteoporosis."""
    part = all_coalitions(N) @ WORTH / 2
    return np.stack([-part, np.ones(1024), part], axis=1)


class Chin(nn.Module):
    """A network in two halves whose answer is the brightness of the lowest rows of its map."""

    stages = STAGES

    def features(self, x):
        return nn.functional.adaptive_avg_pool2d(x + 2, 8)

    def head(self, features):
        level = features[:, :, 6:].mean(dim=(1, 2, 3))
        return torch.stack([-level, 0 * level, level], dim=1)

    def forward(self, x):
        return self.head(self.features(x))


def test_occlusion_of_a_region_and_lime_find_an_additive_games_terms(table):
    assert np.allclose(rivals.region_occlusion(table), WORTH)
    assert rank_agreement(rivals.lime(table, seed=0), WORTH) > 0.95


def test_lime_is_the_same_for_the_same_seed(table):
    assert (rivals.lime(table, seed=3) == rivals.lime(table, seed=3)).all()


def test_grad_cam_is_channels_weighted_by_their_mean_gradient(face):
    """Of this head every channel's mean gradient is 2 / (3 * 64): the map is the features' sum."""
    network = Chin()
    features = network.features(
        torch.from_numpy(network_input(face.pixels[None], FACE_INPUT))
    ).numpy()[0]
    weighted = features.astype(np.float64).sum(axis=0) * 2 / (3 * 64)
    expected = region_sums(to_crop(weighted, STAGES.cut, (160, 160)), face.part_map)
    assert np.allclose(rivals.grad_cam(network, face), expected, rtol=1e-5)


def test_integrated_gradients_add_up_to_the_difference(face):
    torch.manual_seed(0)
    network = Face2Bone(NetworkConfig(width=0.0625)).eval().requires_grad_(False)
    baseline = blur_baseline(face)
    with torch.no_grad():
        ends = network(
            torch.from_numpy(network_input(np.stack([face.pixels, baseline.pixels]), FACE_INPUT))
        )
    expected = float((ends[0] - ends[1]) @ torch.tensor(CONTRAST, dtype=torch.float32))
    found = rivals.integrated_gradients(network, face, baseline)
    assert found.sum() == pytest.approx(expected, rel=0.1)


def test_patch_occlusion_finds_the_part_that_is_read(face):
    def logits_of(crops):
        level = crops[:, 120:150].mean(axis=(1, 2, 3), dtype=np.float64)
        return np.stack([-level, 0 * level, level], axis=1)

    dark = Baseline("dark", np.where(face.mask[..., None], np.uint8(0), face.pixels))
    found = rivals.patch_occlusion(logits_of, face, dark)
    assert set(np.argsort(-found)[:2]) == set(CHIN)
    assert found[0] == pytest.approx(0)
