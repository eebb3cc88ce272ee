"""A residual network of ten convolutions that gives a logit for each year of age.

The shape of dlib's age predictor (Cydral Technology, dlib-models, ``dnn_age_predictor_v1``), which
is a ResNet-10 (He, Zhang, Ren, Sun 2016) in dlib's manner:

    input   (B, 3, 64, 64), pixel / 256; minus a mean a channel
    stem    7 x 7 convolution by two, ReLU, 3 x 3 maximum by two -> (B, 64, 14, 14)
    blocks  64, 64 -> 128 by two, 128, 128 -> 256 by two, 256       -> the cut (B, 256, 3, 3)
    head    mean over the map, linear                               -> (B, K)

Nothing is padded where a convolution steps by two. There the shortcut is a mean over 2 x 2 and
whichever of the two maps is smaller is filled up with zeros: new channels behind, and a row and a
column at the end. Batch normalisation is folded into each convolution.
"""

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from face2bone.nn.architecture import Architecture, require, span
from face2bone.nn.network import BundleNetwork, MapGeometry, Stages

SIDE: Final = 64  # pixels of the input
CHANNEL_MEANS: Final = (122.781998, 117.000999, 104.297997)  # of dlib's pictures: red, green, blue
PIXEL_SCALE: Final = 256.0
_STEM: Final = MapGeometry(14, 14, 5.0, 4.0, 11, True)
_CUT: Final = MapGeometry(3, 3, 17.0, 16.0, None, True)
MOST_YEARS: Final = 128


@dataclass(frozen=True)
class ResNet10Config(Architecture):
    """``outputs``: years, one logit each."""

    outputs: int = 81

    def __post_init__(self) -> None:
        require(2 <= self.outputs <= MOST_YEARS, "outputs", span(2, MOST_YEARS))

    @property
    def in_words(self) -> str:
        """What it is, for the model's facts."""
        return (
            f"ResNet-10 as in dlib's age predictor, a logit for each of {self.outputs} years; the "
            "shape is as published, the reader of its weights is ours"
        )


class Block(nn.Module):
    """Two convolutions and a shortcut, halving the map where ``out`` has more channels.

    side: of the map (B, channels, side, side) that goes in.
    """

    def __init__(self, channels: int, out: int, side: int) -> None:
        super().__init__()
        self.halves = out != channels
        step, pad = (2, 0) if self.halves else (1, 1)
        self.first = nn.Conv2d(channels, out, 3, step, pad)
        self.second = nn.Conv2d(out, out, 3, 1, 1)
        residual, shortcut = (side - 3) // 2 + 1, side // 2
        self._more = out - channels
        self._residual_short = max(shortcut - residual, 0)
        self._shortcut_short = max(residual - shortcut, 0)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, out, h', w'), non-negative."""
        residual = self.second(F.relu(self.first(x)))
        if not self.halves:
            return F.relu(residual + x)
        shortcut = F.avg_pool2d(x, 2)
        return F.relu(
            _filled(residual, 0, self._residual_short)
            + _filled(shortcut, self._more, self._shortcut_short)
        )


class ResNet10(BundleNetwork):
    """Chip of a face to a logit for each year; `features` and `head` are two separate calls."""

    config: ResNet10Config
    means: Tensor

    def __init__(self, config: ResNet10Config) -> None:
        super().__init__()
        self.config = config
        means = torch.tensor(CHANNEL_MEANS).reshape(1, 3, 1, 1) / PIXEL_SCALE
        self.register_buffer("means", means, persistent=False)
        self.entry = nn.Conv2d(3, 64, 7, 2)
        widths = ((64, 64, 14), (64, 128, 14), (128, 128, 7), (128, 256, 7), (256, 256, 3))
        self.blocks = nn.Sequential(*(Block(*sizes) for sizes in widths))
        self.years = nn.Linear(256, config.outputs)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""
        return 3, SIDE, SIDE

    @property
    def stages(self) -> Stages:
        """Where its stem and its cut lie over the input."""
        return Stages(_STEM, _CUT)

    @property
    def stem_channels(self) -> int:
        """Channels of the stem."""
        return self.entry.out_channels

    @property
    def cut_channels(self) -> int:
        """Channels of the cut."""
        return self.years.in_features

    def stem(self, x: Tensor) -> Tensor:
        """(B, 3, 64, 64) -> (B, 64, 14, 14), the part that sees locally."""
        return F.max_pool2d(F.relu(self.entry(x - self.means)), 3, 2)

    def features_after(self, stem: Tensor) -> Tensor:
        """(B, 64, 14, 14) -> the cut (B, 256, 3, 3), non-negative."""
        cut: Tensor = self.blocks(stem)
        return cut

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut (B, 256, 3, 3) -> logits (B, K); nothing is read beside the photo."""
        logits: Tensor = self.years(features.mean(dim=(2, 3)))
        return logits


def _filled(x: Tensor, channels: int, pixels: int) -> Tensor:
    """So many zeros behind the channels, and at the end of rows and columns."""
    return F.pad(x, (0, pixels, 0, pixels, 0, channels))
