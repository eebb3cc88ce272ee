"""The photo with the landmarks on it, so that a person sees what was found."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from face2bone.modalities.face.finding import Face
from face2bone.modalities.face.sighting import Sighting
from face2bone.modalities.photo import Photo

MESH_SIDE: Final = 640
NUMBER_SIZE: Final = 34  # px


def mesh_jpeg(photo: Photo, face: Face) -> bytes:
    """The photo, at most ``MESH_SIDE`` px a side, with every landmark as a dot."""
    picture, scale = _small(photo)
    draw = ImageDraw.Draw(picture)
    for x, y in face.landmarks[:, :2] * scale:
        draw.circle((float(x), float(y)), 1.2, fill="#00e5ff")
    return _jpeg(picture)


def faces_jpeg(photo: Photo, faces: Sequence[Sighting]) -> bytes:
    """The photo with an outline around each face, numbered from 1 in the order given."""
    picture, scale = _small(photo)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=NUMBER_SIZE)
    for number, seen in enumerate(faces, 1):
        corners = seen.landmarks[:, :2] * scale
        (left, top), (right, bottom) = corners.min(0), corners.max(0)
        for width, colour in ((7, "#000000"), (3, "#ffffff")):  # seen on any ground
            draw.rectangle((left, top, right, bottom), outline=colour, width=width)
        draw.rectangle((left, top, left + NUMBER_SIZE, top + 1.3 * NUMBER_SIZE), fill="#000000")
        draw.text((left + NUMBER_SIZE / 4, top), str(number), fill="#ffffff", font=font)
    return _jpeg(picture)


def _small(photo: Photo) -> tuple[Image.Image, float]:
    """The photo, at most ``MESH_SIDE`` px a side, and how much smaller it is."""
    scale = min(1.0, MESH_SIDE / max(photo.pixels.shape[:2]))
    picture = Image.fromarray(photo.pixels)
    return picture.resize((round(picture.width * scale), round(picture.height * scale))), scale


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=85)
    return buffer.getvalue()
