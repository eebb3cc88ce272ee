"""The pixels a concept's presence rests on: gradients through the least-squares fixed point.

Notation (CRAFT, Fel et al. 2023, section 3.4):
    x       network input (3, 160, 160);  A (64, C) its features, a (C,) at one position
    W       concept bank (R, C), G = W W^T
    u(a)    argmin over u >= 0 of |a - W^T u|^2 / 2, the coefficients
    S       the concepts with u > 0 at that position

u has no formula, but it is a fixed point: the Karush-Kuhn-Tucker conditions hold,
G u - W a = l, u >= 0, l >= 0, u l = 0. Differentiating them (implicit function theorem) while
no concept enters or leaves S gives du_S / da = G_SS^-1 W_S, and 0 for the others. Chained with
dA/dx by the network's own backward pass, this is the gradient of a presence in every pixel.

Of the attribution methods that a gradient allows, integrated gradients (Sundararajan et al.
2017) are used, along the straight way from the blurred face (the fill of the region
attributions) to the photo: what the pixels get adds up to the presence in the photo less that in
the blurred face, which can be checked, and pixels outside the face, alike in both, get exactly
nothing. From the mask's plain grey the way is longer and, where the first modes enter the
spectral attention, so steep that its sum is missed by as much as the least presences.

The quick view in craft.py enlarges u over the 8 x 8 map instead: *at which position of the
map* the concept is. This one says *which pixels* that rests on; it needs the torch network.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from face2bone.arrays import Floats, Reals
from face2bone.bundle import ConceptBank
from face2bone.explain.baselines import blur_baseline
from face2bone.explain.nmf import project
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.nn import BundleNetwork
from face2bone.runtime import network_input

STEPS: Final = 16
"""Points of the way; docs/evidence/concepts.md has what the sum then misses."""
AT_ONCE: Final = 4
"""Points in one backward pass: more need memory (0.1 GB each at full width)."""
SMOOTHING: Final = 8.0
"""Sigma in pixels of what is shown, half a step of the map: single pixels are noise."""


@dataclass(frozen=True)
class ImplicitLocation:
    """What each pixel adds to each concept's presence in one photo, in the bank's order.

    ``attribution`` float64 (R, 160, 160), signed, 0 outside the face, in units of presence; its
    sum over the pixels is ``presence`` - ``in_blur``, both (R,), the latter of the blurred face,
    but for the integration's error. Where it is negative the face's detail takes the concept
    away: the location, of what adds to it, then says little, and the quick view says more.
    ``location`` float32 (R, 160, 160) in [0, 1], 0 outside the face, for display: the
    attribution smoothed, where it is above 0, over its own peak.
    """

    attribution: Floats
    presence: Floats
    in_blur: Floats
    location: npt.NDArray[np.float32]


def coefficient_pullback(U: Reals, W: Reals, v: Reals) -> Floats:
    """v^T dU/dA, one row a map position: (N, C) for coefficients U (N, R) and weights v (N, R).

    Where a coefficient is 0 its derivative is taken as 0, which it is unless it is just
    about to rise.
    """
    W = W.astype(np.float64)
    inside = (U > 0).astype(np.float64)
    outside = np.eye(len(W)) * (1 - inside)[:, None, :]
    G = (W @ W.T) * inside[:, :, None] * inside[:, None, :] + outside
    # The pseudoinverse: two equal concepts both present leave G_SS without an inverse.
    pulled: Floats = ((inside * v)[:, None, :] @ np.linalg.pinv(G, hermitian=True))[:, 0] @ W
    return pulled


def presence_gradients(network: BundleNetwork, W: Reals, x: torch.Tensor) -> tuple[Floats, Floats]:
    """Mean coefficients (B, R) of inputs x (B, 3, 160, 160), and their gradients in x.

    The gradients are (B, R, 3, 160, 160); x has the network's own type. One forward pass and
    R backward ones; the network is in evaluation mode and is left as it was.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_(True)
        features = network.features(x)
        A = _positions(features)
        U = project(A, W)
        count, parts = len(x), len(W)
        positions = len(A) // count
        gradients = []
        for k in range(parts):
            v = np.zeros_like(U)
            v[:, k] = 1 / positions
            pulled = coefficient_pullback(U, W, v).reshape(count, positions, -1)
            back = torch.from_numpy(pulled.transpose(0, 2, 1).copy()).to(features)
            (gradient,) = torch.autograd.grad(
                features, x, back.reshape(features.shape), retain_graph=k + 1 < parts
            )
            gradients.append(gradient.cpu().numpy().astype(np.float64))
    return U.reshape(count, positions, parts).mean(axis=1), np.stack(gradients, axis=1)


def implicit_location(
    network: BundleNetwork, bank: ConceptBank, aligned: AlignedFace, steps: int = STEPS
) -> ImplicitLocation:
    """Which pixels of one aligned face each concept's presence rests on.

    ``network`` is ``bundle.network``. Takes ``steps`` forward and R times as many
    backward passes up to the cut.
    """
    end = network_input(aligned.pixels[None], FACE_INPUT)
    start = network_input(blur_baseline(aligned).pixels[None], FACE_INPUT)
    # Midpoints: one term of the error smaller than either end's rule at no further pass.
    shares = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    mean = np.zeros((len(bank), *end.shape[1:]))
    for first in range(0, steps, AT_ONCE):
        part = shares[first : first + AT_ONCE, None, None, None]
        points = torch.from_numpy(start + part * (end - start))
        mean += presence_gradients(network, bank.basis, points)[1].sum(axis=0) / steps
    scale = bank.presence_scale.astype(np.float64)
    attribution = (mean * (end - start)).sum(axis=1) / scale[:, None, None]
    ends = _mean_coefficients(network, bank.basis, np.concatenate([start, end])) / scale
    return ImplicitLocation(attribution, ends[1], ends[0], _shown(attribution, aligned))


def _mean_coefficients(network: BundleNetwork, W: Reals, x: npt.NDArray[np.float32]) -> Floats:
    """(B, R) for inputs (B, 3, 160, 160)."""
    with torch.inference_mode():
        A = _positions(network.features(torch.from_numpy(x)))
    found: Floats = project(A, W).reshape(len(x), -1, len(W)).mean(axis=1)
    return found


def _positions(features: torch.Tensor) -> Floats:
    """Features (B, C, 8, 8) as rows (64 B, C)."""
    rows = features.detach().permute(0, 2, 3, 1).reshape(-1, features.shape[1])
    return np.asarray(rows.cpu().numpy(), dtype=np.float64)


def _shown(attribution: Floats, aligned: AlignedFace) -> npt.NDArray[np.float32]:
    smooth = np.stack([cv2.GaussianBlur(one, (0, 0), SMOOTHING) for one in attribution])
    raised = np.maximum(smooth, 0) * aligned.mask
    peak = raised.max(axis=(1, 2), keepdims=True)
    shown: npt.NDArray[np.float32] = (raised / np.where(peak > 0, peak, 1)).astype(np.float32)
    return shown
