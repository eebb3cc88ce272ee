"""The few elements of a DICOM file (PS3.5, PS3.10) that a film needs, found by one walk over it.

A library that reads everything can be asked for gigabytes by a small file: millions of empty
elements, sequences within sequences, a deflated stream of zeros. So the walk has bounds, keeps no
more than is asked for, and names, dates and numbers of the patient are never looked at.
"""

import re
import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from face2bone.modalities.radiograph.limits import MAX_BYTES, damaged, too_many_bytes

MAX_ELEMENTS: Final = 50_000  # films have a few hundred
MAX_DEPTH: Final = 50

IMPLICIT: Final = "1.2.840.10008.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
PIXEL_DATA: Final = 0x7FE00010

_PREAMBLE: Final = 132
_SYNTAX: Final = 0x00020010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED: Final = 0xFFFFFFFF
_LONG: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Elements:
    """Values by tag, as the file's bytes; ``order`` is that of its numbers, "<" or ">"."""

    syntax: str
    order: str
    explicit: bool
    values: dict[int, bytes]
    kinds: dict[int, bytes]

    def text(self, tag: int) -> str:
        """The first of its values in capitals; empty when it is absent."""
        return self.texts(tag)[0]

    def texts(self, tag: int) -> list[str]:
        """Its values in capitals, without the spaces around them."""
        decoded = self.values.get(tag, b"").decode("ascii", "replace")
        return [part.strip(" \0\r\n\t").upper() for part in decoded.split("\\")]

    def number(self, tag: int, signed: bool = False) -> int | None:
        """The first 16-bit number; None when it is absent."""
        numbers = self.numbers(tag, signed)
        return numbers[0] if numbers else None

    def numbers(self, tag: int, signed: bool = False) -> tuple[int, ...]:
        """All its 16-bit numbers."""
        value = self.values.get(tag, b"")
        kind = "h" if signed else "H"
        return struct.unpack(f"{self.order}{len(value) // 2}{kind}", value[: len(value) // 2 * 2])

    def decimals(self, tag: int) -> tuple[float, ...]:
        """Its decimal strings; raises ``RadiographUnreadable`` where one is none."""
        parts = self.texts(tag)
        if parts == [""]:
            return ()
        if not all(_DECIMAL.fullmatch(part) for part in parts):
            raise damaged()
        return tuple(float(part) for part in parts)

    def item(self, tag: int, wanted: Collection[int]) -> "Elements | None":
        """The first item of a sequence; None when there is none."""
        value = self.values.get(tag, b"")
        walk = _Walk(value, self.order, self.explicit)
        if len(value) < 8:
            return None
        head = walk.head(0, self.explicit)
        if head.tag != _ITEM:
            return None
        end = len(value) if head.length == _UNDEFINED else head.start + head.length
        inner = _Walk(value[head.start : end], self.order, self.explicit)
        return _kept(inner, 0, wanted, self.syntax)


def is_dicom(data: bytes) -> bool:
    """Whether the four letters stand behind the preamble."""
    return data[128:_PREAMBLE] == b"DICM"


def read_elements(data: bytes, wanted: Collection[int]) -> Elements:
    """The wanted elements of the data set, the first of each, up to the pixel data.

    Raises ``RadiographUnreadable`` for a damaged file, ``RadiographTooLarge`` when a deflated one
    unpacks to more than ``MAX_BYTES``.
    """
    syntax, place = _meta(data)
    if syntax == DEFLATED:
        data, place = _inflated(data[place:]), 0
    order = ">" if syntax == BIG_ENDIAN else "<"
    return _kept(_Walk(data, order, syntax != IMPLICIT), place, wanted, syntax)


def frame(encapsulated: bytes) -> bytes:
    """The compressed picture in its fragments (PS3.5, A.4), without the table before them."""
    walk, place, parts = _Walk(encapsulated, "<", True), 0, list[bytes]()
    while place < len(encapsulated):
        head = walk.head(place, True)
        if head.tag == _SEQUENCE_END:
            break
        if head.tag != _ITEM or head.length == _UNDEFINED:
            raise damaged()
        place = head.start + head.length
        parts.append(encapsulated[head.start : place])
    return b"".join(parts[1:])


@dataclass(frozen=True)
class _Head:
    tag: int
    kind: bytes
    length: int
    start: int


class _Walk:
    """Steps over elements; counts them, so that no file asks for endless steps."""

    def __init__(self, data: bytes, order: str, explicit: bool) -> None:
        self.data = data
        self.order = order
        self.explicit = explicit
        self._steps = 0

    def head(self, place: int, explicit: bool) -> _Head:
        self._steps += 1
        if self._steps > MAX_ELEMENTS:
            raise damaged()
        try:
            return self._head(place, explicit)
        except struct.error:
            raise damaged() from None

    def _head(self, place: int, explicit: bool) -> _Head:
        group, number = struct.unpack_from(self.order + "HH", self.data, place)
        tag = group << 16 | number
        if group == 0xFFFE or not explicit:
            (length,) = struct.unpack_from(self.order + "I", self.data, place + 4)
            return _Head(tag, b"", length, place + 8)
        kind = self.data[place + 4 : place + 6]
        if kind in _LONG:
            (length,) = struct.unpack_from(self.order + "I", self.data, place + 8)
            return _Head(tag, kind, length, place + 12)
        (length,) = struct.unpack_from(self.order + "H", self.data, place + 6)
        return _Head(tag, kind, length, place + 8)

    def elements(self, place: int) -> Iterator[tuple[_Head, int]]:
        """Each element of one level with the place behind it, to the pixel data or the end."""
        while place < len(self.data):
            head = self.head(place, self.explicit)
            if head.tag in (_ITEM_END, _SEQUENCE_END):
                return
            if head.length != _UNDEFINED:
                place = head.start + head.length
            elif head.tag == PIXEL_DATA:
                place = len(self.data)
            else:
                place = self._behind(head)
            if place > len(self.data):
                raise damaged()
            yield head, place
            if head.tag == PIXEL_DATA:
                return

    def _behind(self, sequence: _Head) -> int:
        """The place behind a sequence that does not say its length."""
        open_levels, place = [self.explicit and sequence.kind != b"UN"], sequence.start
        while open_levels:
            head = self.head(place, open_levels[-1])
            place = head.start
            if head.tag in (_ITEM_END, _SEQUENCE_END):
                open_levels.pop()
            elif head.length == _UNDEFINED:
                open_levels.append(open_levels[-1] and head.kind != b"UN")
            else:
                place += head.length
            if len(open_levels) > MAX_DEPTH:
                raise damaged()
        return place


def _kept(walk: _Walk, place: int, wanted: Collection[int], syntax: str) -> Elements:
    values, kinds = dict[int, bytes](), dict[int, bytes]()
    for head, end in walk.elements(place):
        if head.tag in wanted:
            if head.tag in values:
                raise damaged()
            values[head.tag] = walk.data[head.start : end]
            kinds[head.tag] = head.kind
    return Elements(syntax, walk.order, walk.explicit, values, kinds)


def _meta(data: bytes) -> tuple[str, int]:
    """The transfer syntax, and where the data set begins."""
    syntax, place = "", _PREAMBLE
    for head, end in _Walk(data, "<", True).elements(_PREAMBLE):
        if head.tag >> 16 != 2:
            break
        if head.tag == _SYNTAX:
            syntax = data[head.start : end].decode("ascii", "replace").strip(" \0")
        place = end
    return syntax, place


def _inflated(deflated: bytes) -> bytes:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(deflated, MAX_BYTES + 1)
    except zlib.error:
        raise damaged() from None
    if len(data) > MAX_BYTES:
        raise too_many_bytes()
    if not stream.eof:
        raise damaged()
    return data
