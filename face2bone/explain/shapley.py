"""Exact Shapley values of a picture's parts: how much each region moved each class's logit.

The n parts of a prepared picture are the players, the network's K logits the value; all 2^n
coalitions are run. The values of a class add up to the difference between its
logit for the whole picture and for the picture with every region painted over.
Sources: Shapley (1953); Lundberg and Lee (2017) for its use on a model's inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from face2bone.arrays import Floats
from face2bone.calibration import Calibrator, calibrated
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalition_values import coalition_table
from face2bone.explain.coalitions import LogitsOf, check_parts, interaction_values, shapley_values
from face2bone.explain.estimate import RegionEstimate, drawn_order, estimated
from face2bone.explain.self_check import rank_agreement
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone

if TYPE_CHECKING:
    import shap


def expected_class(probabilities: Floats) -> Floats:
    """The expected class (...) of probabilities (..., K): 0 is surely the first, K - 1 the last.

    The ordinal score of an answer; with normal, osteopenia and osteoporosis its severity, 0 to 2.
    """
    score: Floats = probabilities @ np.arange(float(probabilities.shape[-1]))
    return score


@dataclass(frozen=True)
class SeverityAttribution:
    """Region Shapley values (n,) of the expected class.

    One number a region for the whole ordered scale; ``base`` and ``full`` are the score with
    every region painted over and of the face, and ``base + values.sum()`` is ``full``.
    """

    values: Floats
    base: float
    full: float


@dataclass(frozen=True)
class RegionAttribution:
    """Exact region Shapley values of one picture under one baseline.

    ``table`` (2^n, K) holds the logits of every coalition in the order of
    ``coalitions.all_coalitions``; everything else follows from it without another pass.
    ``base + values.sum(axis=0)`` equals ``full`` to 1e-4.
    """

    table: Floats
    baseline: str
    parts: tuple[Part, ...]

    @property
    def base(self) -> Floats:
        """Logits (K,) with every region painted over."""
        base: Floats = self.table[0]
        return base

    @property
    def full(self) -> Floats:
        """Logits (K,) of the whole face."""
        full: Floats = self.table[-1]
        return full

    @cached_property
    def values(self) -> Floats:
        """Shapley values (n, K) in logits: a row a region, a column a class."""
        return shapley_values(self.table, len(self.parts))

    @cached_property
    def interactions(self) -> Floats:
        """Interaction indices (n, n, K) of pairs of regions, in logits; zero diagonal."""
        return interaction_values(self.table, len(self.parts))

    def strongest_pair(self, class_index: int) -> tuple[Part, Part, float]:
        """The two regions whose interaction for a class is largest, with its sign."""
        indices = self.interactions[..., class_index]
        i, j = np.unravel_index(int(np.abs(indices).argmax()), indices.shape)
        return self.parts[i], self.parts[j], float(indices[i, j])

    def severity(self, calibration: Sequence[Calibrator]) -> SeverityAttribution:
        """Shapley values of the expected class under a bundle's calibrated probabilities."""
        table = expected_class(calibrated(self.table, *calibration))[:, None]
        values = shapley_values(table, len(self.parts))[:, 0]
        return SeverityAttribution(values, float(table[0, 0]), float(table[-1, 0]))

    def to_shap(self, labels: Sequence[str]) -> shap.Explanation:
        """The same figures as a ``shap.Explanation``, for shap's own plots and tools.

        Values (n, K), base values (K,), every region present (data is all ones). ``labels`` name
        the K classes.
        """
        import shap  # takes seconds to import, and only this method needs it

        return shap.Explanation(
            values=self.values.copy(),
            base_values=self.base.copy(),
            data=np.ones(len(self.parts)),
            feature_names=[region.label for region in self.parts],
            output_names=list(labels),
        )


def region_shapley(
    logits_of: LogitsOf,
    aligned: Prepared,
    baseline: Baseline,
    progress: FractionDone | None = None,
    watch: Callable[[RegionEstimate], None] | None = None,
) -> RegionAttribution:
    """Exact Shapley values of the parts of ``aligned`` for every class's logit.

    ``logits_of`` maps uint8 crops (B, H, W, C) to logits (B, K) and is called with at
    most 64 crops at a time. ``progress`` gets the fraction done in (0, 1]; raise from it
    to cancel. ``watch`` gets estimates until the values are there. Raises ``EngineError`` when a
    logit is not finite, and ``ExplanationError`` for more than ``MOST_PARTS`` parts.
    """
    n = len(aligned.parts)
    check_parts(n)
    order = drawn_order(n)

    def estimate(values: Floats) -> None:
        found = estimated(order[: len(values)], values, n)
        if watch is not None and found is not None:
            watch(found)

    table = coalition_table(
        logits_of, aligned.pixels, baseline.pixels, aligned.part_map, n, progress, watch=estimate
    )
    return RegionAttribution(table, baseline.name, aligned.parts)


def baseline_agreement(first: RegionAttribution, second: RegionAttribution) -> Floats:
    """Spearman rank correlation (K,) between two baselines' region values, one a class.

    1: both rank the regions alike; 0: no relation, or values that are all equal and rank nothing.
    """
    return np.array(
        [rank_agreement(a, b) for a, b in zip(first.values.T, second.values.T, strict=True)]
    )


def lowest_agreement(games: Sequence[RegionAttribution]) -> Floats:
    """The lowest ``baseline_agreement`` (K,) of any two of several baselines, one a class."""
    pairs = [baseline_agreement(a, b) for a, b in combinations(games, 2)]
    lowest: Floats = np.min(pairs, axis=0)
    return lowest
