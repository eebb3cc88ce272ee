"""Step 1 of Review: the photo and who it is of."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face2bone.cohort.synthetic.samples import sample_patients, unusable_photo
from face2bone.dashboard import session, show
from face2bone.patient import AGE_RANGE, HEIGHT_RANGE, WEIGHT_RANGE, Menopause, Patient, Sex
from face2bone.photo import Photo, read_photo

SAMPLE, UPLOAD, CAMERA = "Sample patient", "Upload", "Camera"
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
    show.step(
        1,
        "Photo",
        "One frontal face in even light. No photo is kept unless this site has switched that on.",
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        source = st.segmented_control(
            "Photo from", [SAMPLE, UPLOAD, CAMERA], default=SAMPLE, key="photo_source"
        )
        session.sitting().turn_to(source or SAMPLE)
        {SAMPLE: _samples, UPLOAD: _upload, CAMERA: _camera}.get(source or SAMPLE, _samples)()
        patient = _patient_form()
    with right:
        _examples()
    return patient


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
    columns = st.columns(len(sample_patients()))
    for i, (column, sample) in enumerate(zip(columns, sample_patients(), strict=True)):
        with column:
            show.picture(_sample_pictures()[i], f"Drawn face: {sample.title}", kind="jpeg")
            st.button(
                sample.title,
                key=f"sample_{i}",
                on_click=session.sitting().choose,
                args=(_sample_photos()[i], sample.patient),
                width="stretch",
            )


def _upload() -> None:
    file = st.file_uploader(
        "Photo of the face (JPEG, PNG, WebP or HEIC, at most 12 MB)",
        type=["jpg", "jpeg", "png", "webp", "heic", "heif"],
        key="upload",
    )
    _take(file)


def _camera() -> None:
    _take(st.camera_input("Look straight into the camera", key="camera"))


def _take(file: UploadedFile | None) -> None:
    sitting = session.sitting()
    if file is None:
        sitting.empty()
    else:
        sitting.take(file.file_id, lambda: read_photo(file.getvalue()))
    if sitting.refusal is not None:
        show.refusal(sitting.refusal)


def _patient_form() -> Patient | None:
    st.subheader("Patient")
    first, second = st.columns(2)
    with first:
        age = _number("Age (years)", AGE_RANGE, "age", "age_years")
        height = _number("Height (cm)", HEIGHT_RANGE, "height", "height_cm")
    with second:
        sex = _sex()
        weight = _number("Weight (kg)", WEIGHT_RANGE, "weight", "weight_kg")
    menopause = _menopause(sex)
    if age is None or height is None or weight is None or sex is None:
        st.caption("Age, sex, height and weight are required.")
        return None
    return Patient(age, sex, height, weight, menopause)


def _number(label: str, limits: tuple[float, float], name: str, field: str) -> float | None:
    sitting = session.sitting()
    return st.number_input(
        label,
        *limits,
        value=None if sitting.given is None else float(getattr(sitting.given, field)),
        step=1.0,
        format="%.1f",
        key=sitting.patient_key(name),
        persist_state="session",
    )


def _sex() -> Sex | None:
    sitting, sexes = session.sitting(), list(Sex)
    return st.selectbox(
        "Sex",
        sexes,
        index=None if sitting.given is None else sexes.index(sitting.given.sex),
        format_func=SEX_WORDS.__getitem__,
        key=sitting.patient_key("sex"),
        persist_state="session",
    )


def _menopause(sex: Sex | None) -> Menopause:
    if sex is not Sex.FEMALE:
        return Menopause.UNKNOWN
    sitting, statuses = session.sitting(), list(MENOPAUSE_WORDS)
    chosen = st.selectbox(
        "Menopausal status",
        statuses,
        index=0 if sitting.given is None else statuses.index(sitting.given.menopause),
        format_func=MENOPAUSE_WORDS.__getitem__,
        help="T-score classes are defined after menopause. Unknown counts as after from age 50.",
        key=sitting.patient_key("menopause"),
        persist_state="session",
    )
    return chosen or Menopause.UNKNOWN


def _examples() -> None:
    st.markdown("**A photo that works, and one that does not**")
    good, bad = st.columns(2)
    with good:
        show.picture(_sample_pictures()[0], "Drawn example of a usable photo", kind="jpeg")
        st.caption("Frontal, even light, eyes open, mouth closed, whole face in the frame.")
    with bad:
        show.picture(_unusable_picture(), "Drawn example of a rejected photo", kind="jpeg")
        st.caption("Rejected: head turned away, too dark.")
