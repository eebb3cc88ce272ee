"""What a network reads beside the picture: standardised by the training patients, never guessed."""

import numpy as np
import pandas as pd
import pytest

from face2bone.covariates import Covariate, fit_covariates, in_words, of_patient, of_table
from face2bone.errors import CovariateMissing
from face2bone.patient import Patient, Sex

TABLE = pd.DataFrame({"age_years": [50.0, 60.0, 82.0], "sex": ["F", "M", "F"]})
NAMES = ("age_years", "sex")


def test_the_training_rows_have_mean_zero_and_sd_one() -> None:
    rows = of_table(TABLE, fit_covariates(TABLE, NAMES))
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(rows.std(axis=0), 1, atol=1e-6)


def test_a_patient_is_read_as_a_row_of_the_table_is() -> None:
    covariates = fit_covariates(TABLE, NAMES)
    row = of_patient(Patient(82, Sex.FEMALE, 160, 60), covariates)
    assert row.tolist() == of_table(TABLE, covariates)[2].tolist()


def test_a_constant_column_is_zero_and_none_at_all_is_no_column() -> None:
    women = TABLE.assign(sex="F")
    (sex,) = fit_covariates(women, ["sex"])
    assert sex == Covariate("sex", 1.0, 1.0)
    assert of_table(women, ()).shape == (3, 0)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.drop(columns="age_years"), "age beside the picture, and they were not given"),
        (TABLE.assign(age_years=[50.0, np.nan, np.nan]), "age beside the picture, and 2 of 3"),
        (TABLE.assign(sex=["F", "", "M"]), "sex beside the picture, and 1 of 3"),
    ],
)
def test_what_is_missing_is_refused_in_one_sentence(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(CovariateMissing, match=said):
        fit_covariates(table, NAMES)


def test_a_sentence_names_them() -> None:
    assert in_words(["age_years"]) == "age"
    assert in_words(["age_years", "sex", "height_cm"]) == "age, sex and height"


@pytest.mark.parametrize("wrong", [("age_years", np.nan, 1), ("sex", 0, 0), ("hope", 0, 1)])
def test_a_card_may_hold_no_covariate_that_cannot_be_computed_with(
    wrong: tuple[str, float, float],
) -> None:
    assert not Covariate(*wrong).is_usable
