"""From stored values to what a viewer shows: PS3.3, C.11.1 and C.11.2, as one table.

A stored value has at most 16 bits, so each step is worked out once for every possible value and
the film is looked up in the result. Inversion comes last and once: where the presentation LUT's
shape is INVERSE, or, when no shape is given, where the picture is MONOCHROME1.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.radiograph.decoding import Samples
from face2bone.modalities.radiograph.elements import Elements
from face2bone.modalities.radiograph.limits import damaged
from face2bone.words import message

PHOTOMETRIC: Final = 0x00280004
BITS_STORED: Final = 0x00280101
HIGH_BIT: Final = 0x00280102
REPRESENTATION: Final = 0x00280103
_PADDING, _PADDING_LIMIT = 0x00280120, 0x00280121
_CENTRE, _WIDTH, _FUNCTION = 0x00281050, 0x00281051, 0x00281056
_INTERCEPT, _SLOPE = 0x00281052, 0x00281053
_MODALITY_LUT, _VOI_LUT, _DESCRIPTOR, _DATA = 0x00283000, 0x00283010, 0x00283002, 0x00283006
_SHAPE: Final = 0x20500020
TAGS: Final = frozenset(
    (
        *(PHOTOMETRIC, BITS_STORED, HIGH_BIT, REPRESENTATION, _PADDING, _PADDING_LIMIT, _CENTRE),
        *(_WIDTH, _FUNCTION, _INTERCEPT, _SLOPE, _MODALITY_LUT, _VOI_LUT, _SHAPE),
    )
)
_LUT_TAGS: Final = frozenset((_DESCRIPTOR, _DATA))
NO_WINDOW: Final = message(
    "The file gives no display window, so the whole range of its values is shown."
)

Values = NDArray[np.float64]


def shown(samples: Samples, elements: Elements) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The film as it is to be shown, float32 (H, W) in [0, 1], and remarks.

    Padding beyond the exposed field is 0 whatever the polarity. Raises ``RadiographUnreadable``
    for numbers that contradict each other.
    """
    codes, bits = _codes(samples, elements)
    stored = _stored(bits, bool(elements.number(REPRESENTATION)))
    padding = _is_padding(stored, elements)
    window = _window(elements)
    values = _modality(stored, elements)
    remarks: tuple[str, ...] = ()
    if window is None:
        window = _whole_range(values[_used(codes, bits) & ~padding])
        remarks = (NO_WINDOW,)
    table = window(values)
    if _inverted(elements):
        table = 1.0 - table
    table[padding] = 0.0
    if not np.isfinite(table).all():
        raise damaged()
    return table.astype(np.float32)[codes], remarks


def bits_of(elements: Elements) -> int:
    """Bits stored; raises ``RadiographUnreadable`` for what no 16-bit sample can hold."""
    bits = elements.number(BITS_STORED)
    if bits is None or not 2 <= bits <= 16:
        raise damaged()
    return bits


def _codes(samples: Samples, elements: Elements) -> tuple[Samples, int]:
    """The stored bits of each sample; old files keep an overlay in those above."""
    bits, size = bits_of(elements), samples.dtype.itemsize * 8
    high = elements.number(HIGH_BIT)
    shift = (bits - 1 if high is None else high) + 1 - bits
    if shift < 0 or shift + bits > 16:
        raise damaged()
    if bits == size:
        return samples, bits
    codes: Samples = np.bitwise_and(np.right_shift(samples, shift), (1 << min(bits, size)) - 1)
    return codes, bits


def _stored(bits: int, signed: bool) -> Values:
    """The number each code stands for."""
    codes = np.arange(1 << bits, dtype=np.float64)
    return np.where(codes >= 1 << (bits - 1), codes - (1 << bits), codes) if signed else codes


def _used(codes: Samples, bits: int) -> NDArray[np.bool_]:
    used = np.zeros(1 << bits, dtype=bool)
    used[codes.ravel()] = True
    return used


def _is_padding(stored: Values, elements: Elements) -> NDArray[np.bool_]:
    signed = bool(elements.number(REPRESENTATION))
    first = elements.number(_PADDING, signed)
    if first is None:
        return np.zeros(stored.shape, dtype=bool)
    last = elements.number(_PADDING_LIMIT, signed)
    low, high = sorted((first, first if last is None else last))
    return (stored >= low) & (stored <= high)


def _modality(stored: Values, elements: Elements) -> Values:
    lut = _Lut.of(elements, _MODALITY_LUT, bool(elements.number(REPRESENTATION)))
    if lut:
        return lut.entries(stored)
    slope, intercept = elements.decimals(_SLOPE), elements.decimals(_INTERCEPT)
    if not slope and not intercept:
        return stored
    with np.errstate(over="ignore", invalid="ignore"):
        return stored * (slope or (1.0,))[0] + (intercept or (0.0,))[0]


def _inverted(elements: Elements) -> bool:
    shape = elements.text(_SHAPE)
    return shape == "INVERSE" or (not shape and elements.text(PHOTOMETRIC) == "MONOCHROME1")


class _Lut:
    """A look-up table of PS3.3, C.11.1.1: values below and above it take its ends."""

    def __init__(self, first: int, bits: int, data: Values) -> None:
        self._first, self._data, self._most = first, data, float((1 << bits) - 1)

    @classmethod
    def of(cls, elements: Elements, tag: int, signed: bool) -> "_Lut | None":
        item = elements.item(tag, _LUT_TAGS)
        if item is None:
            return None
        descriptor = item.numbers(_DESCRIPTOR)
        if len(descriptor) != 3 or not 1 <= descriptor[2] <= 16:
            raise damaged()
        count, first = descriptor[0] or 1 << 16, descriptor[1]
        packed = item.values.get(_DATA, b"")
        if len(packed) == 2 * count:
            data = np.array(item.numbers(_DATA), dtype=np.float64)
        elif len(packed) == count + count % 2:
            data = np.frombuffer(packed, np.uint8)[:count].astype(np.float64)
        else:
            raise damaged()
        return cls(first - (1 << 16) if signed and first >= 1 << 15 else first, descriptor[2], data)

    def entries(self, values: Values) -> Values:
        place = np.clip(np.nan_to_num(values) - self._first, 0, len(self._data) - 1)
        return self._data[place.astype(np.int64)]

    def __call__(self, values: Values) -> Values:
        return np.clip(self.entries(values) / self._most, 0.0, 1.0)


class _Window:
    """The first window, by its function (PS3.3, C.11.2.1.2 and C.11.2.1.3)."""

    def __init__(self, centre: float, width: float, function: str) -> None:
        if width <= 0 or (function == "LINEAR" and width < 1):
            raise damaged()
        self._centre, self._width, self._function = centre, width, function

    def __call__(self, values: Values) -> Values:
        with np.errstate(over="ignore", invalid="ignore"):
            if self._function == "SIGMOID":
                curve: Values = 1.0 / (1.0 + np.exp(-4.0 * (values - self._centre) / self._width))
                return curve
            half = 0.5 if self._function == "LINEAR" else 0.0
            middle, width = self._centre - half, self._width - 2.0 * half
            if width == 0.0:
                return (values > middle).astype(np.float64)
            return np.clip((values - middle) / width + 0.5, 0.0, 1.0)


def _window(elements: Elements) -> _Lut | _Window | None:
    """The file's own: a table goes before windows, and of several the first is meant."""
    low_is_signed = bool(elements.number(REPRESENTATION)) or any(
        part < 0 for part in elements.decimals(_INTERCEPT)
    )
    lut = _Lut.of(elements, _VOI_LUT, low_is_signed)
    if lut:
        return lut
    centre, width = elements.decimals(_CENTRE), elements.decimals(_WIDTH)
    if not centre or not width:
        return None
    function = elements.text(_FUNCTION) or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise damaged()
    return _Window(centre[0], width[0], function)


def _whole_range(values: Values) -> _Window:
    if not values.size or not np.isfinite(values).all() or values.max() == values.min():
        return _Window(0.5, 1.0, "LINEAR_EXACT")
    low, high = float(values.min()), float(values.max())
    return _Window((low + high) / 2.0, high - low, "LINEAR_EXACT")
