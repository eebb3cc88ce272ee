"""What is read of a picture's header, and that no header breaks anything."""

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from face2bone.errors import Face2BoneError, ListenError
from face2bone.hospital.header import PATIENT_ID, STUDY_DATE, Header, read_header
from face2bone.patient import Sex
from tests.hospital.films import SYNTAXES, blank, film

NAME = 0x00100010


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_it_is_what_a_library_reads(syntax: str) -> None:
    data = film("hand", 3, syntax)
    header, known = read_header(data), dcmread(io.BytesIO(data))
    assert (header.sop_class, header.instance) == (known.SOPClassUID, known.SOPInstanceUID)
    assert header.study == known.StudyInstanceUID
    assert header.repeated[PATIENT_ID] == known.PatientID
    assert header.repeated[NAME] == str(known.PatientName)
    assert header.repeated[STUDY_DATE] == known.StudyDate
    assert f"{header.age_years:03.0f}Y" == known.PatientAge
    assert header.sex is Sex(known.PatientSex)
    assert (header.height_cm, header.weight_kg) == (None, None)


@pytest.mark.parametrize(
    ("tags", "age"),
    [
        ({"PatientAge": "066Y"}, 66),
        ({"PatientAge": None, "PatientBirthDate": "19500102", "StudyDate": "20200101"}, 69),
        ({"PatientAge": "", "PatientBirthDate": "19500102", "StudyDate": "20200102"}, 70),
        ({"PatientAge": "018M", "PatientBirthDate": ""}, None),
        ({"PatientAge": None, "PatientBirthDate": "UNKNOWN"}, None),
    ],
)
def test_the_age_stands_there_or_follows_from_two_days(
    tags: dict[str, str | None], age: float | None
) -> None:
    assert read_header(blank(**tags)).age_years == age


def test_height_and_weight_are_in_our_units() -> None:
    header = read_header(blank(PatientSize="1.62", PatientWeight="58.5"))
    assert (header.height_cm, header.weight_kg) == (162.0, 58.5)
    odd = read_header(blank(PatientSize="0", PatientWeight="58.5").replace(b"58.5", b"much"))
    assert (odd.height_cm, odd.weight_kg) == (None, None)


@pytest.mark.parametrize(
    ("named", "name", "seen"),
    [
        ("ISO_IR 192", "王^小东", "王^小东"),
        ("GB18030", "王^小东", "王^小东"),
        ("ISO_IR 100", "Müller^Zoë", "Müller^Zoë"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎", "Yamada^Tarou=山田^太郎"),
    ],
)
def test_names_keep_their_characters(named: str | list[str], name: str, seen: str) -> None:
    header = read_header(blank(SpecificCharacterSet=named, PatientName=name))
    assert header.repeated[NAME] == seen


def test_of_an_unknown_character_set_only_ascii_is_kept() -> None:
    made = blank(PatientName="Doe^J", SpecificCharacterSet="ISO_IR 192")
    odd = made.replace(b"ISO_IR 192", b"KLINGON 01").replace(b"Doe^J", b"Do\xff^J")
    assert read_header(odd).repeated[NAME] == "Do\ufffd^J"


@pytest.mark.parametrize("uid", [None, "", "1", "of yesterday", "1." * 40 + "1"])
def test_without_a_study_it_is_refused(uid: str | None) -> None:
    with pytest.raises(ListenError, match="which study"):
        read_header(blank(StudyInstanceUID=uid))


def test_the_day_is_shown_as_people_read_it() -> None:
    assert read_header(blank(StudyDate="20260509")).study_day == "2026-05-09"
    assert read_header(blank(StudyDate="spring")).study_day == "spring"


@settings(max_examples=300)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=40))
def test_any_bytes_are_a_header_or_a_typed_error(place: int, noise: bytes) -> None:
    data = bytearray(film()[:4000])
    data[place : place + len(noise)] = noise
    with suppress(Face2BoneError):
        assert isinstance(read_header(bytes(data)), Header)
