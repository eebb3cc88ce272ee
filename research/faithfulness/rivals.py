"""Other attribution methods, as captum has them, brought to ten values a face.

Each is given what ours is given: the same crop, the blurred face where it needs a baseline, and
the same output to explain: the osteoporosis logit minus the normal logit, the log odds between
the ends of the scale. Either logit alone goes flat at its own end, where nothing is left to
rank, and the bounded expected class does so at both. Maps are summed over each region; of a heat
map the mean over a region follows from the sum and the region's area, and the table takes
whichever serves the method better.
"""

import warnings
from typing import Final

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerGradCam, Lime, Occlusion
from torch import Tensor, nn

from face2bone.arrays import Floats
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalitions import LogitsOf
from face2bone.explain.location import to_crop
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.nn import BundleNetwork
from face2bone.runtime.engine import network_input
from research.faithfulness.baselines import region_sums

CONTRAST: Final = np.array([-1.0, 0.0, 1.0])  # of normal, osteopenia, osteoporosis
STEPS: Final = 24  # of integrated gradients
PATCH: Final = 32  # pixels a side, moved by half of it
LIME_SAMPLES: Final = 256


class _Head(nn.Module):
    """The network from its cut on, the cut passed through a layer Grad-CAM can name."""

    def __init__(self, network: BundleNetwork) -> None:
        super().__init__()
        self.cut = nn.Identity()
        self.network = network

    def forward(self, features: Tensor) -> Tensor:
        return _ends(self.network.head(self.cut(features)))


def grad_cam(network: BundleNetwork, aligned: AlignedFace) -> Floats:
    """Grad-CAM at the network's cut (8 x 8), enlarged to the crop at its true centres; (10,).

    Signed: without the published method's ReLU, which would set every region that speaks
    against the class to the same zero and cost it rank.
    """
    head = _Head(network)
    with torch.no_grad():
        features = network.features(_input(aligned.pixels))
    found = LayerGradCam(head, head.cut).attribute(features.requires_grad_())
    return region_sums(
        to_crop(_array(found)[0, 0], network.stages.cut, aligned.mask.shape), aligned.part_map
    )


def integrated_gradients(
    network: BundleNetwork, aligned: AlignedFace, baseline: Baseline
) -> Floats:
    """Integrated gradients from the filled face to the face; (10,)."""
    found = IntegratedGradients(lambda x: _ends(network(x))).attribute(
        _input(aligned.pixels), _input(baseline.pixels), n_steps=STEPS, internal_batch_size=8
    )
    return region_sums(_array(found)[0].sum(axis=0), aligned.part_map)


def patch_occlusion(logits_of: LogitsOf, aligned: AlignedFace, baseline: Baseline) -> Floats:
    """Occlusion by 32-pixel patches of the baseline, 16 pixels apart; (10,)."""

    def forward(pictures: Tensor) -> Tensor:
        crops = np.rint(pictures.numpy()).astype(np.uint8)
        return _ends(torch.from_numpy(np.asarray(logits_of(crops))))

    found = Occlusion(forward).attribute(
        _picture(aligned.pixels),
        (PATCH, PATCH, 3),
        (PATCH // 2, PATCH // 2, 3),
        _picture(baseline.pixels),
        perturbations_per_eval=27,
    )
    return region_sums(_array(found)[0].sum(axis=-1), aligned.part_map)


def lime(table: Floats, seed: int) -> Floats:
    """LIME on the ten regions, its samples looked up in a game's value table (1024, K); (10,)."""
    values = torch.from_numpy(table @ CONTRAST)
    place = torch.from_numpy(1 << np.arange(len(FACE_PARTS)))

    def forward(seen: Tensor) -> Tensor:
        return values[(seen.round().long() * place).sum(dim=1)]

    torch.manual_seed(seed)
    whole = torch.ones(1, len(FACE_PARTS))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning)  # of captum's own Lasso
        found = Lime(forward).attribute(
            whole, n_samples=LIME_SAMPLES, perturbations_per_eval=LIME_SAMPLES
        )
    values_of_regions: Floats = _array(found)[0]
    return values_of_regions


def region_occlusion(table: Floats) -> Floats:
    """What hiding one region alone takes off the output, from a value table (1024, K); (10,)."""
    whole = len(table) - 1
    alone = whole ^ (1 << np.arange(len(FACE_PARTS)))
    taken: Floats = (table[whole] - table[alone]) @ CONTRAST
    return taken


def _ends(logits: Tensor) -> Tensor:
    """Logits (B, 3) to the output explained (B,)."""
    return logits[:, 2] - logits[:, 0]


def _input(crop: Floats | np.ndarray) -> Tensor:
    return torch.from_numpy(network_input(crop[None], FACE_INPUT))


def _picture(crop: np.ndarray) -> Tensor:
    return torch.from_numpy(crop[None].astype(np.float32))


def _array(found: Tensor) -> Floats:
    return found.detach().numpy().astype(np.float64)
