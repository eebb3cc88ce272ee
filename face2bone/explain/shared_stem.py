"""What of the network need not be run once a coalition: its stem.

The stem sees locally: a position of its 17 x 17 map sees 31 x 31 pixels of the crop, and so
a few regions only. Two coalitions that agree on these regions have the same stem there. So
the stem is run for a few coalitions, from which every other coalition's stem is pieced
together position by position; the numbers are those of its own pass, not an approximation.

Which few: regions that no position sees together may share a colour (a graph colouring), and
the regions of a colour are shown and hidden together. A position sees at most one region of
each colour, so with m colours the 2^m patterns of colours hold whatever it can be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.explain.arrays import BoolArray, Pixels, RegionMap
from face2bone.explain.coalitions import BATCH, all_coalitions
from face2bone.nn.config import GRID_SIZE
from face2bone.nn.inception_resnet_v1 import STEM_FIELD, STEM_FIRST, STEM_STRIDE
from face2bone.runtime import StagedNetwork

Indices = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_ROWS, _COLUMNS = np.ogrid[:GRID_SIZE, :GRID_SIZE]


@dataclass(frozen=True)
class SharedStem:
    """The stems of all coalitions, as the pieces they are made of.

    ``pieces`` (2^m, 17, 17, C): the stem of each pattern of colours. ``bits`` (n, 17, 17):
    what a visible region adds to the pattern looked up at a position, 0 where it is unseen.
    """

    pieces: Floats
    bits: Indices

    def of(self, coalitions: BoolArray) -> Floats:
        """The stems (B, 17, 17, C) of coalitions (B, n)."""
        pattern = np.tensordot(coalitions.astype(np.int64), self.bits, axes=1)
        pieced: Floats = self.pieces[pattern, _ROWS, _COLUMNS]
        return pieced


def shared_stem(
    network: StagedNetwork, painted: Callable[[BoolArray], Pixels], region_map: RegionMap, n: int
) -> SharedStem:
    """Run the stem for the patterns that all coalitions of ``n`` players are made of.

    ``painted`` gives the crops (B, 160, 160, 3) that coalitions (B, n) see.
    """
    seen = seen_players(region_map, n)
    flat = seen.reshape(n, -1).astype(np.int64)
    clash = flat @ flat.T > 0
    colours = np.array(fewest_colours(clash))
    coalitions = all_coalitions(int(colours.max()) + 1)[:, colours]
    parts = [coalitions[start : start + BATCH] for start in range(0, len(coalitions), BATCH)]
    stems = [network.stem(painted(part)) for part in parts]
    return SharedStem(np.concatenate(stems), seen * (1 << colours)[:, None, None])


def seen_players(region_map: RegionMap, n: int) -> BoolArray:
    """Which of n players each stem position sees a pixel of: bool (n, 17, 17)."""
    starts = STEM_FIRST + STEM_STRIDE * np.arange(GRID_SIZE)
    windows = [slice(max(start, 0), start + STEM_FIELD) for start in starts]
    inside = region_map[None] == np.arange(n)[:, None, None]
    bands = np.stack([inside[:, window].any(axis=1) for window in windows], axis=1)
    return np.stack([bands[:, :, window].any(axis=2) for window in windows], axis=2)


def fewest_colours(clash: BoolArray) -> list[int]:
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
