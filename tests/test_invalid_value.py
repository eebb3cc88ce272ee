"""What pydantic refuses, in words of our own that every language has."""

from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from face2bone.errors import SettingsError
from face2bone.invalid_value import RULES, fault, first_fault, invalid_setting
from face2bone.words import Language, catalogue, made_of, message, template
from face2bone.words.message import BLANK

CHINESE = catalogue(Language.CHINESE)


class Inner(BaseModel):
    share: float = Field(0.5, gt=0, le=1, allow_inf_nan=False)


class Model(BaseModel):
    """One field for each kind of fault."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field("a", min_length=1, max_length=5, pattern="^[a-z]*$")
    count: int = Field(3, ge=2, lt=9)
    kind: Literal["face", "knee", "hand"] = "face"
    day: date = date(2026, 1, 31)
    agreed: bool = True
    parts: list[int] = Field([1], min_length=1, max_length=2)
    inner: Inner = Inner()

    @model_validator(mode="after")
    def _no_two(self) -> "Model":
        if self.count == 7:
            raise ValueError(message("must not be {count}", count=7))
        return self


def refused(values: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(values)
    return caught.value


@pytest.mark.parametrize(
    ("values", "where", "rule"),
    [
        ({"other": 1}, "other", "is not a known entry"),
        ({"name": 1}, "name", "must be a text"),
        ({"name": ""}, "name", "must have 1 or more characters"),
        ({"name": "abcdef"}, "name", "must have 5 or fewer characters"),
        ({"name": "A"}, "name", "is not written as it has to be"),
        ({"count": "3"}, "count", "must be a whole number"),
        ({"count": 1}, "count", "must be at least 2"),
        ({"count": 9}, "count", "must be below 9"),
        ({"kind": "foot"}, "kind", "must be one of 'face', 'knee', 'hand'"),
        ({"day": "soon"}, "day", "must be a date written YYYY-MM-DD"),
        ({"agreed": "perhaps"}, "agreed", "must be true or false"),
        ({"parts": []}, "parts", "must have 1 or more entries"),
        ({"parts": [1, 2, 3]}, "parts", "must have 2 or fewer entries"),
        ({"parts": [1, "b"]}, "parts.1", "must be a whole number"),
        ({"inner": {"share": "much"}}, "inner.share", "must be a number"),
        ({"inner": {"share": 0}}, "inner.share", "must be above 0.0"),
        ({"inner": {"share": 2}}, "inner.share", "must be at most 1.0"),
        ({"inner": {"share": float("inf")}}, "inner.share", "must be a finite number"),
        ({"inner": 3}, "inner", "must be a table of named entries"),
        ({"count": 7}, "", "must not be 7"),
        (3, "", "must be a table of named entries"),
    ],
)
def test_where_a_value_is_wrong_and_which_rule_it_breaks(
    values: object, where: str, rule: str
) -> None:
    assert first_fault(refused(values)) == (where, rule)


def test_a_rule_that_nobody_has_words_for_is_said_in_general() -> None:
    class Other(BaseModel):
        text: bytes

    with pytest.raises(ValidationError) as caught:
        Other.model_validate({"text": 3})
    assert fault(caught.value) == "text: has a wrong value"


def test_a_fault_of_the_whole_says_so_and_is_known_in_chinese() -> None:
    said = fault(refused({"count": 7}))
    assert said == "the whole: must not be 7"
    assert made_of(said).blanks["where"] == template("the whole")
    assert CHINESE.known(fault(refused({"count": 1}))) == "count：应不小于 2"


def test_a_setting_is_named_as_it_is_set() -> None:
    error = invalid_setting(refused({"inner": {"share": 2}}), "FACE2BONE_")
    assert isinstance(error, SettingsError)
    assert str(error) == (
        "The setting FACE2BONE_INNER_SHARE is not valid: it must be at most 1.0. "
        "Correct it or unset it."
    )


def test_every_rule_asks_pydantic_for_blanks_that_it_gives() -> None:
    given = {"gt", "ge", "le", "lt", "expected", "min_length", "max_length"}
    assert {blank for rule in RULES.values() for blank in BLANK.findall(rule)} == given
