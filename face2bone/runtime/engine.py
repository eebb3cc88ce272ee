"""What an engine is, and the batching every engine and caller shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch

from face2bone.errors import EngineError
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import normalise
from face2bone.nn.stages import MapGeometry, Stages

Precision = Literal["f32", "bf16"]
Floats = npt.NDArray[np.float32]
Crops = npt.NDArray[np.uint8] | npt.NDArray[np.floating[Any]]

# Larger is no faster on a CPU, and at full width this many need about 0.2 GB.
BATCH: Final = 32


class Engine(Protocol):
    """A network ready to run; safe to call from several threads at once.

    Any number of rows may be passed: they run in batches of ``BATCH``.
    """

    @property
    def name(self) -> str:
        """Library, device and precision, such as ``"openvino cpu f32"``."""

    @property
    def input(self) -> InputSpec:
        """The pictures its network reads, and how they are scaled."""

    @property
    def stages(self) -> Stages:
        """Where the network's maps lie over its input."""

    def features(self, x: Floats) -> Floats:
        """Input (B, *input.shape), scaled -> the cut (B, C, h, w)."""

    def head(self, features: Floats) -> Floats:
        """The cut (B, C, h, w) -> logits (B, K)."""

    def logits(self, x: Floats) -> Floats:
        """Input (B, *input.shape) -> logits (B, K), in one pass: faster than the two calls."""


@runtime_checkable
class StagedEngine(Engine, Protocol):
    """An engine that can stop after the part of the network that sees locally, and go on there.

    A position of the stem sees a few pixels of the crop (``stages.stem``), so stems of crops that
    agree there may be pieced together.
    """

    def stem(self, x: Floats) -> Floats:
        """Input (B, *input.shape) -> the stem (B, h, w, C): channels last, positions whole."""

    def after_stem(self, stem: Floats) -> Floats:
        """The stem (B, h, w, C) -> logits (B, K)."""


@dataclass(frozen=True)
class CropNetwork:
    """An engine as a function of crops (B, H, W, C), 0 to 255, to logits (B, K).

    Crops are scaled batch by batch: a thousand of them as floats would be 0.3 GB.
    """

    engine: Engine

    def __call__(self, crops: Crops) -> Floats:
        """Crops (B, H, W, C) -> logits (B, K)."""
        return in_batches(
            lambda part: self.engine.logits(network_input(part, self.engine.input)), crops
        )


@runtime_checkable
class StagedNetwork(Protocol):
    """Crops to logits in one pass, or in two: what a ``StagedEngine`` is to a plain one."""

    def __call__(self, crops: Crops) -> Floats:
        """Crops (B, H, W, C) -> logits (B, K)."""

    @property
    def stem_map(self) -> MapGeometry:
        """Where the stem lies over the crop."""

    def stem(self, crops: Crops) -> Floats:
        """Crops (B, H, W, C) -> the stem (B, h, w, C)."""

    def after_stem(self, stem: Floats) -> Floats:
        """The stem (B, h, w, C) -> logits (B, K)."""


@dataclass(frozen=True)
class StagedCropNetwork(CropNetwork):
    """The same of an engine that can stop after its stem."""

    engine: StagedEngine
    stem_map: MapGeometry

    def stem(self, crops: Crops) -> Floats:
        """Crops (B, H, W, C) -> the stem (B, h, w, C)."""
        return self.engine.stem(network_input(crops, self.engine.input))

    def after_stem(self, stem: Floats) -> Floats:
        """The stem (B, h, w, C) -> logits (B, K)."""
        return self.engine.after_stem(stem)


def network_input(crops: Crops, spec: InputSpec) -> Floats:
    """Crops (B, H, W, C), 0 to 255 -> network input (B, C, H, W), contiguous."""
    # torch.tensor copies, so a read-only crop is welcome.
    return np.ascontiguousarray(normalise(torch.tensor(crops), spec).numpy())


def logits_of_crops(engine: Engine) -> CropNetwork:
    """What explanations ask their questions of: crops to logits, in stages where it can."""
    if isinstance(engine, StagedEngine) and engine.stages.stem is not None:
        return StagedCropNetwork(engine, engine.stages.stem)
    return CropNetwork(engine)


def in_batches(call: Callable[[npt.NDArray[Any]], Floats], rows: npt.NDArray[Any]) -> Floats:
    """``call`` on at most ``BATCH`` rows at a time, results stacked in order.

    Raises ``EngineError`` when there are no rows.
    """
    if len(rows) == 0:
        raise EngineError("The engine got no crops to look at. Pass at least one.")
    parts = [call(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def checked(rows: npt.NDArray[Any], shape: tuple[int, ...]) -> Floats:
    """Rows as contiguous float32 (B, *shape).

    Raises ``EngineError`` for another shape.
    """
    if rows.shape[1:] != shape:
        raise EngineError(
            f"The engine got an array of shape {rows.shape} where (B, "
            f"{', '.join(map(str, shape))}) belongs. Align and scale the crop first."
        )
    return np.ascontiguousarray(rows, dtype=np.float32)
