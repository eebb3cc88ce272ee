"""What a bundle's files hold, and how each is written and read back.

`encode` and `decode` are inverses over bytes in memory; files, hashes and the card are the
folder's business. Reading trusts nothing: keys, shapes, types and ranges are checked here
or by the types themselves, and whatever is wrong raises ``BundleCorrupt``.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import safetensors.numpy
import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, Field
from safetensors import SafetensorError
from torch import Tensor

from face2bone.bundle.concepts import ConceptBank
from face2bone.bundle.ood import OodReference
from face2bone.calibration import (
    Calibrator,
    ConformalThresholds,
    ReliabilityTable,
    Temperature,
    is_for,
)
from face2bone.errors import BundleCorrupt, TrainingError

MODEL: Final = "model.safetensors"
CALIBRATION: Final = "calibration.json"
RELIABILITY: Final = "reliability.csv"
OOD: Final = "ood.safetensors"
CONCEPTS: Final = "concepts.safetensors"
CONCEPT_TEXTS: Final = "concepts.json"
MEAN_PICTURE: Final = "mean_face.safetensors"
FILES: Final = (MODEL, CALIBRATION, RELIABILITY, OOD, CONCEPTS, CONCEPT_TEXTS, MEAN_PICTURE)

MAX_PATIENTS: Final = 1e9  # more in a reliability table is a damaged number
RELIABILITY_COLUMNS: Final = ["lower", "upper", "count", "confidence", "accuracy"]

UNREADABLE: Final = (  # what parsing raises on bytes that are not what they should be
    SafetensorError,
    TrainingError,
    csv.Error,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)

Arrays = dict[str, npt.NDArray[Any]]
Unit = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class BundleContents:
    """Everything in a bundle but its card.

    state: the network's state dict, tensors on the CPU.
    calibration: steps from logits to probabilities, in the order they are applied.
    conformal: from probabilities to prediction sets.
    reliability: on patients never used in training, tuning or calibration.
    ood: out-of-domain reference. concepts: concept bank.
    mean_picture: (H, W, C) uint8, mean prepared picture of the cohort, of the input's size.
    """

    state: Mapping[str, Tensor]
    calibration: tuple[Calibrator, ...]
    conformal: ConformalThresholds
    reliability: ReliabilityTable
    ood: OodReference
    concepts: ConceptBank
    mean_picture: npt.NDArray[np.uint8]


class _Sets(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    alpha: Annotated[float, Field(gt=0, lt=1)]
    scores: Annotated[tuple[Unit, ...], Field(min_length=2)]
    counts: tuple[Count, ...]


class _FirstCalibration(_Sets):
    """Version 1, which had no version entry: one temperature."""

    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Calibration(_Sets):
    """Version 2: any chain of calibrators, each named by its ``method``."""

    version: Literal[2] = 2
    steps: Annotated[
        tuple[Annotated[Calibrator, Field(discriminator="method")], ...], Field(min_length=1)
    ]


class _ConceptTexts(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    names: tuple[str, ...]
    region_tags: tuple[str, ...]
    description: tuple[str, ...]


def encode(contents: BundleContents) -> dict[str, bytes]:
    """The bytes of every file but the card, by file name; the same contents, the same bytes."""
    ood, bank = contents.ood, contents.concepts
    texts = _ConceptTexts(
        names=bank.names, region_tags=bank.region_tags, description=bank.description
    )
    return {
        MODEL: safetensors.torch.save(
            {name: tensor.detach().cpu().contiguous() for name, tensor in contents.state.items()}
        ),
        CALIBRATION: _calibration_json(contents.calibration, contents.conformal),
        RELIABILITY: _reliability_csv(contents.reliability),
        OOD: encode_ood(ood),
        CONCEPTS: _save_arrays(
            {
                "basis": bank.basis,
                "importance": bank.importance,
                "presence_scale": bank.presence_scale,
                "exemplars": bank.exemplars,
            }
        ),
        CONCEPT_TEXTS: texts.model_dump_json(indent=1).encode(),
        MEAN_PICTURE: _save_arrays({"mean_face": contents.mean_picture}),
    }


def decode(files: Mapping[str, bytes]) -> BundleContents:
    """The inverse of ``encode``.

    Raises ``BundleCorrupt`` naming the file that holds something else than it should.
    """
    calibration, conformal = _read(CALIBRATION, files, _calibration)
    concepts = _read(
        CONCEPTS, files, lambda data: _concepts(data, _read(CONCEPT_TEXTS, files, _texts))
    )
    classes = {concepts.importance.shape[1], len(conformal.scores), len(conformal.counts)}
    if len(classes) > 1:
        raise BundleCorrupt(
            "The bundle's concepts and prediction sets are not for the same classes. "
            "Fetch the bundle again or rebuild it."
        )
    return BundleContents(
        state=_read(MODEL, files, _state),
        calibration=calibration,
        conformal=conformal,
        reliability=_read(RELIABILITY, files, _reliability),
        ood=_read(OOD, files, decode_ood),
        concepts=concepts,
        mean_picture=_read(MEAN_PICTURE, files, _mean_picture),
    )


def _read(name: str, files: Mapping[str, bytes], parse: Callable[[bytes], Made]) -> Made:
    try:
        return parse(files[name])
    except BundleCorrupt:
        raise
    except UNREADABLE as error:
        raise BundleCorrupt(
            "The bundle's file {file} does not hold what it should. Fetch the bundle again "
            "or rebuild it.",
            file=name,
        ) from error


def _save_arrays(arrays: Arrays) -> bytes:
    return safetensors.numpy.save({k: np.ascontiguousarray(v) for k, v in arrays.items()})


def _load_arrays(data: bytes, *names: str) -> list[npt.NDArray[Any]]:
    """Exactly the named arrays, in that order; ``ValueError`` for more, fewer or others."""
    arrays = safetensors.numpy.load(data)
    if set(arrays) != set(names):
        raise ValueError(f"arrays {sorted(arrays)} where {sorted(names)} belong")
    return [arrays[name] for name in names]


def _state(data: bytes) -> dict[str, Tensor]:
    """Weights with which a network can compute; a NaN in one would spread to every answer."""
    state = safetensors.torch.load(data)
    for name, tensor in state.items():
        finite = bool(torch.isfinite(tensor).all())
        if not finite or (name.endswith("running_var") and bool((tensor < 0).any())):
            raise BundleCorrupt(
                "The bundle's weights hold a number that no network can compute with "
                "({weights}). Fetch the bundle again, or train it again.",
                weights=name,
            )
    return state


def _calibration_json(steps: tuple[Calibrator, ...], conformal: ConformalThresholds) -> bytes:
    values = _Calibration(
        steps=steps,
        alpha=conformal.alpha,
        scores=conformal.scores,
        counts=conformal.counts,
    )
    return values.model_dump_json(indent=1).encode()


def _calibration(data: bytes) -> tuple[tuple[Calibrator, ...], ConformalThresholds]:
    steps: tuple[Calibrator, ...]
    values: _Sets
    if "version" in json.loads(data):
        values = newer = _Calibration.model_validate_json(data)
        steps = newer.steps
    else:
        values = first = _FirstCalibration.model_validate_json(data)
        steps = (Temperature(first.temperature),)
    classes = len(values.scores)
    if len(values.counts) != classes or not all(is_for(step, classes) for step in steps):
        raise ValueError("a calibrator and the prediction sets are for unlike numbers of classes")
    return steps, ConformalThresholds(values.alpha, values.scores, values.counts)


def _texts(data: bytes) -> _ConceptTexts:
    return _ConceptTexts.model_validate_json(data)


def _concepts(data: bytes, texts: _ConceptTexts) -> ConceptBank:
    basis, importance, scale, exemplars = _load_arrays(
        data, "basis", "importance", "presence_scale", "exemplars"
    )
    return ConceptBank(
        basis, importance, scale, exemplars, texts.names, texts.region_tags, texts.description
    )


def encode_ood(ood: OodReference) -> bytes:
    """An out-of-domain reference as safetensors."""
    numbers = np.array([ood.threshold, ood.quantile, ood.count])
    return _save_arrays(
        {"mean": ood.mean, "whitening": ood.whitening, "threshold_quantile_count": numbers}
    )


def decode_ood(data: bytes) -> OodReference:
    """The inverse of ``encode_ood``; raises one of ``UNREADABLE``."""
    mean, whitening, numbers = _load_arrays(data, "mean", "whitening", "threshold_quantile_count")
    threshold, quantile, count = numbers.tolist()
    return OodReference(mean, whitening, threshold, quantile, int(count))


def _mean_picture(data: bytes) -> npt.NDArray[np.uint8]:
    (mean,) = _load_arrays(data, "mean_face")
    if mean.dtype != np.uint8 or mean.ndim != 3:
        raise ValueError(f"{mean.dtype} {mean.shape}")
    return mean


def _reliability_csv(table: ReliabilityTable) -> bytes:
    """One row per bin; the two means of an empty bin are left blank."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RELIABILITY_COLUMNS)
    for b, count in enumerate(table.counts.tolist()):
        means = [repr(float(v[b])) if count else "" for v in (table.confidence, table.accuracy)]
        edges = [repr(float(edge)) for edge in table.edges[b : b + 2]]
        writer.writerow([*edges, count, *means])
    return out.getvalue().encode()


def _reliability(data: bytes) -> ReliabilityTable:
    header, *rows = csv.reader(io.StringIO(data.decode()))
    if header != RELIABILITY_COLUMNS or not rows:
        raise ValueError("unknown columns or no bins")
    values = np.array([[float(cell or "nan") for cell in row] for row in rows])
    lower, upper, counts, confidence, accuracy = values.T
    edges = np.append(lower, upper[-1])
    empty = counts == 0
    means = np.stack([confidence, accuracy])
    holds = (
        edges[0] == 0
        and edges[-1] == 1
        and bool((edges[1:] == upper).all() and (np.diff(edges) > 0).all())
        and bool((counts == np.floor(counts)).all() and counts.min() >= 0)
        and 0 < counts.sum() < MAX_PATIENTS
        and bool((np.isnan(means) == empty).all())
        and bool((means[:, ~empty] >= 0).all() and (means[:, ~empty] <= 1).all())
    )
    if not holds:
        raise ValueError("bins or shares out of order")
    return ReliabilityTable(edges, counts.astype(np.int64), confidence, accuracy)
