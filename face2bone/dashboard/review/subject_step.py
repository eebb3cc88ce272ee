"""What was found: the crop and the verdict on the picture; on request every figure of it."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from face2bone.assess import rejection
from face2bone.assessment import LocatedSubject
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.drawing.pictures import crop_png, outlined_jpeg
from face2bone.errors import Face2BoneError, SeveralSubjects, SubjectError
from face2bone.modalities.prepared import QualityCheck
from face2bone.words import message, template, together

CROP_PIXELS: Final = 96
VERDICTS: Final = {
    "accept": (":green-badge[:material/check: {}]", template("{picture} accepted")),
    "warn": (":orange-badge[:material/warning: {}]", template("Accepted, with warnings")),
    "reject": (":red-badge[:material/block: {}]", template("{picture} rejected")),
}
VERDICT_WORDS: Final = {
    "accept": template("OK"),
    "warn": template("warning"),
    "reject": template("rejected"),
}
HEAD: Final = (
    template("Check"),
    template("Value"),
    template("Warns at"),
    template("Rejects at"),
    template("Verdict"),
)
NEVER: Final = template("never")


def subject_step(photo: KeptPicture, asks: bool = True) -> LocatedSubject | Face2BoneError:
    """Show what was found; the reason instead when there is nothing that may be assessed.

    ``asks``: which of several faces is the patient's, unless that was asked before.
    """
    kind = session.at_hand().modality
    st.header(say(kind.title), anchor=False)
    try:
        with st.spinner(say("Looking for the {subject} …", subject=kind.subject)):
            several = session.several_subjects(photo)
        if several is not None and asks:
            _which_subject(photo, several)
        found = session.located(photo)
        _which_of_two(photo, found)
    except SeveralSubjects as error:
        return error  # which one is the patient's is asked above
    except SubjectError as error:
        elements.refusal(error)
        return error
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        alt = say("The aligned {subject} that the model read", subject=kind.subject)
        spec = found.aligned.spec  # a hand is taller than it is wide
        width = round(CROP_PIXELS * min(1.0, spec.width / spec.height))
        elements.picture(crop_png(found.aligned), alt, width=width)
        with st.container():
            badge, words = VERDICTS[found.quality.status]
            st.markdown(badge.format(say(words, picture=kind.title)))
            if said := (*found.reasons, *found.told[:1]):
                st.markdown("\n".join(f"- {say(reason)}" for reason in said))
            if of_the_file := found.told[1:]:
                st.caption(say("About the file"), help=say(together(of_the_file)))
    return rejection(found, kind) if found.rejected else found


def _which_subject(photo: KeptPicture, several: SeveralSubjects) -> None:
    """Ask which of several faces is the patient's; the answer holds for this photo only."""
    review_case, chosen = session.review_case(), session.chosen_subject(photo, several)
    count, taken = len(several.subjects), session.taken_by_itself(photo)
    if (choosing := session.at_hand().modality.choosing) is not None:
        drawn = review_case.once(
            session.key("faces", photo.sha256),
            lambda: choosing.numbered(photo.opened(), several.subjects),
        )
        alt = say("The photo with {count} faces, numbered from the left", count=count)
        elements.picture(drawn, alt, kind="jpeg")
    st.markdown(say("**Which face is the patient?**"))
    with st.container(horizontal=True):
        for number in range(1, count + 1):
            st.button(
                say("Face {number}", number=number),
                key=review_case.patient_key(f"face_{number}_{photo.sha256[:8]}"),
                type="primary" if number == chosen else "secondary",
                on_click=review_case.choose_subject,
                args=(photo.sha256, number, taken),
            )
    if chosen is None:
        st.caption(say("Until you have said so there is no result of the photo."))
    elif photo.sha256 in review_case.chosen_subjects:
        st.caption(say("Face {chosen} was chosen.", chosen=chosen))
    else:
        st.caption(
            say(
                "Face {chosen} is by far the largest and was taken as the patient's. Choose "
                "another one if it is not.",
                chosen=chosen,
            )
        )


def _which_of_two(photo: KeptPicture, at_hand: LocatedSubject) -> None:
    """Let choose between what the film shows of the patient: a right and a left knee."""
    beside = session.beside_each_other(photo)
    if not beside:
        return
    review_case, taken = session.review_case(), session.taken_by_itself(photo)
    with st.container(horizontal=True):
        for one in beside:
            st.button(
                say(one.called),
                key=review_case.patient_key(f"of_two_{one.number}_{photo.sha256[:8]}"),
                type="primary" if one.number == at_hand.number else "secondary",
                on_click=review_case.choose_subject,
                args=(photo.sha256, one.number, taken),
            )
    if photo.sha256 not in review_case.chosen_subjects:
        st.caption(
            say(
                "The {subject} that is seen better was taken. Choose the other one to assess it: "
                "each has a result, an explanation and a report of its own.",
                subject=session.subject(),
            )
        )


def which_subjects(photos: Sequence[KeptPicture]) -> None:
    """Of each of several photos that shows several faces, ask which one is the patient's."""
    for number, photo in enumerate(photos, 1):
        try:
            several = session.several_subjects(photo)
        except SubjectError:  # said where the photos are listed
            continue
        if several is not None:
            st.markdown(say("**Photo {number}**", number=number))
            _which_subject(photo, several)


def photo_details(photo: KeptPicture, found: LocatedSubject) -> None:
    """Where in the picture it was found, and every quality check with its figures."""
    mesh, checks = st.columns([1, 3], gap="medium")
    with mesh:
        drawn = session.review_case().once(
            session.key_of("mesh", found), lambda: _where(photo, found)
        )
        noun = session.noun()
        if (shown := session.at_hand().modality.shown) is not None:
            elements.picture(drawn, say(shown.alt), kind="jpeg")
            st.caption(say(shown.caption))
        else:
            elements.picture(drawn, say("The {picture} with the parts", picture=noun), kind="jpeg")
            st.caption(
                say(
                    "The {picture} with the outlines of the parts. The model reads what they "
                    "hold and nothing else.",
                    picture=noun,
                )
            )
    with checks:
        _checks(found.quality.checks)


def _where(photo: KeptPicture, found: LocatedSubject) -> bytes:
    """The picture with what was found in it, as JPEG."""
    shown = session.at_hand().modality.shown
    if shown is not None:
        return shown.draw(photo.opened(), found.subject)
    return outlined_jpeg(photo.shown, found.aligned)


def _checks(checks: Sequence[QualityCheck]) -> None:
    elements.table(
        HEAD,
        [
            (
                c.title,
                message("{value} {unit}", value=f"{c.value:.3g}", unit=c.unit),
                f"{c.warn_limit:.3g}",
                NEVER if c.reject_limit is None else f"{c.reject_limit:.3g}",
                VERDICT_WORDS[c.status],
            )
            for c in checks
        ],
    )
