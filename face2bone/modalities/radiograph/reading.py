"""From bytes nobody vouches for to a film with bone bright.

The format is what the first bytes say. What a decoder is given has been cut to what pixels need,
and sizes are checked before a pixel is decoded. Names, dates and numbers of the patient are never
read, and lettering outside the anatomy is filled.
"""

import hashlib

from face2bone.modalities.radiograph.dicom import read_dicom
from face2bone.modalities.radiograph.elements import is_dicom
from face2bone.modalities.radiograph.film import Radiograph
from face2bone.modalities.radiograph.lettering import without_lettering
from face2bone.modalities.radiograph.limits import check_bytes
from face2bone.modalities.radiograph.pictures import read_picture
from face2bone.modalities.radiograph.polarity import upright


def read_radiograph(data: bytes) -> Radiograph:
    """The film in the bytes of one DICOM, PNG, JPEG or TIFF file of 8 to 16 bits.

    Raises ``RadiographTooLarge``, ``RadiographTooSmall``, ``RadiographUnreadable`` (empty,
    truncated, damaged), ``RadiographFormatError`` (another format or compression, several
    pictures, a colour photograph) and ``RadiographUnsuited`` (no film of a knee or hand that is
    meant to be looked at).
    """
    check_bytes(data)
    levels = read_dicom(data) if is_dicom(data) else read_picture(data)
    bright, polarity, about_polarity = upright(levels)
    pixels, blanked, about_lettering = without_lettering(bright)
    said = levels.tagged
    return Radiograph(
        pixels=pixels,
        blanked=blanked,
        bits=levels.bits,
        polarity=polarity,
        spacing=said.spacing,
        laterality=said.laterality,
        view=said.view,
        body_part=said.body_part,
        sha256=hashlib.sha256(data).hexdigest(),
        remarks=(*about_polarity, *said.remarks, *about_lettering),
    )
