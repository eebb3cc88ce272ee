"""The face as the frozen network sees it: features at the cut, averaged over the map.

The same numbers that say whether a face is out of domain (``bundle.ood``). They are the trunk's,
before any head that was fitted to labels.
"""

from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.bundle.ood import pooled
from face2bone.cohort.crop_store import CropStore
from face2bone.runtime import Engine, network_input

BATCH: Final = 32


def picture_features(engine: Engine, store: CropStore) -> Floats:
    """Features (N, C) of every index row of a crop store."""
    rows = store.rows
    parts = [
        pooled(engine.features(network_input(store.crops[rows[i : i + BATCH]], engine.input)))
        for i in range(0, len(rows), BATCH)
    ]
    return np.concatenate(parts)
