"""A manifest of known ages: what is read, and what is refused with its row, column and rule."""

from collections.abc import Callable
from pathlib import Path

import pytest

from face2bone.cohort.age_manifest import (
    age_side,
    decades,
    is_age_manifest,
    read_age_manifest,
)
from face2bone.errors import ManifestError

HEADER = "patient_id,photo,sex,age_years"
ROWS = ("A,a.jpg,F,61.5", "B,b.jpg,M,70", "A,c.jpg,F,39.9")
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(name.encode())

    def written(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "manifest.csv"
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return path

    return written


def refused(path: Path) -> str:
    with pytest.raises(ManifestError) as found:
        read_age_manifest(path)
    return str(found.value)


def test_ages_photos_and_several_photos_of_one_person(write: Write) -> None:
    cohort = read_age_manifest(write(*ROWS))
    assert cohort.table["age_years"].tolist() == [61.5, 70.0, 39.9]
    assert [path.name for path in cohort.pictures.photos] == ["a.jpg", "b.jpg", "c.jpg"]
    assert list(cohort.table.index) == [2, 3, 4]
    assert decades(cohort.table).tolist() == [6, 7, 3]


def test_a_manifest_says_itself_whether_it_is_one(write: Write, tmp_path: Path) -> None:
    named = write(*(row + ",face_age" for row in ROWS), header=HEADER + ",study")
    assert is_age_manifest(named)
    assert len(read_age_manifest(named).table) == 3
    assert not is_age_manifest(write(*(f"{r},bone_net" for r in ROWS), header=HEADER + ",study"))
    assert not is_age_manifest(write(*ROWS))
    assert not is_age_manifest(write(header=HEADER + ",study"))
    assert not is_age_manifest(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("B,b.jpg,M,17", "row 3, age_years: '17' must be 18 to 110 years"),
        ("B,b.jpg,M,", "row 3, age_years: must be a number"),
        ("B,b.jpg,X,40", "row 3, sex: 'X' must be F or M"),
        ("B,none.jpg,M,40", "row 3, photo: 'none.jpg' names no file"),
        ("B,../b.jpg,M,40", "row 3, photo"),
        ("B,a.jpg,M,40", "row 3, photo: names a photo that an earlier row names"),
        ("Jane Doe,b.jpg,M,40", "row 3, patient_id: 'Jane Doe' must be 1 to 64"),
        ("A,b.jpg,M,40", "row 3, sex: must be the same in every row of a person"),
    ],
)
def test_a_broken_rule_is_named_with_its_cell(write: Write, row: str, says: str) -> None:
    assert says in refused(write(ROWS[0], row))


def test_the_header_holds_what_is_needed_and_nothing_else(write: Write) -> None:
    assert "the column sex is missing" in refused(write("A,a.jpg", header="patient_id,photo"))
    assert "the column 'surname' is unknown" in refused(
        write("A,a.jpg,F,61,Doe", header=HEADER + ",surname")
    )
    assert "stands there twice" in refused(write("A,a.jpg,F,61,F", header=HEADER + ",sex"))
    assert "holds nobody" in refused(write())


def test_one_side_of_a_split_knows_the_whole(write: Write, tmp_path: Path) -> None:
    cohort = read_age_manifest(write(*ROWS))
    (tmp_path / "split.csv").write_text("patient_id,split\nA,test\nB,train\n", "utf-8")
    part = age_side(cohort, tmp_path / "split.csv", "test")
    assert part.table["patient_id"].tolist() == ["A", "A"]
    assert part.pictures.whole is not None
    assert len(part.pictures.whole.table) == 3
    with pytest.raises(ManifestError, match="Nobody of the cohort stands on the side 'left'"):
        age_side(cohort, tmp_path / "split.csv", "left")
