"""A survival manifest: what is read, and what is refused with its row, column and rule."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.cohort.survival_manifest import SurvivalCohort, read_survival_manifest
from face2bone.errors import ManifestError

HEADER = "patient_id,photo,sex,age_years,time_years,event"
ROWS = ("A,a.jpg,F,61.5,2.25,1", "B,b.jpg,M,70,8,0")
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(name.encode())

    def written(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "manifest.csv"
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return path

    return written


def refused(path: Path, score: str = "") -> str:
    with pytest.raises(ManifestError) as found:
        read_survival_manifest(path, score)
    return str(found.value)


def test_times_ages_and_photos(write: Write) -> None:
    cohort = read_survival_manifest(write(*ROWS))
    assert cohort.times.years.tolist() == [2.25, 8.0]
    assert cohort.times.events.tolist() == [True, False]
    assert (cohort.age_years.tolist(), cohort.male.tolist()) == ([61.5, 70.0], [False, True])
    assert [path.name for path in cohort.pictures.photos] == ["a.jpg", "b.jpg"]
    assert list(cohort.table.index) == [2, 3]


def test_a_score_replaces_photos(write: Write) -> None:
    header = "patient_id,sex,age_years,time_years,event,gap,study"
    path = write("A,F,61,2,1,-3.5,face_survival", "B,M,70,8,0,1e1,face_survival", header=header)
    cohort = read_survival_manifest(path, "gap")
    assert isinstance(cohort, SurvivalCohort)
    assert cohort.scores.tolist() == [-3.5, 10.0]
    assert "the column photo is missing" in refused(path)
    assert "the column 'gap' is unknown" in refused(path)
    assert "the column risk is missing" in refused(path, "risk")


def test_columns_to_adjust_for_are_named(write: Write) -> None:
    header = HEADER + ",stage"
    path = write("A,a.jpg,F,61,2,1,3", "B,b.jpg,M,70,8,0,1", header=header)
    cohort = read_survival_manifest(path, adjust=("stage",))
    assert cohort.others["stage"].tolist() == [3.0, 1.0]
    assert "'stage' is unknown" in refused(path)
    for adjust, says in (
        (("site2",), "the column site2 is missing"),
        (("event",), "event cannot be the name"),
        (("age",), "age cannot be the name"),
        (("stage", "stage"), "stage cannot be the name"),
    ):
        with pytest.raises(ManifestError, match=says):
            read_survival_manifest(path, adjust=adjust)
    bad = write("A,a.jpg,F,61,2,1,IV", header=header)
    with pytest.raises(ManifestError, match="row 2, stage: 'IV' is not a number"):
        read_survival_manifest(bad, adjust=("stage",))
    huge = write("A,a.jpg,F,61,2,1,1e200", header=header)
    with pytest.raises(ManifestError, match="stage: '1e200' must be a number within 1,000,000,000"):
        read_survival_manifest(huge, adjust=("stage",))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A,a.jpg,F,61,0,1", "row 2, time_years: '0' must be above 0 and at most 100 years"),
        ("A,a.jpg,F,61,-1,1", "time_years: '-1' must be above 0"),
        ("A,a.jpg,F,61,730,1", "time_years: '730' must be above 0 and at most 100 years"),
        ("A,a.jpg,F,61,,1", "row 2, time_years: must be a number"),
        ("A,a.jpg,F,61,two,1", "time_years: 'two' is not a number"),
        ("A,a.jpg,F,61,2,yes", "event: 'yes' is not a number"),
        ("A,a.jpg,F,61,2,2", "event: '2' must be 1 for an event or 0"),
        ("A,a.jpg,F,61,2,", "row 2, event: must be a number"),
        ("A,a.jpg,female,61,2,1", "sex: 'female' must be F or M"),
        ("A,a.jpg,F,6,2,1", "age_years: '6' must be 18 to 110 years"),
        ("A,c.jpg,F,61,2,1", "photo: 'c.jpg' names no file"),
        ("A,../a.jpg,F,61,2,1", "photo: '../a.jpg' must stay inside"),
        ("A B,a.jpg,F,61,2,1", "patient_id: 'A B' must be 1 to 64 letters"),
    ],
)
def test_a_breach_names_row_column_and_rule(write: Write, row: str, says: str) -> None:
    message = refused(write(row))
    assert says in message
    assert message.startswith("manifest.csv breaks one rule: ")


def test_nobody_stands_there_twice(write: Write) -> None:
    message = refused(write(ROWS[0], ROWS[0].replace("A,", "C,"), ROWS[1].replace("B,", "A,")))
    assert "row 3, photo: names a photo that an earlier row names" in message
    assert "row 4, patient_id: names a patient that an earlier row names" in message


def test_ten_breaches_are_shown_and_the_rest_counted(write: Write) -> None:
    message = refused(write(*(f"P{i},,F,61,0,1" for i in range(8))))
    assert "breaks 16 rules" in message
    assert "; and 6 more. " in message


def test_headers_and_other_studies(write: Write) -> None:
    assert "holds no patients" in refused(write())
    message = refused(write("A,a.jpg,F,61,1,Jane", header=HEADER.replace("event", "name")))
    assert "the column event is missing" in message
    assert "the column 'name' is unknown" in message
    twice = refused(write("A,a.jpg,F,61,1,0,0", header=HEADER + ",event"))
    assert "event stands there twice" in twice
    other = refused(write("A,a.jpg,F,61,1,0,face2bone", header=HEADER + ",study"))
    assert "study: 'face2bone' must be face_survival" in other


CELLS = st.text(st.characters(exclude_characters='\r\n",', exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60)
@given(st.lists(CELLS, min_size=6, max_size=6))
def test_any_cells_are_read_or_refused_in_a_sentence(tmp_path_factory, cells: list[str]) -> None:
    path = tmp_path_factory.mktemp("cells") / "manifest.csv"
    path.write_text(f"{HEADER}\n{','.join(cells)}\n", "utf-8")
    try:
        cohort = read_survival_manifest(path)
    except ManifestError:
        return
    assert np.isfinite(cohort.times.years).all()
