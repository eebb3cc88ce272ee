"""Part values from plain tables and explained folders, and what cannot be compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from face2bone.cli import app
from face2bone.cohort_explanations.folder import EXPLAINED
from face2bone.cohort_explanations.part_values import compare, read_part_values
from face2bone.errors import ExplanationError

PARTS = ["orbit", "jaw", "nose", "chin", "temple", "brow"]


def table(weights: list[float], seed: int, patients: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = np.array(weights) * rng.normal(size=(patients, len(PARTS)))
    frame = pd.DataFrame(values, columns=PARTS)
    frame.insert(0, "patient_id", [f"P{k}" for k in range(patients)])
    return frame


UP, DOWN = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]


def written(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False)
    return path


def test_several_photos_of_a_patient_count_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient_id,orbit,jaw\nB,-1,2\nA,3,4\nB,3,0\n", "utf-8")
    found = read_part_values(path, "severity")
    assert found.patients == ("A", "B")
    assert found.values.tolist() == [[3.0, 4.0], [2.0, 1.0]]


def test_an_explained_folder_gives_the_values_of_a_target(tmp_path: Path) -> None:
    frame = table(UP, 1)
    named = frame.rename(columns={p: f"region_severity_{p}" for p in PARTS})
    named["region_normal_orbit"] = 0.0
    named.to_parquet(tmp_path / EXPLAINED)
    found = read_part_values(tmp_path, "severity")
    assert found.parts == tuple(PARTS)
    plain = read_part_values(written(frame, tmp_path / "a.csv"), "severity")
    assert found.values == pytest.approx(plain.values)
    with pytest.raises(ExplanationError, match="no values for 'age'"):
        read_part_values(tmp_path, "age")


def test_the_command_says_what_was_found(tmp_path: Path) -> None:
    up, twin, down = (
        written(table(w, s), tmp_path / f"{s}.csv") for s, w in enumerate((UP, UP, DOWN))
    )
    different = CliRunner().invoke(app, ["independence", str(up), str(down), "--twin", str(twin)])
    assert different.exit_code == 0, different.output
    assert "The two heads look at different parts. 60 patients." in different.output
    alike = CliRunner().invoke(app, ["independence", str(up), str(twin), "--twin", str(twin)])
    assert "The two heads look at the same parts" in alike.output
    assert "temple" in alike.output


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    whole = read_part_values(written(table(UP, 1), tmp_path / "a.csv"), "severity")
    fewer = read_part_values(written(table(UP, 1, 50), tmp_path / "b.csv"), "severity")
    with pytest.raises(ExplanationError, match="not of the same patients"):
        compare(whole, fewer, whole)
    with pytest.raises(ExplanationError, match="holds no explained cohort"):
        read_part_values(tmp_path, "severity")
    for text, says in (
        ("orbit,jaw\n1,2\n", "needs a column patient_id"),
        ("patient_id,orbit\nA,wide\n", "column orbit: a cell is not a number"),
        ("patient_id,orbit\n,1\n", "needs a column patient_id"),
    ):
        path = tmp_path / "bad.csv"
        path.write_text(text, "utf-8")
        with pytest.raises(ExplanationError, match=says):
            read_part_values(path, "severity")
