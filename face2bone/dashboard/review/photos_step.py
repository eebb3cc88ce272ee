"""Several photos of one patient: the best by quality answers, and how far they agree is said."""

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.subject_step import which_subjects
from face2bone.modalities.modality import Picture
from face2bone.patient import Patient
from face2bone.several_photos import PhotoSeen, best_photo, photos_words


def photos_step(patient: Patient) -> tuple[Picture | None, tuple[PhotoSeen, ...]]:
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
