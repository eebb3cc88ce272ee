"""From a patient to a hand film: its pixels, parts, landmarks, and where each value shows."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.drawn.film.exposure import HAND_SPECTRUM, log_signal
from face2bone.drawn.film.film import Anatomy, DrawnFilm, develop, influence
from face2bone.drawn.film.patients import FilmPatient, named_values
from face2bone.drawn.film.solids import Array
from face2bone.drawn.film.texture import fitted, ridges
from face2bone.drawn.hand.anatomy import HandValues, build, wall_share
from face2bone.drawn.hand.look import RAYS, HandLook, hand_look
from face2bone.drawn.hand.skeleton import tubes
from face2bone.drawn.hand.values import HAND_VALUES

FIELD_MM: Final = (280.0, 210.0)
"""Height and width of the film in the patient."""
SPACING_MM: Final = 0.55
_WRIST: Final = (0.49, 0.70)  # of the origin in the film, fractions of width and height
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
    values: HandValues, look: HandLook, side: str, spacing_mm: float, clean: bool
) -> DrawnFilm:
    """A film of these values with this look: what twins that differ in one value need."""
    return develop(
        _film_anatomy(values, look, side, spacing_mm),
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
    values, look = hand_values(patient), hand_look(patient)

    def attenuation(name: str, at: float) -> Array:
        twin = replace(values, **{name: at})
        anatomy = _film_anatomy(twin, look, patient.side, spacing_mm)
        return log_signal(anatomy.bone_cm, anatomy.soft_cm, HAND_SPECTRUM)

    maps = {}
    for planted in HAND_VALUES.values:
        at, half = getattr(values, planted.name), planted.noise_sd / 2
        pair = attenuation(planted.name, at - half), attenuation(planted.name, at + half)
        maps[planted.name] = influence(*pair)
    return maps


def metacarpal_indices(patient: FilmPatient) -> tuple[float, ...]:
    """Truth for an instrument: both walls over the width at mid-shaft, metacarpals 1 to 5."""
    values, look = hand_values(patient), hand_look(patient)
    return tuple(wall_share(t, values, look) for t in tubes(look) if t.kind == 0)


def _film_anatomy(values: HandValues, look: HandLook, side: str, spacing_mm: float) -> Anatomy:
    x, y = _positions(look, side, spacing_mm)
    rng = np.random.default_rng(look.seed)
    family = ridges(rng, *FIELD_MM, vertical=True, aniso=_ANISOTROPY)
    return build(x, y, values, look, fitted(family, (x.shape[0], x.shape[1])))


def _landmarks(look: HandLook, side: str, spacing_mm: float) -> dict[str, tuple[float, float]]:
    """The 21 points hand landmarkers return, (x, y) in pixels: wrist, then each ray outward.

    ``"0"`` the wrist, ``"1"`` to ``"4"`` the thumb, ``"5"`` to ``"8"`` the index and so on.
    """
    points = [(0.0, 20.0)]
    for ray in range(RAYS):
        own = [tube for tube in tubes(look) if tube.ray == ray]
        points += [own[0].base] if ray == 0 else []
        points += [tube.head for tube in own]
    cosine, sine = _turn(look)
    left, top = _origin(look)
    mirror = _mirror(side)
    found = {}
    for number, (x, y) in enumerate(points):
        u, v = mirror * x * look.size, y * look.size
        place = left + cosine * u - sine * v, top + sine * u + cosine * v
        found[str(number)] = (place[0] / spacing_mm - 0.5, place[1] / spacing_mm - 0.5)
    return found


def _positions(look: HandLook, side: str, spacing_mm: float) -> tuple[Array, Array]:
    """Of each pixel (H, W) in the hand's frame, mm of size 1."""
    height, width = (round(f / spacing_mm) for f in FIELD_MM)
    left, top = _origin(look)
    u = ((np.arange(width) + 0.5) * spacing_mm - left).astype(np.float32)[None]
    v = ((np.arange(height) + 0.5) * spacing_mm - top).astype(np.float32)[:, None]
    cosine, sine = (np.float32(f / look.size) for f in _turn(look))
    return np.float32(_mirror(side)) * (cosine * u + sine * v), cosine * v - sine * u


def _origin(look: HandLook) -> tuple[float, float]:
    return (
        FIELD_MM[1] * _WRIST[0] + look.shift[0],
        FIELD_MM[0] * _WRIST[1] + look.shift[1],
    )


def _turn(look: HandLook) -> tuple[float, float]:
    angle = np.radians(look.turn_deg)
    return float(np.cos(angle)), float(np.sin(angle))


def _mirror(side: str) -> float:
    """A left hand seen from behind (as films are hung) has its thumb on the right."""
    return 1.0 if side == "left" else -1.0
