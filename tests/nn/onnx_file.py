"""Writes the little of an ONNX file that ``onnx_weights`` reads: a second reading of the format."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}


def varint(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])


def message(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def tensor(name: str, values: npt.NDArray[np.generic], packed: bool = False) -> bytes:
    """``packed``: its sides in one field, and its numbers as float_data."""
    sides = [varint(side) for side in values.shape]
    dims = message(1, b"".join(sides)) if packed else b"".join(b"\x08" + side for side in sides)
    kind = number(2, TYPES[values.dtype.name])
    return dims + kind + message(8, name.encode()) + message(4 if packed else 9, values.tobytes())


def onnx_file(arrays: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
    """A model with these tensors, and fields beside them that nobody asks for."""
    graph = b"".join(message(5, tensor(name, values)) for name, values in arrays.items())
    return number(1, 10) + message(2, b"nobody") + message(7, message(2, b"graph") + graph)


def quantised(name: str, values: npt.NDArray[np.float32], block: int) -> dict[str, npt.NDArray]:  # type: ignore[type-arg]
    """The same in 8-bit blocks along the last axis, rows of a matrix being channels."""
    rows = values.reshape(len(values), -1) if values.ndim > 1 else values
    starts = range(0, rows.shape[-1], block)
    blocks = [rows[..., start : start + block] for start in starts]
    scales = np.stack([np.abs(b).max(axis=-1) / 127 + 1e-12 for b in blocks], axis=-1)
    whole = np.repeat(scales, block, axis=-1)[..., : rows.shape[-1]]
    return {
        f"{name}_quantized": np.round(rows / whole).astype(np.int8),
        f"{name}_scales": scales.astype(np.float32),
        f"{name}_zero_point": np.zeros_like(scales, dtype=np.int8),
        f"{name}_shape": np.array(values.shape, np.int64),
    }
