"""Saved assessments in a window over Review: read as they were saved, put right, or deleted.

Nothing in the window is of the patient at hand and nothing of it reaches that patient: what is
drawn comes from the records alone, under keys that hold the assessment's own id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from face2bone.clock import in_words, local
from face2bone.dashboard.common import elements, records_desk, session
from face2bone.dashboard.common.downloads import for_who_may
from face2bone.dashboard.common.labels import distinct
from face2bone.dashboard.common.language import language, say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.saver import saver_of_a_change
from face2bone.dashboard.common.sign_in import user
from face2bone.dashboard.review.export_step import LABELS
from face2bone.dashboard.review.saved_page import result_in_short, saved_page
from face2bone.errors import Face2BoneError
from face2bone.records import AssessmentChange, DxaEntry, SavedAssessment
from face2bone.report.assessment.exports import KINDS, Form
from face2bone.report.assessment.page import Heading
from face2bone.roles import Permission
from face2bone.words import AsTyped, as_sentence, template

WINDOW: Final = "window"
TITLE: Final = template("Saved assessments, read-only")


@dataclass(frozen=True)
class Did:
    """What was changed in the window, said in one sentence, and what is shown after it.

    number: how many changes there were, for keys that no earlier choice stands under.
    """

    sentence: str
    patient_id: str
    assessment_id: str
    number: int


def count(typed: str) -> int:
    """How many are saved under the pseudonym that is typed; 0 where the records cannot be read."""
    try:
        return records_desk.count(typed) if typed else 0
    except Face2BoneError:  # said in the window, and where one saves
        return 0


def window(typed: str) -> None:
    """Draw the window until it is closed; ``typed`` is the pseudonym of the patient at hand."""
    review_case = session.review_case()
    st.dialog(say(TITLE), width="large", on_dismiss=review_case.look_ahead)(_window)(typed)


def _window(typed: str) -> None:
    try:
        known = records_desk.pseudonyms()
        if not known:
            st.info(say("Nothing is saved yet."))
            return
        did: Did | None = session.review_case().window_did
        shown, number = (did.patient_id, did.number) if did else (typed, 0)
        chosen = st.selectbox(
            say("Pseudonym"),
            known,
            index=known.index(shown) if shown in known else None,
            placeholder=say("Choose"),
            key=f"saved_of_{typed}_{number}",
        )
        if chosen is not None:
            _of(chosen, did if did and did.patient_id == chosen else None)
    except Face2BoneError as error:
        elements.refusal(error)


def _of(patient_id: str, did: Did | None) -> None:
    """What is kept of one, after what was ``did`` with it in this window."""
    if did is not None:
        st.success(did.sentence)
    found = records_desk.opened(patient_id, WINDOW)
    kept = {one.assessment_id: one for one in found.assessments}
    if kept:
        labels = distinct({i: _label(one) for i, one in kept.items()})
        chosen = st.radio(
            say("Saved for {patient_id}, the newest first", patient_id=literal(patient_id)),
            list(kept),
            index=list(kept).index(did.assessment_id) if did and did.assessment_id in kept else 0,
            format_func=labels.__getitem__,
            key=f"saved_chosen_{patient_id}_{did.number if did else 0}",
        )
        _one(kept[chosen], found.results[chosen])
    else:
        st.info(say("No assessment is kept under this pseudonym any more."))
    for change in found.changes:
        st.text(_change_words(change))  # typed by somebody: not to be read as Markdown


def _label(one: SavedAssessment) -> str:
    return say(
        "{saved}: {result}. Suggestion: {urgency}",
        saved=in_words(one.saved_at),
        result=result_in_short(one),
        urgency=as_sentence(one.facts.referral.urgency),
    )


def _one(one: SavedAssessment, results: Sequence[DxaEntry]) -> None:
    st.info(
        say(
            "**Saved on {saved_at}, read-only.** Shown as it was saved. It is not the "
            "patient on the page behind this window.",
            saved_at=in_words(one.saved_at),
        ),
        icon=":material/history:",
    )
    saved_page(one, results)
    _report(one)
    with st.expander(say("Correct or delete this assessment"), key=_key(one, "change")):
        _change(one)


def _report(one: SavedAssessment) -> None:
    """The report of what was saved, dated as it was; a file is made when its button is pressed."""
    saved = one.document
    if saved is None:
        st.caption(say("It was saved by an early version, whose reports can no longer be made."))
        return
    kind, heading = KINDS[Form.PDF], Heading(one.patient_id, local(one.saved_at), language())
    with st.container(horizontal=True):
        for_who_may(
            Permission.EXPORT,
            say(LABELS[Form.PDF]),
            lambda: kind.make(saved, heading),
            kind.file_name,
            kind.mime,
            _key(one, "saved_pdf"),
        )
        for_who_may(
            Permission.EXPORT,
            say("Download as JSON"),
            lambda: (saved.model_dump_json(indent=2) + "\n").encode(),
            "assessment.json",
            "application/json",
            _key(one, "saved_json"),
        )


def _change(one: SavedAssessment) -> None:
    """What was answered is never changed: only whose it is, and whether it is there at all."""
    st.caption(
        say(
            "An answer was wrong? Assess the patient again, save that, and delete this one. "
            "A DXA result is corrected on the Follow-up page."
        )
    )
    by = saver_of_a_change(_key(one, "changed_by"))
    reason = st.text_input(say("Reason (kept with the change)"), key=_key(one, "changed_why"))
    pseudonym = st.text_input(say("Right pseudonym"), key=_key(one, "right_pseudonym"))
    of, right = one.assessment_id, pseudonym.strip()
    move, gone = st.columns(2)
    with move:
        if st.button(say("Correct the pseudonym"), key=_key(one, "move")):
            _act(
                lambda: records_desk.move(of, right, reason.strip(), by),
                _moved(one, right),
                right,
                of,
            )
    if not user().may(Permission.DELETE):
        st.caption(say("Only an administrator can delete an assessment."))
        return
    with gone:
        if st.button(say("Delete for good"), key=_key(one, "delete"), icon=":material/delete:"):
            _act(
                lambda: records_desk.delete(of, reason.strip(), by),
                say("The assessment of {saved} was deleted.", saved=in_words(one.saved_at)),
                one.patient_id,
                of,
            )
    st.caption(
        say("Deleted are answers, result, decision, photo and DXA results. The reason stays.")
    )


def _moved(one: SavedAssessment, right: str) -> str:
    return say(
        "The assessment of {saved} was moved from {former} to {right}. You are now looking at "
        "{right}.",
        saved=in_words(one.saved_at),
        former=literal(one.patient_id),
        right=literal(right),
    )


def _act(change: Callable[[], object], sentence: str, patient_id: str, assessment_id: str) -> None:
    """Change the records, and show whose assessment it was about together with the sentence."""
    try:
        change()
    except Face2BoneError as error:
        elements.refusal(error)
        return
    review_case = session.review_case()
    number = review_case.window_did.number + 1 if review_case.window_did else 1
    review_case.window_did = Did(sentence, patient_id, assessment_id, number)
    st.rerun()  # the list, the count on the button and Follow-up are of what is kept now


def _change_words(change: AssessmentChange) -> str:
    deleted = template("The assessment of {saved} was deleted by {name}, {changed}: {reason}")
    moved = template(
        "The assessment of {saved} was moved here from another pseudonym by {name}, {changed}: "
        "{reason}"
    )
    return say(
        deleted if change.deleted else moved,
        saved=in_words(change.saved_at),
        name=AsTyped(change.changed_by),
        changed=in_words(change.changed_at),
        reason=AsTyped(change.reason),
    )


def _key(one: SavedAssessment, name: str) -> str:
    return f"{name}_{one.assessment_id}"
