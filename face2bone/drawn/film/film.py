"""A drawn film: its pixels, everything that is true about it, and where its anatomy lies on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.exposure import Exposure, Frame, expose, frame_mask, framed, marker_mask
from face2bone.drawn.film.patients import Laterality, PlantedModel
from face2bone.drawn.film.solids import Array
from face2bone.modalities.parts import OUTSIDE

Point = tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """left, top: of the anatomy's origin from the film's corner, mm. size: factor.

    turn_deg: clockwise on the film. mirror: -1 where the anatomy's x runs to the film's left.
    """

    left: float
    top: float
    size: float
    turn_deg: float
    mirror: float

    @property
    def turn(self) -> tuple[float, float]:
        """Cosine and sine of the turn."""
        angle = np.radians(self.turn_deg)
        return float(np.cos(angle)), float(np.sin(angle))

    def pixels(self, points: Mapping[str, Point], spacing_mm: float) -> dict[str, Point]:
        """Points of the anatomy (mm of size 1) as (x, y) in pixels, (0, 0) a pixel's middle."""
        cosine, sine = self.turn
        found = {}
        for name, (x, y) in points.items():
            u, v = self.mirror * x * self.size, y * self.size
            across = self.left + cosine * u - sine * v
            down = self.top + sine * u + cosine * v
            found[name] = (across / spacing_mm - 0.5, down / spacing_mm - 0.5)
        return found


def mirror_of(side: Laterality, unmirrored: Laterality) -> float:
    """1 for the side that the anatomy describes, -1 for the other."""
    return 1.0 if side == unmirrored else -1.0


MASK_ABOVE: Final = 0.02  # of the peak
MASK_GROWN_MM: Final = 3.0  # the reach of the display's sharpening


@dataclass(frozen=True)
class Anatomy:
    """What the rays crossed, pixel by pixel: paths of cortical bone and soft tissue in cm.

    part_map: int8, index of a part or ``OUTSIDE``.
    """

    bone_cm: Array
    soft_cm: Array
    part_map: npt.NDArray[np.int8]


@dataclass(frozen=True)
class DrawnFilm:
    """grey: (H, W) float32, 0 to 1, bone bright. spacing_mm: of a pixel in the patient.

    part_map: (H, W) int8; border and marker are outside. landmarks: name to (x, y) in pixels.
    """

    grey: npt.NDArray[np.float32]
    spacing_mm: float
    part_map: npt.NDArray[np.int8]
    landmarks: Mapping[str, tuple[float, float]]

    def pixels(self, bits: Literal[8, 12, 16] = 8) -> npt.NDArray[np.uint8 | np.uint16]:
        """The film as integers, 0 to 2^bits - 1; uint8 for 8 bits, else uint16."""
        levels = np.rint(self.grey * np.float32(2**bits - 1))
        whole: npt.NDArray[np.uint8 | np.uint16] = levels.astype(
            np.uint8 if bits == 8 else np.uint16
        )
        return whole


def develop(
    anatomy: Anatomy,
    spectrum: tuple[float, float, float],
    exposure: Exposure,
    frame: Frame,
    spacing_mm: float,
    landmarks: Mapping[str, tuple[float, float]],
    rng: np.random.Generator | None,
) -> DrawnFilm:
    """Expose and frame an anatomy; ``rng`` None leaves noise, border and marker out."""
    grey = expose(anatomy.bone_cm, anatomy.soft_cm, spectrum, exposure, spacing_mm, rng)
    part_map = anatomy.part_map
    if rng is not None:
        shape = (grey.shape[0], grey.shape[1])
        grey = framed(grey, frame, spacing_mm)
        hidden = ~frame_mask(frame, shape, spacing_mm) | marker_mask(frame, shape, spacing_mm)
        part_map = np.where(hidden, np.int8(OUTSIDE), part_map)
    return DrawnFilm(grey, spacing_mm, part_map, landmarks)


def influence(less: Array, more: Array) -> npt.NDArray[np.float32]:
    """Where a value shows: |change of primary attenuation|, 1 at its peak; zeros if nowhere."""
    change = np.abs(more - less)
    peak = float(change.max())
    shown: npt.NDArray[np.float32] = (change / (peak or 1.0)).astype(np.float32)
    return shown


def influence_maps(
    model: PlantedModel,
    values: Mapping[str, float],
    attenuation: Callable[[Mapping[str, float]], Array],
) -> dict[str, npt.NDArray[np.float32]]:
    """For each value where it shows: ``influence`` between half a noise SD lower and higher.

    ``attenuation``: from values to (H, W) primary attenuation.
    """
    maps = {}
    for planted in model.values:
        at, half = values[planted.name], planted.noise_sd / 2
        pair = [attenuation({**values, planted.name: at + step}) for step in (-half, half)]
        maps[planted.name] = influence(pair[0], pair[1])
    return maps


def value_mask(shown: npt.NDArray[np.float32], spacing_mm: float) -> npt.NDArray[np.bool_]:
    """(H, W) bool: where a value of this ``influence`` can be seen at all."""
    reach = round(MASK_GROWN_MM / spacing_mm)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate((shown > MASK_ABOVE).astype(np.uint8), disc).astype(bool)
