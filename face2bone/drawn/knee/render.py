"""From a patient to a knee film: its pixels, parts, landmarks, and where each value shows."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.exposure import KNEE_SPECTRUM, log_signal
from face2bone.drawn.film.film import (
    Anatomy,
    DrawnFilm,
    Placement,
    develop,
    influence_maps,
    mirror_of,
)
from face2bone.drawn.film.patients import FilmPatient, Laterality, named_values
from face2bone.drawn.film.solids import Array
from face2bone.drawn.film.texture import fitted, ridges
from face2bone.drawn.knee.anatomy import (
    KneeValues,
    build,
    cortical_index,
    landmarks,
)
from face2bone.drawn.knee.look import KneeLook, knee_look
from face2bone.drawn.knee.values import KNEE_VALUES
from face2bone.modalities.parts import OUTSIDE

FIELD_MM: Final = (172.0, 140.0)
"""Height and width of the film in the patient."""
SPACING_MM: Final = 0.45
_ANISOTROPY: Final = 0.25
_MARGIN_MM: Final = 9.0  # more than a corner moves when the knee is turned


def knee_values(patient: FilmPatient) -> KneeValues:
    """The patient's values by name."""
    return KneeValues(**named_values(KNEE_VALUES, patient))


def draw_knee(
    patient: FilmPatient, spacing_mm: float = SPACING_MM, *, clean: bool = False
) -> DrawnFilm:
    """The patient's knee film; the same patient always gives the same pixels.

    ``clean`` leaves out noise, collimation and marker.
    """
    return draw_knee_of(knee_values(patient), knee_look(patient), patient.side, spacing_mm, clean)


def draw_knee_of(
    values: KneeValues, look: KneeLook, side: Laterality, spacing_mm: float, clean: bool
) -> DrawnFilm:
    """A film of these values with this look: what twins that differ in one value need."""
    return develop(
        knee_anatomy(values, look, side, spacing_mm),
        KNEE_SPECTRUM,
        look.exposure,
        look.frame,
        spacing_mm,
        knee_landmarks(values, look, side, spacing_mm),
        None if clean else np.random.default_rng((look.seed, 1)),
    )


def value_maps(
    patient: FilmPatient, spacing_mm: float = SPACING_MM
) -> dict[str, npt.NDArray[np.float32]]:
    """For each value where it shows on the film, (H, W), 1 at its peak.

    The exact change of primary attenuation between the value half a noise SD lower and higher.
    """
    look = knee_look(patient)

    def attenuation(values: Mapping[str, float]) -> Array:
        anatomy = knee_anatomy(KneeValues(**values), look, patient.side, spacing_mm)
        return log_signal(anatomy.bone_cm, anatomy.soft_cm, KNEE_SPECTRUM)

    named = named_values(KNEE_VALUES, patient)
    return influence_maps(KNEE_VALUES, named, attenuation)


def cortical_indices(patient: FilmPatient) -> dict[str, float]:
    """Truth for an instrument: both walls over the width of ``"femur"`` and ``"tibia"``."""
    return cortical_index(knee_values(patient), knee_look(patient))


def knee_anatomy(
    values: KneeValues, look: KneeLook, side: Laterality, spacing_mm: float
) -> Anatomy:
    """The anatomy at the film's pixels: built upright on a grid with a margin, then turned."""
    shape, wide = _shape(spacing_mm, 0.0), _shape(spacing_mm, _MARGIN_MM)
    rng = np.random.default_rng(look.seed)
    families = _families(rng, wide)
    place = _placement(look, side)
    x, y = _positions(place, spacing_mm, wide)
    upright = build(x, y, values, look, families)
    turn = _turn(place, spacing_mm)

    def turned(field: Array, how: int, beyond: int) -> Array:
        return cv2.warpAffine(
            field, turn, shape[::-1], flags=how | cv2.WARP_INVERSE_MAP, borderValue=beyond
        )

    return Anatomy(
        turned(upright.bone_cm, cv2.INTER_LINEAR, 0),
        turned(upright.soft_cm, cv2.INTER_LINEAR, 0),
        turned(upright.part_map.astype(np.float32), cv2.INTER_NEAREST, OUTSIDE).astype(np.int8),
    )


def knee_landmarks(
    values: KneeValues, look: KneeLook, side: Laterality, spacing_mm: float
) -> dict[str, tuple[float, float]]:
    """Where the landmarks lie on the film, (x, y) in pixels."""
    return _placement(look, side).pixels(landmarks(values, look), spacing_mm)


def _placement(look: KneeLook, side: Laterality) -> Placement:
    """The joint centre near the film's middle; seen from the front a right knee has its
    lateral side on the film's left.
    """
    left, top = (f / 2 + shift for f, shift in zip(FIELD_MM[::-1], look.shift, strict=True))
    return Placement(left, top, look.size, look.turn_deg, mirror_of(side, "left"))


def _shape(spacing_mm: float, margin_mm: float) -> tuple[int, int]:
    margin = 2 * round(margin_mm / spacing_mm)
    return round(FIELD_MM[0] / spacing_mm) + margin, round(FIELD_MM[1] / spacing_mm) + margin


def _positions(place: Placement, spacing_mm: float, wide: tuple[int, int]) -> tuple[Array, Array]:
    """Of the upright grid: x (1, W) to the lateral side and y (H, 1) down, mm of size 1."""
    margin = round(_MARGIN_MM / spacing_mm)
    x, y = (
        (((np.arange(n) - margin + 0.5) * spacing_mm - origin) / place.size).astype(np.float32)
        for n, origin in zip(wide[::-1], (place.left, place.top), strict=True)
    )
    return np.float32(place.mirror) * x[None], y[:, None]


def _turn(place: Placement, spacing_mm: float) -> Array:
    """From a film pixel to the upright grid's, 2 x 3: a turn about the joint centre."""
    cosine, sine = place.turn
    centre = np.array([place.left, place.top]) / spacing_mm - 0.5
    turn = np.array([[cosine, sine], [-sine, cosine]])
    offset = centre + round(_MARGIN_MM / spacing_mm) - turn @ centre
    return np.column_stack([turn, offset])


def _families(rng: np.random.Generator, wide: tuple[int, int]) -> tuple[Array, Array]:
    size = FIELD_MM[0] + 2 * _MARGIN_MM, FIELD_MM[1] + 2 * _MARGIN_MM
    vertical, horizontal = (
        fitted(ridges(rng, *size, vertical=is_vertical, aniso=_ANISOTROPY), wide)
        for is_vertical in (True, False)
    )
    return vertical, horizontal
