"""The face as a kind of picture: what everything above reads and prepares it through."""

from typing import Final

from face2bone.modalities.face.alignment import CROP_SIZE, MASK_VALUE
from face2bone.modalities.face.finding import Face, find_face
from face2bone.modalities.face.regions import REGIONS
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.modality import Modality
from face2bone.modalities.parts import Part
from face2bone.modalities.photo import Photo, read_photo


def _one_face(photo: Photo) -> tuple[Face, ...]:
    return (find_face(photo),)


FACE: Final = Modality(
    id="face",
    noun="photo",
    pictures="photographs of one face from the front",
    read=read_photo,
    prepare=_one_face,
    parts=tuple(Part(region.value, region.label) for region in REGIONS),
    input=InputSpec(CROP_SIZE, CROP_SIZE, 3, mean=127.5, scale=128.0, mask_value=MASK_VALUE),
)
