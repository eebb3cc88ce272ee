"""Grad-CAM: where a network's last map speaks for a class. A map to compare with, no explanation.

Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization" (ICCV 2017), equations 1 and 2, at the cut a network publishes in its stages:

    alpha_c = mean over positions of d logit_k / d A_c        map = relu(sum_c alpha_c A_c)

It is drawn because systems like OsteoAI show it. It has no baseline and its values add up to
nothing, so it is shown beside the parts' Shapley values and judged by the same planted truth.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from face2bone.arrays import Floats, PartMap
from face2bone.explain.location import region_density, to_crop
from face2bone.modalities.prepared import Prepared
from face2bone.nn import normalise
from face2bone.nn.network import BundleNetwork


@dataclass(frozen=True, eq=False)
class GradCam:
    """map: (H, W) over the crop, at least 0, in logits; parts: (n,) its mean in each part over its
    mean in all, 0 for a part the picture does not show. Nowhere where no position speaks for the
    class.
    """

    map: Floats
    parts: Floats

    @property
    def first(self) -> int | None:
        """The part with the highest mean; None where the map is empty."""
        return int(self.parts.argmax()) if self.parts.max() > 0 else None


def grad_cam(
    network: BundleNetwork,
    aligned: Prepared,
    class_index: int,
    beside: npt.NDArray[np.float32] | None = None,
) -> GradCam:
    """The map of one class for a prepared picture, with ``beside`` (1, V) its covariates."""
    coarse = class_map(network, aligned, class_index, beside)
    fine = np.maximum(to_crop(coarse, network.stages.cut, aligned.mask.shape), 0.0)
    fine[~aligned.mask] = 0.0
    return GradCam(fine, _by_part(fine, aligned.part_map, len(aligned.parts)))


def class_map(
    network: BundleNetwork,
    aligned: Prepared,
    class_index: int,
    beside: npt.NDArray[np.float32] | None = None,
) -> Floats:
    """The map (h, w) at the network's cut, before it is brought to the crop."""
    device = next(network.parameters()).device
    x = normalise(torch.from_numpy(aligned.pixels[None]).to(device), aligned.spec)
    rows = None if beside is None else torch.from_numpy(np.asarray(beside, np.float32)).to(device)
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            features = network.features(x)
        features = features.detach().requires_grad_()
        logit = network.head(features, rows)[0, class_index]
        (gradient,) = torch.autograd.grad(logit, features)
    finally:
        network.train(was_training)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    speaks = torch.relu((weights * features).sum(dim=1))[0]
    coarse: Floats = speaks.detach().cpu().numpy().astype(np.float64)
    return coarse


def _by_part(fine: Floats, part_map: PartMap, n: int) -> Floats:
    parts: Floats = region_density(fine[None], part_map, n)[0]
    return parts
