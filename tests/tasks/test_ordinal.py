"""Ordered classes: names, weights, the loss that leaves the cohort's logits, a named summary."""

import numpy as np
import pandas as pd
import pytest
import torch

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration import calibrated
from face2bone.errors import ManifestError, TrainingError
from face2bone.tasks import BONE_MASS, OrdinalTask

STAGES = OrdinalTask(("healthy", "early", "late", "end"), "stage", {"late_or_worse": 2})


def test_bone_mass_speaks_the_clinical_vocabulary() -> None:
    assert BONE_MASS.classes == CLASS_LABELS == tuple(k.label for k in BoneClass)
    assert BONE_MASS.cuts == {"low_bone_mass": 1, "osteoporosis": 2}


@pytest.mark.parametrize(
    ("classes", "cuts"), [(("one",), {}), (("a", "a"), {}), (("a", "b"), {"all": 0, "none": 2})]
)
def test_a_task_that_asks_nothing_is_refused(
    classes: tuple[str, ...], cuts: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match="ordinal task"):
        OrdinalTask(classes, "stage", cuts)


def test_names_become_indices_and_others_are_refused() -> None:
    table = pd.DataFrame({"stage": ["end", "healthy", "late"]})
    assert STAGES.labels(table).tolist() == [3, 0, 2]
    with pytest.raises(ManifestError, match="stage: 'worst' is none of healthy, early"):
        STAGES.labels(pd.DataFrame({"stage": ["end", "worst"]}))


def test_a_class_without_a_patient_is_named() -> None:
    with pytest.raises(TrainingError, match="No training patient has late"):
        STAGES.class_weights(np.array([0, 1, 3]), 1.0)


def test_class_weights_have_mean_one_over_the_patients() -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    np.testing.assert_allclose(BONE_MASS.class_weights(labels, 0.0), 1.0)
    full = BONE_MASS.class_weights(labels, 1.0)
    np.testing.assert_allclose(full * [60, 30, 10], 100 / 3)
    half = BONE_MASS.class_weights(labels, 0.5)
    assert (half * np.array([0.6, 0.3, 0.1])).sum() == pytest.approx(1.0)
    assert half[2] / half[0] == pytest.approx(np.sqrt(6))


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.5, 1.0, 3.0)])
def test_the_best_logits_are_those_of_the_cohort(weights: tuple[float, ...]) -> None:
    """Whatever the weights, the gradient vanishes at log p, so a temperature can calibrate it."""
    fractions = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
    labels = torch.repeat_interleave(torch.arange(3), (fractions * 100).round().long())
    logits = fractions.log().requires_grad_()
    BONE_MASS.loss(logits.expand(len(labels), 3), labels, torch.tensor(weights)).backward()
    assert logits.grad is not None
    np.testing.assert_allclose(logits.grad.numpy(), 0.0, atol=1e-8)


def test_the_focal_loss_is_the_papers() -> None:
    """FL = -(1 - p) ** gamma log p; with gamma 0 it is cross-entropy."""
    logits = torch.tensor([[2.0, 0.0, -1.0], [0.0, 0.5, 0.0]])
    labels = torch.tensor([0, 2])
    p = logits.softmax(dim=1)[torch.arange(2), labels]
    expected = (-((1 - p) ** 2) * p.log()).mean()
    torch.testing.assert_close(BONE_MASS.loss(logits, labels, gamma=2.0), expected)
    plain = torch.nn.functional.cross_entropy(logits, labels)
    torch.testing.assert_close(BONE_MASS.loss(logits, labels), plain)


def test_four_classes_are_calibrated_said_by_name_and_measured() -> None:
    rng = np.random.default_rng(1)
    severity = rng.normal(size=400)
    z = severity[:, None] * [-3.0, -1.0, 1.0, 3.0]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    labels = np.minimum((rng.random((400, 1)) > p.cumsum(axis=1)).sum(axis=1), 3)
    fitted = STAGES.calibrate(5.0 * z, labels)
    said = STAGES.summarise(5.0 * z[0], fitted)
    assert list(said) == ["healthy", "early", "late", "end"]
    np.testing.assert_allclose(
        list(said.values()), calibrated(5.0 * z[0], fitted.choice.calibrator)
    )
    before, after = STAGES.calibrate(z, labels), STAGES.measures(5.0 * z, labels, fitted)
    assert after["rps"] == pytest.approx(STAGES.measures(z, labels, before)["rps"], abs=0.01)
    assert len(fitted.conformal.scores) == 4


def test_too_few_of_one_class_are_refused_by_name() -> None:
    labels = np.repeat([0, 1, 2, 3], [20, 20, 20, 5])
    with pytest.raises(TrainingError, match="5 patients with end"):
        STAGES.calibrate(np.random.default_rng(0).normal(size=(65, 4)), labels)
