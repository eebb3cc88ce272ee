"""What if this drawn picture were another: change one planted parameter and photograph again.

Only a drawn patient can be drawn again with one thing changed; of a person nobody knows the
other photo. Light, pose, identity and every other parameter stay as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from face2bone.assess import Assessor
from face2bone.assessment import LocatedSubject
from face2bone.explain.photo_row import PhotoFigures, photo_figures
from face2bone.modalities.modality import Picture
from face2bone.progress import Progress
from face2bone.runtime import Prediction
from face2bone.studies.demonstration import Changes


@dataclass(frozen=True)
class Variant:
    """A drawn patient photographed again: the picture, what was found in it, the prediction."""

    photo: Picture
    located: LocatedSubject
    prediction: Prediction


def varied(
    assessor: Assessor, changes: Changes, patient: Any, values: Mapping[str, float]
) -> Variant:
    """Draw, find and predict a patient of ``changes`` with some of its parameters changed.

    Raises ``SubjectError`` when the changed picture shows nothing usable.
    """
    photo = assessor.tools.modality.read(changes.picture(patient, values))
    located = assessor.locate(photo)
    return Variant(photo, located, assessor.predict(located))


def explained_variant(assessor: Assessor, variant: Variant, progress: Progress) -> PhotoFigures:
    """What the answer for the changed picture rests on; slow, and stopped through ``progress``."""
    return photo_figures(
        assessor.bundle,
        assessor.engine,
        variant.located.aligned,
        lambda fraction: progress("regions", fraction),
    )
