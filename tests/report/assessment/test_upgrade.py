"""Documents of older schemas: read into the shape of today, every figure and sentence kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone.assessment import AnswersOnly, Assessment
from face2bone.errors import DocumentInvalid
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.document import AssessmentDocument, read_document
from face2bone.report.assessment.upgrade import READ_VERSIONS, upgraded

SINCE = {"engine": "1.2", "no_result": "1.3"}


def older(made: AssessmentDocument, version: str) -> dict[str, Any]:
    """The document as that version wrote it: by position, a list of regions under a fill."""
    values = json.loads(made.model_dump_json()) | {"schema_version": version}
    for name in ("study", "classes", "parts"):
        del values[name]
    for name, since in SINCE.items():
        if version < since and not values[name]:
            del values[name]
    for game in values["regions"]:
        table = game.pop("values")
        game["fill"] = game.pop("baseline")
        game["regions"] = [{"region": part, "values": row} for part, row in table.items()]
    return values


@pytest.fixture(scope="module")
def made(assessment: Assessment) -> AssessmentDocument:
    return document(assessment)


@pytest.mark.parametrize("version", READ_VERSIONS)
def test_an_older_document_is_read_as_todays(made: AssessmentDocument, version: str) -> None:
    values = older(made, version)
    if version == "1.1":
        del values["engine"]
    read = read_document(json.dumps(values))
    assert read.model_copy(update={"engine": made.engine}) == made
    assert read.engine == ("" if version == "1.1" else made.engine)


def test_a_document_without_a_result_is_read(answers_only: AnswersOnly) -> None:
    made = document(answers_only)
    assert read_document(json.dumps(older(made, "1.3"))) == made


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("sentence", ["", "There was no photo."])
def test_before_1_3_there_always_was_a_result(
    answers_only: AnswersOnly, version: str, sentence: str
) -> None:
    values = older(document(answers_only), version) | {"no_result": sentence}
    with pytest.raises(DocumentInvalid, match=f"schema {version} holds no no_result"):
        read_document(json.dumps(values))


@pytest.mark.parametrize("name", ["study", "classes", "parts"])
def test_what_older_schemas_did_not_hold_is_refused(made: AssessmentDocument, name: str) -> None:
    values = older(made, "1.3") | {name: []}
    with pytest.raises(DocumentInvalid, match=f"schema 1.3 holds no {name}"):
        read_document(json.dumps(values))


def test_a_region_twice_is_refused(made: AssessmentDocument) -> None:
    values = older(made, "1.3")
    values["regions"][0]["regions"][1] = values["regions"][0]["regions"][0]
    with pytest.raises(DocumentInvalid, match="stands twice"):
        read_document(json.dumps(values))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda v: v.update(regions=3), "regions"),
        (lambda v: v.update(regions=[3]), "regions.0"),
        (lambda v: v["regions"][0].update(regions=[3]), "regions.0.values"),
        (lambda v: v["regions"][0]["regions"][0].update(region="elbow"), "ids of the parts"),
        (lambda v: v["regions"][0]["regions"].pop(), "ids of the parts"),
        (lambda v: v["probabilities"].pop("normal"), "probabilities"),
        (lambda v: v.update(name="Ana Lima"), "name"),
    ],
)
def test_a_damaged_older_document_is_refused_by_name(
    made: AssessmentDocument, change: Callable[[dict[str, Any]], object], named: str
) -> None:
    values = older(made, "1.3")
    change(values)
    with pytest.raises(DocumentInvalid, match=named):
        read_document(json.dumps(values))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["region", "values", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(JSON)
def test_whatever_stands_where_the_regions_should_is_refused_in_one_sentence(found: Any) -> None:
    values = {"schema_version": "1.3", "regions": [{"fill": "blur", "regions": found}]}
    with pytest.raises(DocumentInvalid, match="no assessment of schema"):
        read_document(json.dumps(values))
    assert upgraded({"schema_version": "2.0", "regions": found})["regions"] == found
