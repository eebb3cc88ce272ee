"""The folder of a face age evaluation: whole, replaced only where it is one."""

import json
from pathlib import Path

import pandas as pd
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.years import Answered
from face2bone.report.model.years_files import check_years_out, write_years
from tests.evaluation.test_years_words import RECORD

ANSWERED = Answered(
    RECORD,
    pd.DataFrame({"patient_id": ["007"], "years": [41.5]}),
    pd.DataFrame({"row": [1], "patient_id": ["008"], "reason": ["No face."]}),
)


def test_it_holds_text_figures_and_a_row_a_photo(tmp_path: Path) -> None:
    text, report = write_years(ANSWERED, tmp_path / "out")
    assert report.read_text("utf-8").endswith(text)
    figures = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert figures["bundle"]["status"] == "research"
    figures = figures["figures"]
    assert figures["mae"] == {"value": 6.2, "low": 5.5, "high": 7.0}
    assert figures["bands"][0]["people"] == 29
    assert (tmp_path / "out" / "answers.csv").read_text("utf-8") == "patient_id,years\n007,41.5\n"
    assert "No face." in (tmp_path / "out" / "rejected.csv").read_text("utf-8")
    write_years(ANSWERED, tmp_path / "out")


def test_another_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    for taken in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(EvaluationError, match="holds no face age evaluation"):
            check_years_out(taken)
    assert (tmp_path / "notes.txt").is_file()
