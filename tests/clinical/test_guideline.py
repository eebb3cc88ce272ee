"""The guideline files: whole, sourced, free of drugs; broken ones are refused."""

import re
import tomllib
from importlib import resources
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FRAX_AGE_RANGE
from face2bone.clinical.guideline import GUIDELINES, Guideline, Thresholds, load_guideline
from face2bone.clinical.pathway import Urgency

DRUGS = ("bisphosphon", "alendron", "risedron", "zoledron", "denosumab", "teriparat", "romosozumab")


@pytest.fixture(params=GUIDELINES)
def guideline(request: pytest.FixtureRequest) -> Guideline:
    return load_guideline(request.param)


def raw(guideline: GuidelineId) -> dict[str, Any]:
    folder = resources.files("face2bone.clinical").joinpath("guidelines")
    text = folder.joinpath(f"{guideline}.toml").read_text("utf-8")
    return {"id": guideline, **tomllib.loads(text)}


def test_every_file_can_be_chosen_and_no_other() -> None:
    folder = resources.files("face2bone.clinical").joinpath("guidelines")
    files = {path.name.removesuffix(".toml") for path in folder.iterdir()}
    assert files == set(get_args(GuidelineId)) == set(GUIDELINES)


def test_it_says_who_published_it_and_what_is_confirmed(guideline: Guideline) -> None:
    assert guideline.title.startswith(guideline.name)
    assert len(guideline.note) > 40
    rules = [*guideline.eligibility.values(), *guideline.advice.values()]
    used = {rule.source for rule in rules} | ({guideline.frax.source} if guideline.frax else set())
    assert used == set(guideline.sources)


def test_an_unverified_guideline_says_so_in_its_note(guideline: Guideline) -> None:
    if guideline.frax is not None and not guideline.frax.verified:
        assert "Not confirmed" in guideline.note


def test_no_drug_is_named_and_nothing_is_dosed_but_food(guideline: Guideline) -> None:
    actions = [a for rule in guideline.eligibility.values() for a in rule.actions]
    texts = [rule.text for rule in guideline.eligibility.values()]
    if guideline.frax is not None:
        for table in (guideline.frax.without_bmd, guideline.frax.with_bmd):
            actions += [a for asked in table.values() for a in asked.actions]
    words = " ".join([*actions, *texts, *(a.text for a in guideline.advice.values())]).lower()
    assert not [drug for drug in DRUGS if drug in words]
    assert " mg" not in " ".join([*actions, *texts])


def test_texts_take_only_the_words_they_are_given(guideline: Guideline) -> None:
    for rule in guideline.eligibility.values():
        assert "{" not in rule.text.format(factors="falls")
        assert ("{factors}" in rule.text) <= bool(rule.any_of)


def test_an_action_for_every_rule_that_asks_for_something(guideline: Guideline) -> None:
    for rule in guideline.eligibility.values():
        assert bool(rule.actions) == (rule.urgency > Urgency.ROUTINE)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eligibility": {"r": {"source": "nobody"}}}, "known source"),
        ({"drug": "x"}, "Extra inputs"),
        ({"advice": {}}, "calcium, vitamin D, exercise and falls"),
    ],
)
def test_a_broken_file_is_refused(change: dict[str, Any], words: str) -> None:
    data = raw("nogg")
    if "eligibility" in change:
        rule = next(iter(data["eligibility"].values()))
        change = {"eligibility": {"r": {**rule, **change["eligibility"]["r"]}}}
    with pytest.raises(ValidationError, match=words):
        Guideline.model_validate({**data, **change})


def test_a_category_without_an_action_is_refused() -> None:
    data = raw("nogg")
    del data["frax"]["without_bmd"]["very_high"]
    with pytest.raises(ValidationError, match="FRAX categories without an action: very_high"):
        Guideline.model_validate(data)


def test_rows_out_of_order_are_refused() -> None:
    data = raw("nogg")
    data["frax"]["rows"].reverse()
    with pytest.raises(ValidationError, match="order of age"):
        Guideline.model_validate(data)


@pytest.mark.parametrize(
    "limits", [{}, {"assess": 5, "treat": 4}, {"treat": 0}, {"upper": 100}, {"treat": -1}]
)
def test_thresholds_that_do_not_rise_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match="rise between 0 and 100"):
        Thresholds.model_validate(limits)


def test_ages_between_rows_take_the_row_before() -> None:
    table = load_guideline("nogg").frax
    assert table is not None
    rows = {age: table.row(age) for age in (49.9, 50, 54.9, 69.9, 70, 95)}
    assert rows[49.9] is None
    assert rows[50] is rows[54.9] is table.rows[0]
    assert rows[69.9] is table.rows[3]
    assert rows[70] is rows[95] is table.rows[4]


AGES = re.compile(r"\b(?:under|before) (\d\d)\b")


def test_a_rule_that_names_an_age_it_ends_at_ends_there(guideline: Guideline) -> None:
    for rule in guideline.eligibility.values():
        named = [float(age) for age in AGES.findall(rule.text.lower())]
        assert not named or rule.below_age in named, rule.text


def test_thresholds_that_hold_at_every_age_have_one_row(guideline: Guideline) -> None:
    if "at every age" in guideline.note:
        assert guideline.frax is not None
        assert [row.from_age for row in guideline.frax.rows] == [FRAX_AGE_RANGE[0]]


def test_a_note_and_its_table_agree_on_the_t_scores_thresholds_are_for(
    guideline: Guideline,
) -> None:
    said = "between T-scores of -1.0 and -2.5" in guideline.note
    assert said == (guideline.frax is not None and guideline.frax.low_bone_mass_only)
