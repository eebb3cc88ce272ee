"""Pose and perspective: from texture to pixels without a rasteriser.

Front-facing texels are scattered onto a coarse grid, holes are filled by normalised blur,
and three Newton steps solve (u, v) -> (x, y) at each pixel.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from face2bone.drawn.face.description import Camera, Pose
from face2bone.drawn.face.head import TEXTURE_HEIGHT, TEXTURE_WIDTH
from face2bone.drawn.face.numerics import Array, blur, resize
from face2bone.drawn.face.surface import Surface

PIVOT: Final = np.array([0.0, 20.0, -85.0])  # the neck joint, mm
CAMERA_DISTANCE: Final = 1100.0  # mm
_COARSE = 176


def rotation_matrix(pose: Pose) -> Array:
    """Head to camera frame (3, 3): yaw, then pitch, then roll."""
    cy, sy = np.cos(pose.yaw), np.sin(pose.yaw)
    cp, sp = np.cos(pose.pitch), np.sin(pose.pitch)
    cr, sr = np.cos(pose.roll), np.sin(pose.roll)
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1.0]])
    result: Array = roll @ pitch @ yaw
    return result


@dataclass(frozen=True)
class View:
    """A posed camera. scale: px per mm at the pivot's depth; centre_x, centre_y: px."""

    rotation: Array
    scale: float
    centre_x: float
    centre_y: float

    def turned(self, points: Array) -> Array:
        """Head frame to camera frame, (..., 3) mm."""
        result: Array = (np.asarray(points) - PIVOT) @ self.rotation.T + PIVOT
        return result

    def enlarged(self, factor: float) -> "View":
        """The same view on a picture `factor` times as large."""
        return View(self.rotation, self.scale * factor, self.centre_x * factor,
                    self.centre_y * factor)  # fmt: skip


def make_view(pose: Pose, camera: Camera, size: int) -> View:
    """The view of a picture of size x size pixels."""
    unit_px = size / 256.0
    return View(
        rotation_matrix(pose),
        camera.scale * unit_px,
        size / 2 + camera.dx * unit_px,
        size * 0.492 + camera.dy * unit_px,
    )


@dataclass(frozen=True)
class Sight:
    """Where texels land: x, y in px, z toward the camera in mm, facing: cosine to the view."""

    x: Array
    y: Array
    z: Array
    facing: Array


def project(surface: Surface, view: View) -> Sight:
    """Perspective projection of the texture grid, all (TH, TW) float32."""
    r, pivot = view.rotation.astype(np.float32), PIVOT.astype(np.float32)
    px, py, pz = (surface.points[..., k] - pivot[k] for k in range(3))
    x, y, z = (px * r[i, 0] + py * r[i, 1] + pz * r[i, 2] + pivot[i] for i in range(3))
    scale = np.float32(view.scale) / (1 - z * np.float32(1 / CAMERA_DISTANCE))
    toward = view.rotation[2].astype(np.float32)
    n = surface.normals
    facing = n[..., 0] * toward[0] + n[..., 1] * toward[1] + n[..., 2] * toward[2]
    return Sight(
        x * scale + np.float32(view.centre_x), y * scale + np.float32(view.centre_y), z, facing
    )


@dataclass(frozen=True)
class Picture:
    """Texel column and row seen at each pixel, and head: 1 where the head is; (size, size)."""

    column: Array
    row: Array
    head: Array

    def look_up(self, texture: Array) -> Array:
        """A texture map seen through the camera."""
        return cv2.remap(
            texture, self.column, self.row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )


@dataclass(frozen=True)
class _Coarse:
    column: Array
    row: Array
    near: Array
    solid: Array


def _scatter(sight: Sight, size: int) -> _Coarse:
    """Mean texel of each coarse cell, nearest surface first, holes filled from around."""
    shrink = np.float32(_COARSE / size)
    x = (sight.x + np.float32(0.5)) * shrink - np.float32(0.5)
    y = (sight.y + np.float32(0.5)) * shrink - np.float32(0.5)
    seen = (sight.facing > 0) & (x > 0) & (x < _COARSE - 1) & (y > 0) & (y < _COARSE - 1)
    index = np.flatnonzero(seen)
    weight = np.exp(np.clip(sight.z.ravel()[index] * np.float32(0.25), -60, 20)).astype(float)
    cell = x.ravel()[index].round().astype(np.int32)
    cell += _COARSE * y.ravel()[index].round().astype(np.int32)
    total = np.bincount(cell, weight, _COARSE**2)
    safe = np.maximum(total, 1e-300)
    column, row = (
        (np.bincount(cell, weight * part, _COARSE**2) / safe)
        .astype(np.float32)
        .reshape(_COARSE, _COARSE)
        for part in (index % TEXTURE_WIDTH, index // TEXTURE_WIDTH)
    )
    hit = (total > 0).astype(np.float32).reshape(_COARSE, _COARSE)
    return _fill_holes(column, row, hit)


def _fill_holes(column: Array, row: Array, hit: Array) -> _Coarse:
    near = hit
    closed = hit
    for sigma in (1.0, 2.5):
        weight = blur(near, sigma)
        hole = (near == 0) & (weight > 1e-3)
        column = np.where(hole, blur(column * near, sigma) / (weight + 1e-6), column)
        row = np.where(hole, blur(row * near, sigma) / (weight + 1e-6), row)
        if sigma == 1.0:
            # Closing without the padding would fill up to the frame's border.
            padded = cv2.copyMakeBorder(near, 4, 4, 4, 4, cv2.BORDER_REPLICATE)
            kernel = np.ones((5, 5), np.uint8)
            closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[4:-4, 4:-4]
            near = np.maximum(near, (weight > 1e-3).astype(np.float32))
    return _Coarse(column, row, near, cv2.erode(closed, np.ones((5, 5), np.uint8)))


def _jacobian(sight: Sight) -> Array:
    """d(x, y)/d(column, row) as (TH, TW, 4): xu, yu, xv, yv."""
    j = np.zeros((TEXTURE_HEIGHT, TEXTURE_WIDTH, 4), np.float32)
    for k, field in enumerate((sight.x, sight.y)):
        j[:, 1:-1, k] = (field[:, 2:] - field[:, :-2]) * 0.5
        j[1:-1, :, 2 + k] = (field[2:] - field[:-2]) * 0.5
    return j


def solve_picture(sight: Sight, size: int) -> Picture:
    """Which texel each pixel sees, and which pixels see the head."""
    coarse = _scatter(sight, size)
    column, row = resize(coarse.column, size, size), resize(coarse.row, size, size)
    where = np.dstack([sight.x, sight.y])
    slopes = _jacobian(sight)
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    # The default border value of 0 would make false solutions above the head.
    border = cv2.BORDER_REPLICATE
    for _ in range(3):
        at = cv2.remap(where, column, row, cv2.INTER_LINEAR, borderMode=border)
        j = cv2.remap(slopes, column, row, cv2.INTER_LINEAR, borderMode=border)
        ex, ey = columns - at[..., 0], rows - at[..., 1]
        det = j[..., 0] * j[..., 3] - j[..., 1] * j[..., 2]
        det = np.where(np.abs(det) < 0.02, np.float32(0.02), det)
        column = column + np.clip((ex * j[..., 3] - ey * j[..., 2]) / det, -2.5, 2.5)
        row = row + np.clip((ey * j[..., 0] - ex * j[..., 1]) / det, -2.5, 2.5)
    at = cv2.remap(where, column, row, cv2.INTER_LINEAR, borderMode=border)
    residual = (columns - at[..., 0]) ** 2 + (rows - at[..., 1]) ** 2
    facing = cv2.remap(sight.facing, column, row, cv2.INTER_LINEAR)
    near = resize(coarse.near, size, size)
    found = (residual < 0.36) & (facing > -0.12) & (near > 0.3)
    found &= (column > 1) & (column < TEXTURE_WIDTH - 2)
    k = 2 * round(size / 128) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (k, k))
    head = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    head = np.maximum(head, resize(coarse.solid, size, size) > 0.5)
    return Picture(column, row, head.astype(np.float32))
