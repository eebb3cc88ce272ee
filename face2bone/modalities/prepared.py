"""A picture as a network reads it: aligned, masked, divided into parts, and whether it may be
assessed.
"""

from dataclasses import dataclass
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part


@dataclass(frozen=True)
class Prepared:
    """One subject in the frame of its crop.

    pixels: uint8 (H, W, C), ``spec.mask_value`` outside the mask;
    mask: bool (H, W), inside what the network is to look at;
    part_map: int8 (H, W), index into ``parts``, -1 outside the mask;
    transform: float32 (2, 3), from the picture's pixels to the crop's;
    parts: what the mask is divided into; spec: the input it was prepared as.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    part_map: NDArray[np.int8]
    transform: NDArray[np.float32]
    parts: tuple[Part, ...]
    spec: InputSpec

    @property
    def from_left(self) -> float:
        """Where the crop's middle lies in the picture, pixels from its left."""
        linear, shift = self.transform[:, :2].astype(np.float64), self.transform[:, 2]
        height, width = self.mask.shape
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return float(np.linalg.solve(linear, middle - shift)[0])


Status = Literal["accept", "warn", "reject"]
_SEVERITY: Final[tuple[Status, ...]] = ("accept", "warn", "reject")


@dataclass(frozen=True)
class QualityCheck:
    """One figure against its limits; angles compare by size, their sign says the direction.

    title: what is checked, as a table names it.
    """

    name: str
    title: str
    value: float
    unit: str
    warn_limit: float
    reject_limit: float | None
    status: Status
    reason: str


@dataclass(frozen=True)
class QualityVerdict:
    """All checks; the status is that of the worst one."""

    checks: tuple[QualityCheck, ...]
    status: Status

    @classmethod
    def of(cls, *checks: QualityCheck) -> Self:
        """The verdict of some checks."""
        return cls(checks, max((check.status for check in checks), key=_SEVERITY.index))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What to do better, the gravest first; empty for a picture without remarks."""
        flagged = [check for check in self.checks if check.status != "accept"]
        flagged.sort(key=lambda check: -_SEVERITY.index(check.status))
        return tuple(check.reason for check in flagged)

    @property
    def rejecting(self) -> tuple[str, ...]:
        """Every reason of the checks that reject."""
        return tuple(check.reason for check in self.checks if check.status == "reject")
