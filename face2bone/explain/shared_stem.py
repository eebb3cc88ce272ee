"""What of the network need not be run once a coalition: its stem.

The stem sees locally: a position of its map sees a few pixels of the crop (31 x 31 of a face's),
and so a few regions only. Two coalitions that agree on these regions have the same stem there. So
the stem is run for a few coalitions, from which every other coalition's stem is pieced
together position by position; the numbers are those of its own pass, not an approximation.

Which few: regions that no position sees together may share a colour (a graph colouring), and
the regions of a colour are shown and hidden together. A position sees at most one region of
each colour, so with m colours the 2^m patterns of colours hold whatever it can be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from face2bone.arrays import Flags, Floats, Integers, PartMap, Pixels, Singles
from face2bone.explain.coalitions import BATCH, all_coalitions
from face2bone.nn.network import MapGeometry
from face2bone.runtime import StagedNetwork


@dataclass(frozen=True)
class SharedStem:
    """The stems of all coalitions, as the pieces they are made of.

    ``pieces`` (2^m, h, w, C): the stem of each pattern of colours. ``bits`` (n, h, w):
    what a visible region adds to the pattern looked up at a position, 0 where it is unseen.
    """

    pieces: Singles
    bits: Integers

    def of(self, coalitions: Flags) -> Singles:
        """The stems (B, h, w, C) of coalitions (B, n)."""
        pattern = np.tensordot(coalitions.astype(np.int64), self.bits, axes=1)
        rows, columns = np.ogrid[: self.bits.shape[1], : self.bits.shape[2]]
        pieced: Singles = self.pieces[pattern, rows, columns]
        return pieced


def shared_stem(
    network: StagedNetwork, painted: Callable[[Flags], Pixels], region_map: PartMap, n: int
) -> SharedStem:
    """Run the stem for the patterns that all coalitions of ``n`` players are made of.

    ``painted`` gives the crops (B, H, W, C) that coalitions (B, n) see.
    """
    seen = seen_players(region_map, n, network.stem_map)
    flat = seen.reshape(n, -1).astype(np.int64)
    clash = flat @ flat.T > 0
    colours = np.array(fewest_colours(clash))
    coalitions = all_coalitions(int(colours.max()) + 1)[:, colours]
    parts = [coalitions[start : start + BATCH] for start in range(0, len(coalitions), BATCH)]
    stems = [network.stem(painted(part)) for part in parts]
    return SharedStem(np.concatenate(stems), seen * (1 << colours)[:, None, None])


def seen_players(region_map: PartMap, n: int, stem: MapGeometry) -> Flags:
    """Which of n players each position of a local map sees a pixel of: bool (n, h, w)."""
    inside = region_map[None] == np.arange(n)[:, None, None]
    down, across = _windows(stem.rows, stem.field), _windows(stem.columns, stem.field)
    bands = np.stack([inside[:, window].any(axis=1) for window in down], axis=1)
    return np.stack([bands[:, :, window].any(axis=2) for window in across], axis=2)


def _windows(centres: Floats, field: int | None) -> list[slice]:
    """What each position sees along an axis; everything where ``field`` is None."""
    if field is None:
        return [slice(None)] * len(centres)
    starts = np.rint(centres - (field - 1) / 2).astype(int).tolist()
    return [slice(max(start, 0), max(start + field, 0)) for start in starts]


def fewest_colours(clash: Flags) -> list[int]:
    """A colour for each of n players, no two that clash (n, n) alike, with as few as can be.

    Colours count from 0. Tries every colouring with 1, 2, ... colours: n is a dozen.
    """

    def extended(colours: list[int], limit: int) -> list[int] | None:
        player = len(colours)
        if player == len(clash):
            return colours
        taken = {colour for other, colour in enumerate(colours) if clash[player, other]}
        # A new colour is tried once: which of the unused ones it is makes no difference.
        for colour in range(min(limit, max(colours, default=-1) + 2)):
            if colour not in taken:
                found = extended([*colours, colour], limit)
                if found is not None:
                    return found
        return None

    tries = (extended([], limit) for limit in range(1, len(clash) + 1))
    return next(colours for colours in tries if colours is not None)
