"""A table is the same table however a spreadsheet saved it; a fault has a row, a column, a cell."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.careful import text_of
from face2bone.errors import ManifestError
from face2bone.tabular.delimited import column_letter, read_delimited

HEADER = ["id", "t_score", "site"]
ROWS = [["p1", "-2,7", "Z\u00fcrich"], ["p2", "", "a;b\tc|d"]]
ON_DISK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def saved(folder: Path, data: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "t.csv"
    path.write_bytes(data.encode(encoding) if isinstance(data, str) else data)
    return path


def written(rows: list[list[str]], separator: str, line_end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("instruction", [False, True])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_way_of_saving_is_one_table(
    separator: str, encoding: str, instruction: bool, line_end: str, tmp_path: Path
) -> None:
    text = written([HEADER, *ROWS], separator, line_end)
    if instruction:
        text = f"sep={separator}{line_end}{text}"
    table = read_delimited(saved(tmp_path, text, encoding))
    assert table.columns.tolist() == HEADER
    assert table.to_numpy().tolist() == ROWS
    assert table.index.tolist() == [2, 3]


def test_a_line_that_says_the_separator_is_no_row(tmp_path: Path) -> None:
    """A spreadsheet does not show it: the header stays row 1."""
    table = read_delimited(saved(tmp_path, '"sep=;"\na;b\n\n1;2\n'))
    assert table.index.tolist() == [3]


def test_empty_columns_and_rows_at_the_end_are_left_out(tmp_path: Path) -> None:
    table = read_delimited(saved(tmp_path, "a,b,,\n1,2,,\n,,,\n3,4\n5\n"))
    assert table.columns.tolist() == ["a", "b"]
    assert table.to_numpy().tolist() == [["1", "2"], ["3", "4"], ["5", ""]]
    assert table.index.tolist() == [2, 4, 5]


def test_a_column_without_a_name_has_its_letter_or_is_empty(tmp_path: Path) -> None:
    table = read_delimited(saved(tmp_path, ",a,,b\n0,1,,2\n"))
    assert table.columns.tolist() == ["column A", "a", "b"]
    assert table.to_numpy().tolist() == [["0", "1", "2"]]


def test_a_row_with_line_breaks_in_a_cell_is_one_row(tmp_path: Path) -> None:
    table = read_delimited(saved(tmp_path, 'a,b\n"x\ny",1\nz,2\n'))
    assert table.index.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("a,b\nx,-2,7\n", r"row 2, column C: '7' stands .* 3 cells and the header 2"),
        ("\na,b\n1,2\n", "first row of t.csv is empty"),
        ("", "first row of t.csv is empty"),
        ("sep=;\n", "first row of t.csv is empty"),
        (
            "a,b\n1,M\u00fcller\n".encode("cp1252"),
            "row 2, column B: 'M\N{REPLACEMENT CHARACTER}ller'",
        ),
        ("a,b\n".encode("utf-16-le"), "zero bytes"),
        ("a,b\n".encode("utf-16")[:-1], "ends within a character"),
        ('a,b\n"1,2\n', "not valid CSV"),
    ],
)
def test_a_fault_is_named_by_its_cause(data: str | bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=says):
        read_delimited(saved(tmp_path, data))


def test_a_long_cell_is_not_repeated_whole(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as refused:
        read_delimited(saved(tmp_path, "a\n1," + "x" * 500))
    assert str(refused.value).count("x") <= 41


def test_columns_are_lettered_as_a_spreadsheet_does() -> None:
    letters = [column_letter(place) for place in (0, 25, 26, 51, 52, 701, 702)]
    assert letters == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


NAME = st.text("abcdefgh_", min_size=1, max_size=5)
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@ON_DISK
@given(
    st.lists(NAME, min_size=2, max_size=4, unique=True).flatmap(
        lambda header: st.tuples(
            st.just(header),
            st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), max_size=4),
        )
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_cells_come_back_from_any_spreadsheet(
    tmp_path: Path, table: tuple[list[str], list[list[str]]], separator: str, encoding: str
) -> None:
    header, rows = table
    # With the line ends of a spreadsheet, after which a cell that holds either of them is quoted.
    path = saved(tmp_path, written([header, *rows], separator, "\r\n"), encoding)
    kept = [[cell.strip() for cell in row] for row in rows]
    assert read_delimited(path).to_numpy().tolist() == [row for row in kept if any(row)]


@ON_DISK
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_a_table_or_one_typed_error(tmp_path: Path, data: bytes) -> None:
    try:
        table = read_delimited(saved(tmp_path, data))
    except ManifestError:
        return
    assert all(table.columns)


@given(st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_mark_is_no_part_of_the_text(text: str, encoding: str) -> None:
    if not text.startswith("\ufeff"):  # itself the mark
        assert text_of(text.encode(encoding)) == text


def test_both_orders_of_bytes_are_read() -> None:
    assert text_of(b"\xff\xfea\x00") == text_of(b"\xfe\xff\x00a") == "a"


@pytest.mark.parametrize("data", [b"\xfc", b"\xff\xfea"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        text_of(data)
