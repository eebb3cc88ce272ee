"""How old the face looks: one quiet line beside the result, and behind a tab what it rests on.

It is drawn when result and suggestion stand on the page, so that neither waits for it; it is of the
photo at hand and of no other, and of no drawn sample patient, whose face is nobody's.
"""

from functools import partial
from typing import Final

import streamlit as st

from face2bone.apparent_age import WHAT_IT_IS_NOT, AgeAssessor, AgeExplanation, ApparentAge
from face2bone.assessment import LocatedSubject
from face2bone.bundle.years_bundle import Band
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.job_progress import watched
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.view import View
from face2bone.errors import Face2BoneError
from face2bone.modalities.modality import Picture
from face2bone.modalities.photo import Photo
from face2bone.progress import Progress
from face2bone.report.apparent_age import UNLIKE, age_part, gap_words, headline, limits
from face2bone.words import message, template, together

PARTS: Final = {"regions": template("Parts of the face")}
NONE_OF_A_SAMPLE: Final = template(
    "Not said of a drawn sample face: the model learned from photographs of people."
)
NO_PHOTO: Final = template(
    "There is no usable photo of a face, so nothing is said of how old it looks."
)
NO_BUNDLE: Final = template("No face age model is set up here (FACE2BONE_FACE_AGE).")


def age_line(view: View) -> ApparentAge | None:
    """The line, where there is something to say; returns what report and records hold of it."""
    try:
        age = _age(view)
    except Face2BoneError as error:
        st.caption(say(str(error)))
        return None
    if age is None:
        return None
    said = age_part(age)
    if said.out_of_domain:
        st.caption(say(UNLIKE))
    else:
        st.caption(
            say("How old the face looks to this model: **{headline}**", headline=headline(said)),
            help=say(together((WHAT_IT_IS_NOT, *limits(age)))),
        )
    return age


def age_tab(view: View) -> None:
    """Years, spread, parts, error by age and limits."""
    if session.review_case().given is not None:
        st.caption(say(NONE_OF_A_SAMPLE))
        return
    try:
        age = _age(view)
        missing = NO_BUNDLE if session.age_assessor() is None else NO_PHOTO
    except Face2BoneError as error:
        st.caption(say(str(error)))
        return
    if age is None:
        st.caption(say(missing))
        return
    photo, found = _subject(view)
    said = age_part(age)
    st.markdown(
        say(
            "To **{name}** the face looks **{headline}** old.",
            name=age.facts.name,
            headline=headline(said),
        )
    )
    notes = filter(None, (WHAT_IT_IS_NOT, gap_words(said), *limits(age)))
    st.markdown("\n".join(f"- {say(words)}" for words in notes))
    shares, parts = st.columns(2, gap="large")
    with shares:
        elements.drawing(charts.years_plot(age.shares, age.first_year, age.low, age.high))
        st.caption(say("How much the model gives to each year; shaded: the range above."))
        _bands(age.facts.bands)
    with parts:
        _parts(photo, found)


def _age(view: View) -> ApparentAge | None:
    assessor = session.age_assessor()
    if assessor is None or not _has_subject(view):
        return None
    photo, found = _subject(view)
    patient = view.answers.patient
    return session.review_case().once(
        session.key_of(f"age {assessor.facts.sha256} {patient.age_years} {patient.sex}", found),
        lambda: assessor.estimate(_pixels(photo.opened()), found, patient.age_years, patient.sex),
    )


def _has_subject(view: View) -> bool:
    """Whether there is a usable face of somebody."""
    sample = session.review_case().given is not None
    shows_age = session.at_hand().modality.shows_age and view.photo is not None
    return shows_age and isinstance(view.found, LocatedSubject) and not sample


def _subject(view: View) -> tuple[KeptPicture, LocatedSubject]:
    if view.photo is None or not isinstance(view.found, LocatedSubject):
        raise ValueError("there is no usable face")
    return view.photo, view.found


def _pixels(picture: Picture) -> Photo:
    if not isinstance(picture, Photo):
        raise ValueError("no film shows an age")
    return picture


def _explain(
    assessor: AgeAssessor, photo: KeptPicture, found: LocatedSubject, progress: Progress
) -> AgeExplanation:
    """The job, which outlives the page that asked for it, so it holds the file and no pixels."""
    return assessor.explain(_pixels(photo.read()), found, progress)


def _parts(photo: KeptPicture, found: LocatedSubject) -> None:
    """The years each part adds, once asked for."""
    assessor = session.age_assessor()
    if assessor is None:
        return
    at = session.key_of(f"age parts {assessor.facts.sha256}", found)
    job = session.asked(at)
    if job is None:
        st.button(
            say("Which parts of the face say so"),
            key="ask_age_parts",
            on_click=session.review_case().ask,
            args=(at, partial(_explain, assessor, photo, found), PARTS),
        )
        return
    explanation: AgeExplanation | None = watched(job, at)
    if explanation is None:
        return
    reason = explanation.check().reason
    if reason:
        st.info(
            say("**Years by part are withheld.** {reason}", reason=reason), icon=":material/info:"
        )
        return
    values = explanation.values[0]
    elements.drawing(charts.region_bars(values, explanation.parts, say("younger ← years → older")))
    st.caption(
        say("Years that each part adds, compared with a blurred one. Left is the patient's left.")
    )


def _bands(bands: tuple[Band, ...]) -> None:
    if not bands:
        return
    elements.table(
        (template("Age"), template("People"), template("Mean error"), template("Too old by")),
        [
            (
                message("{low} to {high}", low=f"{b.low:g}", high=f"{b.high:g}"),
                str(b.people),
                message("{count} years", count=f"{b.mae:.1f}"),
                message("{count} years", count=f"{b.bias:+.1f}"),
            )
            for b in bands
        ],
    )
