"""Rows are checked before any work, and identifiers stay as they were given."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from face2bone.errors import ArchiveRefused, ManifestError, ScoringError
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.score_list import list_of_pictures, listed, opened
from tests.watching import files_written

PICTURES = {"1.jpg": b"one", "2.jpg": b"two"}


def given(table: str, name: str = "list.csv") -> GivenPictures:
    return GivenPictures({**PICTURES, name: table.encode()})


def test_a_table_needs_only_who_and_which_picture() -> None:
    found, pictures = listed(given("patient_id,photo\n00412,1.jpg\nMRN 7/b,2.jpg\n"))
    assert list(found.table["patient_id"]) == ["00412", "MRN 7/b"]
    assert list(found.table.index) == [2, 3]
    assert [pictures.read(name) for name in found.names] == [b"one", b"two"]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_that_names_patients_is_read_without_any_file(suffix: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"patient_id": ["00412"], "photo": ["1.jpg"]})
    data = table.to_csv(index=False).encode() if suffix == "csv" else table.to_parquet(index=False)
    with files_written() as seen:
        (tmp_path / "seen.txt").write_bytes(b"")
    assert seen == [str(tmp_path / "seen.txt")]
    with files_written() as written:
        found, _ = listed(GivenPictures({**PICTURES, f"list.{suffix}": data}))
    assert list(found.table["patient_id"]) == ["00412"]
    assert written == []


def test_a_manifests_columns_are_kept_and_may_be_empty() -> None:
    header = "patient_id,photo,sex,age_years,t_score,acquired_on"
    text = f"{header}\nA,1.jpg,F,67.5,,\nB,2.jpg,,,,2026-01-31\n"
    table = listed(given(text))[0].table
    assert table.at[2, "age_years"] == 67.5
    assert table.at[3, "sex"] == ""
    assert table.at[3, "acquired_on"] == "2026-01-31"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patient_id,photo\nA,3.jpg\n", "row 2, photo: '3.jpg' names no picture"),
        ("patient_id,photo\nA,1.jpg\nB,./1.jpg\n", "row 3, photo: './1.jpg' names a picture that"),
        ("patient_id,photo\n,1.jpg\n", "row 2, patient_id: must be 1 to 120"),
        ("patient_id,photo\n=1+1,1.jpg\n", "row 2, patient_id: '=1\\+1' must not begin"),
        ("patient_id,photo\nA,../1.jpg\n", "row 2, photo: '../1.jpg' must stay inside"),
        ("patient_id,photo,age_years\nA,1.jpg,old\n", "row 2, age_years: 'old' is not a number"),
        ("patient_id,photo,age_years\nA,1.jpg,7\n", "row 2, age_years: '7' must be 18 to 110"),
        ("patient_id,photo,sex\nA,1.jpg,X\n", "row 2, sex: 'X' must be one of F, M"),
        ("patient_id,photo,acquired_on\nA,1.jpg,today\n", "acquired_on: 'today' is not a date"),
        ("patient_id,photo,name\nA,1.jpg,Eva\n", "the column 'name' is unknown"),
        ("patient_id\nA\n", "the column photo is missing"),
        ("patient_id,photo\n", "holds no rows"),
    ],
)
def test_a_broken_rule_is_named_by_row_and_cell(text: str, said: str) -> None:
    with pytest.raises(ManifestError, match=said):
        listed(given(text))


def test_without_a_table_a_picture_bears_its_files_name() -> None:
    files = {"ward 1/P-07.jpg": b"x", "ward 2/P-07.jpg": b"y", "readme.md": b""}
    found, _ = listed(GivenPictures(files))
    assert list(found.table["patient_id"]) == ["ward 1/P-07", "ward 2/P-07"]
    assert found.names == ("ward 1/P-07.jpg", "ward 2/P-07.jpg")


def test_the_folder_that_all_lie_in_names_nobody() -> None:
    found, pictures = listed(GivenPictures({"all/a/1.jpg": b"x", "all/2.jpg": b"y"}))
    assert list(found.table["patient_id"]) == ["2", "a/1"]
    assert [pictures.read(name) for name in found.names] == [b"y", b"x"]


@pytest.mark.parametrize("name", ["=cmd.jpg", "-1.jpg", "a\u200bb.jpg"])
def test_a_name_that_a_table_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ScoringError, match="Rename it"):
        list_of_pictures([name])


def test_without_any_picture_there_is_nothing_to_score() -> None:
    with pytest.raises(ScoringError, match="no picture and no table"):
        listed(GivenPictures({"notes.md": b""}))


def test_of_several_tables_the_manifest_counts() -> None:
    files = {**PICTURES, "truth.parquet": b"", "manifest.csv": b"patient_id,photo\nA,1.jpg\n"}
    assert len(listed(GivenPictures(files))[0]) == 1
    with pytest.raises(ScoringError, match="several tables"):
        listed(GivenPictures({**PICTURES, "a.csv": b"", "b.csv": b""}))


def test_paths_begin_at_the_table(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("cohort/list.csv", "patient_id,photo\nA,photos/1.jpg\n")
        archive.writestr("cohort/photos/1.jpg", b"one")
    (tmp_path / "cohort.zip").write_bytes(buffer.getvalue())
    found, pictures = opened(tmp_path / "cohort.zip")
    assert pictures.read(found.names[0]) == b"one"


def test_a_folder_or_a_table_in_it_may_be_opened(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("patient_id,photo\nA,1.jpg\n")
    (tmp_path / "1.jpg").write_bytes(b"one")
    for source in (tmp_path, tmp_path / "list.csv"):
        assert opened(source)[0].names == ("1.jpg",)
    with pytest.raises(ScoringError, match="no folder or file"):
        opened(tmp_path / "absent.csv")
    (tmp_path / "no.zip").write_bytes(b"no archive")
    with pytest.raises(ArchiveRefused):
        opened(tmp_path / "no.zip")
