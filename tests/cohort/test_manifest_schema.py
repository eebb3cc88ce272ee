"""Every rule of a manifest's columns, broken once: the breach names row, column and rule."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from face2bone.bone import Boundary
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.manifest_schema import COLUMNS, DXA_SITES, manifest_schema, schema_breaches
from face2bone.errors import ManifestError

Row = Callable[..., dict[str, object]]
Write = Callable[..., Path]


def test_a_class_must_agree_with_the_t_score_by_the_named_rule(
    make_row: Row, write_rows: Write
) -> None:
    path = write_rows([make_row(0, t_score=-1.0, bone_mass_class="normal")])
    assert read_manifest(path, Boundary.WHO).labels.tolist() == [0]
    with pytest.raises(ManifestError, match=r"row 2, bone_mass_class: .* STUDY rule"):
        read_manifest(path, Boundary.STUDY)


BREACHES: list[tuple[str, object, str]] = [
    ("patient_id", "", "1 to 64"),
    ("patient_id", "Li Wei", "1 to 64"),
    ("patient_id", "p" * 65, "1 to 64"),
    ("photo", "", "must be the path"),
    ("photo", "/etc/passwd.jpg", "relative"),
    ("photo", "~/me.jpg", "relative"),
    ("photo", "../me.jpg", "inside"),
    ("photo", "photos/../../me.jpg", "inside"),
    ("photo", "C:/me.jpg", "forward slashes"),
    ("photo", "photos\\0.jpg", "forward slashes"),
    ("photo", "https://x/y.jpg", "forward slashes"),
    ("photo", "photos/0.gif", "must end in"),
    ("photo", "photos/none.jpg", "names no file"),
    ("photo", "photos/1.jpg/x.jpg", "names no file"),
    ("photo", "x" * 300 + ".jpg", "240"),
    ("photo", "photos/1.jpg", "earlier row"),
    ("sex", "female", "one of F, M"),
    ("sex", "", "one of F, M"),
    ("age_years", "", "18 to 110 years"),
    ("age_years", 17.9, "18 to 110 years"),
    ("age_years", "sixty", "'sixty' is not a number"),
    ("age_years", "1.066,5", "'1.066,5' is not a number"),
    ("age_years", "1e999", "finite"),
    ("height_cm", 1.6, "100 to 230 cm"),
    ("weight_kg", 1000, "25 to 300 kg"),
    ("t_score", 21, "-8 to 8 SD"),
    ("t_score", "", "bone_mass_class is empty"),
    ("dxa_site", "spine", f"one of {', '.join(DXA_SITES)}"),
    ("acquired_on", "02.05.2024", "YYYY-MM-DD"),
    ("acquired_on", "20240502", "YYYY-MM-DD"),
    ("acquired_on", "2023-02-29", "calendar"),
    ("acquired_on", "", "YYYY-MM-DD"),
    ("site", "=HYPERLINK()", "no formula"),
    ("device", "x" * 81, "80 printable"),
    ("photo_consent", "maybe", "one of yes, no"),
    ("dxa_site", "", "where DXA measured"),
    ("laterality", "both", "one of left, right"),
    ("bone_mass_class", "osteoperosis", "one of normal, osteopenia, osteoporosis"),
]


@pytest.mark.parametrize(("column", "cell", "says"), BREACHES)
def test_a_breach_names_row_column_and_rule(
    column: str, cell: object, says: str, make_row: Row, write_rows: Write
) -> None:
    path = write_rows([make_row(0), make_row(1), make_row(2, **{column: cell}), make_row(3)])
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    text = str(caught.value)
    assert text.startswith("manifest.csv breaks one rule: ")
    assert re.search(rf"row 4, {column}: .*{re.escape(says)}", text)


def test_two_rows_of_one_patient_need_one_sex(make_row: Row, write_rows: Write) -> None:
    rows = [make_row(0), make_row(1, patient_id="p0", sex="M")]
    with pytest.raises(ManifestError, match="row 3, sex: 'M' must be the same in every row"):
        read_manifest(write_rows(rows))


def test_the_first_ten_breaches_are_listed_and_the_rest_counted(
    make_row: Row, write_rows: Write
) -> None:
    rows = [make_row(i, sex="x", age_years=3) for i in range(8)]
    with pytest.raises(ManifestError) as caught:
        read_manifest(write_rows(rows))
    text = str(caught.value)
    assert text.startswith("manifest.csv breaks 16 rules: row 2, sex: ")
    assert len(re.findall(r"row \d+, (sex|age_years):", text)) == 10
    assert "; and 6 more." in text


@pytest.mark.parametrize(
    ("column", "cells", "says"),
    [
        ("study", ("face2bone", "bone_net"), "must be the same in every row"),
        ("study", ("face2bone", "Bone Net"), "must be a study's id"),
        ("study", ("", ""), "must be a study's id"),
        ("reference_method", ("dxa", "qus"), "must be the same in every row"),
        ("reference_method", ("dxa", ""), "one of dxa, qus, qct, none"),
        ("reference_method", ("dxa", "DEXA"), "one of dxa, qus, qct, none"),
    ],
)
def test_one_study_and_one_method_a_manifest(
    column: str, cells: tuple[str, str], says: str, make_row: Row, write_rows: Write
) -> None:
    rows = [make_row(i, **{column: cell}) for i, cell in enumerate(cells)]
    with pytest.raises(ManifestError, match=rf"row 3, {column}: .*{re.escape(says)}"):
        read_manifest(write_rows(rows))


@pytest.mark.parametrize("method", ["qus", "qct", "none"])
def test_a_dxa_site_is_named_only_where_dxa_measured(
    method: str, make_row: Row, write_rows: Write
) -> None:
    row = make_row(0, reference_method=method, t_score="", bone_mass_class="osteopenia")
    with pytest.raises(ManifestError, match=r"row 2, dxa_site: 'lowest' .*empty where it did not"):
        read_manifest(write_rows([row]))
    assert len(read_manifest(write_rows([row | {"dxa_site": ""}])).table) == 1


def test_a_manifest_by_dxa_needs_the_site_also_without_its_column(
    make_row: Row, write_rows: Write
) -> None:
    row = make_row(0, reference_method="dxa", dxa_site=None)
    with pytest.raises(ManifestError, match=r"row 2, dxa_site: must be one of .* DXA measured"):
        read_manifest(write_rows([row]))


def test_without_a_measurement_there_is_no_t_score(make_row: Row, write_rows: Write) -> None:
    row = make_row(0, reference_method="none", dxa_site=None, bone_mass_class="osteopenia")
    with pytest.raises(ManifestError, match=r"t_score: '-1.7' must be empty where reference"):
        read_manifest(write_rows([row]))


def test_a_part_of_the_columns_keeps_the_rules_of_those(tmp_path: Path) -> None:
    """As of a list of pictures that nobody has measured."""
    schema = manifest_schema(tmp_path).select_columns(["patient_id", "age_years"])
    schema.checks = []
    table = pd.DataFrame({"patient_id": ["A", "B c"], "age_years": [60.0, 5.0]}, index=[2, 3])
    found = schema_breaches(table, schema)
    assert [(one.row, COLUMNS[one.place]) for one in found] == [
        (3, "patient_id"),
        (3, "age_years"),
    ]
    assert "must be 18 to 110 years" in found[1].words
