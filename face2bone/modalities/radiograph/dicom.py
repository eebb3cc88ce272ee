"""One film from a DICOM file: what is refused, and which of its tags are read at all."""

from collections.abc import Mapping
from typing import Final

from face2bone.errors import RadiographFormatError, RadiographUnsuited
from face2bone.modalities.radiograph import windowing
from face2bone.modalities.radiograph.decoding import LOSSY, Frame, check_syntax, samples_of
from face2bone.modalities.radiograph.elements import PIXEL_DATA, Elements, read_elements
from face2bone.modalities.radiograph.film import (
    BodyPart,
    Laterality,
    Levels,
    Spacing,
    Tagged,
    View,
)
from face2bone.modalities.radiograph.limits import check_size, colour, damaged, several
from face2bone.words import message, template

_CLASS, _INTENT = 0x00080016, 0x00080068
_PART, _VIEW = 0x00180015, 0x00185101
_LATERALITY, _IMAGE_LATERALITY = 0x00200060, 0x00200062
_SAMPLES, _FRAMES, _ROWS, _COLUMNS, _ALLOCATED = (
    0x00280002,
    0x00280008,
    0x00280010,
    0x00280011,
    0x00280100,
)
_DETECTOR_SPACING, _SPACING, _SCANNED_SPACING = 0x00181164, 0x00280030, 0x00182010
_CALIBRATION, _BURNED_IN, _LOSSY = 0x00280A02, 0x00280301, 0x00282110
_TAGS: Final = windowing.TAGS | {
    *(_CLASS, _INTENT, _PART, _VIEW, _LATERALITY, _IMAGE_LATERALITY, _SAMPLES, _FRAMES, _ROWS),
    *(_COLUMNS, _ALLOCATED, _DETECTOR_SPACING, _SPACING, _SCANNED_SPACING, _CALIBRATION),
    *(_BURNED_IN, _LOSSY, PIXEL_DATA),
}
_FOR_PROCESSING: Final = "1.2.840.10008.5.1.4.1.1.1.1.1"
_FILMS: Final = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.1",  # computed radiography
        "1.2.840.10008.5.1.4.1.1.1.1",  # digital radiography, for presentation
        "1.2.840.10008.5.1.4.1.1.7",  # secondary capture
    )
)
_SEVERAL: Final = "1.2.840.10008.5.1.4.1.1.7."  # the multi-frame secondary captures
# Body parts of CID 4031 in which one of the two joints, or nothing in particular, is seen.
_SEEN: Final[Mapping[str, BodyPart | None]] = {
    **dict.fromkeys(("KNEE", "PATELLA"), BodyPart.KNEE),
    **dict.fromkeys(("HAND", "FINGER", "THUMB"), BodyPart.HAND),
    **dict.fromkeys(("", "EXTREMITY", "LEG", "LOWERLEG", "TIBIAFIBULA", "TIBIA", "FEMUR")),
    **dict.fromkeys(("THIGH", "LOWEREXTREMITY", "LOWERLIMB", "UPPEREXTREMITY", "UPPERLIMB")),
    **dict.fromkeys(("WRIST", "CARPUS", "FOREARM")),
}
_ELSEWHERE: Final = {
    "SKULL": template("skull"),
    "HEAD": template("head"),
    "HEADNECK": template("head and neck"),
    "JAW": template("jaw"),
    "MANDIBLE": template("mandible"),
    "MAXILLA": template("maxilla"),
    "ORBIT": template("orbit"),
    "SINUS": template("sinuses"),
    "NECK": template("neck"),
    "CSPINE": template("cervical spine"),
    "TSPINE": template("thoracic spine"),
    "LSPINE": template("lumbar spine"),
    "SSPINE": template("sacral spine"),
    "SPINE": template("spine"),
    "WHOLESPINE": template("whole spine"),
    "COCCYX": template("coccyx"),
    "SACRUM": template("sacrum"),
    "CHEST": template("chest"),
    "RIB": template("ribs"),
    "STERNUM": template("sternum"),
    "BREAST": template("breast"),
    "HEART": template("heart"),
    "LUNG": template("lung"),
    "CLAVICLE": template("clavicle"),
    "SCAPULA": template("scapula"),
    "ABDOMEN": template("abdomen"),
    "PELVIS": template("pelvis"),
    "HIP": template("hip joint"),
    "BLADDER": template("bladder"),
    "KIDNEY": template("kidney"),
    "SHOULDER": template("shoulder"),
    "ARM": template("arm"),
    "HUMERUS": template("humerus"),
    "ELBOW": template("elbow"),
    "ANKLE": template("ankle"),
    "FOOT": template("foot"),
    "TOE": template("toes"),
    "CALCANEUS": template("calcaneus"),
    "HEEL": template("heel"),
    "WHOLEBODY": template("whole body"),
    "TEETH": template("teeth"),
    "TOOTH": template("tooth"),
}
"""Body parts that are not read, by DICOM's term, as a clinician calls them."""
_VIEWS: Final = {view.value: view for view in View}
_PLAUSIBLE_MM: Final = (0.02, 1.0)


def read_dicom(data: bytes) -> Levels:
    """The film with its modality and display transformations applied.

    Raises ``RadiographUnsuited`` (not a film, for processing, another body part),
    ``RadiographFormatError`` (several pictures, colour, a compression that is not read),
    ``RadiographTooLarge``, ``RadiographTooSmall`` and ``RadiographUnreadable``.
    """
    elements = read_elements(data, _TAGS)
    _check_kind(elements)
    _check_part(elements)
    declared = _declared(elements)
    check_size(declared.columns, declared.rows)
    check_syntax(elements.syntax)
    samples = samples_of(
        elements.values.get(PIXEL_DATA, b""),
        elements.syntax,
        elements.order,
        elements.kinds.get(PIXEL_DATA) in (b"OW", b""),
        declared,
        bool(elements.number(windowing.REPRESENTATION)),
    )
    pixels, remarks = windowing.shown(samples, elements)
    tagged = _tagged(elements, remarks)
    return Levels(pixels, windowing.bits_of(elements), polarity_said=True, tagged=tagged)


def _check_kind(elements: Elements) -> None:
    kind = elements.text(_CLASS)
    if kind == _FOR_PROCESSING or elements.text(_INTENT) == "FOR PROCESSING":
        raise RadiographUnsuited(
            "The DICOM file holds the detector's raw values (FOR PROCESSING), not the film that "
            "is read. Export the image that is for presentation."
        )
    frames = elements.text(_FRAMES)
    if kind.startswith(_SEVERAL) or frames not in ("", "0", "1"):
        raise several()
    if kind not in _FILMS:
        raise RadiographUnsuited(
            "The DICOM file is not a radiograph (computed or digital radiography, or secondary "
            "capture). Choose the film of the knee or hand."
        )


def _check_part(elements: Elements) -> None:
    part = _part(elements)
    if part in _ELSEWHERE:
        raise RadiographUnsuited(
            "The DICOM file says that it shows another body part ({part}). Choose a film "
            "of the knee or hand.",
            part=_ELSEWHERE[part],
        )


def _part(elements: Elements) -> str:
    return elements.text(_PART).replace(" ", "").replace("_", "").replace("-", "")


def _declared(elements: Elements) -> Frame:
    """Rows, columns and bits allocated; raises for colour and what is no film of 8 or 16 bits."""
    if elements.number(_SAMPLES) not in (1, None):
        raise colour()
    if elements.text(windowing.PHOTOMETRIC) not in ("MONOCHROME1", "MONOCHROME2"):
        raise colour()
    rows, columns = elements.number(_ROWS), elements.number(_COLUMNS)
    allocated = elements.number(_ALLOCATED)
    if not rows or not columns or not allocated:
        raise damaged()
    if allocated not in (8, 16):
        raise RadiographFormatError(
            "The DICOM film has {bits} bits for each pixel. Export it with 8 or 16 bits.",
            bits=allocated,
        )
    if windowing.bits_of(elements) > allocated:
        raise damaged()
    return Frame(rows, columns, allocated)


def _tagged(elements: Elements, remarks: tuple[str, ...]) -> Tagged:
    spacing, about_spacing = _spacing(elements)
    laterality, about_side = _laterality(elements)
    about_loss = (
        (message("The film was compressed with loss, so fine structure may be missing."),)
        if elements.syntax in LOSSY or elements.text(_LOSSY) == "01"
        else ()
    )
    about_text = (
        (message("The file says that text is burned into the film."),)
        if elements.text(_BURNED_IN) == "YES"
        else ()
    )
    about_part = (
        (message("The file names a body part that this program does not know."),)
        if _part(elements) not in _SEEN
        else ()
    )
    return Tagged(
        spacing,
        laterality,
        _VIEWS.get(elements.text(_VIEW)),
        _SEEN.get(_part(elements)),
        (*remarks, *about_spacing, *about_side, *about_part, *about_loss, *about_text),
    )


def _spacing(elements: Elements) -> tuple[Spacing | None, tuple[str, ...]]:
    """Pixel Spacing counts as the patient's only where the file says how it was calibrated."""
    own, detector = elements.decimals(_SPACING), elements.decimals(_DETECTOR_SPACING)
    calibrated = bool(own) and elements.text(_CALIBRATION) in ("GEOMETRY", "FIDUCIAL")
    found = own or detector or elements.decimals(_SCANNED_SPACING)
    if not found:
        return None, ()
    low, high = _PLAUSIBLE_MM
    if len(found) != 2 or not all(low <= one <= high for one in found):
        return None, (
            message("The file's pixel spacing cannot be right, so nothing is given in mm."),
        )
    spacing = Spacing(found[0], found[1], at_detector=not calibrated)
    if calibrated:
        return spacing, ()
    return spacing, (
        message(
            "Distances are those on the detector; in the patient they are about 5 to 15 % shorter."
        ),
    )


def _laterality(elements: Elements) -> tuple[Laterality | None, tuple[str, ...]]:
    said = {elements.text(tag) for tag in (_IMAGE_LATERALITY, _LATERALITY)} & set(Laterality)
    if len(said) > 1:
        return None, (message("The file contradicts itself about the side of the body."),)
    return (Laterality(said.pop()) if said else None), ()
