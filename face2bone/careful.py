"""Read YAML, JSON, TOML and parquet that anybody may have written, at a bounded cost.

Each parser can be made to ask for far more memory or time than its file is large: by aliases, by
nesting, by numbers of a million digits, by values that a table stores once and repeats. What is
refused raises ``ValueError`` with the end of a sentence that begins with the file's name; the
caller, who knows what the file should be, makes the typed error of it. Text is decoded
as editors and spreadsheets save it: UTF-8, with or without a byte order mark, and UTF-16 with one.

A key that stands twice is refused: one of its values would be shown, kept or counted for nothing.
"""

import codecs
import io
import json
import re
import sys
import tomllib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from face2bone.words import message, template

if TYPE_CHECKING:  # seconds to import
    import pandas as pd
    import pyarrow as pa

TEXT_BYTES: Final = 64 * 1024
"""Most of what a person writes: a card, a plan, a history. Real ones have under 5 kB."""
DOCUMENT_BYTES: Final = 8 * 2**20
"""Most of what the program writes as JSON: an assessment, an evaluation, a list of trials."""
DEPTH: Final = 50
"""Most levels of lists and mappings within each other."""
TOO_DEEP: Final = template("is nested too deeply")
CELLS: Final = 5_000_000
TABLE_BYTES: Final = 256 * 2**20
"""Most of a parquet table, unpacked: a hundred thousand patients have a tenth of either."""
_INDEX: Final = re.compile(r"__index_level_[0-9]+__")  # where pandas keeps the index of a frame


_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(data: bytes, errors: str = "strict") -> str:
    """The text, without its mark; raises ``UnicodeDecodeError`` as ``bytes.decode`` does."""
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    return data.decode(encoding, errors)


def bytes_of(path: Path, most: int = DOCUMENT_BYTES) -> bytes:
    """The file's bytes; raises ``OSError``, or ``ValueError`` when it has more than ``most``."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(message("is larger than {size} kB", size=f"{most // 1024:,}"))
    return data


def yaml_of(data: bytes) -> Any:
    """One YAML document of plain values, without aliases; raises ``ValueError``."""
    import yaml

    _check_size(data)
    with _refused("YAML"):
        return yaml.load(_text(data), _loader())  # noqa: S506  a safe loader, stricter still


def json_of(data: bytes) -> Any:
    """One JSON value; raises ``ValueError``."""
    with _refused("JSON"):
        found = json.loads(_text(data), object_pairs_hook=_unique, parse_constant=_no_constant)
    return _shallow(found)


def toml_of(data: bytes) -> dict[str, Any]:
    """A TOML document of at most ``TEXT_BYTES``; raises ``ValueError``."""
    _check_size(data)
    with _refused("TOML"):
        found = tomllib.loads(_text(data))
    _shallow(found)
    return found


def parquet_of(path: Path) -> "pd.DataFrame":
    """A flat table of numbers, texts and days, by the file's own types alone.

    What pandas notes in a file is left out: damaged, it would spoil whole columns. Raises
    ``OSError`` when the file cannot be opened, ``ValueError`` when it is damaged or its table is
    larger than ``CELLS`` or ``TABLE_BYTES``.
    """
    with _parquet(path) as table:
        frame: pd.DataFrame = table.to_pandas()
        return frame


def parquet_columns(source: Path | bytes) -> list[tuple[str, Iterable[Any]]]:
    """The same table as its columns' names and values, a whole number beside a gap still whole.

    ``source`` is a file or the bytes of one. Raises as ``parquet_of`` does.
    """
    with _parquet(source) as table:
        return [(name, _values(table.column(i))) for i, name in enumerate(table.column_names)]


@contextmanager
def _parquet(source: Path | bytes) -> "Iterator[pa.Table]":
    """The table, for conversions that show whether its cells are what they are said to be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        try:
            _check_table(file)
            table = pq.ParquetFile(file).read().replace_schema_metadata(None)
            names = table.column_names
            yield table.select([i for i, name in enumerate(names) if not _INDEX.fullmatch(name)])
        except MemoryError as error:
            raise ValueError(template("needs more memory than there is")) from error
        except _Said:
            raise
        except (pa.ArrowException, OSError, *_WRONG) as error:
            raise ValueError(template("is not a valid parquet file")) from error


def _values(column: "pa.ChunkedArray") -> Iterable[Any]:
    """Single precision stays so: as a Python float, -2.7 would read -2.700000047683716."""
    import pyarrow as pa

    single = pa.types.is_float32(column.type)
    values: Iterable[Any] = column.to_numpy() if single else column.to_pylist()
    return values


class _Said(ValueError):
    """Refused in words of our own."""


_WRONG: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


@contextmanager
def _refused(language: str) -> Iterator[None]:
    """Whatever a parser raises over text that is not its language, as ``ValueError``."""
    try:
        yield
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    except _Said:
        raise
    except _parse_errors() as error:
        raise ValueError(message("is not valid {language}", language=language)) from error


def _parse_errors() -> tuple[type[Exception], ...]:
    module = sys.modules.get("yaml")  # where nobody has read YAML it is not imported for this
    return (*_WRONG, module.YAMLError) if module else _WRONG


def _check_size(data: bytes) -> None:
    if len(data) > TEXT_BYTES:
        raise ValueError(message("is larger than {size} kB", size=TEXT_BYTES // 1024))


def _text(data: bytes) -> str:
    try:
        text = text_of(data)
    except UnicodeDecodeError:
        raise _Said(template("is not UTF-8 text")) from None
    if "\0" in text:
        raise _Said(template("holds NUL characters, so it is no text"))
    return text


def _unique(pairs: Sequence[tuple[Hashable, Any]]) -> dict[Any, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Said(template("has the same entry twice"))
    return found


def _no_constant(name: str) -> float:
    raise _Said(message("holds {name}, which is no number", name=name))


def _shallow(found: Any) -> Any:
    """The value itself, once it is known to be at most ``DEPTH`` deep."""
    level = [found]
    for _ in range(DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return found
    raise ValueError(TOO_DEEP)


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _loader() -> Any:
    """PyYAML's safe loader without aliases, of a bounded depth, with no key twice."""
    import yaml

    class Loader(yaml.SafeLoader):
        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise _Said(template("holds an alias; write the value out where it is meant"))
            self.depth += 1
            if self.depth > DEPTH:
                raise _Said(TOO_DEEP)
            try:
                return super().compose_node(parent, index)
            finally:
                self.depth -= 1

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            _unique([(key, None) for key in keys])
            return super().construct_mapping(node, deep)

    return Loader


def _check_table(source: BinaryIO) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    facts, columns = file.metadata, file.schema_arrow
    if any(pa.types.is_nested(c.type) or pa.types.is_fixed_size_binary(c.type) for c in columns):
        raise _Said(template("has a column whose cells hold more than one value"))
    groups = [facts.row_group(i) for i in range(facts.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    if facts.num_rows * facts.num_columns > CELLS or unpacked > TABLE_BYTES:
        raise _too_large()
    texts = [c.name for c in columns if _is_text(c.type)]
    if texts and _text_bytes(source, texts) > TABLE_BYTES:
        raise _too_large()


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    kinds = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    return any(kind == one for one in kinds)


def _text_bytes(source: BinaryIO, texts: list[str]) -> int:
    """What the cells take once each holds its own copy of a text that is stored once."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.ParquetFile(source, read_dictionary=texts).read(columns=texts)
    size = 0
    for column in table.columns:
        for part in column.chunks:
            lengths = pc.binary_length(part.dictionary).to_numpy(zero_copy_only=False)
            used = part.indices.drop_null().to_numpy(zero_copy_only=False)
            size += int(lengths[used].sum())
    return size


def _too_large() -> _Said:
    return _Said(
        message(
            "has more than {cells} cells or {size} MB unpacked",
            cells=f"{CELLS:,}",
            size=TABLE_BYTES // 2**20,
        )
    )


def is_inside(root: Path, *places: Path) -> bool:
    """Whether every place, links followed, lies in a folder; one that is not there does not."""
    try:
        within = root.resolve(strict=True)
        return all(place.resolve(strict=True).is_relative_to(within) for place in places)
    except (OSError, RuntimeError):  # nothing there, or links that lead in a circle
        return False
