"""The bundle that ships is the one its card describes, made by the generator in this tree."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from face2bone.bundle import Bundle
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION, PATIENT_MODEL_HASH
from face2bone.drawn.people import EVALUATION_SEED_RANGE, TRAINING_SEED_RANGE
from face2bone.evaluation.record import attached
from face2bone.training.recipe import read_recipe

SIZE_LIMIT = 30 * 2**20  # bytes, the whole folder
AUC_BAR = 0.93
SHARE_BAR = 0.92  # of the oracle's distance from chance


@pytest.fixture
def results(demo_bundle: Bundle) -> Mapping[str, Any]:
    return demo_bundle.card.results


def test_it_is_a_demo_and_says_its_faces_are_drawn(demo_bundle: Bundle) -> None:
    card = demo_bundle.card
    assert card.status == "demo"
    assert "drawn" in card.cohort
    assert "no real person" in card.cohort


def test_the_generator_that_drew_its_faces_is_the_one_in_this_tree(demo_bundle: Bundle) -> None:
    card = demo_bundle.card
    assert card.generator_version == GENERATOR_VERSION
    assert card.generator_hash == GENERATOR_HASH
    assert card.provenance["patient_model_hash"] == PATIENT_MODEL_HASH


def test_it_fits_a_repository(demo_bundle: Bundle) -> None:
    files = [path for path in demo_bundle.root.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= SIZE_LIMIT


def test_it_was_measured_on_reserved_patients() -> None:
    cohort = read_recipe("demo").cohort
    assert cohort is not None
    assert cohort.seed in TRAINING_SEED_RANGE
    assert cohort.evaluation_seed in EVALUATION_SEED_RANGE
    assert cohort.evaluation_patients == 1500


def test_it_discriminates_almost_as_well_as_the_oracle(results: Mapping[str, Any]) -> None:
    assert results["model"]["macro_auc"] >= AUC_BAR
    assert results["auc_share_of_oracle"] >= SHARE_BAR
    assert 0.96 <= results["oracle"]["macro_auc"] <= 0.98
    assert 0.75 <= results["age_sex_bmi"]["macro_auc"] <= 0.85


def test_it_is_as_calibrated_as_chance_allows(results: Mapping[str, Any]) -> None:
    model = results["model"]
    assert model["ece"] <= model["ece_floor_p95"]


def test_the_reliability_table_counts_every_measured_patient(demo_bundle: Bundle) -> None:
    measured = demo_bundle.card.results["patients"] - demo_bundle.card.results["faces_not_found"]
    assert demo_bundle.reliability.counts.sum() == measured
    assert np.isclose(
        demo_bundle.reliability.error, demo_bundle.card.results["model"]["ece"], atol=1e-6
    )


def test_the_evaluation_beside_it_is_of_this_bundle_and_of_new_patients(
    demo_bundle: Bundle,
) -> None:
    record = attached(demo_bundle)  # refuses another bundle's figures
    assert record is not None
    assert record.cohort.drawn
    assert record.cohort.patients == 1500
    assert "seed 910000" in record.cohort.description
    assert 910000 in EVALUATION_SEED_RANGE
    measured, card = record.evaluation.everyone.figures, demo_bundle.card.results["model"]
    for name in ("accuracy", "macro_auc", "rps"):
        low, high = measured[name].low, measured[name].high
        assert low is not None
        assert high is not None
        assert low - 0.01 <= card[name] <= high + 0.01  # other patients, the same model
