"""Bone mass classes and the one function that turns a T-score into a class.

Source: WHO Technical Report Series 843 (1994) for the classes. The WHO counts a T-score
of exactly -1.0 as normal; the Face2Bone study writes "normal > -1.0". Both rules exist
here under a name, and every caller says which one it uses.
"""

from enum import Enum, IntEnum
from typing import Final

from face2bone.words import template

OSTEOPENIA_CUT: Final = -1.0
OSTEOPOROSIS_CUT: Final = -2.5
_MOST_DECIMALS: Final = 7


class BoneClass(IntEnum):
    """The three ordered classes; the value is the index into every probability vector."""

    NORMAL = 0
    OSTEOPENIA = 1
    OSTEOPOROSIS = 2

    @property
    def label(self) -> str:
        """Lower-case name as printed and stored, such as ``"osteopenia"``."""
        return self.name.lower()


SITE_WORDS: Final = {
    "lumbar_spine": template("lumbar spine"),
    "femoral_neck": template("femoral neck"),
    "total_hip": template("total hip"),
    "one_third_radius": template("one-third radius"),
    "lowest": template("lowest of several sites"),
}
"""Where DXA measures, by the name that tables and records use, as within a sentence."""

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


def t_score_text(t_score: float) -> str:
    """A T-score as it is read everywhere: signed, one decimal, unless that would change its class.

    Rounded, -2.46 would stand as -2.5 beside the word osteopenia; it keeps as many digits as it
    takes to stay on its own side of each limit, under both rules for -1.0.

    >>> [t_score_text(t) for t in (-2.54, -2.46, -0.96, 0.31)]
    ['-2.5', '-2.46', '-0.96', '+0.3']
    """
    shortened = (f"{t_score:+.{decimals}f}" for decimals in range(1, _MOST_DECIMALS))
    return next((text for text in shortened if _same_class(float(text), t_score)), f"{t_score:+}")


def _same_class(one: float, other: float) -> bool:
    return all(bone_class(one, rule) is bone_class(other, rule) for rule in Boundary)
