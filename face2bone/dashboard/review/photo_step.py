"""What is given on Review: of which study, the picture, and whose it is."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face2bone.dashboard.common import elements, session, uploads
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.offered import offered
from face2bone.dashboard.review.answers import anything_typed
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.patient_form import patient_form, pseudonym_and_saver
from face2bone.patient import Patient
from face2bone.studies import Sample, study_named
from face2bone.words import message, template, together

SAMPLE, UPLOAD, CAMERA = template("Sample patient"), template("Upload"), template("Camera")
SAMPLE_PIXELS: Final = 36
NOT_KEPT: Final = message("Kept only if this site has switched that on.")


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
    # Two places: what the details still ask for goes while somebody types a pseudonym below.
    with form, elements.one_of_two(session.review_case().subject[0] % 2):
        details, who = elements.places(2)
    with details:
        patient = patient_form()
    with who:
        pseudonym_and_saver()
    return patient


def _source() -> str:
    review_case = session.review_case()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(say("Review"), anchor=False)
        st.button(
            say("New patient"),
            key="new_patient",
            on_click=review_case.new_patient,
            help=say("Clears the picture, the details, every answer and the result."),
        )
    _study()
    kind, sources = session.at_hand().modality, _sources()
    source = st.segmented_control(
        say("{picture} from", picture=kind.title),
        sources,
        default=sources[0],
        format_func=speaker(),
        key=f"photo_source_{kind.id}",
        required=True,
        persist_state="session",  # who looks at another page comes back to the same source
    )
    review_case.turn_to(source)
    return source


def _study() -> None:
    """Which of the studies that are set up, where there are several."""
    studies = {one.study.id: one for one in offered()}
    if len(studies) < 2:
        return
    called = speaker(lambda study: studies[study].modality.subject)
    chosen = st.segmented_control(
        say("Picture of"),
        list(studies),
        default=next(iter(studies)),
        format_func=lambda study: called(study).capitalize(),
        key="study",
        required=True,
        persist_state="session",
    )
    session.review_case().turn_to_study(chosen)
    session.forget_left()  # another study is another patient


def _sources() -> list[str]:
    """Where a picture of the study at hand can come from."""
    can = {
        SAMPLE: bool(_sample_patients()),
        UPLOAD: True,
        CAMERA: session.at_hand().modality.camera,
    }
    return [source for source, possible in can.items() if possible]


def shows_samples() -> bool:
    """Whether sample patients stand on the page to choose from."""
    return session.review_case().source == SAMPLE


def _sample_patients() -> tuple[Sample, ...]:
    return session.at_hand().study.ready().samples()


def _whose_details() -> None:
    """Ask whether a changed photo is of the patient whose details stand on the page."""
    review_case = session.review_case()
    if not review_case.unsure:
        return
    st.warning(
        say(
            "**Is this the same patient?** The {picture} changed after the details or answers on "
            "this page were entered. There is no result and no suggestion until you have said so.",
            picture=session.noun(),
        ),
        icon=":material/help:",
    )
    st.button(
        say("Yes, keep the details"),
        key="same_patient",
        on_click=review_case.same_patient,
        width="stretch",
    )
    st.button(
        say("No, clear the details"),
        key="another_patient",
        on_click=review_case.another_patient,
        width="stretch",
    )


@st.cache_data(show_spinner=False)
def _sample_pictures(study: str) -> list[bytes]:
    """Drawn, not people: these may be shared between sessions."""
    return [sample.photo_bytes() for sample in study_named(study).ready().samples()]


@st.cache_data(show_spinner=False)
def _bad_picture(study: str) -> bytes:
    told = study_named(study).ready().examples
    return b"" if told is None else told.bad()


@st.cache_resource(show_spinner=False)
def _sample_photos(study: str) -> list[KeptPicture]:
    read = study_named(study).ready().modality.read
    return [KeptPicture(picture, read) for picture in _sample_pictures(study)]


def _samples() -> None:
    at_hand, subject = session.at_hand(), session.at_hand().modality.subject
    pictures, photos = _sample_pictures(at_hand.study.id), _sample_photos(at_hand.study.id)
    st.caption(say("Drawn {subject}s, one click each. No real person is shown.", subject=subject))
    with st.container(key="samples"):
        columns = [column for _ in range(2) for column in st.columns(2)]
    for i, (column, sample) in enumerate(zip(columns, _sample_patients(), strict=True)):
        with column, st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            alt = say("Drawn {subject}: {patient}", subject=subject, patient=sample.title)
            elements.picture(pictures[i], alt, SAMPLE_PIXELS, "jpeg")
            st.button(
                say(sample.title),
                key=f"sample_{i}",
                on_click=session.review_case().choose,
                args=(photos[i], sample.patient),
                width="stretch",
            )


def _upload() -> None:
    kind = session.at_hand().modality
    most = kind.most_bytes >> 20
    _what_is_asked()
    uploads.may_send(kind.most_bytes)
    # No list of endings: phones write .jfif or none, and the content decides.
    file = st.file_uploader(
        say(
            "{picture} of the {subject} ({formats}, at most {most} MB)",
            picture=kind.title,
            subject=kind.subject,
            formats=kind.formats,
            most=f"{most}",
        ),
        key=_box("upload"),
        max_upload_size=most,
    )
    _take(file)


def _what_is_asked() -> None:
    st.caption(say(together(filter(None, [session.at_hand().modality.asks, NOT_KEPT]))))


def _camera() -> None:
    _what_is_asked()
    key = _box("camera")
    # Without it the photo is as small as the box on the page.
    _take(st.camera_input(say("Look straight into the camera"), key=key, resolution="1080p"))


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
        review_case.take(file.file_id, lambda: _read(file), anything_typed())
    if review_case.refusal is not None:
        elements.refusal(review_case.refusal)
    if file is None and review_case.adding:
        st.caption(say("Give another photo of the same patient."))
    elif file is None and review_case.photo is not None:
        st.caption(
            say(
                "The {picture} shown is still at hand. It stays until another is given or "
                "*New patient* is pressed.",
                picture=session.noun(),
            )
        )
    most = session.at_hand().modality.most_pictures
    may_add = 0 < len(review_case.photos) < most and not review_case.unsure
    if may_add and not review_case.adding:
        st.button(
            say("Add another photo of this patient"),
            key="add_photo",
            icon=":material/add_a_photo:",
            on_click=review_case.add_photo,
            args=(most,),
            width="stretch",
        )


def _read(file: UploadedFile) -> KeptPicture:
    """As the study at hand reads it; raises ``PictureError``."""
    return KeptPicture(file.getvalue(), session.at_hand().modality.read)


def examples() -> None:
    """What a picture has to look like."""
    at_hand, told = session.at_hand(), session.at_hand().study.ready().examples
    if not _sample_patients():
        return
    if told is not None:
        st.markdown(say("**A photo that works, and one that does not**"))
    good, bad, _ = st.columns([1, 1, 2])
    with good:
        _good_example(told.works if told is not None else at_hand.modality.asks)
    if told is not None:
        with bad:
            elements.picture(
                _bad_picture(at_hand.study.id),
                say("Drawn example of a rejected photo"),
                kind="jpeg",
            )
            st.caption(say(told.fails))


def _good_example(why: str) -> None:
    at_hand = session.at_hand()
    alt = say("Drawn example of a usable {picture}", picture=at_hand.modality.noun)
    elements.picture(_sample_pictures(at_hand.study.id)[0], alt, kind="jpeg")
    st.caption(say(why))
