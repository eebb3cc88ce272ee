"""Small networks of our own after newer papers, for the table that BONE-Net published.

The library that has them needs torchvision, which does not import here; these follow the papers'
equations and stages, at a width.

- ConvNeXt-V2 (Woo et al., CVPR 2023), tiny: a stem with stride 4; in a block a 7 x 7 by channel,
  normalisation, four times as many channels, GELU, global response normalisation, and back.
- PoolFormer-S12, the MetaFormer of that paper (Yu et al., CVPR 2022): tokens are mixed by their
  mean over 3 x 3 places less themselves. Both parts of a block begin at 1e-5 (its LayerScale).

Stochastic depth is left out of both: at a few epochs and widths this narrow there is nothing to
hold back.
"""

from typing import Final

import torch
from torch import Tensor, nn

from face2bone.comparison.standard_networks import FIRST_QUESTION, Question, StandardNetwork

CONVNEXT_DEPTHS: Final = (3, 3, 9, 3)
CONVNEXT_CHANNELS: Final = (96, 192, 384, 768)
POOLFORMER_DEPTHS: Final = (2, 2, 6, 2)
POOLFORMER_CHANNELS: Final = (64, 128, 320, 512)
LEAST: Final = 2
EXPANSION: Final = 4
LAYER_SCALE: Final = 1e-5
SMALL: Final = 1e-6


def convnext(width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """ConvNeXt-V2 tiny with every channel count times ``width``."""
    channels = [_scaled(full, width) for full in CONVNEXT_CHANNELS]
    layers: list[nn.Module] = []
    before = question.shape[0]
    for depth, wide in zip(CONVNEXT_DEPTHS, channels, strict=True):
        layers += _smaller(before, wide, first=not layers)
        layers += [ConvNextBlock(wide) for _ in range(depth)]
        before = wide
    body = nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(before, SMALL)
    )
    body.apply(_begin)
    return StandardNetwork(body, before, question)


def poolformer(width: float, question: Question = FIRST_QUESTION) -> StandardNetwork:
    """PoolFormer-S12 with every channel count times ``width``."""
    channels = [_scaled(full, width) for full in POOLFORMER_CHANNELS]
    layers: list[nn.Module] = []
    before = question.shape[0]
    for depth, wide in zip(POOLFORMER_DEPTHS, channels, strict=True):
        kernel, stride, padding = (3, 2, 1) if layers else (7, 4, 2)
        layers.append(nn.Conv2d(before, wide, kernel, stride, padding))
        layers += [PoolFormerBlock(wide) for _ in range(depth)]
        before = wide
    body = nn.Sequential(*layers, nn.GroupNorm(1, before), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return StandardNetwork(body, before, question)


class ChannelNorm(nn.Module):
    """Normalises the channels of every place: (B, C, h, w) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels, SMALL)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        normed: Tensor = self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return normed


class ResponseNorm(nn.Module):
    """Global response normalisation: x + gain * x * g / mean(g) + shift, g a channel's length.

    g_c is the norm of channel c over all places; gain and shift begin at zero.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> the same."""
        length = x.square().sum(dim=(2, 3), keepdim=True).add(SMALL).sqrt()
        share = length / (length.mean(dim=1, keepdim=True) + SMALL)
        y: Tensor = x + self.gain * x * share + self.shift
        return y


class ConvNextBlock(nn.Module):
    """x + what its places, then its channels make of it: (B, C, h, w) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        wide = EXPANSION * channels
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels),
            ChannelNorm(channels),
            nn.Conv2d(channels, wide, 1),
            nn.GELU(),
            ResponseNorm(wide),
            nn.Conv2d(wide, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        y: Tensor = x + self.layers(x)
        return y


class PoolFormerBlock(nn.Module):
    """x + a (mean of 3 x 3 - itself), then x + b mlp(x): (B, C, h, w) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        wide = EXPANSION * channels
        self.norm1, self.norm2 = nn.GroupNorm(1, channels), nn.GroupNorm(1, channels)
        self.pool = nn.AvgPool2d(3, 1, 1, count_include_pad=False)
        self.mlp = nn.Sequential(
            nn.Conv2d(channels, wide, 1), nn.GELU(), nn.Conv2d(wide, channels, 1)
        )
        self.mlp.apply(_begin)
        self.scale1, self.scale2 = (
            nn.Parameter(torch.full((channels, 1, 1), LAYER_SCALE)) for _ in range(2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        normed = self.norm1(x)
        x = x + self.scale1 * (self.pool(normed) - normed)
        y: Tensor = x + self.scale2 * self.mlp(self.norm2(x))
        return y


def _smaller(before: int, channels: int, *, first: bool) -> tuple[nn.Module, ...]:
    """ConvNeXt's stem, or what stands between its stages."""
    if first:
        return nn.Conv2d(before, channels, 4, 4), ChannelNorm(channels)
    return ChannelNorm(before), nn.Conv2d(before, channels, 2, 2)


def _begin(module: nn.Module) -> None:
    """First weights as both papers draw them."""
    if isinstance(module, nn.Conv2d):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _scaled(channels: int, width: float) -> int:
    return max(LEAST, round(channels * width))
