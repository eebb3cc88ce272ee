"""How far a figure would move with other patients: percentile intervals over resamples.

Patients are drawn with replacement, as many as there are; all photos of a drawn patient
come along, so two photos of one person never count as two people. A resample is a row of
weights, and all resamples of a block are computed at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.errors import EvaluationError
from face2bone.evaluation.measures import Figures

RESAMPLES: Final = 1_000
LEVEL: Final = 0.95
DEFINED_SHARE: Final = 0.95  # of the resamples a figure must exist in, or it has no interval
BLOCK: Final = 1_000_000  # weights held at once: 8 MB, and a few temporaries of that size


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95% interval; None where the patients cannot define it."""

    value: float | None
    low: float | None = None
    high: float | None = None


def unit_weights(rows: int) -> Floats:
    """Every photo once: the weights that give the figure itself; (1, N)."""
    return np.ones((1, rows))


def patient_weights(
    patients: npt.NDArray[np.int64], resamples: int = RESAMPLES, seed: int = 0
) -> Iterator[Floats]:
    """Weights of resamples in blocks (B, N); ``patients`` (N,) numbers each row's patient.

    Raises ``EvaluationError`` for fewer than one resample.
    """
    if resamples < 1:
        raise EvaluationError("An interval needs resamples. Ask for at least one, better 1,000.")
    count = int(patients.max()) + 1
    rng = np.random.default_rng(seed)
    block = max(1, BLOCK // len(patients))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=size)
        yield drawn[:, patients].astype(np.float64)


def estimates(
    figures: Callable[[Floats], Figures],
    patients: npt.NDArray[np.int64],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Value and 95% percentile interval of every figure.

    ``figures`` maps weights (R, N) to named figures (R,). The same patients, resamples and
    seed draw the same resamples, so differences between two models can be paired.
    """
    values = figures(unit_weights(len(patients)))
    blocks = [figures(weights) for weights in patient_weights(patients, resamples, seed)]
    return {
        name: interval(float(value[0]), np.concatenate([block[name] for block in blocks]))
        for name, value in values.items()
    }


def interval(value: float, resampled: Floats) -> Estimate:
    """The middle 95% of the resamples around a value; NaN becomes None."""
    defined = resampled[np.isfinite(resampled)]
    if not np.isfinite(value):
        return Estimate(None)
    if len(defined) < DEFINED_SHARE * len(resampled):
        return Estimate(_rounded(value))
    tail = (1.0 - LEVEL) / 2
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    return Estimate(_rounded(value), _rounded(low), _rounded(high))


def _rounded(value: float) -> float:
    """Six decimals: more would be noise, and files stay small."""
    return round(float(value), 6) + 0.0  # no -0.0
