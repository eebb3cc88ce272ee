"""The table of scores, and the files it is written to."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from face2bone.bundle.card import DEMO_NOTICE
from face2bone.errors import ScoringError
from face2bone.scoring.job import prepared, run
from face2bone.scoring.pictures import GivenPictures
from face2bone.scoring.results import (
    CSV,
    LEFT_OUT,
    PARQUET,
    README,
    Filters,
    Scores,
    as_csv,
    as_parquet,
    filtered,
    scores,
    write_scores,
)
from face2bone.scoring.score_list import listed


@pytest.fixture
def found(tmp_path: Path, answering: Any) -> Scores:
    table = "patient_id,photo,age_years\n007,1.jpg,67\n008,2.jpg,\nB 9,3.jpg,71\n"
    files = {"1.jpg": b"one", "2.jpg": b"none", "3.jpg": b"three", "t.csv": table.encode()}
    scored, pictures = listed(GivenPictures(files))
    job = prepared(scored, pictures, answering, lambda _: None)
    return scores(scored, run(job, tmp_path / "job", lambda _: None), answering.facts)


def test_every_row_says_of_which_model_and_status_it_is(found: Scores) -> None:
    assert set(found.table["status"]) == {"demo"}
    assert set(found.table["notice"]) == {DEMO_NOTICE}
    assert set(found.table["model"]) == {"tiny 0"}


def test_identifiers_stay_as_given_in_both_files(found: Scores) -> None:
    text = {"patient_id": str}
    as_text = pd.read_csv(io.BytesIO(as_csv(found.table)), dtype=text, encoding="utf-8-sig")
    as_columns = pd.read_parquet(io.BytesIO(as_parquet(found.table)))
    for table in (as_text, as_columns):
        assert list(table["patient_id"]) == ["007", "008", "B 9"]
        assert list(table["row"]) == [2, 3, 4]
    pd.testing.assert_frame_equal(
        as_text[["p_normal", "p_osteoporosis", "age_years"]],
        as_columns[["p_normal", "p_osteoporosis", "age_years"]],
    )


def test_rejected_pictures_are_listed_with_the_reason(found: Scores) -> None:
    assert found.rejected.to_dict("records") == [
        {
            "row": 3,
            "patient_id": "008",
            "photo": "2.jpg",
            "reason": "No face was found. Take the photo again.",
        }
    ]
    assert found.table.loc[1, "p_normal"] != found.table.loc[1, "p_normal"]  # NaN
    assert found.table.loc[1, "most_probable"] == ""


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), ["007", "008", "B 9"]),
        (Filters(outcomes=("rejected",)), ["008"]),
        (Filters(text="b 9"), ["B 9"]),
        (Filters(text="1.JPG"), ["007"]),
        (Filters(unlike_training=("no",)), ["007", "B 9"]),
        (Filters(least=1.0), []),
    ],
)
def test_filters(found: Scores, filters: Filters, ids: list[str]) -> None:
    assert list(filtered(found, filters)["patient_id"]) == ids


def test_the_filter_of_a_class(found: Scores) -> None:
    for label in found.facts.classes:
        rows = filtered(found, Filters(most_probable=(label,)))
        assert set(rows["most_probable"]) <= {label}


def test_the_folder_is_whole_and_replaces_only_its_own(found: Scores, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    for _ in range(2):
        write_scores(found, out)
    assert sorted(path.name for path in out.iterdir()) == sorted([CSV, PARQUET, LEFT_OUT, README])
    assert "3 pictures scored with tiny 0" in (out / README).read_text()
    assert DEMO_NOTICE in (out / README).read_text()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.doc").write_text("mine")
    with pytest.raises(ScoringError, match="holds no scores"):
        write_scores(found, other)
