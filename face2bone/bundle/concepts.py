"""The concept bank: parts-based directions of the network's features, and what they are.

Notation (CRAFT; Fel et al. 2023, arXiv 2211.10154): A ~ U W, all non-negative; A (n, C)
features at the cut, W (R, C) the basis kept here, U (n, R) coefficients, whose mean over a photo
is how far each concept is present in it.
Fitting and reading a bank are the business of the explanations; here it is only data.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face2bone.errors import BundleCorrupt
from face2bone.words import template


@dataclass(frozen=True)
class ConceptBank:
    """R concepts over C feature channels.

    basis: (R, C) float32, non-negative, W above; no row is all zero.
    importance: (R, K) float32, total Sobol index of each concept for each class, in
        [0, 1].
    presence_scale: (R,) float32, positive; a photo's mean coefficient over it is the presence,
        1 where a photo holds as much of the concept as is common in the cohort.
    exemplars: (R, n, h, w, C) uint8, crops of *drawn* faces that show the concept best
        (never of patients); n may be 0.
    names, region_tags, description: one short text per concept for its card.

    Raises ``BundleCorrupt`` when shapes, types or ranges differ.
    """

    basis: npt.NDArray[np.float32]
    importance: npt.NDArray[np.float32]
    presence_scale: npt.NDArray[np.float32]
    exemplars: npt.NDArray[np.uint8]
    names: tuple[str, ...]
    region_tags: tuple[str, ...]
    description: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.basis)
        _require(self.basis.ndim == 2 and count > 0, template("the basis is not (R, C)"))
        _require(
            self.importance.ndim == 2 and len(self.importance) == count,
            template("the importance is not (R, K)"),
        )
        _require(self.presence_scale.shape == (count,), template("the presence scale is not (R,)"))
        _require(
            self.exemplars.ndim == 5
            and self.exemplars.shape[0] == count
            and self.exemplars.dtype == np.uint8,
            template("the exemplars are not uint8 (R, n, h, w, C)"),
        )
        for array in (self.basis, self.importance, self.presence_scale):
            _require(
                array.dtype == np.float32 and bool(np.isfinite(array).all() and array.min() >= 0),
                template("a number is not a finite, non-negative float32"),
            )
        _require(bool((self.importance <= 1).all()), template("an importance is above 1"))
        _require(bool((self.basis.max(axis=1) > 0).all()), "a concept is all zero")
        _require(bool((self.presence_scale > 0).all()), template("a presence scale is zero"))
        for texts in (self.names, self.region_tags, self.description):
            _require(
                len(texts) == count, template("a concept lacks its name, region or description")
            )

    def __len__(self) -> int:
        """Number of concepts R."""
        return len(self.basis)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BundleCorrupt(
            "The concept bank is invalid: {reason}. Fetch the bundle again or rebuild it.",
            reason=otherwise,
        )
