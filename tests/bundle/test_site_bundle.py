from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from face2bone.bundle import Bundle, bundle_hash, load_bundle, localise
from face2bone.calibration import (
    LocalRecalibration,
    calibrated,
    ranked_probability_scores,
    recalibrate,
)
from face2bone.errors import RecalibrationRefused

WHEN = (date(2026, 1, 5), date(2026, 9, 30))


def clinic(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Over-confident logits of a clinic's patients, and their classes."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(3, n, p=[0.5, 0.35, 0.15])
    x = 1.5 * labels + rng.normal(size=n)
    logits = -0.5 * (x[:, None] - 1.5 * np.arange(3)) ** 2
    return 2.0 * logits, labels


@pytest.fixture(scope="module")
def research(tiny_bundle: Bundle) -> Bundle:
    """The tiny bundle as if trained on patients."""
    card = replace(tiny_bundle.card, status="research", generator_version=None)
    return replace(tiny_bundle, card=card)


@pytest.fixture(scope="module")
def found(research: Bundle) -> LocalRecalibration:
    logits, labels = clinic(400, 1)
    return recalibrate(calibrated(logits, *research.calibration), labels)


@pytest.fixture(scope="module")
def made(
    research: Bundle, found: LocalRecalibration, tmp_path_factory: pytest.TempPathFactory
) -> Bundle:
    assert found.passes
    path = tmp_path_factory.mktemp("local") / "bundle"
    return localise(research, found, WHEN, path, "Clinic A")


def test_the_new_bundle_tells_new_patients_better(research: Bundle, made: Bundle) -> None:
    logits, labels = clinic(4_000, 2)
    before = ranked_probability_scores(calibrated(logits, *research.calibration), labels)
    after = ranked_probability_scores(calibrated(logits, *made.calibration), labels)
    assert after.mean() < before.mean()


def test_it_says_what_was_done_and_on_whom(
    research: Bundle, made: Bundle, found: LocalRecalibration
) -> None:
    card = load_bundle(made.root).card
    assert card.status == "locally-validated"
    assert card.class_fractions == pytest.approx(np.array(found.counts) / 400)
    assert "400 patients of Clinic A" in card.cohort
    assert research.card.cohort in card.cohort
    record = card.provenance["recalibration"]
    assert isinstance(record, dict)
    assert record["patients"] == 400
    assert record["first_result"] == "2026-01-05"
    assert record["last_result"] == "2026-09-30"
    assert record["from_bundle_sha256"] == bundle_hash(research)
    assert card.provenance["seed"] == research.card.provenance["seed"]
    assert card.results["before_recalibration"] == research.card.results


def test_network_and_references_are_untouched(research: Bundle, made: Bundle) -> None:
    for name in ("model.safetensors", "ood.safetensors", "concepts.safetensors"):
        assert made.card.files[name] == research.card.files[name]
    assert made.calibration[:-1] == research.calibration
    assert bundle_hash(made) != bundle_hash(research)


def test_sets_and_table_are_the_clinics(made: Bundle, found: LocalRecalibration) -> None:
    assert made.conformal.counts == found.counts
    assert made.conformal.alpha == 0.1
    assert made.reliability.counts.sum() == 400
    local = made.card.results["local"]
    assert isinstance(local, dict)
    assert made.reliability.error == pytest.approx(local["ece"], abs=1e-9)
    assert np.sum(local["confusion"]) == 400


def test_a_second_recalibration_stands_behind_the_first(made: Bundle, tmp_path: Path) -> None:
    logits, labels = clinic(400, 3)
    told = calibrated(logits + np.log([0.3, 1.0, 3.0]), *made.calibration)
    again = localise(made, recalibrate(told, labels), WHEN, tmp_path / "again")
    assert again.calibration[:-1] == made.calibration
    assert again.card.status == "locally-validated"


def test_a_demo_can_never_become_validated(
    tiny_bundle: Bundle, found: LocalRecalibration, tmp_path: Path
) -> None:
    with pytest.raises(RecalibrationRefused, match="demo bundle"):
        localise(tiny_bundle, found, WHEN, tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_results_that_do_not_pass_write_nothing(
    research: Bundle, found: LocalRecalibration, tmp_path: Path
) -> None:
    failed = replace(found, reasons=("The gain may be chance. Collect more.",))
    few = recalibrate(np.full((30, 3), 1 / 3), np.arange(30) % 3)
    for refused in (failed, few):
        with pytest.raises(RecalibrationRefused, match="ollect more"):
            localise(research, refused, WHEN, tmp_path / "never")
    assert not (tmp_path / "never").exists()
