"""The history file: what the documentation shows is read, and mistakes get a sentence."""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.errors import PatientError
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    Fracture,
    FractureSite,
    History,
    Oestrogen,
    ParentHipFracture,
    Prescription,
    SiteScores,
    Smoking,
)
from face2bone.history_file import parse_history, read_history

DOCUMENT = Path(__file__).parent.parent / "docs" / "clinic" / "instruments.md"
FULL = History(
    ethnicity=Ethnicity.CHINESE,
    smoking=Smoking.FORMER,
    alcohol=Alcohol.UNDER_1,
    oestrogen=Oestrogen.PAST,
    hormones_six_months=True,
    fractures=(Fracture(FractureSite.WRIST, 61),),
    parent_hip_fracture=ParentHipFracture.MOTHER,
    parent_osteoporosis=False,
    conditions=frozenset({Condition.DIABETES_TYPE_2, Condition.RENAL}),
    prescriptions=frozenset({Prescription.ANTIDEPRESSANT}),
    care_home=False,
    rises_with_arms=True,
    t_scores=SiteScores(lumbar_spine=-2.1, femoral_neck=-1.7, total_hip=-1.5),
)


def test_the_documented_file_answers_every_question(tmp_path: Path) -> None:
    block = DOCUMENT.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    file = tmp_path / "history.toml"
    file.write_text(block, "utf-8")
    assert read_history(file) == FULL


def test_json_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "history.JSON"
    file.write_text(json.dumps(asdict(FULL), default=plain), "utf-8")
    assert read_history(file) == FULL


def test_a_long_key_is_not_repeated_whole() -> None:
    with pytest.raises(PatientError) as refused:
        parse_history({"x" * 5000: 1})
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("name", "text"), [("h.toml", 'smoking = "former"'), ("h.json", '{"smoking": "former"}')]
)
def test_a_file_saved_by_any_editor_is_read(
    name: str, text: str, encoding: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding)
    assert read_history(tmp_path / name) == History(smoking=Smoking.FORMER)


def plain(value: object) -> object:
    return sorted(v.value for v in value) if isinstance(value, frozenset) else value.value


def test_an_empty_file_answers_nothing(tmp_path: Path) -> None:
    file = tmp_path / "history.toml"
    file.write_text("", "utf-8")
    assert read_history(file) == History()


@pytest.mark.parametrize("name", ["missing.toml", "broken.toml", "broken.json", "bytes.toml"])
def test_unreadable_files_are_refused(tmp_path: Path, name: str) -> None:
    if name != "missing.toml":
        (tmp_path / name).write_bytes(b"\xff\xfc" if name == "bytes.toml" else b"{[")
    with pytest.raises(PatientError, match=rf"The history file {name} was not read: it .*\. Write"):
        read_history(tmp_path / name)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"smokes": "never"}, r"knows no answer named 'smokes'\. Use one of these: alcohol, "),
        ({"t_scores": {"spine": -1}}, "named 'spine'"),
        ({"fractures": [{"site": "hip", "age": 60}]}, "named 'age'"),
        ({"smoking": "sometimes"}, r"answer smoking is not valid: .* Correct it"),
        ({"fractures": [{"site": "toe", "age_years": 60}]}, r"answer fractures\.0\.site"),
        ({"fractures": 3}, "answer fractures is not valid"),
        ({"conditions": ["gout"]}, r"answer conditions\.0"),
        ({"t_scores": {"lumbar_spine": 21}}, "outside -8 to 8"),
        ({"fractures": [{"site": "hip", "age_years": 5}]}, "outside 18 to 110 years"),
        ([1], "answer as a whole is not valid"),
        (None, "answer as a whole is not valid"),
    ],
)
def test_mistakes_are_named(data: object, words: str) -> None:
    with pytest.raises(PatientError, match=words):
        parse_history(data)


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
names = st.sampled_from(sorted(vars(History())))


@settings(max_examples=100)
@given(st.dictionaries(names, values, max_size=3))
def test_anything_is_a_history_or_a_sentence(data: dict[str, object]) -> None:
    with suppress(PatientError):
        assert isinstance(parse_history(data), History)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("h.json", "[" * 50_000, "nested too deeply"),
        ("h.json", '{"falls": 1, "falls": 2}', "same entry twice"),
        ("h.json", '{"bmd": NaN}', "holds NaN"),
        ("h.json", "\0", "holds NUL"),
        ("h.toml", "a = " + "[" * 50_000, "nested too deeply"),
        ("h.toml", "#" * 100_000, "larger than 64 kB"),
    ],
)
def test_a_file_that_costs_much_or_says_two_things_is_refused(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(PatientError, match=why):
        read_history(tmp_path / name)
