"""Temperature scaling: one scalar that makes a network's probabilities honest.

Notation: z logits (N, 3), y true classes (N,), T > 0 the temperature,
p = softmax(z / T). T > 1 softens an over-confident network; order and accuracy of the
classes stay as they were. Source: Guo, Pleiss, Sun, Weinberger (2017), arXiv 1706.04599,
section 4.2.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from face2bone.calibration.labelled import checked_labels, checked_scores
from face2bone.errors import TrainingError

# Outside these a network is constant or separates the split perfectly: no T is then
# identified, and the bound keeps log-likelihoods finite.
TEMPERATURE_RANGE: Final = (0.05, 20.0)


def negative_log_likelihood(
    logits: npt.ArrayLike, labels: npt.ArrayLike, temperature: float = 1.0
) -> float:
    """Mean of -log p(true class), in nats, of logits (N, 3) at a temperature."""
    z = checked_scores(logits)
    y = checked_labels(labels, len(z))
    return float(-log_softmax(z / temperature, axis=1)[np.arange(len(y)), y].mean())


def fit_temperature(logits: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Temperature in ``TEMPERATURE_RANGE`` that minimises the negative log-likelihood.

    The search runs over 1/T, in which the likelihood is convex, so the bounded minimum
    is the global one.

    Args:
        logits: (N, 3) raw network outputs of the calibration split.
        labels: (N,) class indices 0, 1, 2.

    Raises:
        TrainingError: when shapes disagree or a value is not finite.
    """
    z = checked_scores(logits)
    y = checked_labels(labels, len(z))
    low, high = TEMPERATURE_RANGE
    found = minimize_scalar(
        lambda inverse: negative_log_likelihood(z, y, 1.0 / inverse),
        bounds=(1.0 / high, 1.0 / low),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(np.clip(1.0 / found.x, low, high))


def calibrated(logits: npt.ArrayLike, temperature: float) -> npt.NDArray[np.float64]:
    """Probabilities softmax(logits / temperature), same leading shape, rows sum to 1.

    Args:
        logits: (..., 3) raw network outputs.
        temperature: positive scalar from ``fit_temperature``.

    Raises:
        TrainingError: when the temperature is not positive.

    >>> calibrated([0.0, 0.0, 0.0], 2.0).round(3).tolist()
    [0.333, 0.333, 0.333]
    """
    if not temperature > 0:
        raise TrainingError(
            f"The temperature {temperature:g} is not positive. Fit it with `fit_temperature`."
        )
    scaled: npt.NDArray[np.float64] = np.asarray(logits, dtype=np.float64) / temperature
    return np.asarray(softmax(scaled, axis=-1), dtype=np.float64)
