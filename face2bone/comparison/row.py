"""One line of a table of results, apart from what trains: a page that shows it trains nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from face2bone.evaluation.bootstrap import Estimate


@dataclass(frozen=True)
class Row:
    """One line of a table.

    seeds: finished seeds, in order; None for a model without any, empty before the first.
    figures: by name, means over seeds; empty before the first. spread: each seed's figures.
    ahead: Face2Bone's figure minus this row's; None for Face2Bone itself or before both have one.
    multiply_adds, parameters, learning_rate, minutes (mean of a run): of networks.
    """

    name: str
    title: str
    seeds: tuple[int, ...] | None
    figures: Mapping[str, Estimate]
    spread: Mapping[str, tuple[float, ...]]
    ahead: Mapping[str, Estimate] | None
    multiply_adds: int | None = None
    parameters: int | None = None
    learning_rate: float | None = None
    minutes: float | None = None
