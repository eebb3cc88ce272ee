"""The photo with the landmarks on it, so that a person sees what was found."""

import io
from typing import Final

from PIL import Image, ImageDraw

from face2bone.modalities.face.finding import Face
from face2bone.modalities.photo import Photo

MESH_SIDE: Final = 640


def mesh_jpeg(photo: Photo, face: Face) -> bytes:
    """The photo, at most ``MESH_SIDE`` px a side, with every landmark as a dot."""
    scale = min(1.0, MESH_SIDE / max(photo.pixels.shape[:2]))
    picture = Image.fromarray(photo.pixels)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    draw = ImageDraw.Draw(picture)
    for x, y in face.landmarks[:, :2] * scale:
        draw.circle((float(x), float(y)), 1.2, fill="#00e5ff")
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=85)
    return buffer.getvalue()
