"""A hand-made aligned face: an ellipse cut into ten blocks, so that no detector is needed."""

import numpy as np
import pytest
import torch

from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.alignment import CROP_SIZE, MASK_VALUE, AlignedFace
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.runtime import TorchEngine


def block_regions():
    """Mask and region map: ten rectangles of rows and sides inside an ellipse."""
    rows, columns = np.mgrid[:CROP_SIZE, :CROP_SIZE]
    mask = ((columns - 79.5) / 62) ** 2 + ((rows - 79.5) / 76) ** 2 <= 1
    left = columns >= 80  # the patient's left is the picture's right
    region_map = np.zeros((CROP_SIZE, CROP_SIZE), dtype=np.int8)
    for first_row, right_index in ((40, 2), (70, 4), (95, 6), (120, 8)):
        region_map[rows >= first_row] = right_index
        region_map[(rows >= first_row) & left] = right_index - 1
    region_map[(rows >= 60) & (rows < 110) & (np.abs(columns - 80) < 12)] = 9
    region_map[~mask] = -1
    return mask, region_map


def aligned_face(crop):
    """An AlignedFace of a picture (160, 160, 3), its outside masked."""
    mask, region_map = block_regions()
    masked = np.where(mask[..., None], crop, MASK_VALUE).astype(np.uint8)
    transform = np.eye(2, 3, dtype=np.float32)
    return AlignedFace(masked, mask, region_map, transform, np.zeros((478, 2), np.float32))


@pytest.fixture(scope="session")
def small_engine():
    """A narrow untrained network, every part switched on, on torch."""
    torch.manual_seed(0)
    return TorchEngine(Face2Bone(NetworkConfig(width=0.0625)), FACE_INPUT, device="cpu")


@pytest.fixture(scope="session")
def face():
    """A noisy, unevenly lit face."""
    rng = np.random.default_rng(0)
    light = np.linspace(60, 220, CROP_SIZE)[None, :, None]
    return aligned_face(np.clip(light + rng.normal(0, 25, (CROP_SIZE, CROP_SIZE, 3)), 0, 255))


@pytest.fixture
def table():
    """A game of ten players with interplay, its outputs of the order of a logit."""
    return np.random.default_rng(5).normal(size=1024)
