"""The manifest: what is accepted, and that every breach is named by row, column and rule."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS, Boundary, bone_class
from face2bone.cohort.manifest import consents, read_manifest
from face2bone.cohort.manifest_schema import COLUMNS, DXA_SITES, OPTIONAL, REQUIRED
from face2bone.errors import ManifestError
from face2bone.reference import ReferenceMethod

Row = Callable[..., dict[str, object]]
Write = Callable[..., Path]
FILE_STAYS = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def test_a_valid_manifest_becomes_a_typed_table(make_row: Row, write_rows: Write) -> None:
    path = write_rows([make_row(0), make_row(1, sex="M", t_score=0.3, site="north")])
    cohort = read_manifest(path)
    table = cohort.table
    assert list(table.columns) == [c for c in COLUMNS if c not in OPTIONAL or c == "site"]
    assert list(table.index) == [2, 3]
    assert table["age_years"].dtype == table["t_score"].dtype == np.float64
    assert table["acquired_on"].tolist() == [date(2024, 5, 2)] * 2
    assert table["site"].tolist() == ["", "north"]
    assert cohort.labels.tolist() == [1, 0]
    assert [p.read_bytes() for p in cohort.photos] == [b"photo 0", b"photo 1"]


def test_consent_is_what_is_recorded_and_nothing_else(make_row: Row, write_rows: Write) -> None:
    rows = [make_row(i, photo_consent=cell) for i, cell in enumerate(("yes", "no", ""))]
    assert consents(read_manifest(write_rows(rows)).table).tolist() == [True, False, False]
    assert consents(read_manifest(write_rows([make_row(0)])).table).tolist() == [False]


def test_parquet_and_csv_read_alike(make_row: Row, write_rows: Write) -> None:
    rows = [make_row(0), make_row(1, t_score=float("nan"), bone_mass_class="normal")]
    rows[0]["bone_mass_class"] = "osteopenia"
    a, b = (read_manifest(write_rows(rows, name)).table for name in ("m.csv", "m.parquet"))
    assert a.equals(b)
    rows[0]["acquired_on"] = rows[1]["acquired_on"] = date(2024, 5, 2)
    assert read_manifest(write_rows(rows, "d.parquet")).table.equals(a)


def test_a_class_alone_is_enough(make_row: Row, write_rows: Write) -> None:
    rows = [make_row(i, t_score=None, bone_mass_class=c) for i, c in enumerate(CLASS_LABELS)]
    cohort = read_manifest(write_rows(rows))
    assert cohort.labels.tolist() == [0, 1, 2]
    assert "t_score" not in cohort.table


@pytest.mark.parametrize(("boundary", "label"), [(Boundary.WHO, 0), (Boundary.STUDY, 1)])
def test_the_boundary_rule_decides_minus_one(
    boundary: Boundary, label: int, make_row: Row, write_rows: Write
) -> None:
    cohort = read_manifest(write_rows([make_row(0, t_score=-1.0)]), boundary)
    assert cohort.labels.tolist() == [label]
    assert cohort.boundary is boundary


def test_a_patient_may_have_several_photos(make_row: Row, write_rows: Write) -> None:
    rows = [make_row(0), make_row(1, patient_id="p0", acquired_on="2026-05-02", t_score=-2.6)]
    assert read_manifest(write_rows(rows)).labels.tolist() == [1, 2]


def test_a_link_out_of_the_folder_is_refused(
    make_row: Row, write_rows: Write, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write_rows([make_row(0)])
    outside = tmp_path_factory.mktemp("elsewhere") / "secret.jpg"
    outside.write_bytes(b"photo")
    (path.parent / "photos" / "0.jpg").unlink()
    (path.parent / "photos" / "0.jpg").symlink_to(outside)
    with pytest.raises(ManifestError, match=r"row 2, photo: 'photos/0.jpg' names no file in"):
        read_manifest(path)


@pytest.mark.parametrize("column", REQUIRED)
def test_a_missing_column_is_named(column: str, make_row: Row, write_rows: Write) -> None:
    with pytest.raises(ManifestError, match=rf"row 1\) is wrong: the column {column} is missing"):
        read_manifest(write_rows([make_row(0, **{column: None})]))


def test_a_label_column_is_needed(make_row: Row, write_rows: Write) -> None:
    with pytest.raises(ManifestError, match="one of the columns t_score and bone_mass_class"):
        read_manifest(write_rows([make_row(0, t_score=None)]))


def test_unknown_columns_are_refused(make_row: Row, write_rows: Write) -> None:
    with pytest.raises(ManifestError, match="the column 'name' is unknown"):
        read_manifest(write_rows([make_row(0, name="Li Wei")]))


def test_a_column_twice_is_refused(make_row: Row, write_rows: Write) -> None:
    path = write_rows([make_row(0)])
    lines = path.read_text().splitlines()
    path.write_text(f"{lines[0]},sex\n{lines[1]},F\n")
    with pytest.raises(ManifestError, match="the column sex stands there twice"):
        read_manifest(path)


def test_a_manifest_without_patients_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(",".join(REQUIRED) + ",t_score\n\n")
    with pytest.raises(ManifestError, match="holds no patients"):
        read_manifest(tmp_path / "m.csv")


@pytest.mark.parametrize(
    "spelling", ["./photos/0.jpg", "photos//0.jpg", "photos/./0.jpg", "photos/hard.jpg"]
)
def test_one_photo_under_two_spellings_is_one_photo(
    spelling: str, make_row: Row, write_rows: Write
) -> None:
    path = write_rows([make_row(0), make_row(1, photo=spelling)])
    (path.parent / "photos/hard.jpg").hardlink_to(path.parent / "photos/0.jpg")
    with pytest.raises(ManifestError, match=r"row 3, photo: .* names a photo that an earlier row"):
        read_manifest(path)


def test_a_link_to_another_photo_of_the_folder_is_that_photo(
    make_row: Row, write_rows: Write
) -> None:
    """As is A.JPG beside a.jpg on a disk that does not mind."""
    path = write_rows([make_row(0), make_row(1, photo="photos/A.JPG")])
    (path.parent / "photos/A.JPG").symlink_to(path.parent / "photos/0.jpg")
    with pytest.raises(ManifestError, match="earlier row"):
        read_manifest(path)


def test_copies_of_a_photo_are_two_files(make_row: Row, write_rows: Write) -> None:
    """The same bytes twice are for ``identical_photos`` to report."""
    path = write_rows([make_row(0), make_row(1)])
    (path.parent / "photos/1.jpg").write_bytes(b"photo 0")
    assert len(read_manifest(path).photos) == 2


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("in_cell", ["NFC", "NFD"])
def test_an_umlaut_is_one_letter_however_it_is_stored(
    on_disk: Literal["NFC", "NFD"], in_cell: Literal["NFC", "NFD"], make_row: Row, write_rows: Write
) -> None:
    name = "photos/M\u00fcller.jpg"
    cells = {
        "photo": unicodedata.normalize(in_cell, name),
        "site": unicodedata.normalize(in_cell, "Z\u00fcrich"),
    }
    path = write_rows([make_row(0, **cells), make_row(1, site="Z\u00fcrich")])
    (path.parent / unicodedata.normalize(on_disk, name)).write_bytes(b"a face")
    cohort = read_manifest(path)
    assert cohort.photos[0].read_bytes() == b"a face"
    assert cohort.table["site"].nunique() == 1


@pytest.mark.parametrize("minus", ["-", "\N{MINUS SIGN}"])
def test_a_table_from_a_european_spreadsheet_says_the_same(
    minus: str, make_row: Row, write_rows: Write
) -> None:
    path = write_rows([make_row(0, t_score=-2.7), make_row(1, t_score=-0.4)])
    wanted = read_manifest(path).table
    european = path.read_text("utf-8").replace(",", ";").replace(".", ",")
    european = european.replace(",jpg", ".jpg").replace("-2,7", f"{minus}2,7")
    path.write_text(european, "utf-8-sig")
    assert read_manifest(path).table.equals(wanted)
    path.write_text("sep=;\r\n" + european.replace("\n", "\r\n"), "utf-16")
    assert read_manifest(path).table.equals(wanted)


def test_numbers_of_patients_in_parquet_stay_whole(make_row: Row, write_rows: Write) -> None:
    """With a gap anywhere, pandas keeps whole numbers as floats: 412.0."""
    rows = [make_row(0, patient_id=412.0), make_row(1, patient_id=7.0)]
    assert read_manifest(write_rows(rows, "m.parquet")).table["patient_id"].tolist() == ["412", "7"]


def test_lost_leading_zeros_are_remarked(make_row: Row, write_rows: Write) -> None:
    path = write_rows([make_row(0, patient_id="412", photo="photos/00412.jpg"), make_row(1)])
    (path.parent / "photos/00412.jpg").write_bytes(b"a face")
    (remark,) = read_manifest(path).remarks
    assert "412 with photo 00412" in remark
    assert read_manifest(write_rows([make_row(0), make_row(1)])).remarks == ()


def test_an_old_manifest_is_of_the_first_study_by_dxa(make_row: Row, write_rows: Write) -> None:
    cohort = read_manifest(write_rows([make_row(0)]))
    assert (cohort.study, cohort.reference_method) == ("face2bone", ReferenceMethod.DXA)
    assert "study" not in cohort.table


def test_study_side_and_method_are_read(make_row: Row, write_rows: Write) -> None:
    new = {"study": "bone_net", "reference_method": "qus", "dxa_site": None}
    rows = [make_row(i, laterality=side, **new) for i, side in enumerate(("left", "right", ""))]
    cohort = read_manifest(write_rows(rows))
    assert (cohort.study, cohort.reference_method) == ("bone_net", ReferenceMethod.QUS)
    assert cohort.table["laterality"].tolist() == ["left", "right", ""]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "F", "-1.0", "nan", "1e400", "../a.jpg", "2024-13-01", "\x00", "１"]),
)


VALID = {"study": "face2bone", "laterality": "", "reference_method": "dxa"}


@FILE_STAYS
@given(changes=st.dictionaries(st.sampled_from([*COLUMNS]), CELLS, max_size=6))
def test_any_cell_is_accepted_or_named(
    changes: dict[str, str], make_row: Row, write_rows: Write
) -> None:
    optional = {name: VALID.get(name, "no") for name in OPTIONAL}
    rows: list[dict[str, Any]] = [make_row(0, **{**optional, **changes})]
    try:
        cohort = read_manifest(write_rows(rows, "m.parquet"))
    except ManifestError as error:
        named = re.findall(r"row 2, (\w+):", str(error))
        assert named
        assert set(named) <= {*changes, "t_score", "bone_mass_class", "dxa_site"}
    else:
        assert cohort.photos[0].resolve().is_relative_to(cohort.root.resolve())
        score = cohort.table.get("t_score", cohort.table["age_years"] * np.nan).iloc[0]
        if not np.isnan(score):
            assert cohort.labels[0] == bone_class(score)


@pytest.mark.slow
@FILE_STAYS
@given(
    t_score=st.floats(-8, 8).map(lambda t: round(t, 1)),
    age=st.floats(18, 110),
    dxa_site=st.sampled_from(DXA_SITES),
    day=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_valid_values_survive_both_formats_exactly(
    t_score: float, age: float, dxa_site: str, day: date, make_row: Row, write_rows: Write
) -> None:
    cells = {"t_score": t_score, "age_years": age, "dxa_site": dxa_site}
    rows = [make_row(0, acquired_on=day.isoformat(), **cells)]
    for name in ("m.csv", "m.parquet"):
        row = read_manifest(write_rows(rows, name)).table.iloc[0]
        assert {c: row[c] for c in cells} == cells
        assert row["acquired_on"] == day
        assert row["bone_mass_class"] == bone_class(t_score).label


@pytest.mark.parametrize("name", ["photos/0.jfif", "photos/0.JFIF", "photos/0"])
def test_a_phones_other_endings_and_none_are_taken(
    name: str, make_row: Row, write_rows: Write
) -> None:
    """What a photo is, its content says."""
    path = write_rows([make_row(0, photo=name)])
    (path.parent / name).write_bytes((path.parent / "photos/0.jpg").read_bytes())
    assert read_manifest(path).table["photo"].tolist() == [name]
