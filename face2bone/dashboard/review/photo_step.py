"""What is given on Review: the photo and who it is of."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.number_field import number_field
from face2bone.dashboard.review.answers import PSEUDONYM, anything_typed
from face2bone.drawn.face.samples import sample_patients, unusable_photo
from face2bone.modalities.photo import Photo, read_photo
from face2bone.patient import AGE_RANGE, HEIGHT_RANGE, WEIGHT_RANGE, Menopause, Patient, Sex
from face2bone.typed_number import Quantity

SAMPLE, UPLOAD, CAMERA = "Sample patient", "Upload", "Camera"
SAMPLE_PIXELS: Final = 36
AGE: Final = Quantity("Age", *AGE_RANGE, "years")
HEIGHT: Final = Quantity("Height", *HEIGHT_RANGE, "cm")
WEIGHT: Final = Quantity("Weight", *WEIGHT_RANGE, "kg")
MOST_CHARACTERS: Final = 80
SEX_WORDS: Final = {Sex.FEMALE: "Female", Sex.MALE: "Male"}
MENOPAUSE_WORDS: Final = {
    Menopause.UNKNOWN: "Unknown",  # first: what the list shows until it is answered
    Menopause.PRE: "Before menopause",
    Menopause.POST: "After menopause",
}


def photo_step() -> Patient | None:
    """Ask for a photo, which the session then holds, and the patient's required details.

    Returns None while a detail is missing.
    """
    session.forget_left()
    top, box, question, form = elements.places(4)
    with top:
        source = _source()
    with box:
        {SAMPLE: _samples, UPLOAD: _upload, CAMERA: _camera}[source]()
    with question:
        _whose_details()
    # Only now is it known whose form it is. The next patient's takes the other side: a field of
    # the one before, in which somebody is still typing, would otherwise stay beside the new one.
    with form, elements.one_of_two(session.review_case().subject[0] % 2):
        patient = _patient_form()
        _who()
    return patient


def _source() -> str:
    review_case = session.review_case()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Review", anchor=False)
        st.button(
            "New patient",
            key="new_patient",
            on_click=review_case.new_patient,
            help="Clears the photo, the details, every answer and the result.",
        )
    source = st.segmented_control(
        "Photo from",
        [SAMPLE, UPLOAD, CAMERA],
        default=SAMPLE,
        key="photo_source",
        required=True,
        persist_state="session",  # who looks at another page comes back to the same source
        help="One frontal face in even light. No photo is kept unless this site has switched "
        "that on.",
    )
    review_case.turn_to(source)
    return source


def _whose_details() -> None:
    """Ask whether a changed photo is of the patient whose details stand on the page."""
    review_case = session.review_case()
    if not review_case.unsure:
        return
    st.warning(
        "**Is this the same patient?** The photo changed after the details or answers on this "
        "page were entered. There is no result and no suggestion until you have said so.",
        icon=":material/help:",
    )
    st.button(
        "Yes, keep the details",
        key="same_patient",
        on_click=review_case.same_patient,
        width="stretch",
    )
    st.button(
        "No, clear the details",
        key="another_patient",
        on_click=review_case.another_patient,
        width="stretch",
    )


@st.cache_data(show_spinner=False)
def _sample_pictures() -> list[bytes]:
    """Drawn faces, not people: these may be shared between sessions."""
    return [sample.photo_bytes() for sample in sample_patients()]


@st.cache_data(show_spinner=False)
def _unusable_picture() -> bytes:
    return unusable_photo()


@st.cache_resource(show_spinner=False)
def _sample_photos() -> list[Photo]:
    return [read_photo(picture) for picture in _sample_pictures()]


def _samples() -> None:
    st.caption("Drawn faces, one click each. No real person is shown.")
    with st.container(key="samples"):
        columns = [column for _ in range(2) for column in st.columns(2)]
    for i, (column, sample) in enumerate(zip(columns, sample_patients(), strict=True)):
        with column, st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            elements.picture(
                _sample_pictures()[i], f"Drawn face: {sample.title}", SAMPLE_PIXELS, "jpeg"
            )
            st.button(
                sample.title,
                key=f"sample_{i}",
                on_click=session.review_case().choose,
                args=(_sample_photos()[i], sample.patient),
                width="stretch",
            )


def _upload() -> None:
    # No list of endings: phones write .jfif or none, and the content decides.
    file = st.file_uploader(
        "Photo of the face (JPEG, PNG, WebP or HEIC, at most 12 MB)",
        key=_box("upload"),
    )
    _take(file)


def _camera() -> None:
    key = _box("camera")
    # Without it the photo is as small as the box on the page.
    _take(st.camera_input("Look straight into the camera", key=key, resolution="1080p"))


def _box(name: str) -> str:
    """The key of the source's box, which a page that stands here anew begins empty."""
    review_case = session.review_case()
    key = review_case.box_key(name)
    if key not in st.session_state:  # what a box holds goes while another page is looked at
        review_case.begin_box()
    return key


def _take(file: UploadedFile | None) -> None:
    review_case = session.review_case()
    if file is None:
        review_case.empty()
    else:
        review_case.take(file.file_id, lambda: read_photo(file.getvalue()), anything_typed())
    if review_case.refusal is not None:
        elements.refusal(review_case.refusal)
    if file is None and review_case.photo is not None:
        st.caption(
            "The photo shown is still at hand. It stays until another is given or "
            "*New patient* is pressed."
        )


def _patient_form() -> Patient | None:
    first, second = st.columns(2)
    with first:
        age = _number(AGE, "age", "age_years")
        height = _number(HEIGHT, "height", "height_cm")
    with second:
        sex = _sex()
        weight = _number(WEIGHT, "weight", "weight_kg")
    menopause = _menopause(sex)
    if age is None or height is None or weight is None or sex is None:
        st.caption("Age, sex, height and weight are required.")
        return None
    return Patient(age, sex, height, weight, menopause)


def _number(quantity: Quantity, name: str, field: str) -> float | None:
    review_case = session.review_case()
    given = None if review_case.given is None else float(getattr(review_case.given, field))
    return number_field(quantity, review_case.patient_key(name), given).value


def _sex() -> Sex | None:
    review_case, sexes = session.review_case(), list(Sex)
    return st.selectbox(
        "Sex",
        sexes,
        index=None if review_case.given is None else sexes.index(review_case.given.sex),
        placeholder="Choose",
        format_func=SEX_WORDS.__getitem__,
        key=review_case.patient_key("sex"),
        persist_state="session",
    )


def _menopause(sex: Sex | None) -> Menopause:
    if sex is not Sex.FEMALE:
        return Menopause.UNKNOWN
    review_case, statuses = session.review_case(), list(MENOPAUSE_WORDS)
    chosen = st.selectbox(
        "Menopausal status",
        statuses,
        index=0 if review_case.given is None else statuses.index(review_case.given.menopause),
        format_func=MENOPAUSE_WORDS.__getitem__,
        help="T-score classes are defined after menopause. Unknown counts as after from age 50.",
        key=review_case.patient_key("menopause"),
        persist_state="session",
    )
    return chosen or Menopause.UNKNOWN


def _who() -> None:
    """Typed once, for the report, the text for the record and saving."""
    pseudonym, saver = st.columns(2)
    pseudonym.text_input(
        "Pseudonym",
        key=session.review_case().patient_key(PSEUDONYM),
        max_chars=MOST_CHARACTERS,
        persist_state="session",
        help="Of the patient, for report and records. Never a name.",
    )
    saver.text_input(
        "Your initials",
        key=session.SAVER,
        max_chars=MOST_CHARACTERS,
        persist_state="session",
        help="Your name or initials, kept with what you save.",
    )


def examples() -> None:
    """What a photo has to look like."""
    st.markdown("**A photo that works, and one that does not**")
    good, bad, _ = st.columns([1, 1, 2])
    with good:
        elements.picture(_sample_pictures()[0], "Drawn example of a usable photo", kind="jpeg")
        st.caption("Frontal, even light, eyes open, mouth closed, whole face in the frame.")
    with bad:
        elements.picture(_unusable_picture(), "Drawn example of a rejected photo", kind="jpeg")
        st.caption("Rejected: head turned away, too dark.")
