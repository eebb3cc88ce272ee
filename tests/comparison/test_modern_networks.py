"""Blocks of the newer rivals against their papers' equations, written out for one number."""

from __future__ import annotations

import torch

from face2bone.comparison.modern_networks import (
    LAYER_SCALE,
    ConvNextBlock,
    PoolFormerBlock,
    ResponseNorm,
)


def test_response_norm_begins_as_nothing() -> None:
    x = torch.randn(2, 3, 4, 5)
    torch.testing.assert_close(ResponseNorm(3)(x), x)


def test_response_norm_by_hand() -> None:
    """Channels of length 3 and 1: shares 1.5 and 0.5 of their mean 2."""
    norm = ResponseNorm(2)
    with torch.no_grad():
        norm.gain.fill_(2.0)
        norm.shift.fill_(0.25)
    x = torch.tensor([[[[3.0, 0.0]], [[0.0, 1.0]]]])
    expected = torch.tensor([[[[3.0 + 2 * 3 * 1.5 + 0.25, 0.25]], [[0.25, 1 + 2 * 0.5 + 0.25]]]])
    torch.testing.assert_close(norm(x), expected, atol=1e-4, rtol=0)


def test_a_convnext_place_sees_seven_by_seven() -> None:
    """Other places only by the lengths of channels, which the norm does not use at first."""
    x = torch.randn(1, 4, 15, 15, requires_grad=True)
    ConvNextBlock(4)(x)[0, :, 7, 7].sum().backward()
    assert x.grad is not None
    seen = torch.nonzero(x.grad[0].abs().sum(0) > 1e-12)
    assert seen.min() == 4
    assert seen.max() == 10


def test_pooling_of_a_flat_map_mixes_nothing() -> None:
    """Borders count only the places that are there, so a constant is its own mean."""
    block = PoolFormerBlock(3)
    x = torch.ones(1, 3, 6, 6) * torch.tensor([1.0, -2.0, 4.0])[:, None, None]
    normed = block.norm1(x)
    torch.testing.assert_close(block.pool(normed) - normed, torch.zeros_like(x))


def test_a_poolformer_block_begins_near_itself() -> None:
    x = torch.randn(1, 8, 6, 6)
    moved = (PoolFormerBlock(8)(x) - x).abs().max()
    assert 0 < moved < 100 * LAYER_SCALE
