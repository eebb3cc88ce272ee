"""The Review page: one column of six steps from a photo to a suggestion.

Every step has a place of its own from the start, so that a step that grows or shrinks moves no
other: while a page is drawn again, Streamlit leaves the former drawing standing wherever the new
one has not come by yet, and a step that moved would stand there twice.
"""

from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.dashboard.common import elements, session, start
from face2bone.dashboard.review.photo_step import photo_step
from face2bone.errors import BundleError, Face2BoneError, FaceRejected
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient

if TYPE_CHECKING:  # seconds to import: the load does it, while the page is drawn
    from face2bone.assess import AnswersOnly, Assessment, LocatedFace
    from face2bone.clinical.referral import Referral

NO_PHOTO: Final = "There was no photo."


def review() -> None:
    """Draw the page; a refused bundle or a failed step is one sentence, never a traceback."""
    st.title("Face2Bone: review one patient")
    top = st.container()  # filled when the model is there; the photo does not wait for it
    try:
        with st.container():
            patient = photo_step()
        with top:
            start.wait()
            elements.banner(session.assessor().bundle.card.status)
        with _place():
            _steps_after_the_photo(patient)
    except BundleError as error:
        with top:
            elements.refusal(error)
    except Face2BoneError as error:
        elements.refusal(error)


def _place() -> DeltaGenerator:
    """Where the steps after the photo stand; those of another patient or photo go at once.

    Of two places one is always empty. Another subject takes the other one: nothing that was
    drawn for the one before can be inherited by it, or stand beside it while it is computed.
    """
    review_case = session.review_case()
    last, side = review_case.drawn
    subject = review_case.subject
    side = side if subject == last else 1 - side
    place = elements.one_of_two(side)
    review_case.drawn = subject, side  # only now: a script that was ended has emptied nothing
    return place


def _steps_after_the_photo(patient: Patient | None) -> None:
    # Heavy imports, which the load at the start has done by now.
    from face2bone.assess import Assessment, Explanation
    from face2bone.dashboard.review.answers import read_answers
    from face2bone.dashboard.review.explanation_step import why_step
    from face2bone.dashboard.review.face_step import face_step
    from face2bone.dashboard.review.referral_step import next_step
    from face2bone.dashboard.review.result_step import result_step, shown, trust_step

    photo = session.review_case().photo
    face, result, trust, why, following, files, records = elements.places(7)
    if (
        session.review_case().unsure
    ):  # of what follows the face, all depends on whose details these are
        if photo is not None:
            with face:
                face_step(photo)
        return
    if patient is None:
        st.info("Choose a sample patient, or give a photo and the four details above.")
        return
    answers = read_answers(patient)
    if answers.refusals:
        if photo is not None:
            with face:
                face_step(photo)
        with following:
            next_step(answers, None)
        return
    asked = answers.patient
    assessor = session.assessor()
    with face:
        found = face_step(photo) if photo is not None else None
    if photo is None or found is None or isinstance(found, Face2BoneError):
        referral = assessor.refer(asked, None, answers.frax, answers.guideline)
        with following:
            next_step(answers, referral)
        _take_along(_without_result(asked, referral, photo, found), photo, files, records)
        return
    prediction = session.prediction(found)
    referral = assessor.refer(asked, prediction, answers.frax, answers.guideline)
    with result:
        result_step(prediction, referral, assessor)
    explanation: Explanation | None = Explanation.none()
    if shown(prediction):
        with trust:
            trust_step(prediction, referral, asked, assessor)
        with why:
            explanation = why_step(found, prediction)
    with following:
        next_step(answers, referral)
    if explanation is None:
        files.caption(
            "The report and the records hold step 5 too: they are offered when it is done or "
            "stopped."
        )
        return
    assessment = Assessment(asked, found, prediction, explanation, referral, assessor.facts)
    _take_along(assessment, photo, files, records)


def _take_along(
    assessment: "Assessment | AnswersOnly",
    photo: Photo | None,
    files: DeltaGenerator,
    records: DeltaGenerator,
) -> None:
    """Report and records, with a result of a photo or without."""
    from face2bone.dashboard.review.export_step import export
    from face2bone.dashboard.review.save_step import save_step

    with files:
        export(assessment)
    with records:
        save_step(assessment, photo)


def _without_result(
    patient: Patient,
    referral: "Referral",
    photo: Photo | None,
    found: "LocatedFace | Face2BoneError | None",
) -> "AnswersOnly":
    """The answers' own suggestion, and why no photo adds to it."""
    from face2bone.assess import AnswersOnly

    facts, refused = session.assessor().facts, session.review_case().refusal
    if photo is None:
        return AnswersOnly(patient, referral, facts, str(refused or NO_PHOTO))
    quality = session.located(photo).face.quality if isinstance(found, FaceRejected) else None
    return AnswersOnly(patient, referral, facts, str(found), photo.sha256, quality)
