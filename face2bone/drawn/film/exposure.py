"""From millimetres of bone and flesh to the grey of a film.

    I = sum_e w_e exp(-mu_bone(e) B - mu_soft(e) S)      three energies, paths B, S in cm
    I <- (1 - f) I + f blur(I)                           scatter
    I <- blur(I) + sqrt(I / N) noise                     focus and detector, quantum noise
    L = -ln I, sharpened; grey = logistic((L - low) / (high - low))

Attenuation: ICRU-44 compositions times tabulated mass attenuation coefficients. The window
(low, high) comes from parameters, never from the rendered pixels: a window that followed the
pixels would carry a planted value into the whole film.
"""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np

from face2bone.drawn.film.solids import Array

# 1/cm at 40, 50 and 60 keV.
CORTICAL_BONE: Final = (1.278, 0.815, 0.604)
SOFT_TISSUE: Final = (0.285, 0.240, 0.217)
KNEE_SPECTRUM: Final = (0.25, 0.45, 0.30)
HAND_SPECTRUM: Final = (0.55, 0.35, 0.10)

_SCATTER_MM: Final = 9.0
_SHARPEN_MM: Final = 3.0
_COARSE: Final = 4  # scatter is smooth: it is blurred on every fourth pixel
_MARKER_MM: Final = 7.0


@dataclass(frozen=True)
class Exposure:
    """scatter: fraction of the signal. blur_mm: SD. photons: per pixel behind air. sharpen: 0 up.

    low, high: ln attenuation at which the display curve is 1/2 -+ 1/2 before its shoulders;
    slope: its steepness.
    """

    scatter: float
    blur_mm: float
    photons: float
    sharpen: float
    low: float
    high: float
    slope: float


@dataclass(frozen=True)
class Frame:
    """Collimation in mm from each edge (top, bottom, left, right), its grey (0 to 1), and the
    side marker's letter and place (fractions of the height and width).
    """

    collimation_mm: tuple[float, float, float, float]
    grey: float
    marker: Literal["L", "R"]
    marker_at: tuple[float, float]


def draw_exposure(
    rng: np.random.Generator,
    scatter: tuple[float, float],
    window: tuple[tuple[float, float], tuple[float, float]],
) -> Exposure:
    """One exposure; ``scatter`` and ``window`` (of low, of high) are ranges."""
    return Exposure(
        scatter=rng.uniform(*scatter),
        blur_mm=rng.uniform(0.12, 0.30),
        photons=10 ** rng.uniform(3.8, 4.9),
        sharpen=rng.uniform(0.0, 1.0),
        low=rng.uniform(*window[0]),
        high=rng.uniform(*window[1]),
        slope=rng.uniform(4.5, 6.5),
    )


def draw_frame(rng: np.random.Generator, side: Literal["left", "right"]) -> Frame:
    """Collimation and marker; the marker says which side it is, and lies near an edge."""
    top, bottom, left, right = rng.uniform(0.0, 6.0, 4).tolist()
    beside = rng.uniform(0.05, 0.12) if rng.random() < 0.5 else rng.uniform(0.86, 0.92)
    return Frame(
        collimation_mm=(top, bottom, left, right),
        grey=float(rng.choice([0.0, 0.0, 0.07])),
        marker="L" if side == "left" else "R",
        marker_at=(rng.uniform(0.08, 0.90), beside),
    )


def log_signal(bone_cm: Array, soft_cm: Array, spectrum: tuple[float, float, float]) -> Array:
    """Primary attenuation -ln I of paths in cm, before scatter, blur and noise."""
    return -np.log(_primary(bone_cm, soft_cm, spectrum))


def expose(
    bone_cm: Array,
    soft_cm: Array,
    spectrum: tuple[float, float, float],
    exposure: Exposure,
    spacing_mm: float,
    rng: np.random.Generator | None,
) -> Array:
    """The film's grey, 0 to 1 float32, bone bright; ``rng`` None leaves the noise out."""
    signal = _primary(bone_cm, soft_cm, spectrum)
    scattered = _wide_blur(signal, _SCATTER_MM / spacing_mm)
    signal = (1 - exposure.scatter) * signal + exposure.scatter * scattered
    signal = cv2.GaussianBlur(signal, (0, 0), max(exposure.blur_mm / spacing_mm, 0.25))
    if rng is not None:
        noise = rng.standard_normal(signal.shape, dtype=np.float32)
        # A pixel's photons grow with its area; N is meant at the width of 0.5 mm.
        photons = exposure.photons * (spacing_mm / 0.5) ** 2
        signal = np.clip(signal + np.sqrt(signal / np.float32(photons)) * noise, 1e-4, None)
    attenuation = -np.log(signal)
    smooth = _wide_blur(attenuation, _SHARPEN_MM / spacing_mm)
    attenuation = attenuation + np.float32(exposure.sharpen) * (attenuation - smooth)
    place = (attenuation - exposure.low) / (exposure.high - exposure.low)
    grey: Array = 1 / (1 + np.exp(np.float32(-exposure.slope) * (place - np.float32(0.5))))
    return grey.astype(np.float32)


def frame_mask(frame: Frame, shape: tuple[int, int], spacing_mm: float) -> Array:
    """(H, W) bool: inside the collimation."""
    top, bottom, left, right = (round(edge / spacing_mm) for edge in frame.collimation_mm)
    inside = np.zeros(shape, bool)
    inside[top : shape[0] - bottom, left : shape[1] - right] = True
    return inside


def marker_mask(frame: Frame, shape: tuple[int, int], spacing_mm: float) -> Array:
    """(H, W) bool: the lead letter."""
    ink = np.zeros(shape, np.uint8)
    scale = _MARKER_MM / spacing_mm / 22.0  # OpenCV's letters are 22 px high at scale 1
    row, column = (int(f * n) for f, n in zip(frame.marker_at, shape, strict=True))
    width = max(1, round(1.2 / spacing_mm))
    cv2.putText(ink, frame.marker, (column, row), cv2.FONT_HERSHEY_SIMPLEX, scale, 1, width)
    return ink.astype(bool)


def framed(grey: Array, frame: Frame, spacing_mm: float) -> Array:
    """The film with its collimated border and its marker."""
    shape = (grey.shape[0], grey.shape[1])
    out = np.where(frame_mask(frame, shape, spacing_mm), grey, np.float32(frame.grey))
    out[marker_mask(frame, shape, spacing_mm)] = 0.97
    return out


def _primary(bone_cm: Array, soft_cm: Array, spectrum: tuple[float, float, float]) -> Array:
    signal = np.zeros_like(bone_cm)
    for bone, soft, weight in zip(CORTICAL_BONE, SOFT_TISSUE, spectrum, strict=True):
        signal += np.float32(weight) * np.exp(
            np.float32(-bone) * bone_cm - np.float32(soft) * soft_cm
        )
    return signal


def _wide_blur(field: Array, sigma: float) -> Array:
    height, width = field.shape
    small = cv2.resize(
        field, (-(-width // _COARSE), -(-height // _COARSE)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / _COARSE)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
