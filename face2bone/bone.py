"""Bone mass classes and the one function that turns a T-score into a class.

Source: WHO Technical Report Series 843 (1994) for the classes. The WHO counts a T-score
of exactly -1.0 as normal; the Face2Bone study writes "normal > -1.0". Both rules exist
here under a name, and every caller says which one it uses.
"""

from enum import Enum, IntEnum
from typing import Final

OSTEOPENIA_CUT: Final = -1.0
OSTEOPOROSIS_CUT: Final = -2.5


class BoneClass(IntEnum):
    """The three ordered classes; the value is the index into every probability vector."""

    NORMAL = 0
    OSTEOPENIA = 1
    OSTEOPOROSIS = 2

    @property
    def label(self) -> str:
        """Lower-case name as printed and stored, such as ``"osteopenia"``."""
        return self.name.lower()


CLASS_LABELS: Final[tuple[str, str, str]] = ("normal", "osteopenia", "osteoporosis")


class Boundary(Enum):
    """Which class a T-score of exactly -1.0 belongs to."""

    WHO = "who"
    STUDY = "study"


def bone_class(t_score: float, boundary: Boundary = Boundary.WHO) -> BoneClass:
    """Class of a T-score (standard deviations from the young adult mean).

    T <= -2.5 is osteoporosis under both rules; T = -1.0 is normal under
    ``Boundary.WHO`` and osteopenia under ``Boundary.STUDY``.

    >>> bone_class(-1.0).label, bone_class(-1.0, Boundary.STUDY).label
    ('normal', 'osteopenia')
    """
    if t_score <= OSTEOPOROSIS_CUT:
        return BoneClass.OSTEOPOROSIS
    below = t_score < OSTEOPENIA_CUT if boundary is Boundary.WHO else t_score <= OSTEOPENIA_CUT
    return BoneClass.OSTEOPENIA if below else BoneClass.NORMAL
