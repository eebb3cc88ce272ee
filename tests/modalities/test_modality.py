"""A kind of picture as one value: the face's."""

import pytest

from face2bone.errors import PhotoError, SubjectNotFound
from face2bone.modalities.face import find_face
from face2bone.modalities.face.modality import FACE
from face2bone.modalities.photo import Photo, photo_from_pixels


def test_the_face_is_read_and_prepared_as_ever(drawn_photo: Photo) -> None:
    (face,) = FACE.prepare(drawn_photo)
    wanted = find_face(drawn_photo)
    assert (face.aligned.pixels == wanted.aligned.pixels).all()
    assert face.quality == wanted.quality
    assert face.aligned.pixels.shape == FACE.input.picture_shape
    assert face.aligned.part_map.max() < len(FACE.parts)


def test_bytes_that_are_none_and_a_picture_without_a_face_are_refused(drawn_photo: Photo) -> None:
    with pytest.raises(PhotoError):
        FACE.read(b"not a picture")
    empty = photo_from_pixels((drawn_photo.pixels * 0) + 127)
    with pytest.raises(SubjectNotFound):
        FACE.prepare(empty)
