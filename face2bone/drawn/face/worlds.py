"""What a drawn face knows about a drawn patient's bone, in the worlds of ``drawn.worlds``.

Notation: t is a T-score (SD), a the age in years, x_k the six ageing parameters of a face in
the order of ``parameters.AGEING_NAMES`` (mm-like units, the wrinkle depth without unit).

    x_k   = clip(c_k + b_k (a - 65) / 25 + g_k s(t*) / 2 + sd_k e_k),   e_k ~ N(0, 1)

with the severity s and the world's t* of ``drawn.worlds``. The effects are planted by us; they
are no claim about real faces.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from face2bone.arrays import Floats
from face2bone.drawn.face.parameters import AGEING_NAMES, Ageing
from face2bone.drawn.worlds import severity

AGE_CENTRE: Final = 65.0
AGE_SPAN: Final = 25.0
CENTRE: Final[Floats] = np.array([2.9, 2.9, 2.9, 2.9, 2.9, 0.70])  # c_k
AGE_TREND: Final[Floats] = np.array([0.4, 0.3, 0.4, 0.4, 0.4, 0.30])  # b_k
GAIN: Final[Floats] = np.array([5.8, 5.6, 5.8, 5.4, 5.4, 0.10])  # g_k
NOISE_SD: Final[Floats] = np.array([1.10, 1.10, 1.10, 1.10, 1.10, 0.10])  # sd_k
LOWEST: Final[Floats] = np.array([-2.5, -2.5, -2.5, -2.5, -2.5, 0.0])
HIGHEST: Final[Floats] = np.array([8.5, 8.5, 8.5, 8.5, 8.5, 1.4])


def ageing_mean(age_years: npt.ArrayLike, t_score: npt.ArrayLike) -> Floats:
    """Mean of the six parameters before noise and clipping; shape broadcast(age, t) + (6,)."""
    age = (np.asarray(age_years, np.float64)[..., None] - AGE_CENTRE) / AGE_SPAN
    mean: Floats = CENTRE + AGE_TREND * age + 0.5 * GAIN * severity(t_score)[..., None]
    return mean


def draw_ageing(rng: np.random.Generator, age_years: float, face_t_score: float) -> Ageing:
    """Draw the six ageing parameters of a face that carries ``face_t_score`` (t* above)."""
    noisy = ageing_mean(age_years, face_t_score) + NOISE_SD * rng.standard_normal(6)
    return Ageing(**dict(zip(AGEING_NAMES, np.clip(noisy, LOWEST, HIGHEST).tolist(), strict=True)))


def ageing_log_likelihood(ageing: Floats, age_years: Floats, t_score: Floats) -> Floats:
    """Log p(ageing | age, t) of (N, 6) parameters at (N,) ages on a (G,) grid of T; (N, G).

    A parameter that was clipped contributes the probability of lying beyond its limit, so the
    likelihood is exact up to a constant that does not depend on t.
    """
    total = np.zeros((len(ageing), len(t_score)))
    means = ageing_mean(age_years[:, None], t_score[None, :])
    for k in range(len(AGEING_NAMES)):
        z = (ageing[:, k, None] - means[..., k]) / NOISE_SD[k]
        term = -0.5 * z**2
        low, high = ageing[:, k] <= LOWEST[k], ageing[:, k] >= HIGHEST[k]
        term[low] = log_ndtr(z[low])
        term[high] = log_ndtr(-z[high])
        total += term
    return total
