"""Files that anybody may have written: read whole, or refused in one phrase, at a bounded cost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.careful import (
    CELLS,
    DEPTH,
    TEXT_BYTES,
    bytes_of,
    is_inside,
    json_of,
    parquet_columns,
    parquet_of,
    toml_of,
    yaml_of,
)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
READERS = {"YAML": yaml_of, "JSON": json_of, "TOML": toml_of}
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


def refusal(read: Callable[[], object]) -> str:
    """The phrase it was refused with, or "is read"."""
    try:
        read()
    except ValueError as error:
        return str(error)
    return "is read"


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@given(PLAIN)
@settings(max_examples=100)
def test_plain_values_come_back_as_they_were_written(value: Any) -> None:
    text = json.dumps(value)
    assert json_of(text.encode()) == value
    written = yaml.safe_dump(value, allow_unicode=False)
    assert yaml_of(written.encode()) == yaml.safe_load(written)


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused_in_one_phrase(language: str, data: bytes) -> None:
    assert refusal(lambda: READERS[language](data)).startswith(("is ", "has ", "holds "))


@pytest.mark.parametrize(
    ("language", "data", "why"),
    [
        ("YAML", LAUGHS.encode(), "alias"),
        ("YAML", b"a: &a 1\nb: *a\n", "alias"),
        ("YAML", b"a: &a [*a]\n", "alias"),
        ("YAML", nested(DEPTH + 1), "deeply"),
        ("YAML", nested(30_000), "deeply"),
        ("YAML", b"a: 1\na: 2\n", "twice"),
        ("YAML", b"? [1]\n: 2\n", "not valid YAML"),
        ("YAML", b"<<: {a: 1}\n", "not valid YAML"),
        ("YAML", b"!!python/object/apply:os.system [ls]", "not valid YAML"),
        ("YAML", b"a: 1\n---\nb: 2\n", "not valid YAML"),
        ("YAML", b"a: " + b"1" * 60_000, "not valid YAML"),
        ("YAML", b"a: \0", "NUL"),
        ("YAML", b"a: \xff", "UTF-8"),
        ("YAML", b" " * (TEXT_BYTES + 1), "larger than 64 kB"),
        ("JSON", nested(DEPTH + 1), "deeply"),
        ("JSON", nested(1_000_000), "deeply"),
        ("JSON", b'{"a":' * 500_000, "deeply"),
        ("JSON", b'{"a": 1, "a": 2}', "twice"),
        ("JSON", b"NaN", "NaN"),
        ("JSON", b"[-Infinity]", "-Infinity"),
        ("JSON", b"9" * 5_000, "not valid JSON"),
        ("JSON", b"", "not valid JSON"),
        ("JSON", b'"\0"', "NUL"),
        ("JSON", b"\xff\xfc{}", "UTF-8"),
        ("JSON", "{}".encode("utf-16-le"), "NUL"),
        ("TOML", b"a = " + nested(10_000), "deeply"),
        ("TOML", b"a = 1\na = 2\n", "not valid TOML"),
        ("TOML", b"." * 10, "not valid TOML"),
        ("TOML", b"#" * (TEXT_BYTES + 1), "larger than 64 kB"),
    ],
)
def test_what_costs_much_or_means_two_things_is_refused(
    language: str, data: bytes, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        READERS[language](data)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert json_of(b"\xef\xbb\xbf{}") == json_of("{}".encode("utf-16")) == {}


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(2048))
    assert bytes_of(path, 2048) == bytes(2048)
    with pytest.raises(ValueError, match="larger than 1 kB"):
        bytes_of(path, 1024)
    with pytest.raises(FileNotFoundError):
        bytes_of(tmp_path / "gone")


FRAME = pd.DataFrame(
    {
        "name": ["a", None, "ü"],
        "value": [1.5, np.nan, -0.0],
        "count": [1, 2, 3],
        "bytes": [b"\0", None, b"x"],
        "day": pd.to_datetime(["2026-01-31", None, "2026-02-01"]),
        "kind": pd.Categorical(["x", "y", "x"]),
    }
)


def test_a_parquet_table_comes_back(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(parquet_of(tmp_path / "table.parquet"), FRAME)
    FRAME[:0].to_parquet(tmp_path / "empty.parquet")
    assert parquet_of(tmp_path / "empty.parquet").empty


def test_what_pandas_notes_in_a_file_is_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pd.DataFrame({"id": ["a", "b"]}, index=[7, 3]).to_parquet(path)
    table = pq.read_table(path)
    notes = {b"pandas": table.schema.metadata[b"pandas"][:40]}
    pq.write_table(table.replace_schema_metadata(notes), path)
    assert parquet_of(path)["id"].tolist() == ["a", "b"]
    assert [(name, list(values)) for name, values in parquet_columns(path)] == [("id", ["a", "b"])]


def test_a_text_stored_once_and_repeated_a_million_times_is_refused(tmp_path: Path) -> None:
    """Two megabytes on the disk, a terabyte once every cell has its own."""
    path = tmp_path / "bomb.parquet"
    column = pa.DictionaryArray.from_arrays(np.zeros(1_000_000, np.int32), ["x" * 1_000_000])
    pq.write_table(pa.table({"note": column}), path)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(ValueError, match="256 MB unpacked"):
        parquet_of(path)


def test_more_cells_than_anybody_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"note": np.zeros(CELLS + 1, np.int8)}), path)
    with pytest.raises(ValueError, match="cells"):
        parquet_of(path)


def test_cells_of_many_values_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lists.parquet"
    pq.write_table(pa.table({"note": [[1, 2], [3]]}), path)
    with pytest.raises(ValueError, match="more than one value"):
        parquet_of(path)


@given(st.data())
@settings(max_examples=60)
def test_a_damaged_parquet_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "table.parquet"
    FRAME.to_parquet(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    for reader in (parquet_of, parquet_columns):
        assert refusal(lambda read=reader: read(path)).startswith(("is ", "has ", "needs "))


def test_a_place_is_inside_only_where_its_links_lead(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "in").mkdir(parents=True)
    (root / "out").symlink_to(tmp_path)
    (root / "round").symlink_to(root / "round")
    assert is_inside(root, root / "in", root / "in" / ".." / "in")
    for other in (root / "out", root / "in" / ".." / "..", root / "gone", root / "round", tmp_path):
        assert not is_inside(root, root / "in", other)
    assert not is_inside(tmp_path / "gone", root)
