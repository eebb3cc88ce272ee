"""Where within a region: Owen values of its four quarters, nested in the region game.

Notation: M regions, of which one is divided into m cells; H a set of other regions, T a set
of cells, v(H + T) the network's outputs when both are visible. Owen (1977): regions arrive in
every order, and the cells of the divided one arrive next to each other in every order.
That is a small Shapley game of the cells alone,

    u(T) = sum over H of |H|! (M - 1 - |H|)! / M! v(H + T),

so u(all) - u(none) is the region's own Shapley value: the cells' values add up to it.
Exact: every H and T is run, those without or with all the cells read off the region table.
"""

from dataclasses import dataclass
from math import factorial
from typing import Final

import numpy as np

from face2bone.arrays import Flags, Floats, PartMap
from face2bone.explain.baselines import Baseline
from face2bone.explain.coalition_values import value_of_coalitions, values_of
from face2bone.explain.coalitions import LogitsOf, all_coalitions, shapley_values
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone

CELLS: Final = ("upper right", "upper left", "lower right", "lower left")
"""Sides are the patient's, as everywhere: their right is the picture's left."""


@dataclass(frozen=True)
class CellAttribution:
    """Owen values of a region's four quarters under one baseline.

    ``values`` (4, K) in logits, a row a quarter in the order of ``CELLS``; ``cells`` int8
    (H, W) numbers each pixel's quarter, -1 outside the region. The rows add up to the
    region's Shapley value.
    """

    region: Part
    values: Floats
    cells: PartMap
    baseline: str


def quarters(inside: Flags) -> PartMap:
    """A region's pixels (H, W) in four parts of equal area, numbered as ``CELLS``, else -1.

    Halved between rows at the median, then each half between columns at its own.
    """
    cells = np.full(inside.shape, -1, dtype=np.int8)
    rows, columns = np.nonzero(inside)
    by_row = np.argsort(rows, kind="stable")
    for half, pixels in enumerate(np.array_split(by_row, 2)):
        by_column = pixels[np.argsort(columns[pixels], kind="stable")]
        for side, part in enumerate(np.array_split(by_column, 2)):
            cells[rows[part], columns[part]] = 2 * half + side
    return cells


def owen_values(tables: Floats) -> Floats:
    """Owen values (m, K) of cells; ``tables`` (2^m, 2^(M-1), K) holds v(H + T) at [T, H]."""
    m, others = (int(size).bit_length() - 1 for size in tables.shape[:2])
    sizes = all_coalitions(others).sum(axis=1)
    chance = [factorial(s) * factorial(others - s) / factorial(others + 1) for s in sizes]
    return shapley_values(np.einsum("h,thk->tk", chance, tables), m)


def region_cells(
    logits_of: LogitsOf,
    aligned: Prepared,
    baseline: Baseline,
    attribution: RegionAttribution,
    region: Part,
    progress: FractionDone | None = None,
) -> CellAttribution:
    """Exact Owen values of a region's quarters; 14 x 512 passes, seven times a region table.

    ``attribution`` is the face's under the same ``baseline``. ``logits_of``, ``progress`` and
    errors as in ``region_shapley``.
    """
    index, n = attribution.parts.index(region), len(attribution.parts)
    cells = quarters(aligned.part_map == index)
    without = all_coalitions(n)[~all_coalitions(n)[:, index]]
    rows = without @ (1 << np.arange(n))
    # The divided region leaves the game: what it shows is settled before each table.
    others = np.where(aligned.part_map == index, -1, aligned.part_map).astype(np.int8)
    shown = all_coalitions(len(CELLS))
    tables = np.empty((len(shown), len(rows), attribution.table.shape[1]))
    tables[0], tables[-1] = attribution.table[rows], attribution.table[rows | 1 << index]
    for i in range(1, len(shown) - 1):
        crop = aligned.pixels.copy()
        hidden = np.isin(cells, np.flatnonzero(~shown[i]))
        crop[hidden] = baseline.pixels[hidden]
        value_of = value_of_coalitions(logits_of, crop, baseline.pixels, others, n)
        tables[i] = values_of(value_of, without, _share(progress, i - 1, len(shown) - 2))
    return CellAttribution(region, owen_values(tables), cells, baseline.name)


def _share(progress: FractionDone | None, index: int, count: int) -> FractionDone | None:
    """Progress of one of ``count`` equal parts."""
    return progress and (lambda fraction: progress((index + fraction) / count))
