"""FaceNet's trunk: Inception-ResNet v1, narrowable, in three parts with a cut between.

Sources: Schroff, Kalenichenko and Philbin, "FaceNet" (CVPR 2015); Szegedy et al., "Inception-v4,
Inception-ResNet and the Impact of Residual Connections on Learning" (AAAI 2017), figures 9 to 15.
Module names and sizes are those of facenet-pytorch (MIT licence), so that its VGGFace2 and
CASIA-WebFace weights load at width 1.0; the code is our own.

Sizes for a 160 x 160 crop at width 1.0 (C: channels):

    conv2d_1a .. conv2d_4b             (B, 256, 17, 17)   `to_stem`    local: sees 31 x 31 pixels
    repeat_1                           (B, 256, 17, 17)   `to_grid`
    mixed_6a, repeat_2                 (B, 896, 8, 8)     `to_cut`     non-negative: ends in ReLU
    mixed_7a, repeat_3, block8         (B, 1792, 3, 3)
    pooling, last_linear, last_bn      (B, 512)           `to_vector`
"""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from face2bone.errors import BundleCorrupt, BundleMissing
from face2bone.nn.config import CUT_SIZE, GRID_SIZE
from face2bone.nn.network import MapGeometry, Stages

BATCH_NORM_EPS = 1e-3
STAGES = Stages(
    stem=MapGeometry(GRID_SIZE, GRID_SIZE, first=13.0, step=8.0, field=31, non_negative=True),
    cut=MapGeometry(CUT_SIZE, CUT_SIZE, first=21.0, step=16.0, field=None, non_negative=True),
)
"""Of `to_stem` and `to_cut`: what kernels, strides and padding up to there add up to. Convolutions
without padding put the cut's position i at 21 + 16 i, not at the middle of the i-th eighth of the
crop; plain resizing would shift every map by up to 11 pixels."""
Channels = Callable[[int], int]


class BasicConv2d(nn.Module):
    """Convolution without bias, batch normalisation, ReLU: (B, C_in, H, W) -> (B, C_out, ., .)."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(channels_out, eps=BATCH_NORM_EPS)

    def forward(self, x: Tensor) -> Tensor:
        """Activation, non-negative."""
        return torch.relu_(self.bn(self.conv(x)))


class ResidualInception(nn.Module):
    """Branches side by side, a 1x1 convolution back, and a scaled residual sum.

    y = x + scale * conv2d(concat(branches(x))), then ReLU unless it is the last block of all.
    Shape (B, C, H, W) is kept.
    """

    def __init__(
        self, channels: int, branches: tuple[nn.Module, ...], mixed: int, scale: float, relu: bool
    ) -> None:
        super().__init__()
        self.branches = len(branches)
        for index, branch in enumerate(branches):
            self.add_module(f"branch{index}", branch)
        self.conv2d = nn.Conv2d(mixed, channels, 1)
        self.scale = scale
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x; non-negative when the block ends in ReLU."""
        mixed = torch.cat([self.get_submodule(f"branch{i}")(x) for i in range(self.branches)], 1)
        y = x + self.scale * self.conv2d(mixed)
        return torch.relu_(y) if self.relu else y


def block35(c: Channels) -> ResidualInception:
    """Inception-ResNet-A on the 17 x 17 map (35 x 35 in the paper), scale 0.17."""
    wide, narrow = c(256), c(32)
    branches = (
        BasicConv2d(wide, narrow, 1),
        nn.Sequential(BasicConv2d(wide, narrow, 1), BasicConv2d(narrow, narrow, 3, padding=1)),
        nn.Sequential(
            BasicConv2d(wide, narrow, 1),
            BasicConv2d(narrow, narrow, 3, padding=1),
            BasicConv2d(narrow, narrow, 3, padding=1),
        ),
    )
    return ResidualInception(wide, branches, 3 * narrow, scale=0.17, relu=True)


def _factorised(wide: int, narrow: int, kernel: int, scale: float, relu: bool) -> ResidualInception:
    half = kernel // 2
    branches = (
        BasicConv2d(wide, narrow, 1),
        nn.Sequential(
            BasicConv2d(wide, narrow, 1),
            BasicConv2d(narrow, narrow, (1, kernel), padding=(0, half)),
            BasicConv2d(narrow, narrow, (kernel, 1), padding=(half, 0)),
        ),
    )
    return ResidualInception(wide, branches, 2 * narrow, scale, relu)


def block17(c: Channels) -> ResidualInception:
    """Inception-ResNet-B on the 8 x 8 map (17 x 17 in the paper), scale 0.10."""
    return _factorised(mixed_6a_channels(c), c(128), 7, scale=0.10, relu=True)


def block8(c: Channels, relu: bool = True) -> ResidualInception:
    """Inception-ResNet-C on the 3 x 3 map (8 x 8 in the paper): scale 0.20, or 1.0 without ReLU."""
    return _factorised(mixed_7a_channels(c), c(192), 3, scale=0.20 if relu else 1.0, relu=relu)


def mixed_6a_channels(c: Channels) -> int:
    """Channels of the 8 x 8 map: 896 at width 1.0."""
    return c(384) + c(256) + c(256)


def mixed_7a_channels(c: Channels) -> int:
    """Channels of the 3 x 3 map: 1792 at width 1.0."""
    return c(384) + 2 * c(256) + mixed_6a_channels(c)


class Mixed6a(nn.Module):
    """Reduction-A: (B, 256, 17, 17) -> (B, 896, 8, 8), widths at 1.0."""

    def __init__(self, c: Channels) -> None:
        super().__init__()
        self.branch0 = BasicConv2d(c(256), c(384), 3, stride=2)
        self.branch1 = nn.Sequential(
            BasicConv2d(c(256), c(192), 1),
            BasicConv2d(c(192), c(192), 3, padding=1),
            BasicConv2d(c(192), c(256), 3, stride=2),
        )
        self.branch2 = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """The three branches, concatenated over channels."""
        return torch.cat((self.branch0(x), self.branch1(x), self.branch2(x)), 1)


class Mixed7a(nn.Module):
    """Reduction-B: (B, 896, 8, 8) -> (B, 1792, 3, 3), widths at 1.0."""

    def __init__(self, c: Channels) -> None:
        super().__init__()
        wide, narrow = mixed_6a_channels(c), c(256)
        self.branch0 = nn.Sequential(
            BasicConv2d(wide, narrow, 1), BasicConv2d(narrow, c(384), 3, stride=2)
        )
        self.branch1 = nn.Sequential(
            BasicConv2d(wide, narrow, 1), BasicConv2d(narrow, narrow, 3, stride=2)
        )
        self.branch2 = nn.Sequential(
            BasicConv2d(wide, narrow, 1),
            BasicConv2d(narrow, narrow, 3, padding=1),
            BasicConv2d(narrow, narrow, 3, stride=2),
        )
        self.branch3 = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """The four branches, concatenated over channels."""
        branches = (self.branch0(x), self.branch1(x), self.branch2(x), self.branch3(x))
        return torch.cat(branches, 1)


class InceptionResnetV1(nn.Module):
    """FaceNet's trunk without its classifier; at width 1.0, 23,482,624 parameters.

    channels: maps a channel count at width 1.0 to the count used (`NetworkConfig.channels`).
    embedding: length of the face vector, 512 at width 1.0.
    dropout: probability on the pooled vector (FaceNet uses 0.6).
    """

    def __init__(self, channels: Channels, embedding: int, dropout: float) -> None:
        super().__init__()
        c = channels
        self.conv2d_1a = BasicConv2d(3, c(32), 3, stride=2)
        self.conv2d_2a = BasicConv2d(c(32), c(32), 3)
        self.conv2d_2b = BasicConv2d(c(32), c(64), 3, padding=1)
        self.maxpool_3a = nn.MaxPool2d(3, stride=2)
        self.conv2d_3b = BasicConv2d(c(64), c(80), 1)
        self.conv2d_4a = BasicConv2d(c(80), c(192), 3)
        self.conv2d_4b = BasicConv2d(c(192), c(256), 3, stride=2)
        self.repeat_1 = nn.Sequential(*(block35(c) for _ in range(5)))
        self.mixed_6a = Mixed6a(c)
        self.repeat_2 = nn.Sequential(*(block17(c) for _ in range(10)))
        self.mixed_7a = Mixed7a(c)
        self.repeat_3 = nn.Sequential(*(block8(c) for _ in range(5)))
        self.block8 = block8(c, relu=False)
        self.dropout = nn.Dropout(dropout)
        self.last_linear = nn.Linear(mixed_7a_channels(c), embedding, bias=False)
        self.last_bn = nn.BatchNorm1d(embedding, eps=BATCH_NORM_EPS)

    def to_stem(self, x: Tensor) -> Tensor:
        """(B, 3, 160, 160) in [-1, 1] -> (B, 256, 17, 17), non-negative and local (STAGES)."""
        x = self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(x)))
        x = self.conv2d_3b(self.maxpool_3a(x))
        stem: Tensor = self.conv2d_4b(self.conv2d_4a(x))
        return stem

    def to_grid(self, stem: Tensor) -> Tensor:
        """(B, 256, 17, 17) -> (B, 256, 17, 17), non-negative."""
        grid: Tensor = self.repeat_1(stem)
        return grid

    def to_cut(self, grid: Tensor) -> Tensor:
        """(B, 256, 17, 17) -> (B, 896, 8, 8), non-negative: repeat_2 ends in ReLU."""
        cut: Tensor = self.repeat_2(self.mixed_6a(grid))
        return cut

    def to_vector(self, cut: Tensor) -> Tensor:
        """(B, 896, 8, 8) -> (B, 512), FaceNet's embedding before its L2 normalisation."""
        x = self.block8(self.repeat_3(self.mixed_7a(cut)))
        vector: Tensor = self.last_bn(self.last_linear(self.dropout(x.mean((2, 3)))))
        return vector

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, 160, 160) -> (B, 512)."""
        return self.to_vector(self.to_cut(self.to_grid(self.to_stem(x))))


def load_facenet_weights(module: InceptionResnetV1, path: Path, sha256: str) -> None:
    """Load facenet-pytorch's VGGFace2 or CASIA-WebFace weights; its classifier is left out.

    module: a trunk of width 1.0. path: the downloaded .pt file. sha256: its hash in hexadecimal,
    as recorded when the file was fetched; nothing is parsed before it agrees. The file is read
    with `weights_only`, so that it can carry tensors and no code.
    docs/reference/network.md says where the files are; no part of the package needs them.

    Raises BundleMissing without the file, BundleCorrupt when the hash, the format, the names or
    the shapes differ.
    """
    if not path.is_file():
        raise BundleMissing(
            "There is no file {file} with the trunk's weights. Name facenet-pytorch's file "
            "with --trunk.",
            file=path.name,
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256.lower():
        raise BundleCorrupt(
            "The FaceNet weights file differs from its recorded SHA-256. Download it again."
        )
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        trunk = {name: value for name, value in stored.items() if not name.startswith("logits.")}
        module.load_state_dict(trunk)
    except (pickle.UnpicklingError, RuntimeError, EOFError, AttributeError) as error:
        raise BundleCorrupt(
            "The FaceNet weights file does not hold this trunk's parameters. "
            "Use a file of facenet-pytorch and a network of width 1.0."
        ) from error
