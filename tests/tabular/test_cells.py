"""Reading tables as text: every file is read or refused with one typed error."""

import math
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from face2bone.errors import ManifestError
from face2bone.tabular.cells import (
    SHOWN,
    as_date,
    as_number,
    differ_in_zeros,
    missing_columns,
    odd_columns,
    read_cells,
    without_zeros,
    zeros_remarks,
)
from face2bone.words import Language, catalogue


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(" a ,b\n1, x y \n\n3,\n", encoding="utf-8-sig")
    cells = read_cells(tmp_path / "t.csv")
    assert cells.index.tolist() == [2, 4]
    assert cells.to_numpy().tolist() == [["1", "x y"], ["3", ""]]
    assert cells.columns.tolist() == ["a", "b"]


def test_parquet_cells_are_spelt_as_in_csv(tmp_path: Path) -> None:
    table = {
        "number": [1.5, math.nan],
        "single": np.array([-2.7, 7.0], np.float32),
        "number_of_patient": [412.0, None],
        "count": [3, 4],
        "text": [" x ", None],
        "day": [date(2024, 2, 29), None],
        "time": [datetime(2024, 2, 29), pd.NaT],
    }
    pd.DataFrame(table).to_parquet(tmp_path / "t.parquet")
    cells = read_cells(tmp_path / "t.parquet")
    assert cells.to_numpy().tolist() == [
        ["1.5", "-2.7", "412", "3", "x", "2024-02-29", "2024-02-29"],
        ["", "7", "", "4", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("t.xlsx", b"PK", "not a .csv or .parquet"),
        ("t.csv", b"", "is empty"),
        ("t.csv", "性别\n".encode("gb18030"), "not UTF-8"),
        ("t.csv", b'a,b\n"1,2\n', "not valid CSV"),
        ("t.csv", b"a,b\n1,2,3\n", "row 2, column C: '3' stands in a column without a name"),
        ("t.csv", b"a\n" + b"x" * 200_000, "not valid CSV"),
        ("t.parquet", b"", "not a valid parquet"),
        ("t.parquet", b"PAR1 and nothing more PAR1", "t.parquet"),
    ],
)
def test_a_bad_file_is_a_typed_error(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ManifestError, match=says):
        read_cells(tmp_path / name)


def test_a_frame_s_index_is_no_column_and_damaged_notes_harm_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "n": [1, 2, 3]}).iloc[[0, 2]]
    frame.to_parquet(tmp_path / "t.parquet")
    table = parquet.read_table(tmp_path / "t.parquet")
    notes = {b"pandas": table.schema.metadata[b"pandas"].replace(b"pandas_type", b"pandas_tupe")}
    parquet.write_table(table.replace_schema_metadata(notes), tmp_path / "t.parquet")
    cells = read_cells(tmp_path / "t.parquet")
    assert cells.columns.tolist() == ["id", "n"]
    assert cells.to_numpy().tolist() == [["a", "1"], ["c", "3"]]
    assert cells.index.tolist() == [2, 3]


def test_text_in_parquet_that_is_no_text_is_a_typed_error(tmp_path: Path) -> None:
    wrong = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xda"]).buffers())
    parquet.write_table(pa.table({"id": wrong}), tmp_path / "t.parquet")
    with pytest.raises(ManifestError, match="not a valid parquet"):
        read_cells(tmp_path / "t.parquet")


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_a_missing_file_is_a_typed_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(ManifestError, match="cannot be opened"):
        read_cells(tmp_path / name)


def test_a_folder_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(ManifestError, match="cannot be opened"):
        read_cells(tmp_path / "d.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200), name=st.sampled_from(["t.csv", "t.parquet"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(content)
    try:
        cells = read_cells(tmp_path / name)
    except ManifestError:
        return
    assert all(isinstance(cell, str) for cell in cells.to_numpy().ravel())


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_exactly(value: float) -> None:
    assert as_number(repr(value)) == value


@pytest.mark.parametrize(
    "cell", ["x", "1.234,5", "1,2,3", "5.", "inf", "-inf", "nan", "1e999", "0x10", "--1", "1_0"]
)
def test_what_is_not_a_finite_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        as_number(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("66,5", 66.5),
        ("\N{MINUS SIGN}2,7", -2.7),
        ("\uff16\uff16", 66.0),
        ("1,2E-05", 1.2e-05),
        ("-0.12345678901234567", -0.12345678901234567),
    ],
)
def test_a_number_is_read_as_a_person_or_a_spreadsheet_writes_it(cell: str, value: float) -> None:
    assert as_number(cell) == value


@given(st.dates())
def test_dates_are_read_exactly(day: date) -> None:
    assert as_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "cell", ["2024-2-3", "20240203", "2024-02-30", "2024-W05-1", "2024-02-03T00:00", "今天"]
)
def test_what_is_not_a_date_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        as_date(cell)


def test_empty_cells_are_missing_values() -> None:
    assert math.isnan(as_number(""))
    assert as_date("") is None


def test_every_column_that_is_missing_is_named_in_the_order_asked_for() -> None:
    assert list(missing_columns(["sex", "photo"], ("patient_id", "photo", "age_years"))) == [
        "the column patient_id is missing",
        "the column age_years is missing",
    ]
    assert list(missing_columns(["a", "b"], ("b",))) == []


def test_what_stands_twice_comes_before_what_is_unknown() -> None:
    assert list(odd_columns(["x", "a", "b", "a"], ("a", "b"))) == [
        "the column a stands there twice",
        "the column 'x' is unknown",
    ]


def test_a_long_name_is_cut_and_shown_as_it_stands() -> None:
    name = "näme" * 30
    assert list(odd_columns([name], ())) == [f"the column '{name[:SHOWN]}' is unknown"]


def test_a_column_that_is_called_like_a_word_of_the_program_is_not_translated() -> None:
    (said,) = odd_columns(["photos"], ())
    assert catalogue(Language.CHINESE).known(said) == "列 'photos' 是未知的"


@pytest.mark.parametrize(
    ("patient", "bare"),
    [("00412", "412"), ("412", "412"), ("000", "0"), ("P-007", "P-007"), ("0a", "0a"), ("", "")],
)
def test_only_numbers_have_leading_zeros(patient: str, bare: str) -> None:
    assert without_zeros(patient) == bare


def test_another_spelling_of_the_number_is_found() -> None:
    assert differ_in_zeros("412", "00412")
    assert not any(differ_in_zeros("412", other) for other in ("7", "412", "P-412"))


def remarks(patients: list[str], photos: list[str]) -> tuple[str, ...]:
    return zeros_remarks(pd.DataFrame({"patient_id": patients, "photo": photos}))


def test_two_people_who_differ_in_zeros_are_remarked() -> None:
    (said,) = remarks(["7", "007", "7", "8"], ["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
    assert "7 and 007" in said
    assert said.count("007") == 1


def test_a_photo_that_bears_the_zeros_is_remarked_with_a_few_examples() -> None:
    patients = [str(n) for n in range(1, 9)]
    (said,) = remarks(patients, [f"photos/{n:>05}.jpg" for n in patients])
    assert "1 with photo 00001" in said
    assert "and 5 more" in said


def test_what_says_nothing_of_zeros_is_not_remarked() -> None:
    assert remarks(["7", "12", "P-1"], ["7.jpg", "photo12.jpg", "0001.jpg"]) == ()
