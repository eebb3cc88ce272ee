"""The face as a kind of picture: what everything above reads and prepares it through."""

from typing import Final

from face2bone.modalities.face.alignment import FACE_INPUT
from face2bone.modalities.face.finding import Face, find_face
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.face.schematic import FACE_SCHEMATIC
from face2bone.modalities.modality import Modality
from face2bone.modalities.photo import Photo, read_photo


def _one_face(photo: Photo) -> tuple[Face, ...]:
    return (find_face(photo),)


FACE: Final = Modality(
    id="face",
    noun="photo",
    pictures="photographs of one face from the front",
    read=read_photo,
    prepare=_one_face,
    parts=FACE_PARTS,
    input=FACE_INPUT,
    schematic=FACE_SCHEMATIC,
)
