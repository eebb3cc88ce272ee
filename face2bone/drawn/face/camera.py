"""The camera: exposure, tone curve, sensor noise and JPEG.

Exposure follows from the light set-up and the skin's own parameters, never from rendered
pixels: a pixel average would carry every planted effect to the whole picture.
"""

import cv2
import numpy as np

from face2bone.drawn.face.description import Camera
from face2bone.drawn.face.light import Rig
from face2bone.drawn.face.numerics import GAMMA, Array, blur

_LUMA = np.array([0.25, 0.60, 0.15])


def exposure(camera: Camera, rig: Rig, skin: Array) -> float:
    """Gain that brings plain skin in this light toward middle tones."""
    facing = max(0.25, 0.55 + 0.45 * float(rig.to_key[2]))
    expected = float(skin @ _LUMA) * (0.66 * rig.strength * facing + 0.72 * rig.ambient)
    return float(camera.gain * (0.36 / max(expected, 0.01)) ** 0.45 * 0.92)


def develop(image: Array, gain: float) -> Array:
    """Exposed linear light with a gentle shoulder."""
    bright = np.clip(image * np.float32(gain), 0, None)
    result: Array = (
        bright * (1 + bright * np.float32(0.10)) / (1 + bright * np.float32(0.32)) * 1.12
    )
    return result


def record(image: Array, camera: Camera, rng: np.random.Generator | None) -> Array:
    """8-bit RGB of developed light; noise and JPEG only when `rng` is given."""
    if rng is not None:
        if camera.blur > 0.25:
            image = blur(image, camera.blur)
        noise = rng.standard_normal((*image.shape[:2], 1), dtype=np.float32)
        image = image + noise * np.float32(camera.noise * 1.2) * np.sqrt(image + 0.02)
    coded = np.clip(image, 0, 1) ** np.float32(1 / GAMMA)
    pixels = (coded * 255 + 0.5).astype(np.uint8)
    if rng is None:
        return np.ascontiguousarray(pixels)
    quality = [cv2.IMWRITE_JPEG_QUALITY, camera.jpeg]
    encoded = cv2.imencode(".jpg", pixels[..., ::-1], quality)[1]
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR))  # its own JPEG always decodes
    return np.ascontiguousarray(decoded[..., ::-1])
