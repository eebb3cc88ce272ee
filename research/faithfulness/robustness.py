"""Checks of an attribution that need no truth: infidelity, max-sensitivity, shuffled weights.

Notation: v the value table of a game (1024,), N all ten regions, phi the attribution (10,).
"""

import copy
from collections.abc import Callable
from typing import Final

import numpy as np
import torch

from face2bone.arrays import Floats, Pixels
from face2bone.explain.coalitions import all_coalitions
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.nn import BundleNetwork

NOISE: Final = 2
"""Levels of 255 by which max-sensitivity moves each pixel: less than a camera's noise."""


def infidelity(table: Floats, phi: Floats) -> float:
    """How far phi is from telling what hiding regions does, over all coalitions S; 0 is exact.

        mean over S of (sum of phi outside S - (v(N) - v(S)))^2  /  mean over S of (v(N) - v(S))^2

    The numerator is infidelity (Yeh et al., NeurIPS 2019, definition 2.1) with "hide these
    regions" as the perturbation; the denominator makes it a share: 1 is what attributing nothing
    would get. A table whose values are all equal scores 0. ``table`` (1024,), ``phi`` (10,).
    """
    hidden = ~all_coalitions(len(phi))
    effect = table[-1] - table
    scale = float(np.mean(effect**2))
    return float(np.mean((hidden @ phi - effect) ** 2)) / scale if scale > 0 else 0.0


def max_sensitivity(
    explain: Callable[[AlignedFace], Floats],
    faces: list[AlignedFace],
    values: Floats,
) -> float:
    """Largest relative change of an attribution when the photo changes invisibly.

    max over ``faces`` of |explain(face) - values| / |values| in Euclidean norm, after Yeh et al.
    (NeurIPS 2019, definition 3.1); ``faces`` from ``noisy``, ``values`` (10,) the attribution of
    the face as it is, not all zero. Each face costs a whole explanation.
    """
    changes = [np.linalg.norm(explain(face) - values) for face in faces]
    return float(max(changes) / np.linalg.norm(values))


def noisy(aligned: AlignedFace, rng: np.random.Generator, levels: int = NOISE) -> AlignedFace:
    """The same face with every pixel inside it moved by up to ``levels`` of 255."""
    noise = rng.integers(-levels, levels, aligned.pixels.shape, endpoint=True)
    moved = np.clip(aligned.pixels + noise * aligned.mask[..., None], 0, 255)
    crop: Pixels = moved.astype(np.uint8)
    return AlignedFace(crop, aligned.mask, aligned.part_map, aligned.transform, aligned.landmarks)


def shuffled(network: BundleNetwork, seed: int) -> BundleNetwork:
    """A copy of a network whose weights are shuffled within each layer.

    Adebayo et al. (NeurIPS 2018): an explanation that stays the same when the weights carry
    nothing is not an explanation of the weights. Matrices and kernels are shuffled; biases,
    normalisation and running statistics stay, so that outputs stay finite.
    """
    generator = torch.Generator().manual_seed(seed)
    twin = copy.deepcopy(network)
    with torch.no_grad():
        for weight in (p for p in twin.parameters() if p.dim() > 1):
            order = torch.randperm(weight.numel(), generator=generator)
            weight.copy_(weight.flatten()[order].reshape(weight.shape))
    return twin
