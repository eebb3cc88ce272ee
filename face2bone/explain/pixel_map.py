"""Maps for orientation, beside the parts' values: occlusion and Grad-CAM.

Occlusion (Zeiler and Fergus 2014) with the baseline in place of grey: squares of 16 pixels, 8
apart. It shows each place by itself, with everything else visible, so it does not add up to
anything and two places that carry the same information hide each other's part. The region
values are the figures to go by.

Grad-CAM: where a network's last map speaks for a class (Selvaraju et al., "Grad-CAM: Visual
Explanations from Deep Networks via Gradient-based Localization", ICCV 2017, equations 1 and 2), at
the cut a network publishes in its stages:

    alpha_c = mean over positions of d logit_k / d A_c        map = relu(sum_c alpha_c A_c)

It is drawn because systems like OsteoAI show it. It has no baseline and its values add up to
nothing, so it is shown beside the parts' Shapley values and judged by the same planted truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from face2bone.arrays import Floats, PartMap, Pixels
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import BATCH, LogitsOf
from face2bone.explain.location import region_density, to_crop
from face2bone.modalities.prepared import Prepared
from face2bone.nn import normalise
from face2bone.nn.network import BundleNetwork
from face2bone.progress import FractionDone

SQUARE: Final = 16
STEP: Final = 8
Square = tuple[slice, slice]


def pixel_map(
    logits_of: LogitsOf,
    aligned: Prepared,
    baseline: Baseline,
    progress: FractionDone | None = None,
) -> Floats:
    """Logits lost (H, W, K) at each pixel: the mean over the squares that hold it.

    Above zero the place speaks for the class. Nought outside the face. A pass a square,
    some 300. ``logits_of`` and ``progress`` as in ``region_shapley``.
    """
    squares = list(_squares(aligned))
    full = logits_of(aligned.pixels[None])[0]
    shape = aligned.mask.shape
    lost, count = np.zeros((*shape, len(full))), np.zeros((*shape, 1))
    for start in range(0, len(squares), BATCH):
        part = squares[start : start + BATCH]
        logits = logits_of(np.stack([_hidden(aligned, baseline, square) for square in part]))
        for square, without in zip(part, logits, strict=True):
            lost[square] += full - without
            count[square] += 1
        if progress is not None:
            progress(min(1.0, (start + BATCH) / len(squares)))
    mean: Floats = lost / np.maximum(count, 1) * aligned.mask[..., None]
    return mean


def _squares(aligned: Prepared) -> Iterator[Square]:
    """Squares that hold a pixel of the face."""
    height, width = aligned.mask.shape
    for top in range(0, height - SQUARE + 1, STEP):
        for left in range(0, width - SQUARE + 1, STEP):
            square = slice(top, top + SQUARE), slice(left, left + SQUARE)
            if aligned.mask[square].any():
                yield square


def _hidden(aligned: Prepared, baseline: Baseline, square: Square) -> Pixels:
    """The crop with the baseline in a square; both carry the mask value outside the face."""
    crop = aligned.pixels.copy()
    crop[square] = baseline.pixels[square]
    return crop


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
