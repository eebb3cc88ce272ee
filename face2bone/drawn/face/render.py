"""From parameters to pixels: draw one face, and on request where each ageing effect lies."""

from dataclasses import dataclass

import cv2
import numpy as np

from face2bone.drawn.face.ageing import SKELETAL_NAMES, ageing_basis
from face2bone.drawn.face.background import neck_shadow, paint_surroundings
from face2bone.drawn.face.camera import develop, exposure, record
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.eyes import paint_brows, paint_eyes
from face2bone.drawn.face.glasses import draw_glasses
from face2bone.drawn.face.hair import Scalp, grow_hair
from face2bone.drawn.face.light import Rig, light_rig, shade
from face2bone.drawn.face.marks import wrinkle_relief
from face2bone.drawn.face.mouth import paint_mouth
from face2bone.drawn.face.numerics import Array, blur, resize, step
from face2bone.drawn.face.paint import Paint
from face2bone.drawn.face.projection import Picture, Sight, View, make_view, project, solve_picture
from face2bone.drawn.face.skin import paint_hair, paint_skin, skin_tone
from face2bone.drawn.face.surface import shape_surface

SUPERSAMPLING = 2


@dataclass(frozen=True)
class DrawnFace:
    """pixels: (size, size, 3) uint8 RGB. parameter_maps: for each ageing parameter its
    influence (size, size) float32, 1 at its peak; None unless asked for.
    """

    pixels: Array
    parameter_maps: dict[str, Array] | None


def paint_face(p: FaceParameters, scalp: Scalp, rig: Rig) -> Paint:
    """The whole texture before light."""
    paint = Paint.blank()
    paint_skin(paint, p)
    paint_eyes(paint, p, (float(rig.half[0]), float(rig.half[1])))
    paint_mouth(paint, p)
    paint_brows(paint, p)
    paint_hair(paint, p, scalp)
    return paint


def draw_face(
    parameters: FaceParameters, size: int = 256, *, clean: bool = False, maps: bool = False
) -> DrawnFace:
    """Draw a face of size x size pixels; the same parameters always give the same bytes.

    `clean` leaves out sensor noise, blur and JPEG; `maps` adds the parameter maps.
    """
    p = parameters
    view = make_view(p.pose, p.camera, size)
    rig = light_rig(p.light, view.rotation)
    scalp = grow_hair(p.hair)
    surface = shape_surface(p, scalp)
    lit = shade(p, surface, paint_face(p, scalp, rig), scalp, rig)
    sight = project(surface, view)
    picture = solve_picture(sight, size)
    image = _compose(p, lit, picture, view, rig, scalp)
    if p.glasses is not None:
        large = Sight(sight.x * SUPERSAMPLING, sight.y * SUPERSAMPLING, sight.z, sight.facing)
        draw_glasses(image, p.glasses, surface, large, view.enlarged(SUPERSAMPLING), rig)
    image = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    skin = skin_tone(p.skin.melanin, p.skin.warmth)
    rng = None if clean else np.random.default_rng((p.texture_seed, 4))
    pixels = record(develop(image, exposure(p.camera, rig, skin)), p.camera, rng)
    return DrawnFace(pixels, parameter_maps(p, picture, view, rig) if maps else None)


def _compose(
    p: FaceParameters, lit: Array, picture: Picture, view: View, rig: Rig, scalp: Scalp
) -> Array:
    """The head over its surroundings, supersampled, linear light."""
    size = picture.head.shape[0] * SUPERSAMPLING
    fine = Picture(
        resize(picture.column, size, size), resize(picture.row, size, size), picture.head
    )
    edge = cv2.resize(blur(picture.head, 1.15), (size, size), interpolation=cv2.INTER_CUBIC)
    layers = fine.look_up(np.dstack([lit, scalp.cover * scalp.fibre]))
    # Single strands fray the outline where it is hair.
    alpha = step(0.38, 0.68, edge + np.float32(0.10) * layers[..., 3])
    half = size // 2
    head = cv2.resize(alpha, (half, half), interpolation=cv2.INTER_AREA)
    around = paint_surroundings(
        p, view.enlarged(half / picture.head.shape[0]), head, rig,
        skin_tone(p.skin.melanin, p.skin.warmth), np.random.default_rng((p.texture_seed, 3)),
    )  # fmt: skip
    behind = resize(around, size, size)
    result: Array = behind + (layers[..., :3] - behind) * alpha[..., None]
    return result


def parameter_maps(p: FaceParameters, picture: Picture, view: View, rig: Rig) -> dict[str, Array]:
    """Influence of each ageing parameter on the picture, 1 at its peak.

    The jaw's map holds the shadow its outline throws on the neck as well.
    """
    maps = {}
    for name, mask in zip(SKELETAL_NAMES, ageing_basis().masks, strict=True):
        maps[name] = picture.look_up(mask) * picture.head
    shadow = neck_shadow(maps["jaw"], view, rig) * (1 - picture.head)
    maps["jaw"] = np.maximum(maps["jaw"], shadow)
    creases = np.abs(wrinkle_relief(p.texture_seed))
    maps["wrinkle"] = picture.look_up(creases / creases.max()) * picture.head
    return maps
