"""Spectacles drawn over the picture: rims, bridge, temples, lens reflections, shadow."""

import cv2
import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import Glasses
from face2bone.drawn.face.light import Rig
from face2bone.drawn.face.numerics import Array, bell, blur, linear_rgb
from face2bone.drawn.face.projection import Sight, View
from face2bone.drawn.face.surface import Surface


def _rim(glasses: Glasses, anchor: Array, side: int) -> Array:
    """Outline (56, 3) of one lens, a superellipse on a slightly curved front."""
    t = np.linspace(0, 2 * np.pi, 56, endpoint=False)
    power = 2 / glasses.squareness
    c, s = np.cos(t), np.sin(t)
    x = np.sign(c) * np.abs(c) ** power * glasses.half_width + side * (glasses.half_width + 9)
    y = np.sign(s) * np.abs(s) ** power * glasses.half_height
    return np.stack([x + anchor[0], y + anchor[1] + 2, anchor[2] - 4 - (x / 34) ** 2 * 5], -1)


def _masks(
    glasses: Glasses, surface: Surface, sight: Sight, view: View, size: int
) -> tuple[Array, Array]:
    """Frame and lens coverage (size, size) uint8."""
    column, row = np.round(atlas().texels(np.zeros(1), np.full(1, 2.0))[0]).astype(int)
    bridge = surface.points[row, column]
    anchor = bridge + np.array([0, 2, 5.0])
    origin = np.array([sight.x[row, column], sight.y[row, column]])
    frame, lens = np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint8)
    width = max(1, round(glasses.rim * view.scale))

    def pen(points: Array) -> Array:
        offset = (points - bridge) @ view.rotation.T
        result: Array = np.round((origin + offset[:, :2] * view.scale) * 8).astype(np.int32)
        return result

    for side in (-1, 1):
        outline = pen(_rim(glasses, anchor, side))
        cv2.fillPoly(lens, [outline], (255,), cv2.LINE_AA, 3)
        cv2.polylines(frame, [outline], True, (255,), width, cv2.LINE_AA, 3)
        hinge = [side * (2 * glasses.half_width + 9), anchor[1] - 4, anchor[2] - 12]
        arm = pen(np.array([hinge, [side * 76, anchor[1] - 2, -70]], float))
        cv2.polylines(frame, [arm], False, (255,), width, cv2.LINE_AA, 3)
    arc = np.linspace(-1.5, 1.5, 12)
    saddle = np.stack([arc * 6.3, anchor[1] - 3 - 2.5 * np.cos(arc), np.full(12, anchor[2])], -1)
    cv2.polylines(frame, [pen(saddle)], False, (255,), width, cv2.LINE_AA, 3)
    return frame, lens


def draw_glasses(
    image: Array, glasses: Glasses, surface: Surface, sight: Sight, view: View, rig: Rig
) -> None:
    """Spectacles on a linear-light picture (S, S, 3), in place; `sight` in its pixels."""
    size = image.shape[0]
    frame, lens = _masks(glasses, surface, sight, view, size)
    rim, glass = frame.astype(np.float32) / 255, lens.astype(np.float32) / 255
    toward = float(rig.to_key[0])
    drop = int(3 * view.scale)
    cast = np.roll(rim, (drop, int(-drop * np.sign(toward))), (0, 1))
    shadow = blur(cast, 1.6 * view.scale)
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    diagonal = columns * 0.8 + rows - 0.15 * toward
    streak = bell(diagonal, 0.80, 0.035) + 0.6 * bell(diagonal, 0.92, 0.02)
    image *= (1 - 0.30 * shadow * (1 - rim))[..., None]
    image += (glass * (0.008 + 0.025 * streak))[..., None]
    soft = blur(rim, 0.8)
    edge = np.clip(np.roll(soft, -1, 0) - np.roll(soft, 1, 0), 0, 1)
    image *= (1 - rim)[..., None]
    image += (
        rim[..., None] * (linear_rgb(glasses.rgb) * 0.8 + 0.01) + (rim * edge * 0.25)[..., None]
    )
