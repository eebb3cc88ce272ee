"""A comparison's file: what is written is what is read, and nothing else is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.comparison.record import (
    Account,
    Comparison,
    Row,
    attach,
    attached,
    from_json,
    to_json,
)
from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import Estimate

TOLD = Account(
    command="face2bone compare manifest.csv --out c --recipe compact --seeds 1",
    recipe="compact",
    seeds=1,
    patients={"train": 3, "test": 2},
    cohort="Patients of a cohort.",
    machine="x86_64",
    versions="torch",
)
FOUND = Comparison(
    TOLD,
    (
        Row(
            name="face2bone",
            title="Face2Bone",
            seeds=(0,),
            figures={"accuracy": Estimate(0.5, 0.4, 0.6)},
            spread={"accuracy": (0.5,)},
            ahead=None,
            multiply_adds=10,
            parameters=3,
            learning_rate=1e-3,
            minutes=0.5,
        ),
        Row(
            name="prevalence",
            title="prevalence",
            seeds=None,
            figures={"accuracy": Estimate(0.4, None, None)},
            spread={},
            ahead={"accuracy": Estimate(0.1, -0.1, 0.3)},
        ),
    ),
)


def test_what_is_written_is_read() -> None:
    assert from_json(to_json(FOUND), "comparison.json") == FOUND


def test_files_of_before_there_was_a_choice_are_about_face2bone() -> None:
    old = to_json(FOUND).replace(b',\n  "compared": "Face2Bone"', b"")
    assert b"compared" not in old
    assert from_json(old, "comparison.json").account.compared == "Face2Bone"


def test_it_lies_beside_a_bundle_under_its_kind(tmp_path: Path) -> None:
    assert attached(tmp_path, "comparison") is None
    path = attach(tmp_path, "comparison", FOUND)
    assert path == tmp_path / "comparison.json"
    assert attached(tmp_path, "comparison") == FOUND
    assert attached(tmp_path, "ablation") is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["comparison.json"]


def test_attaching_again_replaces(tmp_path: Path) -> None:
    attach(tmp_path, "ablation", FOUND)
    one = Comparison(TOLD, FOUND.rows[:1])
    attach(tmp_path, "ablation", one)
    assert attached(tmp_path, "ablation") == one


@given(st.binary(max_size=300))
def test_nonsense_is_one_sentence(data: bytes) -> None:
    with pytest.raises(EvaluationError, match="comparison this version can read"):
        from_json(data, "comparison.json")


@given(st.integers(1, 500))
def test_a_file_cut_short_is_refused(left: int) -> None:
    with pytest.raises(EvaluationError):
        from_json(to_json(FOUND)[:-left].rstrip(b"}\n \t"), "comparison.json")


def test_an_unknown_field_is_refused() -> None:
    more = to_json(FOUND).replace(b'"account"', b'"extra": 1, "account"', 1)
    with pytest.raises(EvaluationError):
        from_json(more, "comparison.json")
