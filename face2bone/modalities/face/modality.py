"""The face as a kind of picture: what everything above reads and prepares it through."""

from dataclasses import dataclass
from typing import Final

from face2bone.errors import SubjectRejected
from face2bone.modalities.face.alignment import FACE_INPUT
from face2bone.modalities.face.chip import CHIP_INPUT, FaceChip, face_chip
from face2bone.modalities.face.finding import Face, by_far_largest, face_at, find_face
from face2bone.modalities.face.mesh_picture import faces_jpeg, mesh_jpeg
from face2bone.modalities.face.parts import FACE_PARTS, FACE_SCHEMATIC
from face2bone.modalities.measure import Measure
from face2bone.modalities.modality import Choosing, Modality, Shown
from face2bone.modalities.photo import Photo, read_photo
from face2bone.modalities.prepared import QualityVerdict
from face2bone.words import template


def _one_face(photo: Photo) -> tuple[Face, ...]:
    return (find_face(photo),)


def _one_chip(photo: Photo) -> tuple["ChipFace", ...]:
    found = find_face(photo)
    return (ChipFace(found, face_chip(photo.pixels, found.landmarks)),)


@dataclass(frozen=True)
class ChipFace:
    """A face that is cut out as dlib's age network reads it."""

    face: Face
    aligned: FaceChip
    told: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def quality(self) -> QualityVerdict:
        """Of the face in its photo."""
        return self.face.quality


FACE: Final = Modality(
    id="face",
    noun=template("photo"),
    subject=template("face"),
    kind=template("face photograph"),
    pictures=template("photographs of one face from the front"),
    read=read_photo,
    prepare=_one_face,
    parts=FACE_PARTS,
    input=FACE_INPUT,
    schematic=FACE_SCHEMATIC,
    rejected=SubjectRejected,
    unusable=template("The photo cannot be assessed."),
    recognisable=True,
    title=template("Photo"),
    asks=template("One face from the front, in even light."),
    camera=True,
    most_pictures=3,
    shows_age=True,
    choosing=Choosing(largest=by_far_largest, numbered=faces_jpeg, at=face_at),
    shown=Shown(
        draw=mesh_jpeg,
        alt=template("The photo with the landmark mesh"),
        caption=template(
            "The photo with 478 landmarks. The model reads the ellipse and nothing else."
        ),
    ),
)

FACE_CHIP: Final = Modality(
    **vars(FACE) | {"id": "face_chip", "prepare": _one_chip, "input": CHIP_INPUT}
)
"""The same photos, cut out as dlib's age network reads them."""
