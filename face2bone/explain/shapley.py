"""Exact Shapley values of facial regions: how much each region moved each class's logit.

The ten regions of an aligned face are the players, the network's three logits the value;
all 1,024 coalitions are run. The values of a class add up to the difference between its
logit for the whole face and for the face with every region painted over.
Sources: Shapley (1953); Lundberg and Lee (2017) for its use on a model's inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from face2bone.bone import CLASS_LABELS
from face2bone.calibration import Calibrator, calibrated
from face2bone.explain.agreement import rank_agreement
from face2bone.explain.arrays import FloatArray
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalition_values import coalition_table
from face2bone.explain.coalitions import LogitsOf, interaction_values, shapley_values
from face2bone.explain.estimate import RegionEstimate, drawn_order, estimated
from face2bone.modalities.face.alignment import AlignedFace
from face2bone.modalities.face.regions import REGIONS, Region

if TYPE_CHECKING:
    import shap


SEVERITY_OF_CLASS: Final = np.arange(3.0)
"""Normal 0, osteopenia 1, osteoporosis 2: the ordinal score of a certain answer."""


@dataclass(frozen=True)
class SeverityAttribution:
    """Region Shapley values (10,) of the expected class, 0 (normal) to 2 (osteoporosis).

    One number a region for the whole ordered scale; ``base`` and ``full`` are the score with
    every region painted over and of the face, and ``base + values.sum()`` is ``full``.
    """

    values: FloatArray
    base: float
    full: float


@dataclass(frozen=True)
class RegionAttribution:
    """Exact region Shapley values of one face under one baseline.

    ``table`` (1024, 3) holds the logits of every coalition in the order of
    ``coalitions.all_coalitions``; everything else follows from it without another pass.
    ``base + values.sum(axis=0)`` equals ``full`` to 1e-4.
    """

    table: FloatArray
    baseline: str
    regions: tuple[Region, ...] = REGIONS

    @property
    def base(self) -> FloatArray:
        """Logits (3,) with every region painted over."""
        base: FloatArray = self.table[0]
        return base

    @property
    def full(self) -> FloatArray:
        """Logits (3,) of the whole face."""
        full: FloatArray = self.table[-1]
        return full

    @cached_property
    def values(self) -> FloatArray:
        """Shapley values (10, 3) in logits: a row a region, a column a class."""
        return shapley_values(self.table, len(self.regions))

    @cached_property
    def interactions(self) -> FloatArray:
        """Interaction indices (10, 10, 3) of pairs of regions, in logits; zero diagonal."""
        return interaction_values(self.table, len(self.regions))

    def strongest_pair(self, class_index: int) -> tuple[Region, Region, float]:
        """The two regions whose interaction for a class is largest, with its sign."""
        indices = self.interactions[..., class_index]
        i, j = np.unravel_index(int(np.abs(indices).argmax()), indices.shape)
        return self.regions[i], self.regions[j], float(indices[i, j])

    def severity(self, calibration: Sequence[Calibrator]) -> SeverityAttribution:
        """Shapley values of the expected class under a bundle's calibrated probabilities."""
        table = calibrated(self.table, *calibration) @ SEVERITY_OF_CLASS[:, None]
        values = shapley_values(table, len(self.regions))[:, 0]
        return SeverityAttribution(values, float(table[0, 0]), float(table[-1, 0]))

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
    baseline: Baseline,
    progress: Callable[[float], None] | None = None,
    watch: Callable[[RegionEstimate], None] | None = None,
) -> RegionAttribution:
    """Exact Shapley values of the ten regions of ``aligned`` for every class's logit.

    ``logits_of`` maps uint8 crops (B, 160, 160, 3) to logits (B, 3) and is called with at
    most 64 crops at a time. ``progress`` gets the fraction done in (0, 1]; raise from it
    to cancel. ``watch`` gets estimates until the values are there. Raises ``EngineError`` when a
    logit is not finite.
    """
    n, order = len(REGIONS), drawn_order(len(REGIONS))

    def estimate(values: FloatArray) -> None:
        found = estimated(order[: len(values)], values, n)
        if watch is not None and found is not None:
            watch(found)

    table = coalition_table(
        logits_of, aligned.crop, baseline.pixels, aligned.region_map, n, progress, watch=estimate
    )
    return RegionAttribution(table, baseline.name)


def baseline_agreement(first: RegionAttribution, second: RegionAttribution) -> FloatArray:
    """Spearman rank correlation (3,) between two baselines' region values, one a class.

    1: both rank the regions alike; 0: no relation, or values that are all equal and rank nothing.
    """
    return np.array(
        [rank_agreement(a, b) for a, b in zip(first.values.T, second.values.T, strict=True)]
    )


def lowest_agreement(games: Sequence[RegionAttribution]) -> FloatArray:
    """The lowest ``baseline_agreement`` (3,) of any two of several baselines, one a class."""
    pairs = [baseline_agreement(a, b) for a, b in combinations(games, 2)]
    lowest: FloatArray = np.min(pairs, axis=0)
    return lowest
