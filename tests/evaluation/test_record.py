import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from face2bone.bundle import Bundle
from face2bone.errors import EvaluationError
from face2bone.evaluation import PredictionTable, evaluate_predictions
from face2bone.evaluation.record import (
    BundleName,
    CohortFacts,
    EvaluationRecord,
    attach,
    attached,
    from_json,
    to_json,
)


@pytest.fixture(scope="module")
def record(table: PredictionTable) -> EvaluationRecord:
    return EvaluationRecord(
        bundle=BundleName("b", "1", "demo", "0" * 64),
        cohort=CohortFacts(
            "3 patients", True, 4, 3, {"too dark": 1}, 0, "WHO",
            date(2026, 1, 2), date(2026, 3, 4), 1, 1, ("drawn",),
        ),
        evaluation=evaluate_predictions(table, resamples=20),
        engine="torch cpu f32",
        created_on=date(2026, 11, 21),
        software="face2bone",
    )  # fmt: skip


@pytest.fixture
def bundle(tiny_bundle: Bundle, tmp_path: Path) -> Bundle:
    return replace(tiny_bundle, root=tmp_path)


def test_a_record_reads_back_as_it_was_written(record: EvaluationRecord) -> None:
    assert from_json(to_json(record), "metrics.json") == record


def test_what_is_not_defined_is_null_and_reads_back(record: EvaluationRecord) -> None:
    nobody = evaluate_predictions(PredictionTable.of(np.full((4, 3), 1 / 3), [0, 0, 1, 1]), 10)
    data = to_json(replace(record, evaluation=nobody))
    assert json.loads(data)["evaluation"]["everyone"]["figures"]["macro_auc"]["value"] is None
    assert b"NaN" not in data
    assert from_json(data, "metrics.json").evaluation == nobody


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"schema": 1}'])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(EvaluationError, match="not an evaluation"):
        from_json(data, "evaluation.json")


@pytest.mark.parametrize(
    "change",
    [{"of_class": [2, 2]}, {"confusion": [[1, 0], [0, 1]]}, {"of_class": [], "confusion": []}],
)
def test_counts_of_other_classes_are_refused(
    record: EvaluationRecord, change: dict[str, object]
) -> None:
    values = json.loads(to_json(record))
    values["evaluation"]["everyone"] |= change
    with pytest.raises(EvaluationError, match="not an evaluation"):
        from_json(json.dumps(values).encode(), "evaluation.json")


def test_another_schema_is_refused(record: EvaluationRecord) -> None:
    with pytest.raises(EvaluationError, match="schema 2"):
        from_json(to_json(replace(record, schema=2)), "evaluation.json")


def test_figures_stay_with_their_bundle(bundle: Bundle, record: EvaluationRecord) -> None:
    assert attached(bundle) is None
    own = replace(record, bundle=replace(record.bundle, sha256=bundle.sha256))
    attach(bundle, own)
    assert attached(bundle) == own
    with pytest.raises(EvaluationError, match="another bundle"):
        attached(replace(bundle, sha256="1" * 64))
    with pytest.raises(EvaluationError, match="another bundle"):
        attach(bundle, record)
    assert attached(bundle) == own
