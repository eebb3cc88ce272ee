"""Both knees of a patient on one film, as most departments take them."""

from dataclasses import replace
from typing import Final

import numpy as np

from face2bone.drawn.film.exposure import KNEE_SPECTRUM, Frame
from face2bone.drawn.film.film import Anatomy, DrawnFilm, develop
from face2bone.drawn.film.patients import FilmPatient, Laterality
from face2bone.drawn.film.solids import closing
from face2bone.drawn.knee.anatomy import KneeValues
from face2bone.drawn.knee.look import KneeLook, knee_look
from face2bone.drawn.knee.render import (
    FIELD_MM,
    SPACING_MM,
    knee_anatomy,
    knee_landmarks,
    knee_values,
)

SIDES_ON_FILM: Final[tuple[Laterality, ...]] = (
    "right",
    "left",
)  # the patient's right is on the film's left
_ROUND_MM: Final = 30.0


def draw_both_knees(
    patient: FilmPatient, spacing_mm: float = SPACING_MM, *, clean: bool = False
) -> DrawnFilm:
    """Two knees with the same planted values, each with chance of its own; twice as wide.

    Landmarks are named ``"right_joint_centre"`` and so on.
    """
    values, look = knee_values(patient), knee_look(patient)
    looks = dict(zip(SIDES_ON_FILM, (look, _other_look(look)), strict=True))
    halves = [knee_anatomy(values, looks[side], side, spacing_mm) for side in SIDES_ON_FILM]
    return develop(
        _beside(halves[0], halves[1], spacing_mm),
        KNEE_SPECTRUM,
        look.exposure,
        pair_frame(look.frame),
        spacing_mm,
        _landmarks(values, looks, spacing_mm),
        None if clean else np.random.default_rng((look.seed, 2)),
    )


def _other_look(look: KneeLook) -> KneeLook:
    """The same person's other knee: own turn, place, patella and struts."""
    rng = np.random.default_rng((look.seed, 3))
    x, y, half, tall = look.patella
    return replace(
        look,
        turn_deg=look.turn_deg + 2.0 * float(np.clip(rng.standard_normal(), -2, 2)),
        shift=(look.shift[0], look.shift[1] + 3.0 * float(np.clip(rng.standard_normal(), -2, 2))),
        patella=(x + rng.uniform(-2, 2), y + rng.uniform(-2, 2), half, tall),
        seed=int(rng.integers(2**63)),
    )


def pair_frame(frame: Frame) -> Frame:
    """The marker names the knee on whose side of the film it lies."""
    return replace(frame, marker="R" if frame.marker_at[1] < 0.5 else "L")


def _beside(left: Anatomy, right: Anatomy, spacing_mm: float) -> Anatomy:
    """Legs that meet are round where they meet, so the flesh thins toward the middle."""
    width = left.soft_cm.shape[1]
    to_middle = (np.arange(width, 0, -1, dtype=np.float32) - 0.5) * np.float32(spacing_mm)
    thin = closing(to_middle, _ROUND_MM)[None]
    return Anatomy(
        np.hstack([left.bone_cm, right.bone_cm]),
        np.hstack([left.soft_cm * thin, right.soft_cm * thin[:, ::-1]]),
        np.hstack([left.part_map, right.part_map]),
    )


def _landmarks(
    values: KneeValues, looks: dict[Laterality, KneeLook], spacing_mm: float
) -> dict[str, tuple[float, float]]:
    width = round(FIELD_MM[1] / spacing_mm)
    return {
        f"{side}_{name}": (x + place * width, y)
        for place, side in enumerate(SIDES_ON_FILM)
        for name, (x, y) in knee_landmarks(values, looks[side], side, spacing_mm).items()
    }
