"""What an engine is, and the batching every engine and caller shares."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch

from face2bone.arrays import Singles
from face2bone.covariates import Rows
from face2bone.errors import EngineError
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn import normalise
from face2bone.nn.network import MapGeometry, Stages

Precision = Literal["f32", "bf16"]
Crops = npt.NDArray[np.uint8] | npt.NDArray[np.floating[Any]]

# Larger is no faster on a CPU, and at full width this many need about 0.2 GB.
BATCH: Final = 32
AT_ONCE: Final = 2
"""Batches that an engine may run side by side: each on half the cores loses less to waiting than
one on all of them (decision 0046)."""


class Engine(Protocol):
    """A network ready to run; safe to call from several threads at once.

    Any number of rows may be passed: they run in batches of ``BATCH``. A network that reads
    covariates gets them as ``beside``, standardised, one row a picture; see ``beside_patients``.
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

    def features(self, x: Singles) -> Singles:
        """Input (B, *input.shape), scaled -> the cut (B, C, h, w)."""

    def head(self, features: Singles, beside: Rows | None = None) -> Singles:
        """The cut (B, C, h, w) -> logits (B, K)."""

    def logits(self, x: Singles, beside: Rows | None = None) -> Singles:
        """Input (B, *input.shape) -> logits (B, K), in one pass: faster than the two calls."""


@runtime_checkable
class StagedEngine(Engine, Protocol):
    """An engine that can stop after the part of the network that sees locally, and go on there.

    A position of the stem sees a few pixels of the crop (``stages.stem``), so stems of crops that
    agree there may be pieced together.
    """

    def stem(self, x: Singles) -> Singles:
        """Input (B, *input.shape) -> the stem (B, h, w, C): channels last, positions whole."""

    def after_stem(self, stem: Singles, beside: Rows | None = None) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""


@dataclass(frozen=True)
class BesidePatients:
    """An engine with its patients' covariates: to whoever asks it, one that reads pictures only.

    rows: (V,) of one patient, whatever number of pictures of them it is asked about; or (B, V),
    and then it is asked about B pictures at a time.
    """

    engine: StagedEngine
    rows: Rows

    @property
    def name(self) -> str:
        """Of the engine."""
        return self.engine.name

    @property
    def input(self) -> InputSpec:
        """Of the engine."""
        return self.engine.input

    @property
    def stages(self) -> Stages:
        """Of the engine."""
        return self.engine.stages

    def features(self, x: Singles) -> Singles:
        """Input (B, *input.shape), scaled -> the cut (B, C, h, w)."""
        return self.engine.features(x)

    def stem(self, x: Singles) -> Singles:
        """Input (B, *input.shape) -> the stem (B, h, w, C)."""
        return self.engine.stem(x)

    def head(self, features: Singles, beside: Rows | None = None) -> Singles:
        """The cut (B, C, h, w) -> logits (B, K)."""
        return self.engine.head(features, self._of(len(features)))

    def logits(self, x: Singles, beside: Rows | None = None) -> Singles:
        """Input (B, *input.shape) -> logits (B, K)."""
        return self.engine.logits(x, self._of(len(x)))

    def after_stem(self, stem: Singles, beside: Rows | None = None) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""
        return self.engine.after_stem(stem, self._of(len(stem)))

    def _of(self, count: int) -> Rows:
        return np.ascontiguousarray(np.broadcast_to(self.rows, (count, self.rows.shape[-1])))


def beside_patients(engine: Engine, rows: Rows | None) -> Engine:
    """The engine as it answers for these patients: (V,) or (B, V) standardised covariates.

    With none of them it is the engine itself.
    """
    if rows is None or rows.shape[-1] == 0:
        return engine
    if not isinstance(engine, StagedEngine):
        raise TypeError(f"{type(engine).__name__} cannot read covariates")
    return BesidePatients(engine, rows)


@dataclass(frozen=True)
class CropNetwork:
    """An engine as a function of crops (B, H, W, C), 0 to 255, to logits (B, K).

    Crops are scaled a few batches at a time: a thousand of them as floats would be 0.3 GB.
    """

    engine: Engine

    def __call__(self, crops: Crops) -> Singles:
        """Crops (B, H, W, C) -> logits (B, K)."""
        parts = batches(crops, largest=BATCH * AT_ONCE)
        return joined(
            self.engine.logits(network_input(part, self.engine.input)) for (part,) in parts
        )


@runtime_checkable
class StagedNetwork(Protocol):
    """Crops to logits in one pass, or in two: what a ``StagedEngine`` is to a plain one."""

    def __call__(self, crops: Crops) -> Singles:
        """Crops (B, H, W, C) -> logits (B, K)."""

    @property
    def stem_map(self) -> MapGeometry:
        """Where the stem lies over the crop."""

    def stem(self, crops: Crops) -> Singles:
        """Crops (B, H, W, C) -> the stem (B, h, w, C)."""

    def after_stem(self, stem: Singles) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""


@dataclass(frozen=True)
class StagedCropNetwork(CropNetwork):
    """The same of an engine that can stop after its stem."""

    engine: StagedEngine
    stem_map: MapGeometry

    def stem(self, crops: Crops) -> Singles:
        """Crops (B, H, W, C) -> the stem (B, h, w, C)."""
        return self.engine.stem(network_input(crops, self.engine.input))

    def after_stem(self, stem: Singles) -> Singles:
        """The stem (B, h, w, C) -> logits (B, K)."""
        return self.engine.after_stem(stem)


def network_input(crops: Crops, spec: InputSpec) -> Singles:
    """Crops (B, H, W, C), 0 to 255 -> network input (B, C, H, W), contiguous."""
    # torch.tensor copies, so a read-only crop is welcome.
    return np.ascontiguousarray(normalise(torch.tensor(crops), spec).numpy())


def logits_of_crops(engine: Engine) -> CropNetwork:
    """What explanations ask their questions of: crops to logits, in stages where it can."""
    if isinstance(engine, StagedEngine) and engine.stages.stem is not None:
        return StagedCropNetwork(engine, engine.stages.stem)
    return CropNetwork(engine)


def in_batches(call: Callable[..., Singles], *rows: npt.NDArray[Any]) -> Singles:
    """``call`` on one of the ``batches`` after the other, results stacked in order."""
    return joined(call(*part) for part in batches(*rows))


def batches(
    *rows: npt.NDArray[Any], largest: int = BATCH
) -> Iterator[tuple[npt.NDArray[Any], ...]]:
    """At most ``largest`` rows at a time, in as few parts as can be, all of about one size.

    Several arrays go together, row by row. Raises ``EngineError`` when there are no rows.
    """
    if len(rows[0]) == 0:
        raise EngineError("The engine got no crops to look at. Pass at least one.")
    parts = math.ceil(len(rows[0]) / largest)
    yield from zip(*(np.array_split(each, parts) for each in rows), strict=True)


def joined(parts: Iterable[Singles]) -> Singles:
    """Results of batches, stacked in order."""
    found = list(parts)
    return found[0] if len(found) == 1 else np.concatenate(found)


def rows_of(x: Singles, beside: Rows | None, covariates: int) -> tuple[Singles, ...]:
    """What a pass reads: ``x``, and the covariates where the network has any.

    Raises ``EngineError`` for covariates that are missing or not one row a picture.
    """
    if covariates == 0:
        return (x,)
    if beside is None or beside.shape != (len(x), covariates):
        raise EngineError(
            "The network reads {count} values beside each picture and did not get "
            "them. Give the patients' details as well.",
            count=covariates,
        )
    return x, np.ascontiguousarray(beside, np.float32)


def checked(rows: npt.NDArray[Any], shape: tuple[int, ...]) -> Singles:
    """Rows as contiguous float32 (B, *shape).

    Raises ``EngineError`` for another shape.
    """
    if rows.shape[1:] != shape:
        raise EngineError(
            "The engine got an array of shape {shape} where (B, {needed}) belongs. Align and "
            "scale the crop first.",
            shape=str(rows.shape),
            needed=tuple(map(str, shape)),
        )
    return np.ascontiguousarray(rows, dtype=np.float32)
