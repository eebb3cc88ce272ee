"""What training minimises: class, T-score and region losses.

Notation: z (B, K) logits, y (B,) classes, t (B,) T-scores, w (K,) class weights with mean 1 over
the training patients.

    L = L_class + t_score_weight L_T + region_weight L_region
    L_class  = the task's loss of classes, with those weights, focal where the recipe asks for it
    L_T      = smooth L1 of the predicted T-score, where the manifest has one
    L_region = cross-entropy of SSAM's region map
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from face2bone.nn import TrainingOutputs
from face2bone.nn.ssam import GRID_CELLS, GRID_FIELD, GRID_START, GRID_STRIDE, REGION_COUNT
from face2bone.tasks import BONE_MASS
from face2bone.training.loader import Batch
from face2bone.training.recipe import Optimisation


@dataclass(frozen=True)
class Losses:
    """Scalars; ``total`` is the weighted sum of the module's equation."""

    total: Tensor
    label: Tensor
    t_score: Tensor
    region: Tensor


class Objective(nn.Module):
    """The module's L for one recipe and the class weights of its training split."""

    weights: Tensor

    def __init__(self, recipe: Optimisation, weights: npt.NDArray[np.float64]) -> None:
        super().__init__()
        self.recipe = recipe
        self.register_buffer("weights", torch.tensor(weights, dtype=torch.float32))

    def forward(self, outputs: TrainingOutputs, batch: Batch) -> Losses:
        """Losses of one batch; float32 whatever the outputs' precision."""
        smoothing = self.recipe.label_smoothing if self.training else 0.0
        logits = outputs.logits.float()
        gamma = self.recipe.focal_gamma or 0.0
        label = BONE_MASS.loss(logits, batch.labels, self.weights, smoothing, gamma)
        t_score = _t_score(outputs.t_score.float(), batch.t_scores)
        region = _region(outputs.region_logits, batch.region_maps)
        recipe = self.recipe
        total = label + recipe.t_score_weight * t_score + recipe.region_weight * region
        return Losses(total, label, t_score, region)


def _t_score(predicted: Tensor, t_scores: Tensor) -> Tensor:
    known = ~t_scores.isnan()
    if not known.any():
        return predicted.sum() * 0.0
    return F.smooth_l1_loss(predicted[known], t_scores[known])


def _region(region_logits: Tensor | None, region_maps: Tensor) -> Tensor:
    """Cross-entropy of (B, 11, 17, 17) logits against one pixel of every cell.

    The pixel's place in its 9 x 9 cell is drawn anew for every batch: cross-entropy is linear in
    its target, so the mean over places is `nn.ssam.region_loss` itself, at a hundredth of the
    cost of averaging one-hot maps.
    """
    if region_logits is None:
        return torch.zeros((), device=region_maps.device)
    dy, dx = torch.randint(GRID_FIELD, (2,)).tolist()
    span = GRID_STRIDE * (GRID_CELLS - 1) + 1
    rows = slice(GRID_START + dy, GRID_START + dy + span, GRID_STRIDE)
    columns = slice(GRID_START + dx, GRID_START + dx + span, GRID_STRIDE)
    places = region_maps[:, rows, columns].long()
    return F.cross_entropy(region_logits.float(), torch.where(places < 0, REGION_COUNT, places))
