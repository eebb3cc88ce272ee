"""The schema: what it refuses, and that a refusal names the field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.assessment import Assessment
from face2bone.errors import DocumentInvalid
from face2bone.report.assessment.assessment_json import to_json
from face2bone.report.assessment.document import read_document
from face2bone.words import Made, made_of


@pytest.fixture(scope="module")
def values(assessment: Assessment) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(to_json(assessment))
    return parsed


@pytest.mark.slow
def test_a_document_is_read_back(values: dict[str, Any]) -> None:
    assert json.loads(read_document(json.dumps(values)).model_dump_json()) == values


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("schema_version",), "1.0", "schema_version"),
        (("schema_version",), "3.0", "schema_version"),
        (("study",), "", "study"),
        (("classes",), ["normal"], "classes"),
        (("classes",), ["normal", "normal", "osteopenia"], "twice"),
        (("classes",), ["normal", "osteoporosis"], "does not go by the classes"),
        (("parts",), [], "ids of the parts"),
        (("parts", 0, "side"), "middle", "parts.0.side"),
        (("regions", 0, "values", "elbow"), {}, "does not go by|ids of the parts"),
        (("concepts", 0, "importance"), {"normal": 0.1}, "concepts does not go by"),
        (("probabilities", "normal"), 1.5, "probabilities.normal"),
        (("probabilities", "normal"), -0.1, "probabilities.normal"),
        (("prediction_set",), ["normal", "osteoporosis"], "skips a class"),
        (("prediction_set",), ["osteopenia", "normal"], "out of order"),
        (("prediction_set",), [], "lacks a part"),
        (("photo_sha256",), "A" * 64, "photo_sha256"),
        (("photo_sha256",), "", "lacks a part"),
        (("probabilities",), None, "lacks a part"),
        (("out_of_domain",), None, "lacks a part"),
        (("no_result",), "No face was found.", "beside parts of one"),
        (("bundle", "status"), "approved", "bundle.status"),
        (("patient", "name"), "Ada", "patient.name"),
        (("photo",), "data:image/png;base64,AAAA", "photo"),
        (("referral", "reasons"), [], "referral.reasons"),
        (("patient", "menopause"), "perhaps", "patient.*Menopause"),
        (("patient", "red_flags"), ["toothache"], "patient.*RedFlag"),
        (("patient", "history"), {"smoking": "pipe"}, "answer smoking is not valid"),
        (("patient", "history"), {"t_scores": {"total_hip": -27}}, "DXA score -27 is outside"),
        (("bundle", "created_on"), "soon", "bundle.created_on"),
        (("messages", "Request DXA."), {"template": "No DXA.", "blanks": {}}, "does not make"),
        (("messages", "below 2"), {"template": "below {limit}", "blanks": {}}, "the blank 'limit'"),
        (("frax",), {"major_percent": 5, "hip_percent": 9, "with_bmd": True}, "FRAX hip result"),
        (("frax",), {"major_percent": 101, "hip_percent": 1, "with_bmd": True}, "frax"),
    ],
)
def test_what_breaks_the_schema_is_named(
    values: dict[str, Any], path: tuple[Any, ...], value: object, named: str
) -> None:
    changed = json.loads(json.dumps(values))
    part = changed
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    with pytest.raises(DocumentInvalid, match=named):
        read_document(json.dumps(changed))


@pytest.mark.parametrize(
    ("path", "kept", "ours"),
    [
        (("referral",), "face_effect", "picture_effect"),
        (("referral",), "urgency_without_face", "urgency_without_picture"),
        (("referral",), "actions_without_face", "actions_without_picture"),
        (("photos", 0), "face", "chosen"),
    ],
)
def test_a_file_goes_by_the_names_that_are_documented(
    values: dict[str, Any], path: tuple[Any, ...], kept: str, ours: str
) -> None:
    photo = {"photo_sha256": values["photo_sha256"], "face": 1, "answers": True, "counts": True}
    changed = json.loads(json.dumps(values | {"photos": [photo]}))
    read_document(json.dumps(changed))
    part = changed
    for key in path:
        part = part[key]
    part[ours] = part.pop(kept)
    with pytest.raises(DocumentInvalid, match=rf"\.{kept}: "):
        read_document(json.dumps(changed))


def test_a_sentence_that_was_read_is_known_as_it_was_made(values: dict[str, Any]) -> None:
    """Also what fills its blanks, and also where a sentence says it fills a blank of itself."""
    made = {
        "because of below 2, age": {
            "template": "because of {a}",
            "blanks": {"a": ["below 2", "age"]},
        },
        "below 2": {"template": "below {limit}", "blanks": {"limit": "2"}},
        "itself": {"template": "{x}", "blanks": {"x": "itself"}},
    }
    read = read_document(json.dumps(values | {"messages": made}))
    said = read.as_made("because of below 2, age")
    assert [made_of(one) for one in made_of(said).blanks["a"]] == [
        Made("below {limit}", {"limit": "2"}),
        Made("age", {}),
    ]
    assert made_of(read.as_made("itself")) == Made("{x}", {"x": "itself"})
    assert read.as_made("Not said in blanks.") == "Not said in blanks."


def test_shares_that_do_not_sum_to_one_are_refused(values: dict[str, Any]) -> None:
    shares = {"normal": 0.5, "osteopenia": 0.5, "osteoporosis": 0.5}
    with pytest.raises(DocumentInvalid, match="do not sum to 1"):
        read_document(json.dumps(values | {"probabilities": shares}))


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_number_that_is_none_is_refused(values: dict[str, Any], number: str) -> None:
    text = json.dumps(values).replace('"threshold": ', f'"threshold": {number}, "was": ')
    with pytest.raises(DocumentInvalid):
        read_document(text)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_else_is_refused_in_two_sentences(data: bytes | str) -> None:
    with pytest.raises(DocumentInvalid, match="no assessment of schema"):
        read_document(data)


@pytest.mark.parametrize(
    ("field", "number"),
    [("age_years", -5), ("age_years", 1e308), ("height_cm", 1.6), ("weight_kg", 0)],
)
def test_a_patient_out_of_range_is_refused(
    values: dict[str, Any], field: str, number: float
) -> None:
    patient = values["patient"] | {field: number}
    with pytest.raises(DocumentInvalid, match=f"patient.{field}"):
        read_document(json.dumps(values | {"patient": patient}))
