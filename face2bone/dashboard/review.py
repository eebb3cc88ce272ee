"""The Review page: one column of six steps from a photo to a suggestion."""

import streamlit as st

from face2bone.dashboard import session, show, start
from face2bone.dashboard.photo_step import photo_step
from face2bone.errors import BundleError, Face2BoneError
from face2bone.patient import Patient


def review() -> None:
    """Draw the page; a refused bundle or a failed step is one sentence, never a traceback."""
    st.title("Face2Bone: review one patient")
    top = st.container()  # filled when the model is there; the photo does not wait for it
    try:
        patient = photo_step()
        with top:
            start.wait()
            show.banner(session.assessor().bundle.card.status)
        _steps_after_the_photo(patient)
    except BundleError as error:
        with top:
            show.refusal(error)
    except Face2BoneError as error:
        show.refusal(error)


def _steps_after_the_photo(patient: Patient | None) -> None:
    # Heavy imports, which the load at the start has done by now.
    from face2bone.assess import Assessment
    from face2bone.dashboard.answers import read_answers
    from face2bone.dashboard.export_step import export
    from face2bone.dashboard.face_step import face_step
    from face2bone.dashboard.next_step import next_step
    from face2bone.dashboard.result_step import result_step, trust_step
    from face2bone.dashboard.save_step import save_step
    from face2bone.dashboard.why_step import why_step

    photo = session.sitting().photo
    if patient is None:
        st.info("Choose a sample patient, or give a photo and the four details above.")
        return
    answers = read_answers(patient)
    asked = answers.patient
    assessor = session.assessor()
    found = face_step(photo) if photo is not None else None
    if photo is None or found is None:
        next_step(answers, assessor.refer(asked, None, answers.frax, answers.guideline))
        return
    prediction = session.prediction(found)
    referral = assessor.refer(asked, prediction, answers.frax, answers.guideline)
    result_step(prediction, referral, assessor)
    trust_step(prediction, referral, asked, assessor)
    explanation = why_step(found, prediction)
    next_step(answers, referral)
    if explanation is None:
        st.caption("The report and the records hold step 5 too: they are offered when it is done.")
        return
    export(asked, found, prediction, explanation, referral, assessor)
    save_step(Assessment(asked, found, prediction, explanation, referral, assessor.facts), photo)
