"""What stands in for a region that a coalition does not see.

A Shapley value answers "compared with what?", and the fill is the what. Two are offered
because no fill is neutral: *blur* removes this person's detail and keeps their colour and
light; *mean face* puts an average face's detail there. Where both agree, the answer does
not hang on the choice.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from face2bone.explain.arrays import FloatArray, Pixels, RegionMap
from face2bone.face.alignment import MASK_VALUE, AlignedFace

BLUR_SIGMA: Final = 20.0
"""Pixels; an eighth of the crop: eyes, folds and the mouth are gone, light and skin stay."""
LEAST_SHARE: Final = 0.05
"""Share of a cohort's ellipses that must hold a pixel for its mean to be used."""


@dataclass(frozen=True)
class Fill:
    """The picture that shows where a region is hidden.

    ``name`` says in one or two words what it is; ``pixels`` uint8 (160, 160, 3) carry the
    mask value outside the face.
    """

    name: str
    pixels: Pixels


def blur_fill(aligned: AlignedFace, sigma: float = BLUR_SIGMA) -> Fill:
    """Heavy Gaussian blur of the face within its ellipse; ``sigma`` in pixels.

    Normalised convolution (Knutsson and Westin 1993): blurred crop over blurred mask, so
    the mask's colour does not leak in from outside the face.
    """
    inside = aligned.mask.astype(np.float64)
    weight = gaussian_filter(inside, sigma, mode="constant", truncate=3.0)
    colour = gaussian_filter(
        aligned.crop * inside[..., None], (sigma, sigma, 0), mode="constant", truncate=3.0
    )
    blurred = colour / np.maximum(weight, 1e-9)[..., None]
    return Fill("blur", _within(blurred, aligned))


def mean_face(crops: Pixels, region_maps: RegionMap) -> Pixels:
    """Mean aligned face of a cohort: crops (N, 160, 160, 3), maps (N, 160, 160), N > 0.

    Each pixel is averaged over the faces whose ellipse holds it, so that masks do not grey
    its rim; where fewer than one face in twenty does, it carries the mask value.
    """
    total = np.zeros(crops.shape[1:])
    count = np.zeros(region_maps.shape[1:])
    for crop, region_map in zip(crops, region_maps, strict=True):
        inside = region_map >= 0
        total[inside] += crop[inside]
        count += inside
    mean = np.rint(total / np.maximum(count, 1)[..., None])
    return np.where((count >= LEAST_SHARE * len(crops))[..., None], mean, MASK_VALUE).astype(
        np.uint8
    )


def mean_face_fill(aligned: AlignedFace, mean_face: Pixels) -> Fill:
    """A cohort's mean aligned face (160, 160, 3) as the fill.

    Where it carries the mask value the nearest pixel that does not is used, so that an
    ellipse wider than the cohort's is filled with skin and not with the mask.
    """
    undefined = (mean_face == MASK_VALUE).all(axis=-1)
    rows, columns = distance_transform_edt(undefined, return_distances=False, return_indices=True)
    return Fill("mean face", _within(mean_face[rows, columns], aligned))


def _within(picture: FloatArray | Pixels, aligned: AlignedFace) -> Pixels:
    """Round to uint8 and put the mask value outside the face."""
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    pixels[~aligned.mask] = MASK_VALUE
    return pixels
