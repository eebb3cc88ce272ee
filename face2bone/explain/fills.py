"""What stands in for a region that a coalition does not see.

A Shapley value answers "compared with what?", and the fill is the what. Two are offered
because no fill is neutral: *blur* removes this person's detail and keeps their colour and
light; *mean face* puts an average face's detail there. Where both agree, the answer does
not hang on the choice.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt, gaussian_filter

from face2bone.explain.arrays import FloatArray, Pixels
from face2bone.face.alignment import MASK_VALUE, AlignedFace

BLUR_SIGMA: Final = 20.0
"""Pixels; an eighth of the crop: eyes, folds and the mouth are gone, light and skin stay."""


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


def mean_face_fill(aligned: AlignedFace, mean_face: npt.NDArray[np.generic]) -> Fill:
    """The cohort's mean aligned face, uint8 or float 0 to 255 (160, 160, 3).

    Where no face of the cohort reached (NaN, or exactly the mask value in all channels)
    the nearest pixel that one did reach is used, so that an ellipse wider than the
    cohort's is filled with skin and not with the mask.
    """
    mean = np.asarray(mean_face, dtype=np.float64)
    undefined = np.isnan(mean).any(axis=-1) | (mean == MASK_VALUE).all(axis=-1)
    rows, columns = distance_transform_edt(undefined, return_distances=False, return_indices=True)
    return Fill("mean face", _within(mean[rows, columns], aligned))


def _within(picture: FloatArray, aligned: AlignedFace) -> Pixels:
    """Round to uint8 and put the mask value outside the face."""
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    pixels[~aligned.mask] = MASK_VALUE
    return pixels
