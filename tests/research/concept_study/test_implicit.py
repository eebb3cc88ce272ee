"""Implicit gradients against finite differences, and what follows from them."""

import dataclasses
from unittest.mock import patch

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.bundle import ConceptBank
from face2bone.explain.baselines import blur_baseline
from face2bone.explain.nmf import project
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.runtime import network_input
from research.concept_study.implicit import (
    coefficient_pullback,
    implicit_location,
    presence_gradients,
)

H = 1e-6
TINY = 1e-8  # among millions of rectified units some turn within a longer step


def random_bank(channels, parts=4, seed=0):
    rng = np.random.default_rng(seed)
    return ConceptBank(
        basis=rng.gamma(0.5, size=(parts, channels)).astype(np.float32),
        importance=np.zeros((parts, 3), np.float32),
        presence_scale=np.full(parts, 0.05, np.float32),
        exemplars=np.zeros((parts, 0, 48, 48, 3), np.uint8),
        names=tuple("abcd"[:parts]),
        region_tags=("",) * parts,
        description=("",) * parts,
    )


def network_of(seed=0):
    """Untrained and narrow, but every part in use: gains are drawn, not zero."""
    torch.manual_seed(seed)
    network = Face2Bone(NetworkConfig(width=0.0625)).eval()
    for name, parameter in network.named_parameters():
        if name.endswith("gain"):
            torch.nn.init.normal_(parameter, std=0.1)
    return network.requires_grad_(False)


def mean_of(network, bank, x):
    """Mean coefficients (R,) of one input, without gradients."""
    with torch.no_grad():
        features = network.features(x)[0]
    return project(features.flatten(1).T.numpy(), bank.basis).mean(axis=0)


@pytest.fixture(scope="module")
def network():
    return network_of()


@pytest.fixture(scope="module")
def bank(network, face):
    features = network.features(torch.from_numpy(network_input(face.pixels[None], FACE_INPUT)))
    return random_bank(features.shape[1])


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=40)
def test_pullback_equals_finite_differences_of_nnls(seed, parts):
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.5, size=(parts, 20)) + 1e-3
    A = rng.gamma(0.5, size=(3, 20))
    v, towards = rng.normal(size=(3, parts)), rng.normal(size=(3, 20))
    U = project(A, W)
    ahead, behind = project(A + H * towards, W), project(A - H * towards, W)
    if ((ahead > 0) != (behind > 0)).any():
        return  # a concept enters or leaves between the two: there is no derivative
    slope = ((ahead - behind) / (2 * H) * v).sum(axis=1)
    found = (coefficient_pullback(U, W, v) * towards).sum(axis=1)
    assert np.allclose(found, slope, rtol=1e-5, atol=1e-7)


def test_an_absent_concept_has_no_gradient_and_shapes_nobody_elses():
    W = np.eye(2, 5) + 0.1
    alone = coefficient_pullback(np.array([[1.0, 0.0]]), W, np.array([[1.0, 1.0]]))
    assert np.allclose(alone[0], W[0] / (W[0] @ W[0]))
    assert (coefficient_pullback(np.zeros((1, 2)), W, np.ones((1, 2))) == 0).all()


def test_equal_concepts_share_their_gradient():
    W = np.array([[1.0, 2.0], [1.0, 2.0]])
    found = coefficient_pullback(np.ones((1, 2)), W, np.eye(2)[[0]])
    assert np.allclose(found[0], W[0] / (W[0] @ W[0]) / 2)


def test_the_whole_chain_equals_finite_differences_in_double_precision(bank, face):
    network = network_of().double()
    rng = np.random.default_rng(1)
    # Noise everywhere: on the even grey around a face the maxima of pooling tie, and where they
    # tie there is no derivative.
    crop = np.clip(face.pixels + rng.normal(0, 9, face.pixels.shape), 0, 255)
    x = torch.from_numpy(network_input(crop[None], FACE_INPUT)).double()
    # The spectral attention computes in float32 whatever it gets: too coarse for a difference.
    with patch.object(torch.Tensor, "float", torch.Tensor.double):
        presence, gradients = presence_gradients(network, bank.basis, x)
        for _ in range(3):
            towards = torch.from_numpy(rng.normal(size=x.shape))
            ahead, behind = (mean_of(network, bank, x + h * towards) for h in (TINY, -TINY))
            slope = (ahead - behind) / (2 * TINY)
            found = (gradients[0] * towards.numpy()).sum(axis=(1, 2, 3))
            assert np.linalg.norm(found - slope) < 1e-4 * np.linalg.norm(slope)
        assert np.allclose(presence[0], mean_of(network, bank, x))
    assert presence.shape == (1, len(bank))
    assert gradients.shape == (1, len(bank), 3, 160, 160)


def test_a_batch_is_each_of_its_photos(network, bank, face):
    x = torch.from_numpy(network_input(np.stack([face.pixels, 255 - face.pixels]), FACE_INPUT))
    together = presence_gradients(network, bank.basis, x)
    for i in range(2):
        alone = presence_gradients(network, bank.basis, x[i : i + 1])
        for both, one in zip(together, alone, strict=True):
            # In float32, where a batch may be summed in another order.
            assert np.linalg.norm(both[i] - one[0]) < 0.01 * np.linalg.norm(one)


class PlantedNetwork(torch.nn.Module):
    """Features: how far each colour is above the mask grey, on two channels of its own."""

    LOADINGS = torch.tensor([[0.8, 0.6, 0, 0, 0, 0], [0, 0, 0.6, 0.8, 0, 0], [0, 0, 0, 0, 1, 0.0]])

    def features(self, x):
        blocks = torch.nn.functional.avg_pool2d(x[:, :, 13:141, 13:141], 16)
        return torch.einsum("bkhw,kc->bchw", blocks.clamp(min=0), self.LOADINGS)


@pytest.fixture(scope="module")
def planted(face):
    """A red spot and a blue one in a face of even light, and where each is."""
    rows, columns = np.mgrid[:160, :160]
    red, blue = (np.hypot(rows - r, columns - c) < 14 for r, c in ((60, 110), (100, 55)))
    crop = np.where(face.mask[..., None], np.uint8(140), np.uint8(127)).repeat(3, axis=2)
    crop[red, 0] = crop[blue, 2] = 250
    found = implicit_location(
        PlantedNetwork(),
        dataclasses.replace(random_bank(6, 3), basis=PlantedNetwork.LOADINGS.numpy()),
        dataclasses.replace(face, pixels=crop),
        steps=8,
    )
    return found, red, blue


def test_attributions_add_up_to_what_the_blur_takes(planted):
    found, _, _ = planted
    gained = found.presence - found.in_blur
    assert np.allclose(found.attribution.sum(axis=(1, 2)), gained, atol=0.02 * np.abs(gained).max())
    assert np.abs(gained[[0, 2]]).min() > 0.01


def test_attributions_lie_where_the_concept_is_and_in_the_face_alone(planted, face):
    found, red, blue = planted
    raised = np.maximum(found.attribution, 0)
    assert raised[0][red].sum() > 0.9 * raised[0].sum() > 0
    assert raised[2][blue].sum() > 0.9 * raised[2].sum() > 0
    assert (found.attribution[:, ~face.mask] == 0).all()


def test_locations_are_shown_from_0_to_1_in_the_face(planted, face):
    found, red, blue = planted
    assert (found.location[:, ~face.mask] == 0).all()
    assert found.location.min() >= 0
    assert np.allclose(found.location[[0, 2]].max(axis=(1, 2)), 1)
    assert found.location[0][red].mean() > 5 * found.location[0][blue].mean()


def test_presence_is_that_of_the_quick_view(network, bank, face):
    features = network.features(
        torch.from_numpy(network_input(face.pixels[None], FACE_INPUT))
    ).numpy()
    rows = features[0].reshape(features.shape[1], -1).T
    expected = project(rows, bank.basis).mean(axis=0) / bank.presence_scale
    assert np.allclose(implicit_location(network, bank, face, steps=1).presence, expected)


def test_a_face_that_is_its_own_blur_has_nowhere(network, bank, face):
    flat = dataclasses.replace(face, pixels=np.full_like(face.pixels, 127))
    assert (blur_baseline(flat).pixels == flat.pixels).all()
    found = implicit_location(network, bank, flat, steps=1)
    assert (found.attribution == 0).all()
    assert (found.location == 0).all()


def test_the_network_is_left_as_it_was(network, bank, face):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    implicit_location(network, bank, face, steps=1)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not network.training
    assert all(p.grad is None for p in network.parameters())
