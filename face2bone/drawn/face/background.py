"""What is around the head: backdrop, neck, clothes, ears and hanging hair.

Painted in picture space at half the supersampled resolution, since all of it is smooth.
Nothing here looks at the ageing parameters except through the head's outline, whose
contact shadow falls on the neck.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from face2bone.drawn.face.description import Backdrop, FaceParameters, HairStyle
from face2bone.drawn.face.hair import LONG_STYLES, strands
from face2bone.drawn.face.light import Rig
from face2bone.drawn.face.marks import marks
from face2bone.drawn.face.numerics import Array, bell, blur, linear_rgb, resize, step
from face2bone.drawn.face.projection import View

_NECK = np.array([0.0, 95.0, -75.0])


@dataclass(frozen=True)
class _Body:
    """Body coordinates of a strip of rows: x, y in mm, x follows the neck's tilt."""

    rows: slice
    x: Array
    y: Array
    neck: float


def _over(image: Array, colour: Array, cover: Array) -> None:
    """Paint `colour` over `image` where `cover` is 1, in place."""
    image *= (1 - cover)[..., None]
    image += colour * cover[..., None]


def paint_backdrop(backdrop: Backdrop, size: int, rng: np.random.Generator) -> Array:
    """A plain, vignetted or striped wall (size, size, 3)."""
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32) / size
    level = 1 + (columns - 0.5) * backdrop.gradient - (rows - 0.5) * backdrop.gradient * 0.5
    if backdrop.kind == 1:
        level *= 1 - 0.7 * ((columns - 0.5) ** 2 + (rows - 0.45) ** 2)
    if backdrop.kind == 2:
        stripes = np.zeros((32, 32), np.float32)
        for _ in range(4):
            start = int(rng.integers(0, 30))
            stripes[:, start : start + int(rng.integers(2, 6))] += rng.uniform(-0.3, 0.3)
        level += cv2.resize(blur(stripes, 2.0), (size, size), interpolation=cv2.INTER_CUBIC)
    rgb = np.array(backdrop.rgb, np.float32) ** 2
    result: Array = np.clip(level, 0.05, 2)[..., None] * rgb
    return result


def _body(p: FaceParameters, view: View, size: int, top_mm: float) -> _Body:
    """The strip of rows below `top_mm`, in body coordinates; the body stays when heads turn."""
    neck = view.turned(_NECK)
    first = int(np.clip(view.centre_y + top_mm * view.scale, 0, size))
    rows, columns = np.mgrid[first:size, 0:size].astype(np.float32)
    y = (rows - np.float32(view.centre_y)) / np.float32(view.scale)
    head_x = view.centre_x + neck[0] * view.scale
    body_x = view.centre_x + 0.35 * neck[0] * view.scale
    centre = head_x + (body_x - head_x) * np.clip((y - 95) / 70, 0, 1)
    x = (columns - centre.astype(np.float32)) / np.float32(view.scale)
    width = 50 + 4.0 * p.sex_axis + 2.6 * p.coefficient("neck")
    return _Body(slice(first, size), x, y, float(np.clip(width, 41, 66)))


def _neck_outline(body: _Body) -> Array:
    """Half width (mm) at each row, from jaw to shoulder."""
    result: Array = (
        body.neck
        - 9 * step(104, 66, body.y)
        - 2 * step(80, 106, body.y)
        + 20 * np.clip((body.y - 112) / 45, 0, 3) ** 2.0
    )
    return result


def _paint_neck(p: FaceParameters, image: Array, body: _Body, rig: Rig, skin: Array) -> Array:
    """Neck skin with the sternomastoid's edge and the chin's shade; returns its cover."""
    flare = _neck_outline(body)
    nx = np.clip(body.x / flare, -1, 1)
    nz = np.sqrt(1 - nx * nx + 1e-3)
    key = rig.to_key
    facing = np.clip((nx * key[0] + nz * key[2] * 0.9 - key[1] * 0.10 + 0.15) / 1.15, 0, None)
    below_chin = 0.42 + 0.58 * step(96, 152, body.y + np.abs(body.x) * 0.10)
    muscle = np.abs(body.x) + 0.42 * (body.y - 100)
    cords = 1 - 0.10 * bell(muscle, 34, 5) + 0.06 * bell(muscle, 42, 6)
    slack = 0.04 * max(0.0, (p.age_years - 50) / 30)
    cords -= slack * (0.5 + 0.5 * np.sin(body.y / 2.6)) * bell(np.abs(body.x), 12, 16)
    lum = (facing * 0.85 * rig.strength + rig.ambient * 0.75) * below_chin * cords
    cover = step(1.0, 0.965, np.abs(body.x) / flare) * step(60, 62, body.y)
    colour = lum[..., None] * (skin * np.array([1.02, 0.93, 0.90])).astype(np.float32)
    _over(image[body.rows], colour, cover)
    return cover


def _paint_clothes(p: FaceParameters, image: Array, body: _Body, rig: Rig) -> None:
    backdrop, ax = p.backdrop, np.abs(body.x)
    beyond = np.clip(ax - body.neck, 0, None)
    shoulder = 127 - 3 * p.sex_axis + beyond * 0.36 + 0.0012 * beyond**2
    collar = 146 + 14 * backdrop.collar
    neckline = collar + 26 - ax * 1.15 if backdrop.v_neck else collar - 0.0105 * body.x**2
    on_shoulder = step(-1.0, 1.5, body.y - shoulder) * (ax > body.neck * 0.98)
    on_chest = step(-1.0, 1.0, body.y - neckline) * (ax < _neck_outline(body) + 6)
    cover = np.maximum(on_shoulder, on_chest * step(120, 130, body.y)) * (body.y > 118)
    folds = resize(marks().mottle[p.texture_seed % 4][:180, :180], *body.x.shape[::-1])
    facing = np.clip(0.75 + 0.35 * rig.to_key[0] * body.x / 120, 0.2, 1.4)
    lum = (0.55 * rig.strength * facing + 0.7 * rig.ambient) * (1 + 0.10 * folds)
    lum *= 0.60 + 0.40 * step(-2, 14, body.y - np.minimum(neckline, shoulder))
    hem = 0.22 * np.exp(-0.5 * ((body.y - neckline - 2.2) / 1.0) ** 2)
    _over(image[body.rows], (lum * (1 - hem))[..., None] * linear_rgb(backdrop.clothes_rgb), cover)


def _paint_hanging_hair(p: FaceParameters, image: Array, view: View, rig: Rig) -> None:
    """Long hair beside and behind the neck, with locks that end unevenly."""
    body = _body(p, view, image.shape[0], -40)
    x, y, ax = body.x, body.y, np.abs(body.x)
    length = 112.0 if p.hair.style is HairStyle.BOB else 205.0
    fibre = strands()["back"].fibre[:20, :300]
    fine = cv2.resize(fibre, x.shape[::-1], interpolation=cv2.INTER_CUBIC)
    lock = blur(fine, 3.0)
    lock /= np.float32(lock.std() + 1e-6)
    phase = p.texture_seed % 13
    sway = 3.2 * np.sin(y / 24.0 + phase) + 1.2 * np.sin(y / 9.0 + 2 * phase)
    outer = 64 + p.hair.volume * 0.7 + 17 * np.sin(np.clip((y + 25) / 190, 0, 1) * 2.3)
    outer = outer + sway * 0.5 + 0.9 * lock
    inner = body.neck - 8 + 0.8 * sway + 1.0 * lock - 6 * step(112, 70, y) + 14 * step(40, -10, y)
    cover = step(1.0, -1.8, ax - outer) * step(-2.0, 3.5, ax - inner) * step(-38, -8, y)
    cover *= step(9, -9, y - length - 7 * lock)
    depth = 0.38 + 0.62 * step(0.0, 26.0, ax - inner)
    facing = np.clip(0.65 + 0.45 * rig.to_key[0] * x / 80, 0.2, 1.3)
    lum = (0.90 + 0.12 * lock + 0.10 * fine) * depth
    lum *= 0.62 * rig.strength * facing + 0.58 * rig.ambient
    sheen = 0.045 * bell(y, 62 + 3 * (phase - 6), 22) * depth * np.clip(1 + 0.5 * lock, 0, 2)
    hair = linear_rgb(p.hair.rgb)
    colour = np.clip(lum, 0.02, None)[..., None] * hair + sheen[..., None] * (hair * 2 + 0.02)
    _over(image[body.rows], colour, cover)


@dataclass(frozen=True)
class _Ear:
    """A window around one ear. out: mm from the head outward, down: -1..1 over its height."""

    box: tuple[slice, slice]
    out: Array
    down: Array


def _ear_window(p: FaceParameters, view: View, size: int, side: int) -> _Ear:
    place = np.array([side * (65.0 + 2.0 * p.coefficient("width")), 12, -80.0])
    at = view.turned(place)
    cx, cy = view.centre_x + at[0] * view.scale, view.centre_y + at[1] * view.scale
    reach = 40 * view.scale
    left, right = int(np.clip(cx - reach, 0, size)), int(np.clip(cx + reach, 0, size))
    top, bottom = int(np.clip(cy - reach, 0, size)), int(np.clip(cy + reach, 0, size))
    rows, columns = np.mgrid[top:bottom, left:right].astype(np.float32)
    dx, dy = (columns - cx) / view.scale, (rows - cy) / view.scale
    roll = p.pose.roll
    out = side * (dx * np.cos(roll) + dy * np.sin(roll))
    down = dy * np.cos(roll) - dx * np.sin(roll) - 2 - 0.14 * out
    half = 26.5 + 1.6 * p.coefficient("ear_height") + 0.04 * (p.age_years - 50)
    return _Ear((slice(top, bottom), slice(left, right)), out, down / half)


def _paint_ear(
    p: FaceParameters, image: Array, view: View, rig: Rig, skin: Array, side: int
) -> None:
    ear = _ear_window(p, view, image.shape[0], side)
    out, v = ear.out, ear.down
    width = 10.5 + 1.4 * p.coefficient("ear_width") - side * 28 * np.sin(p.pose.yaw)
    width = float(np.clip(width, 4, 24))
    taper = np.clip(1 - np.abs(v + 0.14) ** 2.4 * (1 - 0.12 * v), 0, 1) ** 0.5
    span = np.maximum(taper * (1 - 0.45 * step(0.05, 1.0, v)) * width, 0.5)
    u = out / span
    cover = step(1.0, 0.93, u) * step(-16, -14, out) * step(1.0, 0.93, np.abs(v + 0.05))
    rim = np.maximum(u, np.abs(v + 0.05))
    fold = 1 + 0.14 * bell(rim, 0.90, 0.06) - 0.30 * bell(rim, 0.74, 0.07) * step(0.75, 0.2, v)
    fold = fold + 0.08 * bell(u, 0.52, 0.09) * step(0.5, 0.1, v) - 0.14 * step(0.9, 1.02, rim)
    fold = fold - 0.45 * bell(u, 0.15, 0.24) * bell(v, 0.10, 0.26)
    fold = fold - 0.16 * bell(u, 0.35, 0.2) * bell(v, -0.45, 0.16)
    key = rig.to_key
    facing = 0.40 + 0.45 * key[2] + 0.40 * side * key[0] * (u - 0.1) + 0.22 * key[1] * v
    lum = np.clip(facing, 0.1, 1.5) * 0.72 * rig.strength + rig.ambient * 0.68
    lum = lum * fold * (0.55 + 0.45 * step(-4, 9, out))
    blood = p.skin.haemoglobin * (1 - 0.45 * p.skin.melanin)
    tint = skin * np.array([1.0, 1 - 0.18 * blood, 1 - 0.16 * blood])
    _over(image[ear.box], lum[..., None] * tint.astype(np.float32), cover)


def neck_shadow(head: Array, view: View, rig: Rig) -> Array:
    """The head's (or a part's) contact shadow: its outline moved down and blurred."""
    shift = np.array([[1, 0, -rig.to_key[0] * 10 * view.scale], [0, 1, 9 * view.scale]], np.float32)
    return blur(cv2.warpAffine(head, shift, head.shape[::-1]), 5 * view.scale)


def paint_surroundings(
    p: FaceParameters, view: View, head: Array, rig: Rig, skin: Array, rng: np.random.Generator
) -> Array:
    """Everything behind the head, (S, S, 3) linear; `view` and `head` at that size."""
    size = head.shape[0]
    image = paint_backdrop(p.backdrop, size, rng).astype(np.float32)
    body = _body(p, view, size, 55)
    neck = _paint_neck(p, image, body, rig, skin)
    image[body.rows] *= (1 - 0.55 * neck_shadow(head, view, rig)[body.rows] * neck)[..., None]
    _paint_clothes(p, image, body, rig)
    for side in (-1, 1):
        _paint_ear(p, image, view, rig, skin, side)
    if p.hair.style in LONG_STYLES:
        _paint_hanging_hair(p, image, view, rig)
    return image
