"""Splits: by patient, stratified, the same for the same seed, and never leaking in silence."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.bone import CLASS_LABELS
from face2bone.cohort.age_manifest import read_age_manifest
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.splits import (
    DOUBLES,
    check_split,
    identical_photos,
    one_side,
    read_split,
    report_identical,
    split_patients,
)
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.worlds import World
from face2bone.errors import LeakingSplit, ManifestError

FRACTIONS = {"train": 0.7, "validation": 0.1, "calibration": 0.1, "test": 0.1}
Row = Callable[..., dict[str, object]]
Write = Callable[..., Path]


def table_of(classes: list[int], photos_each: int = 1) -> pd.DataFrame:
    rows = [
        {"patient_id": f"p{i}", "bone_mass_class": CLASS_LABELS[k]}
        for i, k in enumerate(classes)
        for _ in range(photos_each)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return table_of([0] * 300 + [1] * 420 + [2] * 280, photos_each=2)


def test_every_class_is_cut_at_the_fractions(table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    counts = pd.crosstab(table["bone_mass_class"], split)
    for label, n in zip(CLASS_LABELS, (300, 420, 280), strict=True):
        assert counts.loc[label].to_dict() == {k: 2 * round(n * f) for k, f in FRACTIONS.items()}


def test_a_split_passes_its_own_check(table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    check_split(table, split)
    assert (split.groupby(table["patient_id"]).nunique() == 1).all()


def test_the_split_depends_on_the_seed_and_not_on_the_order_of_rows(table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    shuffled = table.sample(frac=1, random_state=3)
    assert split_patients(shuffled, FRACTIONS, seed=1).sort_index().equals(split)
    assert not split_patients(table, FRACTIONS, seed=2).equals(split)


def test_a_seed_gives_the_split_it_always_gave() -> None:
    split = split_patients(table_of([0, 1, 2, 0, 1, 2, 0, 1]), {"a": 0.5, "b": 0.5}, seed=0)
    assert "".join(split) == "aaabbbaa"


def test_more_patients_move_few_of_the_old(table: pd.DataFrame) -> None:
    before = split_patients(table, FRACTIONS, seed=1)
    more = pd.concat([table, table_of([0] * 10, 1).assign(patient_id=[f"n{i}" for i in range(10)])])
    after = split_patients(more.reset_index(drop=True), FRACTIONS, seed=1)[: len(table)]
    assert (before == after).mean() > 0.97


def test_a_patient_is_placed_by_the_worst_class() -> None:
    table = table_of([2] * 10, photos_each=2)
    table.loc[::2, "bone_mass_class"] = "normal"
    split = split_patients(table, {"a": 0.5, "b": 0.5}, seed=0)
    check_split(table, split)
    assert (split == "a").sum() == 10


@given(
    st.lists(st.integers(0, 2), min_size=12, max_size=60),
    st.integers(1, 3),
    st.integers(0, 2**32),
    st.sampled_from([{"a": 1.0}, {"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.4}]),
)
def test_no_split_leaks(
    classes: list[int], photos_each: int, seed: int, fractions: dict[str, float]
) -> None:
    table = table_of(classes, photos_each)
    split = split_patients(table, fractions, seed)
    check_split(table, split)
    assert set(split) == set(fractions)
    for name, share in fractions.items():
        patients = table["patient_id"][split == name].nunique()
        assert abs(patients - share * len(classes)) <= 1.5


@pytest.mark.parametrize(
    "fractions", [{}, {"a": 0.5}, {"a": 1.2, "b": -0.2}, {"a": 1.0, "b": 0.0}, {"a": 0.6, "b": 0.6}]
)
def test_shares_must_be_positive_and_add_up(
    table: pd.DataFrame, fractions: dict[str, float]
) -> None:
    with pytest.raises(ManifestError, match="add up to 1"):
        split_patients(table, fractions, seed=0)


def test_an_empty_split_is_refused() -> None:
    with pytest.raises(ManifestError, match="the split test would be empty"):
        split_patients(table_of([0, 1, 2]), {"train": 0.9, "test": 0.1}, seed=0)


def test_a_leak_names_the_patients(table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    split[table.index[table["patient_id"] == "p17"][0]] = "elsewhere"
    with pytest.raises(LeakingSplit, match="1 patients stand on two sides of the split: p17"):
        check_split(table, split)


def test_a_split_of_rows_leaks(table: pd.DataFrame) -> None:
    rng = random.Random(0)
    split = pd.Series([rng.choice("ab") for _ in range(len(table))], table.index)
    with pytest.raises(LeakingSplit, match=r"and \d+ more"):
        check_split(table, split)


def test_a_split_of_another_table_is_refused(table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    with pytest.raises(LeakingSplit, match="every row"):
        check_split(table, split.iloc[:-1])
    with pytest.raises(LeakingSplit, match="every row"):
        check_split(table, split.where(split != "test"))


def test_drawn_patients_split_evenly() -> None:
    cohort = draw_cohort(1_000, World.PLANTED, 400_030)
    table = table_of([int(p.bone_class) for p in cohort])
    table["patient_id"] = [p.patient_id for p in cohort]
    share = split_patients(table, FRACTIONS, seed=9).value_counts(normalize=True)
    assert share.to_dict() == pytest.approx(FRACTIONS, abs=0.002)


def test_identical_photos_are_reported_under_two_patients_or_classes(
    make_row: Row, write_rows: Write
) -> None:
    rows = [make_row(i) for i in range(8)]
    rows[5] = make_row(5, patient_id="p4")
    rows[7] = make_row(7, patient_id="p6", t_score=-3.0)
    path = write_rows(rows)
    for same in ((0, 2, 3), (4, 5), (6, 7)):
        for i in same:
            (path.parent / "photos" / f"{i}.jpg").write_bytes(f"same {same}".encode())
    first, second = identical_photos(read_manifest(path))
    assert (first.rows, first.patients) == ((2, 4, 5), ("p0", "p2", "p3"))
    assert (second.rows, second.labels) == ((8, 9), ("osteopenia", "osteoporosis"))
    assert str(first) == "Rows 2, 4, 5 hold the same photo under 3 patients (p0, p2, p3)."
    assert "2 classes (osteopenia, osteoporosis)" in str(second)


def test_identical_photos_of_known_ages_are_reported_under_two_people_or_ages(
    tmp_path: Path,
) -> None:
    (tmp_path / "photos").mkdir()
    for name, held in (("a", b"1"), ("b", b"1"), ("c", b"2"), ("d", b"2"), ("e", b"3")):
        (tmp_path / "photos" / f"{name}.jpg").write_bytes(held)
    rows = ["A,a,F,30", "B,b,M,30", "C,c,F,40", "C,d,F,41.5", "E,e,F,50"]
    lines = [
        ",".join((p, f"photos/{photo}.jpg", *rest))
        for p, photo, *rest in (row.split(",") for row in rows)
    ]
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(["patient_id,photo,sex,age_years", *lines]) + "\n", "utf-8")
    cohort = read_age_manifest(manifest).pictures
    first, second = map(str, identical_photos(cohort))
    assert first == "Rows 2, 3 hold the same photo under 2 patients (A, B)."
    assert second == "Rows 4, 5 hold the same photo under 2 ages (40, 41.5)."
    report_identical(cohort, tmp_path)
    assert (tmp_path / DOUBLES).read_text("utf-8") == f"{first}\n{second}\n"
    report_identical(replace(cohort, table=cohort.table.iloc[-1:]), tmp_path)
    assert not (tmp_path / DOUBLES).exists()


def test_distinct_photos_are_not_reported(make_row: Row, write_rows: Write) -> None:
    assert identical_photos(read_manifest(write_rows([make_row(i) for i in range(3)]))) == []


def test_a_split_file_gives_every_row_its_side(tmp_path: Path, table: pd.DataFrame) -> None:
    split = split_patients(table, FRACTIONS, seed=1)
    pd.DataFrame({"patient_id": table["patient_id"], "split": split}).to_csv(tmp_path / "split.csv")
    pd.testing.assert_series_equal(read_split(tmp_path / "split.csv", table), split)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("patient_id,split\np0,train\np0,test\np1,test\n", LeakingSplit, "two sides"),
        ("patient_id,split\nq0,train\n", ManifestError, "names no patient of this cohort"),
        ("patient_id;split\np0;train\np1;\n", ManifestError, "row 3, split is empty"),
        ("patient,side\np0,train\n", ManifestError, "no split"),
    ],
)
def test_a_wrong_split_file_is_refused(
    tmp_path: Path, text: str, error: type[Exception], says: str
) -> None:
    (tmp_path / "split.csv").write_text(text)
    with pytest.raises(error, match=says):
        read_split(tmp_path / "split.csv", table_of([0, 1]))


def test_a_patient_whose_photos_were_rejected_has_no_side(tmp_path: Path) -> None:
    """What ``train`` wrote names the usable photos' patients only."""
    (tmp_path / "split.csv").write_text("patient_id\tsplit\np0\ttrain\np2\ttest\n", "utf-16")
    sides = read_split(tmp_path / "split.csv", table_of([0, 1, 2]))
    assert sides.fillna("none").tolist() == ["train", "none", "test"]


@pytest.mark.parametrize("patient", ["NA", "null", "007", "1e5"])
def test_a_patient_is_called_what_the_file_says(patient: str, tmp_path: Path) -> None:
    """Not a missing value, and not a number."""
    table = table_of([0]).assign(patient_id=patient)
    (tmp_path / "split.csv").write_text(f"patient_id,split\n{patient},test\n")
    assert read_split(tmp_path / "split.csv", table).tolist() == ["test"]


def test_lost_leading_zeros_are_the_cause_that_is_named(tmp_path: Path) -> None:
    table = table_of([0, 1]).assign(patient_id=["0041", "p1"])
    (tmp_path / "split.csv").write_text("patient_id,split\n41,train\np1,test\n")
    with pytest.raises(ManifestError, match=r"names patient 41 and the cohort 0041: leading zeros"):
        read_split(tmp_path / "split.csv", table)


def test_one_side_of_a_cohort_is_a_cohort(make_row: Row, write_rows: Write, tmp_path: Path) -> None:
    cohort = read_manifest(write_rows([make_row(i) for i in range(3)]))
    (tmp_path / "split.csv").write_text("patient_id,split\np0,train\np2,test\n")
    part = one_side(cohort, tmp_path / "split.csv", "test")
    assert part.table["patient_id"].tolist() == ["p2"]
    assert part.table.index.tolist() == [4]
    assert part.part == "side 'test' of split.csv"
    with pytest.raises(ManifestError, match=r"side 'tset' .* Name one of its sides: test, train"):
        one_side(cohort, tmp_path / "split.csv", "tset")


def test_an_absent_split_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"split\.csv"):
        read_split(tmp_path / "split.csv", table_of([0]))
