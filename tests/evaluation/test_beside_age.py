"""Pictures beside age and sex: told where planted, not where not, each patient once."""

import numpy as np
import pandas as pd
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.beside_age import LEAK, BesideAge, beside_age, control, markdown

N = 240


def cohort(speaks: float, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Age drives bone; the picture tells sex, and as much of the rest of bone as ``speaks``."""
    rng = np.random.default_rng(seed)
    age, female, rest = rng.uniform(40, 85, N), rng.random(N) < 0.5, rng.normal(size=N)
    t = -1.4 - 0.05 * (age - 62) - 0.2 * female + 0.8 * rest
    labels = np.digitize(-t, [1.0, 2.5])
    features = rng.normal(size=(N, 12))
    features[:, 0] += 3 * female
    features[:, 1] += speaks * rest
    about = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(N)],
            "age_years": age,
            "sex": np.where(female, "F", "M"),
        }
    )
    return about, features, labels


@pytest.fixture(scope="module")
def silent() -> BesideAge:
    return beside_age(*cohort(0.0))


@pytest.fixture(scope="module")
def speaking() -> BesideAge:
    return beside_age(*cohort(4.0))


def area(found: BesideAge, model: str) -> float:
    value = found.figures[f"auc_osteoporosis_{model}"].value
    assert value is not None
    return value


@pytest.mark.slow
def test_silent_pictures_add_nothing_to_age(silent: BesideAge) -> None:
    assert not silent.gain.found
    assert not silent.suspected_leak
    assert area(silent, "age_sex") > 0.75 > 0.65 > area(silent, "picture")
    text = markdown(silent, "A made-up cohort.", drawn=False)
    assert "The pictures were not shown to add to age and sex" in text
    assert LEAK not in text


@pytest.mark.slow
def test_speaking_pictures_do(speaking: BesideAge) -> None:
    assert speaking.gain.found
    assert area(speaking, "both") > area(speaking, "age_sex") + 0.05
    assert "The pictures add to age and sex" in markdown(speaking, "A cohort.", drawn=False)


@pytest.mark.slow
def test_the_table_holds_every_figure(silent: BesideAge) -> None:
    lines = [line for line in markdown(silent, "A.", drawn=False).splitlines() if line[:1] == "|"]
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| pictures",
        "| age and sex",
        "| pictures, age and sex",
    ]
    assert len({line.count("|") for line in lines}) == 1


@pytest.mark.slow
def test_the_positive_control(silent: BesideAge) -> None:
    assert silent.sex_auc.value is not None
    assert silent.sex_auc.value > 0.95
    assert "their silence about bone would mean something" in control(silent)
    about, features, labels = cohort(0.0)
    blind = beside_age(about, features[:, 2:], labels)
    assert "THE CONTROL FAILED" in control(blind)


@pytest.mark.slow
def test_pictures_that_know_too_much_are_a_suspected_leak_unless_they_were_drawn() -> None:
    about, features, labels = cohort(0.0)
    features[:, 2] = labels + 0.1 * features[:, 2]
    found = beside_age(about, features, labels)
    assert found.suspected_leak
    assert LEAK in markdown(found, "A cohort.", drawn=False)
    assert LEAK not in markdown(found, "A drawn cohort.", drawn=True)


@pytest.mark.slow
def test_a_patient_counts_once_by_the_mean_of_all_crops(silent: BesideAge) -> None:
    about, features, labels = cohort(0.0)
    twice = pd.concat([about, about], ignore_index=True)
    shifted = np.vstack([features + 1.0, features - 1.0])
    found = beside_age(twice, shifted, np.concatenate([labels, labels]))
    assert (found.patients, found.pictures) == (N, 2 * N)
    assert found.gain == silent.gain


@pytest.mark.slow
def test_of_several_visits_the_first_counts(silent: BesideAge) -> None:
    about, features, labels = cohort(0.0)
    later, first = about.assign(acquired_on="2026-05-02"), about.assign(acquired_on="2025-03-01")
    noise = np.random.default_rng(0).normal(size=features.shape)
    found = beside_age(
        pd.concat([later, first], ignore_index=True),
        np.vstack([noise, features]),
        np.concatenate([labels, labels]),
    )
    assert found.gain.both == pytest.approx(silent.gain.both, abs=1e-9)


@pytest.mark.slow
def test_a_cohort_of_one_sex_has_no_control() -> None:
    about, features, labels = cohort(0.0)
    assert "no positive control" in control(beside_age(about.assign(sex="F"), features, labels))


@pytest.mark.parametrize("column", ["patient_id", "age_years", "sex"])
def test_what_is_needed_is_named(column: str) -> None:
    about, features, labels = cohort(0.0)
    with pytest.raises(EvaluationError, match=column):
        beside_age(about.drop(columns=column), features, labels)


def test_too_few_of_a_class_are_refused() -> None:
    about, features, labels = cohort(0.0)
    few = np.flatnonzero((labels < 2) | (np.cumsum(labels == 2) <= 9))
    with pytest.raises(EvaluationError, match="9 patients where 10 are needed"):
        beside_age(about.iloc[few], features[few], labels[few])
