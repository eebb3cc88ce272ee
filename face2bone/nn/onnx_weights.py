"""The weights in an ONNX file by name, without a package that reads ONNX.

Only what a file of weights needs is read of the format (onnx.proto, protobuf's wire format): the
tensors of the graph, as numbers in float32, int8, int32 and int64. Of a tensor quantised by blocks
the file holds three, ``NAME_quantized``, ``NAME_scales`` and ``NAME_zero_point`` (a scale and a
zero for each block along the last axis, as opset 21's DequantizeLinear has it); ``dequantised``
makes them one again. The graph itself is not read: whoever asks knows which weight goes where.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]
Field = tuple[int, int | bytes]

GRAPH, TENSORS = 7, 5  # fields of ModelProto and GraphProto
DIMS, TYPE, FLOATS, NAME, RAW = 1, 2, 4, 8, 9  # fields of TensorProto
TYPES: Final = {1: "<f4", 2: "|u1", 3: "|i1", 6: "<i4", 7: "<i8"}
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT: Final = 10  # bytes
MOST_DIMS: Final = 8


def onnx_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Every tensor of the file's graph by its name; raises ``ValueError`` for a damaged file."""
    graphs = [value for number, value in _fields(data) if number == GRAPH]
    if len(graphs) != 1 or not isinstance(graphs[0], bytes):
        raise ValueError("it holds no graph")
    tensors = [v for number, v in _fields(graphs[0]) if number == TENSORS and isinstance(v, bytes)]
    return dict(_tensor(one) for one in tensors)


def dequantised(arrays: Arrays, name: str) -> npt.NDArray[np.float32]:
    """The tensor ``name``, in its own shape: (quantised - zero) * scale, block by block.

    Raises ``KeyError`` where it is not there, ``ValueError`` where its parts do not fit.
    """
    whole = arrays[f"{name}_quantized"].astype(np.float32)
    scales, zeros = (arrays[f"{name}_{part}"] for part in ("scales", "zero_point"))
    fits = scales.shape == zeros.shape and scales.shape[:-1] == whole.shape[:-1]
    if not (fits and scales.ndim and scales.shape[-1]):
        raise ValueError(f"the blocks of {name} do not fit it")
    length = -(-whole.shape[-1] // scales.shape[-1])
    spread = [
        np.repeat(part.astype(np.float32), length, axis=-1)[..., : whole.shape[-1]]
        for part in (scales, zeros)
    ]
    shape = arrays.get(f"{name}_shape")
    values = (whole - spread[1]) * spread[0]
    return values if shape is None else values.reshape([int(side) for side in shape])


def _tensor(data: bytes) -> tuple[str, npt.NDArray[Any]]:
    sides: list[int] = []
    kind, name, raw = 0, "", b""
    for number, value in _fields(data):
        if number == DIMS:
            sides += [value] if isinstance(value, int) else _varints(value)
        elif number == TYPE and isinstance(value, int):
            kind = value
        elif number == NAME and isinstance(value, bytes):
            name = value.decode()
        elif number in (RAW, FLOATS) and isinstance(value, bytes):  # either holds all numbers
            raw = value
    if kind not in TYPES or len(sides) > MOST_DIMS or max(sides, default=0) > len(raw):
        raise ValueError(f"the tensor {name[:40]!r} is of a kind that is not read")
    return name, np.frombuffer(raw, TYPES[kind]).reshape(sides)


def _fields(data: bytes) -> Iterator[Field]:
    """Number and value of each field of a message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, value
            continue
        if wire == BYTES:
            length, at = _varint(data, at)
        elif wire in (FIXED64, FIXED32):
            length = 8 if wire == FIXED64 else 4
        else:
            raise ValueError("it is no file of this format")
        if at + length > len(data):
            raise ValueError("it ends too early")
        yield number, data[at : at + length]
        at += length


def _varints(data: bytes) -> list[int]:
    found, at = [], 0
    while at < len(data):
        value, at = _varint(data, at)
        found.append(value)
    return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(LONGEST_VARINT):
        if at + place >= len(data):
            raise ValueError("it ends too early")
        byte = data[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise ValueError("it holds a number without an end")
