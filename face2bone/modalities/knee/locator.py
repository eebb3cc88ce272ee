"""Find one or two knees on a film by the mean drawn knee.

The film is made small in eleven sizes and each is compared with one template of 72 pixels by
normalised cross-correlation of local contrast. The *film* is scaled and never the template: a
template that shrinks loses its detail and matches anything. Local contrast is (grey - mean) /
(SD + a floor) of a neighbourhood, so that exposure and window of a film hardly matter. Two
neighbourhoods are compared and their correlations averaged: a wide one sees the shape of the
bones, a narrow one their edges and the joint line, and is not misled by legs and collimation. The
template is symmetrical, so either side of the body is found alike.

The places that match best are looked at again with all of the mean knee, its shafts as well, as it
is or mirrored: a shaft between its muscles is like a knee's middle, and like no whole knee. A place
with another such beside it is the likelier, for films of both knees are common.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

ATLAS_FILE: Final = Path(__file__).with_name("atlas.npz")
CROP_SIDE: Final = 192  # pixels
CROP_MM: Final = 148.0  # of a knee of size 1: 74 mm of each shaft
MM_PER_PIXEL: Final = CROP_MM / CROP_SIDE


@dataclass(frozen=True, eq=False)
class KneeAtlas:
    """grey: uint8 (192, 192), the mean film; part_map: int8 (192, 192), index into the parts."""

    grey: npt.NDArray[np.uint8]
    part_map: npt.NDArray[np.int8]

    def mirrored(self) -> "KneeAtlas":
        """With the lateral side on the left."""
        return KneeAtlas(self.grey[:, ::-1], self.part_map[:, ::-1])


@lru_cache(maxsize=1)
def knee_atlas() -> KneeAtlas:
    """The atlas that ships; nobody's knee."""
    with np.load(ATLAS_FILE) as kept:
        grey, part_map = kept["grey"], kept["part_map"]
    for array in (grey, part_map):
        array.setflags(write=False)
    return KneeAtlas(grey, part_map)


Array = npt.NDArray[Any]

TEMPLATE_WIDTH: Final = 72  # pixels
TEMPLATE_MM: Final = 96.0  # of a knee of size 1, across both condyles and some flesh beside them
TEMPLATE_HALF_MM: Final = 38.0  # above and below the joint line
SIZES: Final = (0.14, 0.165, 0.19, 0.22, 0.26, 0.30, 0.35, 0.41, 0.48, 0.56, 0.64)
"""Width of the template's part of the knee over the longer side of the film."""
LEAST_LIKENESS: Final = 0.45
"""Likeness below which nothing is called a knee; chosen on real films: docs/research/knee.md."""
SECOND_SCORE: Final = 0.62
"""Least share of the best knee's correlation that a second knee has."""
SECOND_LEAST: Final = 0.45
_MARGIN: Final = 16  # pixels that a knee at the film's edge may lack
_LEAST_CONTRAST: Final = 0.31  # mean square of a window's local contrast; less is air
_PEAKS: Final = 4  # of each size
_LEAST_SEEN: Final = 0.4  # of the whole knee's square, within the film
PAIR_SHARE: Final = 0.15
"""What a place gains by another beside it, of that one's correlation; chosen on real films."""


@dataclass(frozen=True)
class FoundKnee:
    """Where a knee is: ``x``, ``y`` of the joint's middle and ``width`` of the template's part, in
    pixels of the film; ``score``: correlation with the mean knee's middle, ``whole``: with all of
    it, both up to 1.
    """

    x: float
    y: float
    width: float
    score: float
    whole: float

    @property
    def likeness(self) -> float:
        """The mean of both correlations."""
        return (self.score + self.whole) / 2

    @property
    def pixels_per_mm(self) -> float:
        """Of a knee of size 1: a scale, not a measurement, for nobody's knee has this size."""
        return self.width / TEMPLATE_MM


def locate_knees(grey: npt.NDArray[np.float32]) -> tuple[FoundKnee, ...]:
    """The knees of a film (H, W) in [0, 1], bone bright: the likest first, two at most.

    Empty where nothing is like a knee.
    """
    places = list(_places(255 * grey))
    best = max(places, key=lambda one: _among(places, one), default=None)
    if best is None or _among(places, best) < LEAST_LIKENESS:
        return ()
    beside = [knee for knee in places if _is_beside(knee, best)]
    second = max(beside, key=lambda knee: knee.likeness, default=None)
    found = [best, *filter(None, [second])]
    return tuple(sorted(found, key=lambda knee: knee.likeness, reverse=True))


def _among(places: list[FoundKnee], knee: FoundKnee) -> float:
    """A place's likeness, and what it gains by the place beside it."""
    partners = [other.score for other in places if _is_alike(other, knee)]
    return knee.likeness + PAIR_SHARE * max(partners, default=0.0)


@dataclass(frozen=True)
class Neighbourhood:
    """SDs (pixels) of the blurs that smooth a picture, take its mean and its spread; and the floor
    of the spread, in grey levels, below which a difference is noise.
    """

    smooth: float
    mean: float
    spread: float
    floor: float


WIDE: Final = Neighbourhood(1.0, 10.0, 14.0, 8.0)
NARROW: Final = Neighbourhood(1.3, 4.0, 7.0, 6.0)


def local_contrast(grey: Array, near: Neighbourhood) -> npt.NDArray[np.float32]:
    """Grey levels (H, W), 0 to 255, over their neighbourhood's: about -2 to 2."""
    smooth = cv2.GaussianBlur(grey, (0, 0), near.smooth)
    above = smooth - cv2.GaussianBlur(smooth, (0, 0), near.mean)
    variance = cv2.GaussianBlur(above**2, (0, 0), near.spread)
    spread = np.sqrt(np.maximum(variance, 0)) + near.floor
    contrast: npt.NDArray[np.float32] = (above / spread).astype(np.float32)
    return contrast


@lru_cache(maxsize=2)
def template(near: Neighbourhood) -> npt.NDArray[np.float32]:
    """Local contrast of the mean knee's middle, made symmetrical; 72 pixels wide."""
    grey = knee_atlas().grey.astype(np.float32)
    contrast = _at_template_scale((grey + grey[:, ::-1]) / 2, near)
    middle, half = contrast.shape[0] // 2, TEMPLATE_WIDTH // 2
    high = round(TEMPLATE_HALF_MM * TEMPLATE_WIDTH / TEMPLATE_MM)
    return contrast[middle - high : middle + high, middle - half : middle + half]


@lru_cache(maxsize=2)
def whole_templates(near: Neighbourhood) -> tuple[npt.NDArray[np.float32], ...]:
    """Local contrast of all of the mean knee, as it is and mirrored, at the same scale."""
    atlas = knee_atlas()
    return tuple(
        _at_template_scale(grey.astype(np.float32), near)
        for grey in (atlas.grey, atlas.mirrored().grey)
    )


def _at_template_scale(grey: Array, near: Neighbourhood) -> npt.NDArray[np.float32]:
    scale = TEMPLATE_WIDTH * MM_PER_PIXEL / TEMPLATE_MM
    side = 2 * round(CROP_SIDE * scale / 2)
    return local_contrast(cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA), near)


def _places(grey: npt.NDArray[np.float32]) -> Iterator[FoundKnee]:
    """The best places of every size."""
    for size in SIZES:
        scale = TEMPLATE_WIDTH / (size * max(grey.shape))
        height, width = (max(8, round(side * scale)) for side in grey.shape)
        small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
        padded = cv2.copyMakeBorder(small, *(_MARGIN,) * 4, cv2.BORDER_REPLICATE)
        if all(
            side > least for side, least in zip(padded.shape, template(WIDE).shape, strict=True)
        ):
            contrasts = {near: local_contrast(padded, near) for near in (WIDE, NARROW)}
            yield from _peaks(contrasts, scale)


Contrasts = dict[Neighbourhood, npt.NDArray[np.float32]]
"""Local contrast of a film at one scale, with a margin, by neighbourhood."""


def _matched(contrasts: Contrasts) -> Array:
    """Correlation of every window of the film with the mean knee's middle; -1 where it is air."""
    rows, columns = template(WIDE).shape
    score = (_correlation(contrasts, WIDE) + _correlation(contrasts, NARROW)) / 2
    busy = cv2.boxFilter(contrasts[WIDE] ** 2, -1, (columns, rows), anchor=(0, 0))
    score[busy[: score.shape[0], : score.shape[1]] < _LEAST_CONTRAST] = -1
    return score


def _correlation(contrasts: Contrasts, near: Neighbourhood) -> Array:
    score = cv2.matchTemplate(contrasts[near], template(near), cv2.TM_CCOEFF_NORMED)
    score[~np.isfinite(score)] = -1
    return score


def _whole(contrasts: Contrasts, x: int, y: int) -> float:
    """Correlation with all of the mean knee around a joint at (x, y) of the padded film.

    Of what lies within the film; 0 where that is too little.
    """
    found = []
    for near, contrast in contrasts.items():
        inside = contrast[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        side = whole_templates(near)[0].shape[0]
        top, left = y - _MARGIN - side // 2, x - _MARGIN - side // 2
        rows = slice(max(top, 0), max(min(top + side, inside.shape[0]), 0))
        columns = slice(max(left, 0), max(min(left + side, inside.shape[1]), 0))
        seen = inside[rows, columns]
        if seen.size < _LEAST_SEEN * side**2:
            return 0.0
        there = (
            slice(rows.start - top, rows.stop - top),
            slice(columns.start - left, columns.stop - left),
        )
        both = (
            cv2.matchTemplate(seen, one[there], cv2.TM_CCOEFF_NORMED)
            for one in whole_templates(near)
        )
        found.append(max(float(one[0, 0]) for one in both))
    return sum(found) / len(found)


def _peaks(contrasts: Contrasts, scale: float) -> Iterator[FoundKnee]:
    """The highest places of a map of correlations, a third of a knee apart."""
    score = _matched(contrasts)
    rows, columns = template(WIDE).shape
    apart = TEMPLATE_WIDTH // 3
    for _ in range(_PEAKS):
        _, value, _, (x, y) = cv2.minMaxLoc(score)
        if value <= 0:
            return
        yield FoundKnee(
            x=(x + columns / 2 - _MARGIN) / scale,
            y=(y + rows / 2 - _MARGIN) / scale,
            width=TEMPLATE_WIDTH / scale,
            score=float(value),
            whole=_whole(contrasts, x + columns // 2, y + rows // 2),
        )
        score[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -1


def _is_alike(other: FoundKnee, knee: FoundKnee) -> bool:
    """Whether both may be one person's: alike in size, in the same row, one beside the other."""
    return (
        abs(other.width / knee.width - 1) < 0.3
        and abs(other.x - knee.x) > 0.95 * knee.width
        and abs(other.y - knee.y) < 0.35 * knee.width
    )


def _is_beside(knee: FoundKnee, best: FoundKnee) -> bool:
    """Whether it may be the other knee of the film."""
    enough = knee.score >= max(SECOND_LEAST, SECOND_SCORE * best.score)
    return enough and _is_alike(knee, best)
