"""Cells of a table of people: each reader's value, and the rule that a bad cell breaks."""

from pathlib import Path

import pandas as pd
import pytest

from face2bone.cohort.row_rules import (
    between,
    number,
    one_of,
    patient_id,
    photo,
    read_by,
    refusal,
    repeated,
    text,
)


def test_good_cells_are_read(tmp_path: Path) -> None:
    (tmp_path / "A.JPG").write_bytes(b"")
    assert patient_id("P-1.a_b") == "P-1.a_b"
    assert one_of("F", "M")("F") == "F"
    assert between(18, 110, "years")("61.5") == 61.5
    assert number("-3") == -3.0
    assert text("left ward") == "left ward"
    assert text("Ko\u0308ln") == "K\u00f6ln"
    assert photo(tmp_path, "A.JPG") == "A.JPG"


@pytest.mark.parametrize(
    ("reader", "cell", "rule"),
    [
        (patient_id, "Jane Doe", "1 to 64 letters"),
        (one_of("F", "M"), "f", "must be F or M"),
        (between(18, 110, "years"), "111", "must be 18 to 110 years"),
        (number, "", "must be a number"),
        (number, "1e10", "within 1,000,000,000 of 0"),
        (text, "=1+1", "no formula"),
        (text, "x" * 81, "at most 80"),
    ],
)
def test_a_bad_cell_breaks_its_rule(reader, cell: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        reader(cell)


def test_every_breach_names_row_column_and_cell() -> None:
    cells = pd.DataFrame({"sex": ["F", "X", ""], "note": ["a", "b", "c"]}, index=[2, 3, 4])
    table, breaches = read_by(cells, {"sex": one_of("F", "M"), "age": number})
    assert breaches == [(3, "row 3, sex: 'X' must be F or M"), (4, "row 4, sex: must be F or M")]
    assert table["note"].tolist() == ["a", "b", "c"]
    again = pd.DataFrame({"photo": ["a", "", "A", ""]}, index=[2, 3, 4, 5])
    assert list(repeated(again, "photo", str.lower, "is named twice")) == [
        (4, "row 4, photo: is named twice")
    ]


def test_ten_breaches_are_told_in_the_order_of_the_rows() -> None:
    told = str(refusal("m.csv", [(row, f"row {row}") for row in range(13, 1, -1)]))
    assert told.startswith("m.csv breaks 12 rules: row 2; row 3; ")
    assert "row 11; and 2 more" in told
    assert str(refusal("m.csv", [(2, "row 2")])).startswith("m.csv breaks one rule: row 2. ")
