"""Spatial Supervised Attention: our reconstruction of a module known only by its name.

The Face2Bone paper names "SSAM" and publishes no equation; no other work of that name was found,
so this is a reconstruction. It takes the spatial gate of CBAM (Woo et al., ECCV 2018) and the
thought of a supervised gate from MPRNet (Zamir et al., CVPR 2021), and supervises it with what a
face offers: the ten anatomical regions found by landmarks.

    M = softmax over (ten regions, outside) of a small convolutional map of X
    w = tanh(A mean(X)), one weight in (-1, 1) for every region; A starts at zero
    Y = X * (1 + sum_r w_r M_r), a gate in (0, 2) that starts as the identity

The auxiliary loss is the cross-entropy between M and the true share of every region in each cell.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from face2bone.nn.config import GRID_SIZE

REGION_COUNT = 10  # the order of modalities.face.FACE_PARTS; outside the ellipse is class 10
GRID_START, GRID_STRIDE, GRID_FIELD = 9, 8, 9  # pixels; see region_fractions
GRID_CELLS = GRID_SIZE


class SpatialSupervisedAttention(nn.Module):
    """SSAM on a (B, C, H, W) map; the identity when new.

    channels: C. hidden: channels of the map that finds the regions.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, hidden, 1, bias=False)
        self.bn = nn.BatchNorm2d(hidden)
        self.regions = nn.Conv2d(hidden, REGION_COUNT + 1, 3, padding=1)
        self.weights = nn.Linear(channels, REGION_COUNT)
        nn.init.zeros_(self.weights.weight)
        nn.init.zeros_(self.weights.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Gated map (B, C, H, W) and region logits (B, 11, H, W)."""
        logits = self.regions(torch.relu(self.bn(self.reduce(x))))
        maps = logits.softmax(1)[:, :REGION_COUNT]
        weights = torch.tanh(self.weights(x.mean((2, 3))))
        gate = 1 + (weights[:, :, None, None] * maps).sum(1, keepdim=True)
        return x * gate, logits


def region_fractions(region_map: Tensor) -> Tensor:
    """Share of every region in each cell of the 17 x 17 grid.

    region_map: integers (B, 160, 160), an index into the ten regions or -1 outside.
    Returns float32 (B, 11, 17, 17), summing to one over the classes; class 10 is outside.

    The trunk's unpadded strides put cell m of the grid at pixel 13 + 8 m of the crop, so a cell
    is the 9 x 9 pixels about that centre, not a seventeenth of the crop.
    """
    classes = torch.where(region_map < 0, REGION_COUNT, region_map.long())
    one_hot = F.one_hot(classes, REGION_COUNT + 1).permute(0, 3, 1, 2).float()
    stop = GRID_START + GRID_STRIDE * (GRID_CELLS - 1) + GRID_FIELD
    window = one_hot[:, :, GRID_START:stop, GRID_START:stop]
    return F.avg_pool2d(window, GRID_FIELD, GRID_STRIDE)


def region_loss(region_logits: Tensor, fractions: Tensor) -> Tensor:
    """Mean cross-entropy of (B, 11, 17, 17) logits against shares; a scalar, at least zero."""
    return F.cross_entropy(region_logits.float(), fractions)
