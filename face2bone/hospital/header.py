"""What an answer takes from the header of the picture that it answers.

The patient's and the study's own values go back into the archive as they came, so that it files
the answer beside the picture; age and sex are what a network reads beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydicom.charset import convert_encodings, decode_bytes, python_encoding

from face2bone.errors import ListenError
from face2bone.modalities.radiograph.elements import Elements, read_elements
from face2bone.patient import Sex

_CHARACTERS: Final = 0x00080005
_CLASS, _INSTANCE, _STUDY = 0x00080016, 0x00080018, 0x0020000D
REPEATED: Final[Mapping[int, str]] = {
    0x00080020: "DA",  # study date
    0x00080030: "TM",
    0x00080050: "SH",  # accession number
    0x00080090: "PN",  # referring physician
    0x00100010: "PN",  # patient's name
    0x00100020: "LO",  # patient's identifier
    0x00100021: "LO",  # and who gave it
    0x00100030: "DA",  # birth date
    0x00100040: "CS",  # sex
    0x00200010: "SH",  # study's identifier
}
"""Tag -> kind of the values that an answer repeats; empty ones too, for most have to be there."""
_MAY_BE_LEFT_OUT: Final = frozenset((0x00100021,))
STUDY_DATE, PATIENT_ID = 0x00080020, 0x00100020
_BORN, _SEX, _AGE, _HEIGHT, _WEIGHT = 0x00100030, 0x00100040, 0x00101010, 0x00101020, 0x00101030
_WANTED: Final = frozenset(
    (*REPEATED, _CHARACTERS, _CLASS, _INSTANCE, _STUDY, _SEX, _AGE, _HEIGHT, _WEIGHT)
)
_UID: Final = re.compile(r"[0-9]+(\.[0-9]+)+")
_UID_LENGTH: Final = 64
_LONGEST: Final = 1024  # bytes of a value; a name of three scripts has under 200
_YEARS: Final = re.compile(r"([0-9]{1,3})Y")
_DAY: Final = re.compile(r"([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})")
_TEXT_ENDS: Final = {0x0A, 0x0C, 0x0D, 0x5C, 0x5E, 0x3D}  # where a character set falls back


@dataclass(frozen=True)
class Header:
    """instance, study: UIDs. repeated: values by tag. age in years, cm and kg where they stand."""

    sop_class: str
    instance: str
    study: str
    repeated: Mapping[int, str]
    age_years: float | None
    sex: Sex | None
    height_cm: float | None
    weight_kg: float | None

    @property
    def study_day(self) -> str:
        """The day of the study as a person reads it; as it stands where it is no day."""
        day = _DAY.fullmatch(self.repeated[STUDY_DATE])
        return "-".join(day.groups()) if day else self.repeated[STUDY_DATE]


def read_header(data: bytes) -> Header:
    """The header of a DICOM file.

    Raises ``ListenError`` where it does not say which picture of which study it is, and as
    ``read_elements`` for a damaged file.
    """
    elements = read_elements(data, _WANTED)
    instance, study = elements.text(_INSTANCE), elements.text(_STUDY)
    if not all(len(uid) <= _UID_LENGTH and _UID.fullmatch(uid) for uid in (instance, study)):
        raise ListenError(
            "The DICOM file does not say which picture of which study it is, so no answer could "
            "be filed. Send it with its SOP Instance UID and Study Instance UID."
        )
    height = _number(elements, _HEIGHT)
    return Header(
        sop_class=elements.text(_CLASS),
        instance=instance,
        study=study,
        repeated=_repeated(elements),
        age_years=_age(elements),
        sex={"F": Sex.FEMALE, "M": Sex.MALE}.get(elements.text(_SEX)),
        height_cm=None if height is None else 100 * height,
        weight_kg=_number(elements, _WEIGHT),
    )


def _repeated(elements: Elements) -> dict[int, str]:
    say = _reader(elements)
    values = {tag: say(elements.values.get(tag, b"")[:_LONGEST]) for tag in REPEATED}
    return {tag: text for tag, text in values.items() if text or tag not in _MAY_BE_LEFT_OUT}


def _reader(elements: Elements) -> Callable[[bytes], str]:
    """Texts in the character sets that the file names; of an unknown one only ASCII is kept."""
    named = elements.texts(_CHARACTERS)
    if not all(name in python_encoding for name in named):
        return lambda value: _trimmed(value.decode("ascii", "replace"))
    if len(named) == 1:
        return lambda value: _trimmed(value.decode(python_encoding[named[0]], "replace"))
    encodings = convert_encodings(named)
    return lambda value: _trimmed(decode_bytes(value, encodings, _TEXT_ENDS))


def _trimmed(text: str) -> str:
    return text.strip(" \0\r\n\t")


def _age(elements: Elements) -> float | None:
    """As it stands, else from birth to the day of the study, in years."""
    said = _YEARS.fullmatch(elements.text(_AGE))
    if said:
        return float(said[1])
    born, seen = (_DAY.fullmatch(elements.text(tag)) for tag in (_BORN, STUDY_DATE))
    if born is None or seen is None:
        return None
    before = seen.groups()[1:] < born.groups()[1:]
    return float(int(seen[1]) - int(born[1]) - before)


def _number(elements: Elements, tag: int) -> float | None:
    """A decimal string; None for one that is absent or none."""
    try:
        number = float(elements.text(tag))
    except ValueError:
        return None
    return number if 0 < number < 1000 else None
