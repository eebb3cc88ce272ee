"""The healthy twin of a drawn patient: the same photo, had the bone been healthy.

Identity, pose, light, camera and its noise are the patient's; only the six bone parameters
change, to their mean for a T-score of 0 at the patient's age (``drawn.face.worlds``). The
twin is cropped with the *patient's* alignment, so pixel for pixel the two crops differ in what
the planted bone loss did to the face and in nothing else.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Pixels
from face2bone.drawn.face.parameters import AGEING_NAMES, Ageing
from face2bone.drawn.face.patients import DrawnPatient
from face2bone.drawn.face.worlds import HIGHEST, LOWEST, ageing_mean
from face2bone.drawn.face.write import photo_bytes
from face2bone.explain.baselines import Baseline
from face2bone.modalities.face import AlignedFace, find_face
from face2bone.modalities.face.alignment import MASK_VALUE, warp
from face2bone.modalities.face.locator import Locator
from face2bone.modalities.photo import read_photo

HEALTHY_T_SCORE: Final = 0.0
"""The young adult mean, by the T-score's definition."""


@dataclass(frozen=True)
class TwinFace:
    """A drawn patient's aligned face beside what it would be with healthy bone.

    ``twin`` uint8 (160, 160, 3): all six parameters healthy; ``alone`` (6, 160, 160, 3): only
    one of them, in the order of ``AGEING_NAMES``. All carry the mask value outside the face.
    """

    aligned: AlignedFace
    twin: Pixels
    alone: Pixels

    @property
    def baseline(self) -> Baseline:
        """The twin as what stands in for a hidden region: the reference game's baseline."""
        return Baseline("healthy twin", self.twin)

    @property
    def change(self) -> Floats:
        """Absolute change between patient and twin (160, 160), mean of the channels, 0 to 255."""
        return absolute_change(self.aligned.pixels, self.twin)

    @property
    def change_alone(self) -> Floats:
        """The same for each parameter made healthy alone; (6, 160, 160)."""
        return absolute_change(self.aligned.pixels, self.alone)


def absolute_change(crop: Pixels, others: Pixels) -> Floats:
    """Mean over channels of the absolute difference of uint8 pictures (..., H, W, 3)."""
    change: Floats = np.abs(others.astype(np.float64) - crop).mean(axis=-1)
    return change


def healthy_ageing(age_years: float) -> Ageing:
    """The six parameters of a mean face of this age (years) whose T-score is 0."""
    mean = np.clip(ageing_mean(age_years, HEALTHY_T_SCORE), LOWEST, HIGHEST)
    return Ageing(**dict(zip(AGEING_NAMES, mean.tolist(), strict=True)))


def twin_face(drawn: DrawnPatient, locator: Locator | None = None) -> TwinFace:
    """Draw a patient, the healthy twin and the six half-way faces: eight photos of 256 pixels.

    Photos go through JPEG and the face finder as an uploaded one does. Raises ``SubjectError``
    when the patient's photo does not show exactly one face.
    """
    photo = read_photo(photo_bytes(drawn))
    aligned = find_face(photo, locator).aligned
    healthy = healthy_ageing(drawn.patient.age_years)
    alone = [replace(drawn.ageing, **{name: getattr(healthy, name)}) for name in AGEING_NAMES]
    crops = [_crop_like(aligned, replace(drawn, ageing=a)) for a in (healthy, *alone)]
    return TwinFace(aligned, crops[0], np.stack(crops[1:]))


def _crop_like(aligned: AlignedFace, drawn: DrawnPatient) -> Pixels:
    """Another drawing of the same person, cut out where ``aligned`` was."""
    crop = warp(read_photo(photo_bytes(drawn)).pixels, aligned.transform)
    crop[~aligned.mask] = MASK_VALUE
    return crop
