"""Step 1 of Review: the photo and who it is of."""

from typing import Final

import streamlit as st

from face2bone.cohort.synthetic.samples import Sample, sample_patients, unusable_photo
from face2bone.dashboard import session, show
from face2bone.dashboard.answers import clear_answers
from face2bone.errors import Face2BoneError
from face2bone.patient import AGE_RANGE, HEIGHT_RANGE, WEIGHT_RANGE, Menopause, Patient, Sex
from face2bone.photo import read_photo

SAMPLE, UPLOAD, CAMERA = "Sample patient", "Upload", "Camera"
SEX_WORDS: Final = {Sex.FEMALE: "Female", Sex.MALE: "Male"}
MENOPAUSE_WORDS: Final = {
    Menopause.UNKNOWN: "Unknown",  # first: what the list shows until it is answered
    Menopause.PRE: "Before menopause",
    Menopause.POST: "After menopause",
}


def photo_step() -> None:
    """Ask for a photo and the required details; the session then holds both."""
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
        {SAMPLE: _samples, UPLOAD: _upload, CAMERA: _camera}.get(source or SAMPLE, _samples)()
        _patient_form()
    with right:
        _examples()


@st.cache_data(show_spinner=False)
def _sample_pictures() -> list[bytes]:
    """Drawn faces, not people: these may be shared between sessions."""
    return [sample.photo_bytes() for sample in sample_patients()]


@st.cache_data(show_spinner=False)
def _unusable_picture() -> bytes:
    return unusable_photo()


def _samples() -> None:
    st.caption("Drawn faces, one click each. No real person is shown.")
    columns = st.columns(len(sample_patients()))
    for i, (column, sample) in enumerate(zip(columns, sample_patients(), strict=True)):
        with column:
            show.picture(_sample_pictures()[i], f"Drawn face: {sample.title}", kind="jpeg")
            st.button(
                sample.title, key=f"sample_{i}", on_click=_choose, args=(sample, i), width="stretch"
            )


def _choose(sample: Sample, index: int) -> None:
    clear_answers()
    patient = sample.patient
    st.session_state.update(
        age=float(patient.age_years),
        sex=patient.sex,
        height=float(patient.height_cm),
        weight=float(patient.weight_kg),
        menopause=patient.menopause,
    )
    session.set_photo(read_photo(_sample_pictures()[index]))


def _upload() -> None:
    file = st.file_uploader(
        "Photo of the face (JPEG, PNG, WebP or HEIC, at most 12 MB)",
        type=["jpg", "jpeg", "png", "webp", "heic", "heif"],
        key="upload",
        on_change=_read_upload,
    )
    _show_refusal("upload_refusal", file is not None)


def _camera() -> None:
    shot = st.camera_input("Look straight into the camera", key="camera", on_change=_read_camera)
    _show_refusal("camera_refusal", shot is not None)


def _read_upload() -> None:
    _read_into_session("upload", "upload_refusal")


def _read_camera() -> None:
    _read_into_session("camera", "camera_refusal")


def _read_into_session(widget: str, refusal: str) -> None:
    """Read a widget's bytes once, when they change; a refused file leaves no photo behind."""
    file = st.session_state.get(widget)
    st.session_state[refusal] = None
    try:
        session.set_photo(read_photo(file.getvalue()) if file is not None else None)
    except Face2BoneError as error:
        session.set_photo(None)
        st.session_state[refusal] = error


def _show_refusal(key: str, has_file: bool) -> None:
    error = st.session_state.get(key)
    if has_file and isinstance(error, Face2BoneError):
        show.refusal(error)


def _patient_form() -> None:
    st.subheader("Patient")
    first, second = st.columns(2)
    with first:
        age = st.number_input(
            "Age (years)", *AGE_RANGE, value=None, step=1.0, format="%.1f", key="age"
        )
        height = st.number_input(
            "Height (cm)", *HEIGHT_RANGE, value=None, step=1.0, format="%.1f", key="height"
        )
    with second:
        sex = st.selectbox(
            "Sex", list(Sex), index=None, format_func=lambda s: SEX_WORDS[s], key="sex"
        )
        weight = st.number_input(
            "Weight (kg)", *WEIGHT_RANGE, value=None, step=1.0, format="%.1f", key="weight"
        )
    menopause = _menopause(sex)
    if age is None or height is None or weight is None or sex is None:
        session.set_patient(None)
        st.caption("Age, sex, height and weight are required.")
        return
    session.set_patient(Patient(age, sex, height, weight, menopause))


def _menopause(sex: Sex | None) -> Menopause:
    if sex is not Sex.FEMALE:
        return Menopause.UNKNOWN
    chosen = st.selectbox(
        "Menopausal status",
        list(MENOPAUSE_WORDS),
        format_func=MENOPAUSE_WORDS.__getitem__,
        help="T-score classes are defined after menopause. Unknown counts as after from age 50.",
        key="menopause",
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
