from __future__ import annotations

import numpy as np
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.nn import TrainingOutputs, region_fractions, region_loss
from face2bone.training.loader import Batch, CropLoader
from face2bone.training.objective import Objective
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
