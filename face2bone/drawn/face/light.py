"""Light: a key, an ambient and a fill light on skin and hair, with occlusion and shadow.

Skin is Lambertian with a per-channel wrap and a share of blurred normals (a cheap stand-in
for light scattered under the skin) and two specular lobes; hair follows Kajiya and Kay
(Rendering fur with three dimensional textures, SIGGRAPH 1989).
"""

from dataclasses import dataclass

import cv2
import numpy as np

from face2bone.drawn.face.atlas import atlas
from face2bone.drawn.face.description import FaceParameters, Light
from face2bone.drawn.face.hair import Scalp
from face2bone.drawn.face.head import RAY_CENTRE, TEXTURE_HEIGHT, TEXTURE_WIDTH, head_grid
from face2bone.drawn.face.numerics import Array, blur, linear_rgb, resize, step, unit
from face2bone.drawn.face.paint import Paint
from face2bone.drawn.face.surface import Surface

_WRAP = ((0.30, 0.65), (0.14, 0.32), (0.09, 0.22))  # wrap and share of smooth normals per channel
_SHADOW_REACH = (4, 8, 12, 17, 23, 30)  # mm along the light at which the horizon is tested


@dataclass(frozen=True)
class Rig:
    """Unit vectors in the head frame, colours in linear light; `to_key` in the camera frame."""

    to_key: Array
    key: Array
    view: Array
    half: Array
    up: Array
    fill: Array
    key_rgb: Array
    ambient_rgb: Array
    strength: float
    ambient: float


def light_rig(light: Light, rotation: Array) -> Rig:
    """The lights as seen from the turned head; `rotation` maps head to camera."""
    c = np.cos(light.elevation)
    to_key = unit(
        [np.sin(light.azimuth) * c, -np.sin(light.elevation), np.cos(light.azimuth) * c + 0.25]
    )
    inverse = rotation.T
    warmth = light.warmth
    return Rig(
        to_key=to_key,
        key=inverse @ to_key,
        view=inverse @ np.array([0, 0, 1.0]),
        half=inverse @ unit(to_key + np.array([0, 0, 1.0])),
        up=inverse @ np.array([0, -1.0, 0.15]),
        fill=inverse @ unit([0.2 - to_key[0], -0.1, 0.8]),
        key_rgb=np.array([1 + 0.06 * warmth, 1, 1 - 0.09 * warmth]) * light.key * 1.02,
        ambient_rgb=np.array([0.98 - 0.05 * warmth, 1.0, 1.04 + 0.06 * warmth]) * light.ambient,
        strength=light.key,
        ambient=light.ambient,
    )


def _dot(planes: Array, vector: Array) -> Array:
    v = np.asarray(vector, np.float32)
    result: Array = planes[0] * v[0] + planes[1] * v[1] + planes[2] * v[2]
    return result


def _bumped(surface: Surface, relief: Array) -> Array:
    """Normals (3, TH, TW) tilted by the fine relief."""
    a = atlas()
    du, dv = np.zeros_like(relief), np.zeros_like(relief)
    du[:, 1:-1] = relief[:, 2:] - relief[:, :-2]
    dv[1:-1] = relief[2:] - relief[:-2]
    du *= a.slope_u
    dv *= a.slope_v
    planes = np.stack([
        surface.normals[..., k] - du * a.tangent_u[..., k] - dv * a.tangent_v[..., k]
        for k in range(3)
    ])  # fmt: skip
    planes *= 1 / np.sqrt(planes[0] ** 2 + planes[1] ** 2 + planes[2] ** 2 + 1e-9)
    result: Array = planes
    return result


def _occlusion(mesh: Array) -> Array:
    """Ambient occlusion (TH, TW): how far a point lies below its smoothed surroundings."""
    depth = np.sqrt(((mesh - RAY_CENTRE.astype(np.float32)) ** 2).sum(-1))
    near = np.minimum(0, (depth - blur(depth, 3.0)) * np.float32(0.17))
    far = np.minimum(0, (depth - blur(depth, 9.0)) * np.float32(0.070))
    open_sky = np.exp(np.clip(near + far, -1.3, 0))
    open_sky *= 1 - 0.25 * step(105, 122, head_grid().y)
    return resize(open_sky.astype(np.float32), TEXTURE_WIDTH, TEXTURE_HEIGHT)


def _cast_shadow(mesh: Array, key: Array) -> Array:
    """Self-shadow (TH, TW), 0..1: points whose horizon toward the key stands above its ray."""
    width, height = TEXTURE_WIDTH // 4, TEXTURE_HEIGHT // 4
    z = cv2.resize(mesh[..., 2], (width, height), interpolation=cv2.INTER_AREA)
    across = float(np.hypot(key[0], key[1]))
    shadow = np.zeros_like(z)
    if across > 0.05:
        for reach in _SHADOW_REACH:
            shift_x = reach * key[0] / across / 2.45
            shift_y = reach * key[1] / across / 2.0
            move = np.array([[1, 0, shift_x], [0, 1, shift_y]], np.float32)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            horizon = cv2.warpAffine(
                z, move, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
            )
            above = horizon - z - reach * key[2] / across
            shadow = np.maximum(shadow, np.clip(above / (2.0 + 0.22 * reach), 0, 1))
    full = resize(blur(shadow.astype(np.float32), 1.1), TEXTURE_WIDTH, TEXTURE_HEIGHT)
    return full * atlas().front


def _highlight(p: FaceParameters, paint: Paint, rig: Rig, planes: Array, to_key: Array) -> Array:
    """Specular reflection of skin: a broad and a narrow lobe and a grazing rim."""
    nh = np.clip(_dot(planes, rig.half), 0, 1)
    nh8 = nh**2
    nh8 *= nh8
    nh8 *= nh8
    nh32 = nh8 * nh8
    nh32 *= nh32
    grazing = 1 - np.clip(_dot(planes, rig.view), 0.02, 1)
    grazing = grazing * grazing * grazing * np.clip(to_key + 0.3, 0, 1)
    lobes = np.float32(0.060) * nh8 + np.float32(0.085) * nh32 + np.float32(0.09) * grazing
    result: Array = paint.gloss * np.float32((1 - 0.45 * p.skin.melanin) * rig.strength) * lobes
    return result


def _hair_shine(scalp: Scalp, rig: Rig, smooth_key: Array) -> Array:
    """Kajiya-Kay highlight along the strands (TH, TW)."""
    h = rig.half.astype(np.float32)
    t = scalp.tangent
    along = t[..., 0] * h[0] + t[..., 1] * h[1] + t[..., 2] * h[2] + scalp.tone * np.float32(0.5)
    s8 = np.clip(1 - along * along, 0, 1) ** 2
    s8 *= s8
    s8 *= s8
    lobe = s8 * s8 * np.float32(0.08) + s8 * np.float32(0.05)
    lit = np.clip(smooth_key + 0.25, 0, 1) * (1 + 2.2 * scalp.tone)
    result: Array = scalp.cover * lobe * lit * np.float32(rig.strength)
    return result


def shade(p: FaceParameters, surface: Surface, paint: Paint, scalp: Scalp, rig: Rig) -> Array:
    """Light that leaves the texture toward the camera, (TH, TW, 3) linear."""
    planes = _bumped(surface, paint.relief)
    smooth = np.moveaxis(surface.normals, -1, 0)
    sky, shadow = _occlusion(surface.mesh), _cast_shadow(surface.mesh, rig.key)
    to_key, smooth_key = _dot(planes, rig.key), _dot(smooth, rig.key)
    ambient = (_dot(planes, rig.up) * np.float32(0.24) + np.float32(0.76)) * sky
    fill = np.clip(_dot(planes, rig.fill), 0, 1)
    shine = _highlight(p, paint, rig, planes, to_key) * sky * (1 - shadow * np.float32(0.8))
    strands = _hair_shine(scalp, rig, smooth_key)
    visible = 1 - np.float32(0.66) * shadow
    hair_rgb = linear_rgb(p.hair.rgb)
    out = np.empty((*ambient.shape, 3), np.float32)
    for k, (wrap, softness) in enumerate(_WRAP):
        key, around = np.float32(rig.key_rgb[k]), np.float32(rig.ambient_rgb[k])
        facing = to_key * np.float32(1 - softness) + smooth_key * np.float32(softness)
        diffuse = np.clip((facing + np.float32(wrap)) * np.float32(1 / (1 + wrap)), 0, None)
        bounced = fill * np.float32(0.16 * rig.strength * rig.ambient_rgb[k] / rig.ambient)
        light = diffuse * visible * key + ambient * around + bounced
        out[..., k] = paint.albedo[k] * light + shine * key + paint.glow * np.float32(0.9) * key
        out[..., k] += strands * np.float32(hair_rgb[k] * 1.5 + 0.04)
    return out
