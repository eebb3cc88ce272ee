"""What identity pretraining asks of a drawn face: who it is and how it was taken, never its bone.

The six ageing parameters are planted with bone loss, so they are no targets; a test holds this
list and ``Ageing`` apart. Age and body mass stand on a patient's form anyway.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from face2bone.cohort.synthetic.identity import IDENTITY_NAMES
from face2bone.cohort.synthetic.parameters import FaceParameters

_SHAPE: Final = tuple(f"identity.{name}" for name in IDENTITY_NAMES)
_PERSON: Final = ("sex_axis", "age_years", "adiposity")
_SKIN: Final = ("skin.melanin", "skin.warmth", "skin.haemoglobin", "skin.oil")
_FEATURES: Final = ("brows.thickness", "brows.arch", "lips.upper", "lips.lower", "hair.grey")
_PHOTO: Final = (
    *("pose.yaw", "pose.pitch", "light.azimuth", "light.elevation", "light.key"),
    *("light.ambient", "light.warmth", "camera.gain"),
)
TRAITS: Final[tuple[str, ...]] = (*_SHAPE, *_PERSON, *_SKIN, *_FEATURES, *_PHOTO)


def face_traits(parameters: FaceParameters) -> npt.NDArray[np.float32]:
    """The traits of one face in the order of ``TRAITS``, in the generator's units; (D,)."""
    others = [_value(parameters, name) for name in TRAITS[len(_SHAPE) :]]
    return np.array([*parameters.identity, *others], np.float32)


def _value(parameters: FaceParameters, name: str) -> float:
    value: Any = parameters
    for part in name.split("."):
        value = getattr(value, part)
    return float(value)
