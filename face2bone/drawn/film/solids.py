"""Bones and flesh as solids with known path lengths: no voxels, every ray is a closed form.

A bone is a generalised cylinder: at each level it is an ellipse of half width a (in the
picture's plane) and half depth b (along the ray), so that a ray at lateral offset u crosses

    c(u; a, b) = 2 b sqrt(1 - (u/a)^2)

of it. Its ends close like a quarter ellipse over a depth R below the outline. Lengths are mm.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

Array: TypeAlias = npt.NDArray[Any]


def profile(knots: Sequence[float], values: Sequence[float], at: Array) -> Array:
    """A monotone cubic through knots (mm), constant beyond them, read at each element; float32."""
    inside = np.clip(at, knots[0], knots[-1])
    curve: Array = PchipInterpolator(knots, values)(inside).astype(np.float32)
    return curve


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    half: Array = 0.5 + 0.5 * np.tanh(0.5 * z)
    return half


def bell(x: Any, centre: float, width: float) -> Any:
    """Gaussian of unit height."""
    t = (x - np.float32(centre)) * np.float32(1 / width)
    return np.exp(np.float32(-0.5) * t * t)


def chord(u: Array, a: Array, b: Array | float) -> Array:
    """Path (mm) through an ellipse of half width a and half depth b at lateral offset u."""
    q = u / np.maximum(a, np.float32(1e-3))
    path: Array = 2 * np.maximum(b, np.float32(0)) * np.sqrt(np.clip(1 - q * q, 0, None))
    return path


def closing(depth: Array, radius: float) -> Array:
    """Factor 0 to 1 by which a solid's end thins: ``depth`` (mm) inside its outline."""
    q = np.clip(depth * np.float32(1 / radius), 0, 1)
    rounded: Array = np.sqrt(q * (2 - q))
    return rounded


def smooth_union(*paths: Array) -> Array:
    """The larger of several paths, without a seam where they cross (4-norm)."""
    total = sum((path**2) ** 2 for path in paths)
    union: Array = np.sqrt(np.sqrt(np.asarray(total)))
    return union
