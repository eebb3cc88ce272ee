"""From a patient to a hand film: its pixels, parts, landmarks, and where each value shows."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.exposure import HAND_SPECTRUM, log_signal
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
from face2bone.drawn.hand.anatomy import HandValues, build, mid_shaft_index
from face2bone.drawn.hand.look import RAYS, HandLook, hand_look
from face2bone.drawn.hand.skeleton import tubes
from face2bone.drawn.hand.values import HAND_VALUES

FIELD_MM: Final = (280.0, 210.0)
"""Height and width of the film in the patient."""
SPACING_MM: Final = 0.55
_ASIDE, _DOWN = 0.06, 0.70  # of the hand's origin: from the middle, from the top, fractions
_WRIST: Final = (0.0, 20.0)  # mm: the landmark among the carpals
_ANISOTROPY: Final = 0.35
LANDMARKS: Final = 21


def hand_values(patient: FilmPatient) -> HandValues:
    """The patient's values by name."""
    return HandValues(**named_values(HAND_VALUES, patient))


def draw_hand(
    patient: FilmPatient, spacing_mm: float = SPACING_MM, *, clean: bool = False
) -> DrawnFilm:
    """The patient's hand film; the same patient always gives the same pixels.

    ``clean`` leaves out noise, collimation and marker.
    """
    return draw_hand_of(hand_values(patient), hand_look(patient), patient.side, spacing_mm, clean)


def draw_hand_of(
    values: HandValues, look: HandLook, side: Laterality, spacing_mm: float, clean: bool
) -> DrawnFilm:
    """A film of these values with this look: what twins that differ in one value need."""
    return develop(
        hand_anatomy(values, look, side, spacing_mm),
        HAND_SPECTRUM,
        look.exposure,
        look.frame,
        spacing_mm,
        _landmarks(look, side, spacing_mm),
        None if clean else np.random.default_rng((look.seed, 1)),
    )


def value_maps(
    patient: FilmPatient, spacing_mm: float = SPACING_MM
) -> dict[str, npt.NDArray[np.float32]]:
    """For each value where it shows on the film, (H, W), 1 at its peak.

    The exact change of primary attenuation between the value half a noise SD lower and higher.
    """
    look = hand_look(patient)

    def attenuation(values: Mapping[str, float]) -> Array:
        anatomy = hand_anatomy(HandValues(**values), look, patient.side, spacing_mm)
        return log_signal(anatomy.bone_cm, anatomy.soft_cm, HAND_SPECTRUM)

    named = named_values(HAND_VALUES, patient)
    return influence_maps(HAND_VALUES, named, attenuation)


def metacarpal_indices(patient: FilmPatient) -> tuple[float, ...]:
    """Truth for an instrument: both walls over the width at mid-shaft, metacarpals 1 to 5."""
    values, look = hand_values(patient), hand_look(patient)
    return tuple(mid_shaft_index(t, values, look) for t in tubes(look) if t.kind == 0)


def hand_anatomy(
    values: HandValues, look: HandLook, side: Laterality, spacing_mm: float
) -> Anatomy:
    """The anatomy at the film's pixels."""
    x, y = _positions(look, side, spacing_mm)
    rng = np.random.default_rng(look.seed)
    family = ridges(rng, *FIELD_MM, vertical=True, aniso=_ANISOTROPY)
    return build(x, y, values, look, fitted(family, (x.shape[0], x.shape[1])))


def _landmarks(
    look: HandLook, side: Laterality, spacing_mm: float
) -> dict[str, tuple[float, float]]:
    """The 21 points hand landmarkers return, (x, y) in pixels: wrist, then each ray outward.

    ``"0"`` the wrist, ``"1"`` to ``"4"`` the thumb, ``"5"`` to ``"8"`` the index and so on.
    """
    points = [_WRIST]
    for ray in range(RAYS):
        own = [tube for tube in tubes(look) if tube.ray == ray]
        points += [own[0].base] if ray == 0 else []
        points += [tube.head for tube in own]
    named = {str(number): point for number, point in enumerate(points)}
    return _placement(look, side).pixels(named, spacing_mm)


def _placement(look: HandLook, side: Laterality) -> Placement:
    """The wrist beside the middle, so that the thumb has room.

    A left hand seen from behind, as films are hung, has its thumb on the right.
    """
    mirror = mirror_of(side, "left")
    left = FIELD_MM[1] * (0.5 - mirror * _ASIDE) + look.shift[0]
    return Placement(left, FIELD_MM[0] * _DOWN + look.shift[1], look.size, look.turn_deg, mirror)


def _positions(look: HandLook, side: Laterality, spacing_mm: float) -> tuple[Array, Array]:
    """Of each pixel (H, W) in the hand's frame, mm of size 1."""
    place = _placement(look, side)
    height, width = (round(f / spacing_mm) for f in FIELD_MM)
    u = ((np.arange(width) + 0.5) * spacing_mm - place.left).astype(np.float32)[None]
    v = ((np.arange(height) + 0.5) * spacing_mm - place.top).astype(np.float32)[:, None]
    cosine, sine = (np.float32(f / look.size) for f in place.turn)
    return np.float32(place.mirror) * (cosine * u + sine * v), cosine * v - sine * u
