"""Trabeculae as two families of struts: oriented power-law noise, folded into ridges."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from face2bone.drawn.film.solids import Array

GRID_MM: Final = 0.4
"""Pitch of the grid the struts are drawn on, so that a finer film shows the same struts."""
_SLOPE: Final = 1.1  # amplitude falls as frequency^-slope
_CUT: Final = 0.38  # cycles per grid point


def ridges(
    rng: np.random.Generator, height_mm: float, width_mm: float, vertical: bool, aniso: float
) -> Array:
    """One family of struts over a field of this size, on the grid above; about -2 to 1.

    ``aniso`` (0 to 1) is the ratio of a strut's width to its length; ``vertical`` its direction.
    """
    shape = round(height_mm / GRID_MM), round(width_mm / GRID_MM)
    amplitude = _amplitude(shape, vertical, aniso)
    noise = rng.standard_normal((2, *amplitude.shape), dtype=np.float32)
    field = np.fft.irfft2((noise[0] + 1j * noise[1]) * amplitude, s=shape)
    ridge: Array = (1 - 0.9 * np.abs(field / field.std())).astype(np.float32)
    return ridge


@lru_cache(maxsize=8)
def _amplitude(shape: tuple[int, int], vertical: bool, aniso: float) -> Array:
    """Spectrum of one family; struts along y keep low frequencies along y."""
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    across, along = (fx, fy) if vertical else (fy, fx)
    radius = np.hypot(across * aniso, along)
    radius[0, 0] = 1.0
    amplitude = radius**-_SLOPE * np.exp(-((np.hypot(fx, fy) / _CUT) ** 4))
    amplitude[0, 0] = 0.0
    spectrum: Array = amplitude.astype(np.float32)
    spectrum.setflags(write=False)
    return spectrum


def fitted(field: Array, shape: tuple[int, int]) -> Array:
    """The struts at the film's own pixels, shape (height, width)."""
    return cv2.resize(field, shape[::-1], interpolation=cv2.INTER_LINEAR)
