import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_rel

from face2bone.bone import CLASS_LABELS
from face2bone.calibration.affine import Intercept
from face2bone.calibration.calibrators import Calibrator, calibrated, log_scores
from face2bone.calibration.reliability import miscalibration_p, ranked_probability_scores
from face2bone.calibration.site_recalibration import (
    MINIMUM_PER_CLASS,
    Difference,
    Evidence,
    LocalRecalibration,
    recalibrate,
)
from face2bone.calibration.temperature import Temperature
from face2bone.errors import RecalibrationRefused, TrainingError

Honest = Callable[[int, int], tuple[np.ndarray, np.ndarray]]

TWICE_AS_OFTEN = np.log([0.5, 1.0, 2.0])  # osteoporosis predicted for a population twice as ill


def evidence_of(found: object) -> Evidence:
    evidence = getattr(found, "evidence", None)
    assert isinstance(evidence, Evidence)
    return evidence


def test_a_clinic_with_other_base_rates_is_noticed_and_better_on_new_patients(
    honest: Honest,
) -> None:
    logits, labels = honest(400, 1)
    found = recalibrate(calibrated(logits + TWICE_AS_OFTEN), labels)
    assert found.passes
    assert found.reasons == ()
    new_logits, new_labels = honest(5_000, 2)
    told = calibrated(new_logits + TWICE_AS_OFTEN)
    before = ranked_probability_scores(told, new_labels)
    after = ranked_probability_scores(found.apply(told), new_labels)
    assert ttest_rel(before, after, alternative="greater").pvalue < 1e-6
    truth = ranked_probability_scores(calibrated(new_logits), new_labels).mean()
    assert after.mean() - truth < 0.2 * (before.mean() - truth)


def test_a_calibrated_bundle_is_left_alone(honest: Honest) -> None:
    logits, labels = honest(400, 3)
    found = recalibrate(calibrated(logits), labels)
    assert not found.passes
    assert "may be chance" in found.reasons[0]


def test_a_model_that_knows_nothing_here_is_never_passed() -> None:
    rng = np.random.default_rng(4)
    labels = rng.choice(3, 600, p=[0.5, 0.3, 0.2])
    found = recalibrate(rng.dirichlet((0.5, 0.5, 0.5), 600), labels)
    assert evidence_of(found).gain > 0  # noise overstates itself, so softening it gains
    assert any("base rates" in reason for reason in found.reasons)


def test_few_patients_of_a_class_are_counted_not_judged(honest: Honest) -> None:
    logits, labels = honest(60, 5)
    labels[labels == 2] = 1
    labels[: MINIMUM_PER_CLASS - 1] = 2
    found = recalibrate(calibrated(logits), labels, classes=CLASS_LABELS)
    assert not found.passes
    assert found.evidence is None
    assert any("19 patients with osteoporosis" in reason for reason in found.reasons)
    with pytest.raises(RecalibrationRefused, match="Collect more"):
        found.apply(calibrated(logits))


def test_the_figures_are_those_of_the_probabilities_kept(honest: Honest) -> None:
    logits, labels = honest(300, 6)
    told = calibrated(2.0 * logits)
    found = evidence_of(recalibrate(told, labels))
    before = ranked_probability_scores(told, labels)
    after = ranked_probability_scores(found.probabilities, labels)
    assert found.rps_before == pytest.approx(before.mean(), abs=1e-6)
    assert found.rps_after == pytest.approx(after.mean())
    assert found.gain == pytest.approx((before - after).mean(), abs=1e-6)
    assert found.fault_p == miscalibration_p(log_scores(told), labels)
    rates = np.bincount(labels) / len(labels)
    assert found.rps_base_rates == pytest.approx(
        ranked_probability_scores(np.tile(rates, (300, 1)), labels).mean(), abs=0.003
    )
    assert (
        found.skill.lower
        < found.skill.mean
        == pytest.approx(found.rps_base_rates - found.rps_after)
    )


BARELY = Evidence(
    method="temperature",
    calibrator=Temperature(2.0),
    rps_before=0.20,
    rps_after=0.15,
    rps_base_rates=0.25,
    gain=0.05,
    skill=Difference(0.10, 0.05),
    fault_p=0.0024,
    ece=0.05,
    ece_limit=0.05,
    probabilities=np.full((60, 3), 1 / 3),
)
"""Evidence that passes; its calibration error is the largest that chance allows."""
AT_THE_LIMIT: dict[str, dict[str, object]] = {
    "may be chance": {"fault_p": 0.0025},
    "not better for patients it has not seen": {"gain": 0.0},
    "base rates": {"skill": Difference(0.10, 0.0)},
    "Miscalibration remains": {"ece": 0.0501},
}


def judged(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> LocalRecalibration:
    """What is said of the fewest patients there may be, when this was found of them."""
    monkeypatch.setattr("face2bone.calibration.site_recalibration._weigh", lambda *_: evidence)
    return recalibrate(evidence.probabilities, np.repeat([0, 1, 2], 20))


def test_evidence_that_keeps_every_rule_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(BARELY, monkeypatch)
    assert found.passes
    assert found.reasons == ()


@pytest.mark.parametrize(("sentence", "broken"), AT_THE_LIMIT.items())
def test_each_rule_forbids_by_itself_and_says_so(
    sentence: str, broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(replace(BARELY, **broken), monkeypatch)
    assert not found.passes
    (reason,) = found.reasons
    assert sentence in reason


def test_a_class_told_to_be_impossible_can_be_recovered(honest: Honest) -> None:
    logits, labels = honest(300, 8)
    told = np.round(calibrated(3.0 * logits), 6)
    told[:, 1] += 1.0 - told.sum(axis=1)
    found = recalibrate(told, labels)
    assert np.isfinite(evidence_of(found).rps_after)


@pytest.mark.parametrize(
    ("calibrator", "expected"),
    [
        (Intercept((0.0, 0.0, math.log(2.0))), [[0.4, 0.2, 0.4], [0.0, 0.0, 1.0]]),
        (Temperature(0.5), [[4 / 6, 1 / 6, 1 / 6], [0.0, 0.0, 1.0]]),
    ],
)
def test_apply_changes_the_odds_as_the_map_says(
    calibrator: Calibrator, expected: list[list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: the odds of osteoporosis doubled; every odds squared."""
    found = judged(replace(BARELY, calibrator=calibrator), monkeypatch)
    applied = found.apply([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]])
    assert applied == pytest.approx(np.array(expected), abs=2e-6)  # a zero is told as 1e-6


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(TrainingError, match="sum to 1"):
        recalibrate(np.ones((30, 3)), np.arange(30) % 3)
    with pytest.raises(TrainingError, match="Labels"):
        recalibrate(np.full((30, 3), 1 / 3), [0, 1])
