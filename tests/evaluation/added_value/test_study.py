"""Columns, components, the likelihood ratio, the reading, and one whole study with its words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.columns import (
    CLINICAL_NAMES,
    clinical_columns,
    learn_components,
    whole,
)
from face2bone.evaluation.added_value.likelihood import likelihood_ratio
from face2bone.evaluation.added_value.reading import read_features
from face2bone.evaluation.added_value.study import AddedValue, one_photo_each, study
from face2bone.evaluation.added_value.words import markdown, verdict
from tests.evaluation.added_value.people import N, people


def test_clinical_columns_are_named_and_centred() -> None:
    about, _ = people()
    columns = clinical_columns(about)
    assert columns.shape == (N, len(CLINICAL_NAMES))
    assert np.abs(columns.mean(axis=0)).max() < 2.0
    person = about.iloc[:1].assign(age_years=75.0, sex="M", height_cm=160.0, weight_kg=61.44)
    np.testing.assert_allclose(clinical_columns(person), [[1, 1, -0.5, -0.5, 0, 0, 0]], atol=1e-9)


def test_a_missing_detail_is_named() -> None:
    about, _ = people()
    with pytest.raises(EvaluationError, match="weight_kg"):
        clinical_columns(about.drop(columns="weight_kg"))


def test_components_are_those_of_the_covariance() -> None:
    _, features = people()
    components = learn_components(features, 3)
    z = (features - features.mean(0)) / features.std(0)
    values = np.linalg.eigvalsh(z.T @ z / N)[::-1]
    scores = components(features)
    np.testing.assert_allclose(scores.var(axis=0) * values[0], values[:3], rtol=1e-8)
    assert scores[:, 0].std() == pytest.approx(1.0)


def test_a_constant_feature_scores_nothing_and_all_constant_is_an_error() -> None:
    _, features = people()
    padded = np.hstack([features, np.full((N, 1), 7.0)])
    np.testing.assert_allclose(
        np.abs(learn_components(padded, 3)(padded)), np.abs(learn_components(features, 3)(features))
    )
    with pytest.raises(EvaluationError, match="same for every patient"):
        learn_components(np.ones((N, 4)), 2)
    with pytest.raises(EvaluationError, match="not finite"):
        learn_components(np.full((N, 4), np.nan), 2)


def test_features_of_another_length_are_an_error() -> None:
    with pytest.raises(EvaluationError, match="one row for each"):
        whole(np.zeros((3, 4)), 5)


def test_the_likelihood_ratio_is_uniform_without_signal_and_small_with() -> None:
    about, features = people()
    clinical, labels = clinical_columns(about), about["bone"].to_numpy()
    assert likelihood_ratio(clinical, features, labels).p_value < 1e-6
    noise = np.random.default_rng(2)
    p_values = [
        likelihood_ratio(clinical, noise.normal(size=(N, 12)), labels).p_value for _ in range(60)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_the_reading_finds_what_was_put_in_and_nothing_else() -> None:
    about, features = people()
    bmi = np.random.default_rng(5).normal(24, 3, N)
    female = (about["sex"] == "F").to_numpy()
    read = read_features(features, about["age_years"].to_numpy(), female, bmi)
    assert read.age_r2 > 0.8
    assert read.sex_auc > 0.95
    assert read.bmi_r2 < 0.1
    assert 0 < read.age_error < 5


def test_the_first_photo_of_each_patient_counts() -> None:
    about = pd.DataFrame(
        {
            "patient_id": ["a", "b", "a", "c"],
            "acquired_on": [date(2025, 3, 1), date(2025, 1, 1), date(2025, 2, 1), date(2025, 1, 5)],
        }
    )
    assert one_photo_each(about).tolist() == [1, 2, 3]
    assert one_photo_each(about[["patient_id"]]).tolist() == [0, 1, 3]


@pytest.mark.slow
def test_a_whole_study(found: AddedValue) -> None:
    assert found.gain.found
    assert found.gain.n == N
    assert found.discrimination["rps_gain"].value == pytest.approx(found.gain.gain, abs=1e-5)
    assert found.shuffle.at_chance
    assert found.seeds.agree
    assert found.likelihood.degrees == 10


@pytest.mark.slow
def test_the_words_say_the_verdict_and_every_section(found: AddedValue) -> None:
    text = markdown(found, "A bundle and a cohort.")
    assert verdict(found) in text
    assert "the face adds to" in verdict(found)
    assert text.count("\n## ") == 6
    assert "nan" not in text.lower()
    assert "DID NOT" not in text


def test_rows_without_a_patient_are_refused() -> None:
    about, features = people()
    with pytest.raises(EvaluationError, match="patient_id"):
        study(about.drop(columns="patient_id"), features, about["bone"].to_numpy())
