from __future__ import annotations

import numpy as np
import pytest
import torch

from face2bone.cohort.crops import CropStore
from face2bone.errors import TrainingError
from face2bone.nn import TrainingOutputs, region_fractions, region_loss
from face2bone.training.loader import Batch, CropLoader
from face2bone.training.objective import Objective, class_weights
from face2bone.training.recipe import read_recipe

RECIPE = read_recipe("demo").training.model_copy(
    update={"t_score_weight": 0.5, "region_weight": 0.25, "label_smoothing": 0.0}
)


@pytest.fixture
def batch(store: CropStore) -> Batch:
    return next(iter(CropLoader(store, np.arange(6), 6)))


def outputs(batch: Batch, region: bool = True) -> TrainingOutputs:
    torch.manual_seed(0)
    n = len(batch)
    maps = torch.randn(n, 11, 17, 17) if region else None
    return TrainingOutputs(torch.randn(n, 3), torch.randn(n), maps, torch.randn(n, 8))


def test_total_is_the_weighted_sum(batch: Batch) -> None:
    losses = Objective(RECIPE, np.ones(3))(outputs(batch), batch)
    expected = losses.label + 0.5 * losses.t_score + 0.25 * losses.region
    torch.testing.assert_close(losses.total, expected)


def test_unweighted_label_loss_is_cross_entropy(batch: Batch) -> None:
    made = outputs(batch)
    losses = Objective(RECIPE, np.ones(3))(made, batch)
    expected = torch.nn.functional.cross_entropy(made.logits, batch.labels)
    torch.testing.assert_close(losses.label, expected)


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.5, 1.0, 3.0)])
def test_the_best_logits_are_those_of_the_cohort(weights: tuple[float, ...]) -> None:
    """Whatever the weights, the optimum is log p + const, so a temperature can calibrate it."""
    fractions = torch.tensor([0.5, 0.3, 0.2])
    labels = torch.repeat_interleave(torch.arange(3), (fractions * 100).long())
    objective = Objective(RECIPE, np.array(weights))
    logits = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([logits], max_iter=100)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = objective._label(logits.expand(len(labels), 3), labels)
        loss.backward()
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    torch.testing.assert_close(logits.softmax(0).detach(), fractions, atol=1e-3, rtol=0)


def test_class_weights() -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    np.testing.assert_allclose(class_weights(labels, 0.0), 1.0)
    full = class_weights(labels, 1.0)
    np.testing.assert_allclose(full * [60, 30, 10], 100 / 3)
    half = class_weights(labels, 0.5)
    assert (half * np.array([0.6, 0.3, 0.1])).sum() == pytest.approx(1.0)
    assert half[2] / half[0] == pytest.approx(np.sqrt(6))


def test_a_missing_class_is_named() -> None:
    with pytest.raises(TrainingError, match="osteopenia"):
        class_weights(np.array([0, 2, 2]), 0.0)


def test_unknown_t_scores_are_left_out(batch: Batch) -> None:
    made = outputs(batch)
    known = Objective(RECIPE, np.ones(3))(made, batch).t_score
    some = batch.t_scores.clone()
    some[3:] = torch.nan
    partly = Objective(RECIPE, np.ones(3))(made, Batch(**(vars(batch) | {"t_scores": some})))
    assert partly.t_score.isfinite()
    assert partly.t_score != known
    none = Batch(**(vars(batch) | {"t_scores": torch.full_like(some, torch.nan)}))
    losses = Objective(RECIPE, np.ones(3))(made, none)
    assert losses.t_score == 0
    assert losses.total.isfinite()


def test_region_loss_is_right_on_average(batch: Batch) -> None:
    """The mean over all 81 places is nn's own loss against the true shares."""
    made = outputs(batch)
    objective = Objective(RECIPE, np.ones(3))
    torch.manual_seed(0)
    drawn = torch.stack([objective(made, batch).region for _ in range(400)])
    assert made.region_logits is not None
    exact = region_loss(made.region_logits, region_fractions(batch.region_maps))
    assert drawn.mean().item() == pytest.approx(exact.item(), abs=3 * drawn.std().item() / 20)


def test_a_network_without_ssam_has_no_region_loss(batch: Batch) -> None:
    assert Objective(RECIPE, np.ones(3))(outputs(batch, region=False), batch).region == 0


def test_smoothing_acts_in_training_only(batch: Batch) -> None:
    smoothed = Objective(RECIPE.model_copy(update={"label_smoothing": 0.2}), np.ones(3))
    made = outputs(batch)
    training = smoothed(made, batch).label
    plain = smoothed.eval()(made, batch).label
    assert training != plain
