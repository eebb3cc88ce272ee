"""The game a face's regions play: what a coalition sees, and what the network says of it.

Notation as in coalitions.py. The value table is computed in full; a network that can be
stopped after its stem runs that part for a few coalitions only (shared_stem.py), with the
same values.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from face2bone.arrays import Flags, Floats, PartMap, Pixels, Reals
from face2bone.errors import EngineError
from face2bone.explain.coalitions import BATCH, LogitsOf, all_coalitions
from face2bone.explain.estimate import drawn_order, fewest_estimated
from face2bone.explain.shared_stem import shared_stem
from face2bone.progress import FractionDone
from face2bone.runtime import StagedNetwork

ValueOf = Callable[[Flags], Reals]
"""Coalitions (B, n) to the network's outputs (B, K)."""

Watch = Callable[[Floats], None]
"""Gets the outputs (m, K) of the coalitions run so far."""


def painted_crops(crop: Pixels, baseline: Pixels, region_map: PartMap, coalitions: Flags) -> Pixels:
    """What each coalition sees: the crop in its regions, the baseline in the others.

    ``crop`` and ``baseline`` (H, W, 3), ``region_map`` (H, W) with -1 outside the face,
    ``coalitions`` (B, n); returns (B, H, W, 3). Pixels outside the face come from the crop
    for every coalition, so nothing outside the face can ever be given an attribution.
    """
    # The map's -1 reads the last column: pixels outside the face are seen by every coalition.
    outside = np.ones((len(coalitions), 1), dtype=bool)
    seen = np.concatenate([coalitions, outside], axis=1)
    # baseline ^ (bits of the difference where seen): bytes instead of a branch, 8 times np.where.
    bits = np.where(seen, np.uint8(255), np.uint8(0))
    painted = bits[:, np.repeat(region_map.ravel(), crop.shape[-1])]
    painted &= (crop ^ baseline).ravel()
    painted ^= baseline.ravel()
    return painted.reshape(len(coalitions), *crop.shape)


def value_of_coalitions(
    logits_of: LogitsOf, crop: Pixels, baseline: Pixels, region_map: PartMap, n: int
) -> ValueOf:
    """The game's characteristic function; arguments as in ``coalition_table``."""
    if not isinstance(logits_of, StagedNetwork):
        return _whole_passes(logits_of, crop, baseline, region_map)
    painted = partial(painted_crops, crop, baseline, region_map)
    stem = shared_stem(logits_of, painted, region_map, n)
    return lambda coalitions: logits_of.after_stem(stem.of(coalitions))


def _whole_passes(
    logits_of: LogitsOf, crop: Pixels, baseline: Pixels, region_map: PartMap
) -> ValueOf:
    """The same function without a shared stem: dearer a coalition, but there at once."""
    return lambda coalitions: logits_of(painted_crops(crop, baseline, region_map, coalitions))


def coalition_table(
    logits_of: LogitsOf,
    crop: Pixels,
    baseline: Pixels,
    region_map: PartMap,
    n: int,
    progress: FractionDone | None = None,
    batch: int = BATCH,
    watch: Watch | None = None,
) -> Floats:
    """Value table (2^n, K) of the region game of one crop.

    ``logits_of`` maps crops to outputs; one made by ``logits_of_crops`` shares its stem.
    ``progress`` is called after each batch with the fraction done in (0, 1]; whatever it
    raises ends the computation and reaches the caller. ``watch`` gets the outputs so far, of
    the coalitions in the order of ``estimate.drawn_order``. Raises ``EngineError`` when an
    output is not finite.
    """
    order = drawn_order(n)
    coalitions = all_coalitions(n)[order]
    parts = []
    if watch is not None:  # who watches sees an estimate before the stems are run
        whole = _whole_passes(logits_of, crop, baseline, region_map)
        parts.append(values_of(whole, coalitions[: fewest_estimated(n)], watch=watch))
    rest = coalitions[sum(map(len, parts)) :]
    value_of = value_of_coalitions(logits_of, crop, baseline, region_map, n)

    def seen(values: Floats) -> None:
        if watch is not None:
            watch(np.concatenate([*parts, values]))

    values = np.concatenate([*parts, values_of(value_of, rest, progress, batch, seen)])
    table = np.empty_like(values)
    table[order] = values
    return table


def values_of(
    value_of: ValueOf,
    coalitions: Flags,
    progress: FractionDone | None = None,
    batch: int = BATCH,
    watch: Watch | None = None,
) -> Floats:
    """Outputs (B, K) of coalitions (B, n), ``batch`` at a time; else as ``coalition_table``."""
    rows = []
    for chunk in _chunks(len(coalitions), batch):
        rows.append(np.asarray(value_of(coalitions[chunk]), dtype=np.float64))
        if watch is not None:
            watch(np.concatenate(rows))
        if progress is not None:
            progress(min(1.0, chunk.stop / len(coalitions)))
    table = np.concatenate(rows)
    if not np.isfinite(table).all():
        raise EngineError(
            "The network's outputs are not finite numbers, so they cannot be explained. "
            "Run `face2bone doctor`, or choose the torch engine."
        )
    return table


def _chunks(total: int, batch: int) -> Iterator[slice]:
    for start in range(0, total, batch):
        yield slice(start, min(start + batch, total))
