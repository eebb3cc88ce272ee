"""The solids of a drawn knee, in millimetres of a right knee of size 1 seen from the front.

x to the lateral side (the fibula's), y down, the joint line at y = 0. Outlines are profiles of
the medial and lateral edge by level; the ends are curves of the level by x (round condyles, a
plateau with two spines). A value that changes one outline leaves every other where it was.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.drawn.film.film import Anatomy
from face2bone.drawn.film.solids import (
    Array,
    bell,
    chord,
    closing,
    profile,
    sigmoid,
    smooth_union,
)
from face2bone.drawn.knee.look import KneeLook
from face2bone.modalities.knee.parts import KNEE_PARTS
from face2bone.modalities.parts import OUTSIDE, part_index

# Edges of the bones by level: (y, medial x, lateral x).
_FEMUR: Final = (
    (-110, -14.6, 14.4), (-90, -15.4, 15.0), (-76, -17.0, 16.2), (-64, -20.4, 18.6),
    (-54, -25.6, 22.0), (-46, -31.5, 26.0), (-39, -37.2, 31.0), (-32, -40.0, 35.8),
    (-25, -40.6, 39.0), (-18, -40.2, 39.8), (-10, -39.6, 39.0), (4, -38.6, 38.0),
)  # fmt: skip
_TIBIA: Final = (
    (0, -37.0, 36.6), (6, -38.4, 37.8), (12, -38.0, 37.2), (20, -34.6, 33.2),
    (29, -29.4, 27.4), (39, -24.6, 22.4), (51, -20.2, 18.4), (66, -16.8, 15.2), (85, -14.6, 13.4),
    (110, -13.8, 12.6),
)  # fmt: skip
_FIBULA: Final = (
    (8, 25, 39), (16, 24.0, 41.0), (24, 25.0, 40.0), (33, 27.0, 37.5), (44, 27.8, 36.0),
    (110, 27.0, 35.5),
)  # fmt: skip
# Half depths by level.
_FEMUR_DEPTH: Final = ((-110, 14.5), (-70, 15.5), (-50, 19.0), (-34, 25.0), (-15, 29.0), (4, 29.0))
_TIBIA_DEPTH: Final = ((0, 23.0), (14, 23.0), (34, 18.0), (60, 15.0), (110, 14.0))
# Half width of the leg by level, and its half depth as a share of it.
_LEG: Final = ((-110, 76.0), (-60, 66.0), (-20, 57.0), (15, 54.0), (60, 58.0), (110, 60.0))
_LEG_DEPTH: Final = 0.86

SHAFT_ABOVE: Final = -46.0  # where the femoral shaft ends and the condyles begin
SHAFT_BELOW: Final = 38.0  # where the tibial shaft begins
CORTEX_LEVEL_FEMUR: Final = -80.0
CORTEX_LEVEL_TIBIA: Final = 75.0
_FIBULAR_HEAD: Final = (33.0, 10.0)
_SHELL: Final = 0.55  # thin cortex of the ends
_END_RADIUS: Final = 13.0


@dataclass(frozen=True)
class KneeValues:
    """The six values, units in ``values.KNEE_VALUES``."""

    femoral_cortex: float
    tibial_cortex: float
    bone_volume: float
    horizontal: float
    plate: float
    joint_space: float


@dataclass(frozen=True)
class Bone:
    """Whole and marrow path (mm), and the silhouette."""

    whole: Array
    marrow: Array

    @property
    def cortex(self) -> Array:
        """Path through compact bone, mm."""
        path: Array = self.whole - self.marrow
        return path

    @property
    def shown(self) -> Array:
        """(H, W) bool: where the bone is."""
        seen: Array = self.whole > 0.3
        return seen


def _level(rows: tuple[tuple[float, ...], ...], column: int, y: Array) -> Array:
    return profile([r[0] for r in rows], [r[column] for r in rows], y)


def _bone(
    x: Array, edges: tuple[Array, Array], depth: Array, wall: Array, ends: tuple[Array, Array]
) -> Bone:
    """A tube between two edges; ``wall``: thickness; ``ends``: outer and inner end factor."""
    middle, half = 0.5 * (edges[0] + edges[1]), 0.5 * (edges[1] - edges[0])
    u = x - middle
    whole = chord(u, half, depth) * ends[0]
    marrow = chord(u, np.clip(half - wall, 0, None), np.clip(depth - 0.9 * wall, 0, None))
    return Bone(whole, np.minimum(marrow * ends[1], whole))


def condyle_end(x: Array, values: KneeValues, look: KneeLook) -> Array:
    """Level (mm) of the femur's lower outline: two round condyles and an arch between."""
    wide = np.abs(x) / np.float32(look.flare)
    outer = np.clip((wide - 22) / 18.6, 0, 1) ** np.float32(2.6)
    inner = np.clip((22 - wide) / 22, 0, None) ** 2
    arch = np.sqrt(np.clip(1 - (x / look.notch[0]) ** 2, 0, None))
    fall = 15.0 * (1 - np.sqrt(1 - outer)) + 3.0 * inner + np.float32(0.45 * look.notch[1]) * arch
    level: Array = -0.5 * values.joint_space - fall
    return level


def plateau_end(x: Array, values: KneeValues, look: KneeLook) -> Array:
    """Level (mm) of the tibia's upper outline: two shallow dishes, two spines, round shoulders."""
    level = 0.5 * values.joint_space + 1.3 * bell(x, -20.0, 9.0) + 0.5 * bell(x, 20.0, 9.0)
    level = level - look.spines[0] * bell(x, -4.5, 2.6) - look.spines[1] * bell(x, 5.5, 2.6)
    shoulder = np.clip(np.abs(x) / np.float32(look.flare) - 32.0, 0, None)
    raised: Array = level + 0.2 * shoulder**2 - 1.5 * bell(x, 0.0, 9.0)
    return raised


def femur_walls(y: Array, values: KneeValues, look: KneeLook) -> tuple[Array, Array, Array]:
    """Medial edge, lateral edge and thickness of the wall by level, mm."""
    lean = np.float32(np.tan(np.radians(look.varus_deg))) * np.clip(-y - 20, 0, None)
    shaft = np.float32(look.shaft) + (1 - np.float32(look.shaft)) * sigmoid((y + 55) / 8)
    widen = shaft * (1 + np.float32(look.flare - 1) * sigmoid((y + 48) / 5))
    wall = np.float32(_SHELL) + np.float32(values.femoral_cortex) * sigmoid(-(y + 50) / 4.5)
    return _level(_FEMUR, 1, y) * widen + lean, _level(_FEMUR, 2, y) * widen + lean, wall


def tibia_walls(y: Array, values: KneeValues, look: KneeLook) -> tuple[Array, Array, Array]:
    """Medial edge, lateral edge and thickness of the wall by level, mm."""
    shaft = np.float32(look.shaft) + (1 - np.float32(look.shaft)) * sigmoid((40 - y) / 7)
    widen = shaft * (1 + np.float32(look.flare - 1) * sigmoid((35 - y) / 5))
    wall = np.float32(_SHELL) + np.float32(values.tibial_cortex) * sigmoid((y - 43) / 4.5)
    return _level(_TIBIA, 1, y) * widen, _level(_TIBIA, 2, y) * widen, wall


def cortical_index(values: KneeValues, look: KneeLook) -> dict[str, float]:
    """Truth for an instrument: both walls over the width, at the levels above."""
    found = {}
    for name, walls, level in (
        ("femur", femur_walls, CORTEX_LEVEL_FEMUR),
        ("tibia", tibia_walls, CORTEX_LEVEL_TIBIA),
    ):
        medial, lateral, wall = (float(v) for v in walls(np.array(level, np.float32), values, look))
        found[name] = 2 * wall / (lateral - medial)
    return found


def femur(x: Array, y: Array, values: KneeValues, look: KneeLook) -> Bone:
    """The distal femur; its shaft leans outward above the joint."""
    medial, lateral, wall = femur_walls(y, values, look)
    end = condyle_end(x, values, look)
    ends = closing(end - y, _END_RADIUS), closing(end - values.plate - y, _END_RADIUS)
    bone = _bone(x, (medial, lateral), _level(_FEMUR_DEPTH, 1, y), wall, ends)
    hollow = 1 - np.float32(0.40) * _notch(x, y, look)
    return Bone(bone.whole * hollow, bone.marrow * hollow)


def _notch(x: Array, y: Array, look: KneeLook) -> Array:
    """The intercondylar notch, 0 to 1: an arch open below."""
    half, height = look.notch
    arch = np.sqrt(np.clip(1 - (x / half) ** 2, 0, None)) * np.float32(height - 8) + 8
    return sigmoid((y + arch) / 0.9) * sigmoid((half - np.abs(x)) / 0.9)


def tibia(x: Array, y: Array, values: KneeValues, look: KneeLook) -> Bone:
    """The proximal tibia."""
    medial, lateral, wall = tibia_walls(y, values, look)
    end = plateau_end(x, values, look)
    ends = closing(y - end, _END_RADIUS), closing(y - end - 1.1 * values.plate, _END_RADIUS)
    return _bone(x, (medial, lateral), _level(_TIBIA_DEPTH, 1, y), wall, ends)


def fibula(x: Array, y: Array, look: KneeLook) -> Bone:
    """The fibula behind the lateral plateau; its cortex is nobody's planted value."""
    medial, lateral = (_level(_FIBULA, column, y) + look.fibula_out for column in (1, 2))
    top = _FIBULAR_HEAD[1] + 0.09 * (x - _FIBULAR_HEAD[0] - look.fibula_out) ** 2
    wall = np.float32(0.5) + np.float32(1.7) * sigmoid((y - 34) / 5)
    ends = closing(y - top, 6.0), closing(y - top - 0.7, 6.0)
    return _bone(x, (medial, lateral), 0.45 * (lateral - medial), wall, ends)


def patella(x: Array, y: Array, look: KneeLook) -> Bone:
    """The patella before the femur, a flat lens."""
    cx, cy, half, tall = look.patella
    round_, inner = (np.sqrt(np.clip(1 - ((y - cy) / r) ** 2, 0, None)) for r in (tall, tall - 1))
    whole = chord(x - cx, round_ * half, 9.0 * round_)
    marrow = chord(x - cx, inner * (half - 1.0), 8.2 * inner)
    return Bone(whole, np.minimum(marrow, whole))


def leg(x: Array, y: Array, look: KneeLook) -> Array:
    """Path (mm) through the leg, bones included."""
    half = _level(_LEG, 1, y) * np.float32(1 + 0.075 * look.flesh)
    return chord(x - 2.0, half, _LEG_DEPTH * half)


def landmarks(values: KneeValues, look: KneeLook) -> dict[str, tuple[float, float]]:
    """Points of the outlines, (x, y) in mm of a right knee of size 1."""
    at = {"epicondyle": -25.0, "plateau": 8.0}
    walls = {"epicondyle": femur_walls, "plateau": tibia_walls}
    found = {"joint_centre": (0.0, 0.0)}
    for name, level in at.items():
        medial, lateral, _ = walls[name](np.array(level, np.float32), values, look)
        found[f"{name}_medial"] = (float(medial), level)
        found[f"{name}_lateral"] = (float(lateral), level)
    head_x, head_y = _FIBULAR_HEAD
    return found | {"fibular_head": (head_x + look.fibula_out, head_y)}


def struts(y: Array) -> Array:
    """Share of the trabecular bone volume by level: full in the ends, little in the shafts."""
    near: Array = np.float32(0.10) + np.float32(0.90) * (
        sigmoid((y + 52) / 5) * sigmoid((44 - y) / 6)
    )
    return near


def build(
    x: Array, y: Array, values: KneeValues, look: KneeLook, families: tuple[Array, Array]
) -> Anatomy:
    """Paths and parts at right-knee positions (mm); ``families``: vertical, horizontal ridges."""
    bones = {
        "femur": femur(x, y, values, look),
        "tibia": tibia(x, y, values, look),
        "fibula": fibula(x, y, look),
        "patella": patella(x, y, look),
    }
    near = struts(y)
    pattern = families[0] + np.float32(values.horizontal) * families[1]
    pattern = np.clip(1 + np.float32(look.texture) * pattern * near, 0.2, 2.4)
    marrow = bones["femur"].marrow + bones["tibia"].marrow
    own = np.float32(values.bone_volume) * near * pattern
    # The fibula and the patella keep a bone volume of their own: nothing is planted in them.
    other = bones["fibula"].marrow * np.float32(0.10) + bones["patella"].marrow * np.float32(0.17)
    zero = np.zeros_like(marrow)
    compact = sum((b.cortex for b in bones.values()), zero)
    bone = compact + marrow * own + other
    whole = sum((b.whole for b in bones.values()), zero)
    soft = np.clip(smooth_union(leg(x, y, look), 0.5 * whole) - bone, 0, None)
    scale = np.float32(look.size / 10)
    return Anatomy(bone * scale, soft * scale, part_map(x, y, bones, values, look))


def part_map(
    x: Array, y: Array, bones: dict[str, Bone], values: KneeValues, look: KneeLook
) -> Array:
    """(H, W) int8 index into ``KNEE_PARTS``; the patella belongs to what it lies before."""
    femur_shown, tibia_shown = bones["femur"].shown, bones["tibia"].shown
    level = {"femur": condyle_end(x, values, look), "tibia": plateau_end(x, values, look)}
    gap = (y > level["femur"] - 1) & (y < level["tibia"] + 1) & (np.abs(x) < 38)
    gap &= ~femur_shown & ~tibia_shown
    masks = {
        "soft_tissue": leg(x, y, look) > 0,
        "fibula": bones["fibula"].shown,
        "joint_space_medial": gap & (x < 0),
        "joint_space_lateral": gap & (x >= 0),
        "tibial_shaft": tibia_shown & (y >= SHAFT_BELOW),
        "plateau_medial": tibia_shown & (y < SHAFT_BELOW) & (x < 0),
        "plateau_lateral": tibia_shown & (y < SHAFT_BELOW) & (x >= 0),
        "femoral_shaft": femur_shown & (y < SHAFT_ABOVE),
        "condyle_medial": femur_shown & (y >= SHAFT_ABOVE) & (x < 0),
        "condyle_lateral": femur_shown & (y >= SHAFT_ABOVE) & (x >= 0),
    }
    parts = np.full(femur_shown.shape, OUTSIDE, np.int8)
    for name, mask in masks.items():
        parts[mask] = part_index(KNEE_PARTS, name)
    return parts
