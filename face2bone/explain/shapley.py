"""Exact Shapley values of facial regions: how much each region moved each class's logit.

The ten regions of an aligned face are the players, the network's three logits the value;
all 1,024 coalitions are run. The values of a class add up to the difference between its
logit for the whole face and for the face with every region painted over.
Sources: Shapley (1953); Lundberg and Lee (2017) for its use on a model's inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from face2bone.bone import CLASS_LABELS
from face2bone.explain.arrays import FloatArray
from face2bone.explain.coalitions import LogitsOf, coalition_table, shapley_values
from face2bone.explain.fills import Fill
from face2bone.face.alignment import AlignedFace
from face2bone.face.regions import REGIONS, Region

if TYPE_CHECKING:
    import shap


@dataclass(frozen=True)
class RegionAttribution:
    """Exact region Shapley values of one face under one fill.

    ``values`` (10, 3) in logits, one row a region of ``regions``, one column a class;
    ``base`` (3,) logits with every region painted over; ``full`` (3,) logits of the face.
    ``base + values.sum(axis=0)`` equals ``full`` to 1e-4.
    """

    values: FloatArray
    base: FloatArray
    full: FloatArray
    fill: str
    regions: tuple[Region, ...] = REGIONS

    def to_shap(self) -> shap.Explanation:
        """The same figures as a ``shap.Explanation``, for shap's own plots and tools.

        Values (10, 3), base values (3,), every region present (data is all ones).
        """
        import shap  # takes seconds to import, and only this method needs it

        return shap.Explanation(
            values=self.values.copy(),
            base_values=self.base.copy(),
            data=np.ones(len(self.regions)),
            feature_names=[region.label for region in self.regions],
            output_names=list(CLASS_LABELS),
        )


def region_shapley(
    logits_of: LogitsOf,
    aligned: AlignedFace,
    fill: Fill,
    progress: Callable[[float], None] | None = None,
) -> RegionAttribution:
    """Exact Shapley values of the ten regions of ``aligned`` for every class's logit.

    ``logits_of`` maps uint8 crops (B, 160, 160, 3) to logits (B, 3) and is called with at
    most 64 crops at a time. ``progress`` gets the fraction done in (0, 1]; raise from it
    to cancel. Raises ``EngineError`` when a logit is not finite.
    """
    n = len(REGIONS)
    table = coalition_table(logits_of, aligned.crop, fill.pixels, aligned.region_map, n, progress)
    return RegionAttribution(shapley_values(table, n), table[0], table[-1], fill.name)


def fill_agreement(first: RegionAttribution, second: RegionAttribution) -> FloatArray:
    """Spearman rank correlation (3,) between two fills' region values, one a class.

    1: both rank the regions alike; 0: no relation. NaN for a class whose values are all
    equal under either fill, because equal values have no ranking.
    """
    return np.array([_spearman(a, b) for a, b in zip(first.values.T, second.values.T, strict=True)])


def _spearman(a: FloatArray, b: FloatArray) -> float:
    """Pearson correlation of average ranks."""
    ranks_a, ranks_b = rankdata(a) - (len(a) + 1) / 2, rankdata(b) - (len(b) + 1) / 2
    norm = float(np.sqrt((ranks_a @ ranks_a) * (ranks_b @ ranks_b)))
    return float(ranks_a @ ranks_b) / norm if norm > 0 else float("nan")
