"""The answer on one screen: photo, result, suggestion and red flags, and what to do with it."""

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.review import layout
from face2bone.dashboard.review.answers import read_answers
from face2bone.dashboard.review.export_step import export, remark
from face2bone.dashboard.review.face_step import face_step
from face2bone.dashboard.review.referral_step import red_flags, suggestion
from face2bone.dashboard.review.result_step import result_step
from face2bone.dashboard.review.save_step import is_saved, save_step
from face2bone.dashboard.review.tabs import tabs
from face2bone.dashboard.review.view import View, assessment_of, view_of
from face2bone.modalities.photo import Photo
from face2bone.patient import Patient


def photo_alone(photo: Photo | None) -> None:
    """Where nobody knows yet whose the details are, nothing that rests on them is drawn."""
    card = layout.card()
    if photo is not None:
        with card.photo:
            face_step(photo)


def answer(patient: Patient) -> None:
    """Everything that is said of this patient."""
    answers, photo = read_answers(patient), session.review_case().photo
    card = layout.card()
    found = None
    if photo is not None:
        with card.photo:
            found = face_step(photo)
    view = view_of(answers, photo, found)
    if view.prediction is not None and view.referral is not None:
        with card.result:
            result_step(view.prediction, view.referral)
    with card.suggestion:
        suggestion(answers, view.referral)
    with card.flags:
        red_flags()
    with card.actions:
        _actions(view)
    tabs(view)


def _actions(view: View) -> None:
    """Report, text and saving; none of them waits for an explanation."""
    assessment = assessment_of(view)
    if assessment is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Save", icon=":material/save:", type="primary", key=_key("save")):
            save_step(assessment, view.photo)
        export(assessment)
        if is_saved(assessment):
            st.markdown(":green-badge[:material/check: In the records]", width="content")
    if words := remark(assessment):
        st.caption(words)


def _key(name: str) -> str:
    return session.review_case().patient_key(name)
