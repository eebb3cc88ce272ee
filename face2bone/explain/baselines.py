"""What stands in for a region that a coalition does not see.

A Shapley value answers "compared with what?", and the baseline is the what. Three are offered
because no baseline is neutral: *blur* removes this person's detail and keeps their colour and
light; *mean face* puts the detail of a cohort's mean picture there; *inpaint* continues what is
around a region across it. Where they agree, the answer does not hang on the choice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats, PartMap, Pixels
from face2bone.modalities.prepared import Prepared

BLUR_SIGMA: Final = 20.0
"""Pixels; an eighth of the crop: of a face eyes, folds and mouth are gone, light and skin stay."""
LEAST_SHARE: Final = 0.05
"""Share of a cohort's pictures that must hold a pixel within their mask for its mean to be used."""
PULL: Final = 1e-6
"""Weight of the blur in an inpainted region: it only counts where nothing else is known."""


@dataclass(frozen=True)
class Baseline:
    """The picture that shows where a region is hidden.

    ``name`` says in one or two words what it is; ``pixels`` uint8 (H, W, C) carry the
    mask value outside the mask.
    """

    name: str
    pixels: Pixels


def blur_baseline(aligned: Prepared, sigma: float = BLUR_SIGMA) -> Baseline:
    """Heavy Gaussian blur of a picture within its mask; ``sigma`` in pixels.

    Normalised convolution (Knutsson and Westin 1993): blurred crop over blurred mask, so
    the mask value does not leak in from outside.
    """
    from scipy.ndimage import (
        gaussian_filter,  # half a second to import, and a result needs none of it
    )

    inside = aligned.mask.astype(np.float64)
    weight = gaussian_filter(inside, sigma, mode="constant", truncate=3.0)
    colour = gaussian_filter(
        aligned.pixels * inside[..., None], (sigma, sigma, 0), mode="constant", truncate=3.0
    )
    blurred = colour / np.maximum(weight, 1e-9)[..., None]
    return Baseline("blur", _within(blurred, aligned))


def mean_picture(crops: Pixels, region_maps: PartMap, mask_value: int) -> Pixels:
    """Mean prepared picture of a cohort: crops (N, H, W, C), maps (N, H, W), N > 0.

    Each pixel is averaged over the pictures whose mask holds it, so that masks do not grey
    its rim; where fewer than one in twenty does, it carries the mask value.
    """
    total = np.zeros(crops.shape[1:])
    count = np.zeros(region_maps.shape[1:])
    for crop, region_map in zip(crops, region_maps, strict=True):
        inside = region_map >= 0
        total[inside] += crop[inside]
        count += inside
    mean = np.rint(total / np.maximum(count, 1)[..., None])
    return np.where((count >= LEAST_SHARE * len(crops))[..., None], mean, mask_value).astype(
        np.uint8
    )


def mean_picture_baseline(aligned: Prepared, mean_picture: Pixels) -> Baseline:
    """A cohort's mean prepared picture (H, W, C) as the baseline.

    Where it carries the mask value the nearest pixel that does not is used, so that a
    mask wider than the cohort's is filled with what lies beside and not with the mask value.
    """
    from scipy.ndimage import distance_transform_edt

    undefined = (mean_picture == aligned.spec.mask_value).all(axis=-1)
    rows, columns = distance_transform_edt(undefined, return_distances=False, return_indices=True)
    return Baseline("mean face", _within(mean_picture[rows, columns], aligned))


def inpaint_baseline(aligned: Prepared) -> Baseline:
    """Every region as the picture around it would have it: the smoothest surface across it.

    Harmonic inpainting (Laplace's equation with the rim's colours; at the mask's edge, no slope),
    a region at a time and each from the rest of the picture as it is. So the baseline is one
    picture, whichever regions a coalition hides, as the game needs; a hidden region beside
    another still takes its rim from what was there.
    """
    blurred = blur_baseline(aligned).pixels
    filled = aligned.pixels.astype(np.float64)
    for index in range(len(aligned.parts)):
        hole = aligned.part_map == index
        if hole.any():
            filled[hole] = _harmonic(aligned.pixels, hole, aligned.mask, blurred)
    return Baseline("inpaint", _within(filled, aligned))


def _harmonic(crop: Pixels, hole: Flags, mask: Flags, blurred: Pixels) -> Floats:
    """Colours (P, 3) of a hole's P pixels, each the mean of its neighbours within the mask."""
    from scipy.sparse import coo_array, diags_array
    from scipy.sparse.linalg import splu

    degree, right = np.full(hole.sum(), PULL), PULL * blurred[hole].astype(np.float64)
    # A rim of pixels outside the mask, so that what rolls round is not a neighbour.
    hole, mask, crop = np.pad(hole, 1), np.pad(mask, 1), np.pad(crop, ((1, 1), (1, 1), (0, 0)))
    number = np.full(hole.shape, -1)
    number[hole] = np.arange(len(degree))
    links = []
    for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        neighbour, colour = np.roll(number, step, axis), np.roll(crop, step, axis)
        inside = np.roll(mask, step, axis)[hole]
        known = inside & (neighbour[hole] < 0)
        degree += inside
        right[known] += colour[hole][known]
        links.append(np.stack([number[hole], neighbour[hole]])[:, inside & ~known])
    pairs = np.concatenate(links, axis=1)
    adjacent = coo_array((np.ones(pairs.shape[1]), tuple(pairs)), shape=(len(degree),) * 2)
    solved: Floats = splu((diags_array(degree) - adjacent).tocsc()).solve(right)
    return solved


def _within(picture: Floats | Pixels, aligned: Prepared) -> Pixels:
    """Round to uint8 and put the mask value outside the mask."""
    pixels = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    pixels[~aligned.mask] = aligned.spec.mask_value
    return pixels


BASELINES: Final[Mapping[str, Callable[[Prepared, Pixels], Baseline]]] = {
    "blur": lambda aligned, _: blur_baseline(aligned),
    "inpaint": lambda aligned, _: inpaint_baseline(aligned),
    "mean": mean_picture_baseline,
}
"""By the names a study gives them: of a prepared picture and its cohort's mean one."""


def baseline_of(name: str, aligned: Prepared, mean: Pixels, subject: str) -> Baseline:
    """One of ``BASELINES``, called as ``called`` has it."""
    return replace(BASELINES[name](aligned, mean), name=called(name, subject))


def called(name: str, subject: str) -> str:
    """As a person reads it: a mean is one of a subject, such as "mean knee"."""
    return f"mean {subject}" if name == "mean" else name


def third_baseline(names: tuple[str, str]) -> str:
    """The one that is left of three."""
    (left,) = set(BASELINES) - set(names)
    return left
