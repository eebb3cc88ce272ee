"""The mean drawn knee: what finds a knee on a film, and the map of its parts.

Upright knees of chance shape, without noise, side by side in one frame of a knee of size 1 in
millimetres, averaged. ``modalities/knee/atlas.npz`` holds the result, because a film is read by
floors that do not draw; ``python -m face2bone.drawn.knee.atlas`` writes it again.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.exposure import Exposure
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.knee.look import KneeLook, knee_look
from face2bone.drawn.knee.render import draw_knee_of, knee_values
from face2bone.drawn.knee.values import KNEE_VALUES
from face2bone.drawn.worlds import World
from face2bone.modalities.knee.locator import ATLAS_FILE, CROP_MM, CROP_SIDE, KneeAtlas
from face2bone.modalities.knee.parts import KNEE_PARTS
from face2bone.modalities.parts import OUTSIDE

KNEES: Final = 48
SEED: Final = 300_900  # one of those kept for demonstrations
EVEN: Final = Exposure(
    scatter=0.2, blur_mm=0.2, photons=1e5, sharpen=0.3, low=0.7, high=4.1, slope=5.5
)
SPACING_MM: Final = CROP_MM / CROP_SIDE


def draw_atlas(knees: int = KNEES, seed: int = SEED) -> KneeAtlas:
    """The atlas of this many left knees, whose lateral side is on the film's right."""
    patients = draw_film_cohort(KNEE_VALUES, knees, World.PLANTED, seed)
    films = [
        draw_knee_of(knee_values(p), _upright(knee_look(p)), "left", SPACING_MM, clean=True)
        for p in patients
    ]
    grey = np.mean([_square(f.grey, 0.0) for f in films], axis=0)
    votes = np.stack([_square(f.part_map.astype(np.float32), OUTSIDE) for f in films])
    return KneeAtlas(np.rint(255 * grey).astype(np.uint8), _most_frequent(votes))


def write_atlas(path: Path = ATLAS_FILE) -> Path:
    """Draw the atlas and keep it where the locator reads it."""
    atlas = draw_atlas()
    np.savez_compressed(path, grey=atlas.grey, part_map=atlas.part_map)
    return path


def _upright(look: KneeLook) -> KneeLook:
    """The same knee of size 1, straight in the middle of its film."""
    return replace(look, size=1.0, turn_deg=0.0, shift=(0.0, 0.0), exposure=EVEN)


def _square(field: npt.NDArray[np.float32], beyond: float) -> npt.NDArray[np.float32]:
    """The middle of a film as the crop's square; what the film does not reach is ``beyond``."""
    height, width = field.shape
    shift = np.array([[1, 0, (CROP_SIDE - width) / 2], [0, 1, (CROP_SIDE - height) / 2]])
    square: Any = cv2.warpAffine(
        field, shift, (CROP_SIDE, CROP_SIDE), flags=cv2.INTER_NEAREST, borderValue=beyond
    )
    field_in_square: npt.NDArray[np.float32] = square
    return field_in_square


def _most_frequent(votes: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """(N, H, W) part indices -> (H, W), the one that most knees have at each pixel."""
    shares = [(votes == part).mean(axis=0) for part in (OUTSIDE, *range(len(KNEE_PARTS)))]
    winner: npt.NDArray[np.int8] = (np.argmax(shares, axis=0) + OUTSIDE).astype(np.int8)
    return winner


if __name__ == "__main__":
    print(write_atlas(Path(sys.argv[1]) if len(sys.argv) > 1 else ATLAS_FILE))
