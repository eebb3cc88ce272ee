"""The answer on one screen: photo, result, suggestion and red flags, and what to do with it.

Of several photos the best by quality answers, and how far they agree is said.
"""

import streamlit as st

from face2bone.apparent_age import ApparentAge
from face2bone.assessment import LocatedSubject
from face2bone.dashboard.common import session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review import layout
from face2bone.dashboard.review.answers import read_answers
from face2bone.dashboard.review.apparent_age import age_line
from face2bone.dashboard.review.export_step import export, remark
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.referral_step import red_flags, suggestion
from face2bone.dashboard.review.result_step import measures, result_in_words, result_step
from face2bone.dashboard.review.save_step import is_saved, save_step
from face2bone.dashboard.review.subject_step import subject_step, which_subjects
from face2bone.dashboard.review.tabs import tabs
from face2bone.dashboard.review.view import View, assessment_of, view_of
from face2bone.patient import Patient
from face2bone.several_photos import PhotoSeen, best_photo, photos_words
from face2bone.words import as_sentence


def photos_step(patient: Patient) -> tuple[KeptPicture | None, tuple[PhotoSeen, ...]]:
    """The photo that gives the answer, and what came of each where there are several."""
    photos = session.review_case().photos
    if len(photos) < 2:
        return session.review_case().photo, ()
    which_subjects(photos)
    with st.spinner(say("Looking for the {subject} …", subject=session.subject())):
        seen = tuple(session.photo_seen(photo, patient) for photo in photos)
    return photos[best_photo(seen)], seen


def how_they_agree(seen: tuple[PhotoSeen, ...]) -> None:
    """Which counted, mean and range in words, and a list from which one can be removed."""
    best = best_photo(seen)
    st.caption(say(photos_words(seen, best, session.classes()[-1])))
    with st.popover(
        say("The {count} photos", count=len(seen)), key=session.review_case().patient_key("photos")
    ):
        for number, one in enumerate(seen):
            _photo(number, one, answers=number == best)


def _photo(number: int, one: PhotoSeen, answers: bool) -> None:
    if answers and one.counts:
        said = say("gives the result.")
    elif one.counts:
        share = 0.0 if one.prediction is None else float(one.prediction.probabilities[-1])
        said = say(
            "counted. Probability of {name}: {share}.",
            name=session.classes()[-1],
            share=f"{share:.0%}",
        )
    else:
        said = say("not counted. {why}", why=one.why_not)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("**Photo {number}:** {said}", number=number + 1, said=said))
        st.button(
            say("Remove photo {number}", number=number + 1),
            key=session.review_case().patient_key(f"drop_{one.photo_sha256[:8]}"),
            on_click=session.review_case().drop_photo,
            args=(one.photo_sha256,),
        )


def photo_alone(photo: KeptPicture | None) -> None:
    """Where nobody knows yet whose the details are, nothing that rests on them is drawn."""
    card = layout.card()
    if photo is not None:
        with card.photo:
            subject_step(photo)


def answer(patient: Patient) -> str:
    """Draw everything that is said of this patient; returns the answer in a few words."""
    answers, card = read_answers(patient), layout.card()
    with card.photo:
        photo, photos = photos_step(patient)
        found = None if photo is None else subject_step(photo, asks=not photos)
        if photos:
            how_they_agree(photos)
    if isinstance(found, LocatedSubject):
        found = session.assessor_at_hand().for_patient(found, patient)
    view = view_of(answers, photo, found, photos)
    if view.prediction is not None and view.referral is not None:
        with card.result:
            result_step(view.prediction, view.referral)
    if view.referral is not None and isinstance(found, LocatedSubject):
        with card.measures:
            measures(found)
    with card.suggestion:
        suggestion(answers, view.referral)
    with card.flags:
        red_flags()
    with card.age:  # before report and records, which hold it; no result waits for it
        age = age_line(view)
    with card.actions:
        _actions(view, age)
    tabs(view)
    return _in_short(view)


def _in_short(view: View) -> str:
    if view.referral is None:
        return say("No suggestion yet. An answer cannot be used.")
    suggested = say("Suggested: {urgency}", urgency=as_sentence(view.referral.urgency.label))
    if view.prediction is not None:
        named = result_in_words(view.prediction, view.referral)
        return say(
            "Result of the {picture}: {named}. {suggested}",
            picture=session.noun(),
            named=named,
            suggested=suggested,
        )
    if view.photo is None:
        return suggested
    return say(
        "No result of the {picture}. {suggested}", picture=session.noun(), suggested=suggested
    )


def _actions(view: View, age: ApparentAge | None) -> None:
    """Report, text and saving; none of them waits for an explanation."""
    assessment = assessment_of(view)
    if assessment is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover(say("Save"), icon=":material/save:", type="primary", key=_key("save")):
            save_step(assessment, view.photo, age)
        export(assessment, age)
        if is_saved(assessment):
            st.markdown(say(":green-badge[:material/check: In the records]"), width="content")
    if words := remark(assessment):
        st.caption(words)


def _key(name: str) -> str:
    return session.review_case().patient_key(name)
