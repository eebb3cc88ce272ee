"""What is wrong with a header: what is missing, stands twice, or nobody knows."""

from face2bone.tabular.header import SHOWN, missing_columns, odd_columns
from face2bone.words import Language, catalogue


def test_every_column_that_is_missing_is_named_in_the_order_asked_for() -> None:
    assert list(missing_columns(["sex", "photo"], ("patient_id", "photo", "age_years"))) == [
        "the column patient_id is missing",
        "the column age_years is missing",
    ]
    assert list(missing_columns(["a", "b"], ("b",))) == []


def test_what_stands_twice_comes_before_what_is_unknown() -> None:
    assert list(odd_columns(["x", "a", "b", "a"], ("a", "b"))) == [
        "the column a stands there twice",
        "the column 'x' is unknown",
    ]


def test_a_long_name_is_cut_and_shown_as_it_stands() -> None:
    name = "näme" * 30
    assert list(odd_columns([name], ())) == [f"the column '{name[:SHOWN]}' is unknown"]


def test_a_column_that_is_called_like_a_word_of_the_program_is_not_translated() -> None:
    (said,) = odd_columns(["photos"], ())
    assert catalogue(Language.CHINESE).known(said) == "列 'photos' 是未知的"
