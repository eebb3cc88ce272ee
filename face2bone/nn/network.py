"""What the house asks of a network, whichever study it serves.

A picture goes in at the bottom. Covariates, where the network reads any, join late, behind the
cut, so that everything before it depends on the picture alone: an explanation hides parts of the
picture and holds the covariates as they are.

Each network publishes itself where its maps lie over its input.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from face2bone.modalities.input_spec import InputSpec
from face2bone.nn.architecture import Architecture


@dataclass(frozen=True)
class MapGeometry:
    """One map: position i along an axis is centred on ``first`` + ``step`` * i input pixels.

    first_row: of the rows, where they begin elsewhere than the columns.

    height, width: positions. field: pixels a side that one position sees; None where it sees the
    whole input. non_negative: whether the map follows a ReLU, which CRAFT needs (Fel et al. 2023).
    """

    height: int
    width: int
    first: float
    step: float
    field: int | None
    non_negative: bool
    first_row: float | None = None

    @property
    def rows(self) -> npt.NDArray[np.float64]:
        """Input pixel that each row is centred on; (height,)."""
        first = self.first if self.first_row is None else self.first_row
        return first + self.step * np.arange(self.height, dtype=np.float64)

    @property
    def columns(self) -> npt.NDArray[np.float64]:
        """Input pixel that each column is centred on; (width,)."""
        return self.first + self.step * np.arange(self.width, dtype=np.float64)

    @property
    def patch(self) -> int:
        """Pixels a side, even, of a picture of what is at one position: what it sees, or, where it
        sees the whole input, the three steps about it.
        """
        seen = round(3 * self.step) if self.field is None else self.field
        return seen + seen % 2


@dataclass(frozen=True)
class Stages:
    """The two maps explanations look at.

    stem: the last that sees locally; None where the network has no such part.
    cut: where ``features`` ends and ``head`` begins.
    """

    stem: MapGeometry | None
    cut: MapGeometry


@dataclass(frozen=True)
class TrainingOutputs:
    """Everything a loss may look at.

    logits (B, K); t_score (B,) in standard deviations; region_logits (B, P + 1, h, w), None unless
    the network maps parts; embedding (B, E), the fused vector before the classifier.
    """

    logits: Tensor
    t_score: Tensor
    region_logits: Tensor | None
    embedding: Tensor


class PictureNetwork(nn.Module, ABC):
    """What training asks of any network: a study's own, or one it is compared with.

    A network whose weights were published and are only read, as ResNet-10 is, need not be one.
    """

    @abstractmethod
    def training_outputs(self, x: Tensor, beside: Tensor | None = None) -> TrainingOutputs:
        """Input (B, C, H, W) and covariates (B, V) -> everything a loss may look at.

        A network that reads no covariates leaves them aside, whatever is given.
        """

    def pretrained(self) -> tuple[Sequence[nn.Parameter], Sequence[nn.Parameter]]:
        """What a trunk trained elsewhere brings, below the cut and above it; nothing here."""
        return (), ()


class BundleNetwork(nn.Module, ABC):
    """What a bundle holds: `features` and `head` are two separate calls, and so is the stem.

    config: its shape; ``config.covariates`` is V, and where it is 0 ``beside`` is left out.
    """

    config: Architecture

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, int, int]:
        """Of one input: channels, height, width."""

    @property
    @abstractmethod
    def stages(self) -> Stages:
        """Where its stem and its cut lie over the input."""

    @property
    @abstractmethod
    def stem_channels(self) -> int:
        """Channels of the stem."""

    @property
    @abstractmethod
    def cut_channels(self) -> int:
        """Channels of the cut."""

    @abstractmethod
    def stem(self, x: Tensor) -> Tensor:
        """Input (B, C, H, W) -> the stem, the part that sees locally."""

    @abstractmethod
    def features_after(self, stem: Tensor) -> Tensor:
        """The stem -> the cut (B, C, h, w)."""

    @abstractmethod
    def head(self, features: Tensor, beside: Tensor | None = None) -> Tensor:
        """The cut (B, C, h, w) and covariates (B, V) -> logits (B, K)."""

    def features(self, x: Tensor) -> Tensor:
        """Input (B, C, H, W) -> the cut (B, C, h, w)."""
        return self.features_after(self.stem(x))

    def forward(self, x: Tensor, beside: Tensor | None = None) -> Tensor:
        """Input (B, C, H, W) and covariates (B, V) -> logits (B, K)."""
        return self.head(self.features(x), beside)


def normalise(pixels: Tensor, spec: InputSpec) -> Tensor:
    """Pixels (B, H, W, C), 0 to 255, any number type, scaled as ``spec`` says.

    Returns float32 (B, C, H, W) in channels-last memory order.
    """
    return ((pixels.float() - spec.mean) / spec.scale).permute(0, 3, 1, 2)
