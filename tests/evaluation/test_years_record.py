"""A face age evaluation's file: read back as written, or one sentence."""

import json
from dataclasses import replace

import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.years_record import from_json, to_json
from tests.evaluation.test_years_words import DRAWN, RECORD


@pytest.mark.parametrize("record", [RECORD, replace(RECORD, cohort=DRAWN)])
def test_it_is_read_as_it_was_written(record: object) -> None:
    assert from_json(to_json(record), "metrics.json") == record  # type: ignore[arg-type]


def test_its_file_says_what_it_is_of() -> None:
    found = json.loads(to_json(replace(RECORD, cohort=DRAWN)))
    assert found["bundle"]["status"] == "research"
    assert (found["cohort"]["drawn"], found["cohort"]["seed"]) == (True, 7)
    assert json.loads(to_json(RECORD))["cohort"]["side"] == "test"
    assert set(found) >= {"engine", "created_on", "software", "schema"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        to_json(RECORD)[:-40],
        to_json(replace(RECORD, schema=2)),
        to_json(RECORD).replace(b'"engine"', b'"motor"'),
    ],
)
def test_another_file_is_one_sentence(data: bytes) -> None:
    with pytest.raises(EvaluationError, match=r"metrics\.json is no face age evaluation"):
        from_json(data, "metrics.json")
