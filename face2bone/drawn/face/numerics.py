"""Small numerical tools of the face renderer: splines, smooth steps, bumps, noise.

Lengths are millimetres in the head frame: x to the viewer's right, y down, z toward the
camera, origin midway between the pupils. Pictures are float32, linear light.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Rgb: TypeAlias = tuple[float, float, float]

GAMMA = 2.2


def spline(
    knots: Sequence[float], values: Sequence[float], smooth: int = 20
) -> Callable[[Array], Array]:
    """A piecewise linear curve smoothed by a Gaussian of `smooth` 2000ths of its range."""
    grid = np.linspace(knots[0], knots[-1], 2001)
    raw = np.interp(grid, knots, values)
    margin = 3 * smooth
    kernel = np.exp(-0.5 * (np.arange(-margin, margin + 1) / smooth) ** 2)
    before = 2 * raw[0] - raw[1 : margin + 1][::-1]
    after = 2 * raw[-1] - raw[-margin - 1 : -1][::-1]
    smoothed = np.convolve(np.concatenate([before, raw, after]), kernel / kernel.sum(), "valid")
    return lambda query: np.interp(query, grid, smoothed)


def smooth_min(a: Array, b: Array, width: float) -> Array:
    """Minimum of two fields with a rounded seam of `width` mm."""
    h = np.clip(0.5 + 0.5 * (b - a) / width, 0, 1)
    result: Array = b * (1 - h) + a * h - width * h * (1 - h)
    return result


def smooth_max(a: Array, b: Array, width: float) -> Array:
    """Maximum of two fields with a rounded seam of `width` mm."""
    return -smooth_min(-a, -b, width)


def step(start: float, end: float, x: Any) -> Array:
    """Cubic step from 0 at `start` to 1 at `end`; `start` may be the larger one."""
    t = np.clip((np.asarray(x) - np.float32(start)) * np.float32(1 / (end - start)), 0, 1)
    result: Array = t * t * (3 - 2 * t)
    return result


def bell(x: Any, centre: float, width: float) -> Array:
    """Gaussian of unit height."""
    t = (np.asarray(x) - np.float32(centre)) * np.float32(1 / width)
    return np.exp(np.float32(-0.5) * t * t)


def mirrored_bump(
    x: Array, y: Array, x0: float, y0: float, sx: float, sy: float, tilt: float = 0.0
) -> Array:
    """Gaussian bump at (x0, y0), and its mirror image when x0 > 0; `tilt` lifts the lateral end.

    Both sides are summed: a function of |x| alone would leave a ridge on the midline.
    """

    def one(dx: Array) -> Array:
        dy = y - y0
        if tilt:
            c, s = np.cos(tilt), np.sin(tilt)
            dx, dy = dx * c - dy * s, dx * s + dy * c
        result: Array = np.exp(-0.5 * ((dx / sx) ** 2 + (dy / sy) ** 2))
        return result

    return one(x - x0) + one(-x - x0) if x0 else one(x)


def blur(field: Array, sigma: float) -> Array:
    """Gaussian blur by `sigma` pixels."""
    return cv2.GaussianBlur(field, (0, 0), sigma)


def resize(field: Array, width: int, height: int) -> Array:
    """Bilinear resize to (height, width)."""
    return cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)


def white_noise(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Standard normal float32 noise."""
    return rng.standard_normal(shape, dtype=np.float32)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> Array:
    """Gaussian noise blurred by `sigma` pixels, scaled to unit variance."""
    field = blur(white_noise(rng, shape), sigma)
    return field / np.float32(field.std())


def unit(vector: Any) -> Array:
    """`vector` scaled to length 1."""
    v = np.asarray(vector, float)
    result: Array = v / np.linalg.norm(v)
    return result


def linear_rgb(srgb: Any) -> Array:
    """8-bit sRGB-like values to linear light in 0..1."""
    return ((np.asarray(srgb, float) / 255.0) ** GAMMA).astype(np.float32)


def surface_normals(points: Array) -> Array:
    """Unit normals (H, W, 3) of a surface grid (H, W, 3) by central differences."""
    du, dv = np.empty_like(points), np.empty_like(points)
    du[:, 1:-1] = points[:, 2:] - points[:, :-2]
    du[:, 0], du[:, -1] = du[:, 1], du[:, -2]
    dv[1:-1] = points[2:] - points[:-2]
    dv[0], dv[-1] = dv[1], dv[-2]
    normal = np.empty_like(points)
    for i, (j, k) in enumerate(((1, 2), (2, 0), (0, 1))):
        normal[..., i] = du[..., j] * dv[..., k] - du[..., k] * dv[..., j]
    normal /= np.sqrt(np.einsum("ijk,ijk->ij", normal, normal))[..., None] + 1e-9
    return normal


def frozen(array: Array) -> Array:
    """`array` as contiguous float32 that nobody can write to."""
    fixed = np.ascontiguousarray(array, dtype=np.float32)
    fixed.setflags(write=False)
    return fixed
