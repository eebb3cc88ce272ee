"""Reliability curves: stated probability against what happened, bin by bin, with counts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from face2bone.arrays import Floats
from face2bone.calibration.reliability import bin_index
from face2bone.evaluation.bootstrap import LEVEL
from face2bone.evaluation.table import PredictionTable, beyond

BINS: Final = 10
TOP_LABEL: Final = "top_label"


@dataclass(frozen=True)
class ReliabilityPoint:
    """One bin that holds photos: its mean stated probability, what happened, and how many.

    ``low`` and ``high`` are Wilson's 95% limits for what happened.
    """

    stated: float
    happened: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class ReliabilityCurve:
    """``of`` is ``"top_label"`` (the named class) or the name of a cut; empty bins are left out."""

    of: str
    points: tuple[ReliabilityPoint, ...]


def reliability_curves(table: PredictionTable) -> tuple[ReliabilityCurve, ...]:
    """The named class, then each cut, in ten equal-width bins."""
    p, y = table.probabilities, table.labels
    curves = [ReliabilityCurve(TOP_LABEL, _points(p.max(axis=1), p.argmax(axis=1) == y))]
    for name, cut in table.task.cuts.items():
        curves.append(ReliabilityCurve(name, _points(beyond(p, cut), y >= cut)))
    return tuple(curves)


def wilson(share: float, count: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's limits (1927) for a share of ``count`` independent patients, in [0, 1]."""
    z = float(ndtri(0.5 + level / 2))
    middle = share + z * z / (2 * count)
    spread = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max(0.0, float(middle - spread) / scale), min(1.0, float(middle + spread) / scale)


def _points(stated: Floats, happened: npt.NDArray[np.bool_]) -> tuple[ReliabilityPoint, ...]:
    bins = bin_index(stated, np.linspace(0.0, 1.0, BINS + 1))
    points = []
    for b in np.unique(bins):
        inside = bins == b
        share, count = float(happened[inside].mean()), int(inside.sum())
        low, high = (round(limit, 6) for limit in wilson(share, count))
        mean = round(float(stated[inside].mean()), 6)
        points.append(ReliabilityPoint(mean, round(share, 6), low, high, count))
    return tuple(points)
