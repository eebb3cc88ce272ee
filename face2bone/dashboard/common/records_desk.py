"""The one way from a page to the records: each thing asks first whether the user may do it.

No page imports what writes or reveals from ``face2bone.records`` itself; a test reads the code for
it. Where somebody has signed in, what they do is done in the name of the sign-in, whatever was
typed, and who looks at whom is written into the trail before it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.common.sign_in import permitted
from face2bone.modalities.modality import Picture
from face2bone.records import (
    AssessmentChange,
    DxaEntry,
    DxaResult,
    Records,
    SavedAssessment,
    StoredAssessment,
    Visit,
    assessment_changes,
    break_glass,
    correct_dxa,
    correct_pseudonym,
    count_saved,
    delete_assessment,
    dxa_history,
    enter_dxa,
    import_dxa,
    kept_assessments,
    known_pseudonyms,
    note_opened,
    open_records,
    save,
    saved_assessments,
    withdraw_dxa,
)
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.roles import Permission, User
from face2bone.tabular.given import GivenBytes


@st.cache_resource(show_spinner=False)
def shared_records() -> Records:
    """The database everyone writes to: connections and a lock, no patient's data."""
    return open_records()


@dataclass(frozen=True)
class Kept:
    """What is kept of one person: assessments, the newest first, with their DXA results by id."""

    assessments: tuple[SavedAssessment, ...]
    changes: tuple[AssessmentChange, ...]
    results: dict[str, tuple[DxaEntry, ...]]


def keep(document: AssessmentDocument, visit: Visit, photo: Picture | None) -> None:
    """``records.save`` for a user who may; raises likewise, or ``AccessError``."""
    user = permitted(Permission.SAVE)
    signed = replace(visit, saved_by=user.signed(visit.saved_by))
    save(shared_records(), document, signed, photo)


def count(patient_id: str) -> int:
    """How many assessments are kept under a pseudonym."""
    permitted(Permission.OPEN)
    return count_saved(shared_records(), patient_id)


def pseudonyms() -> tuple[str, ...]:
    """Every pseudonym that is known."""
    permitted(Permission.OPEN)
    return known_pseudonyms(shared_records())


def opened(patient_id: str, place: str) -> Kept:
    """What is kept of a person, opened at a place of the dashboard."""
    _note(permitted(Permission.OPEN), patient_id, place)
    return _kept(patient_id)


def results_of(one: StoredAssessment, place: str) -> tuple[DxaEntry, ...]:
    """Every DXA result of an assessment; whose it is has been opened by that."""
    _note(permitted(Permission.OPEN), one.patient_id, place)
    return dxa_history(shared_records(), one.assessment_id)


def opened_for_a_reason(patient_id: str, reason: str) -> Kept:
    """What is kept of a person whom the user's role does not let open.

    The reason is on the disk before anything is read.
    """
    user = permitted(Permission.BREAK_GLASS)
    break_glass(shared_records(), patient_id, reason, user.name)
    return _kept(patient_id)


def all_kept() -> tuple[StoredAssessment, ...]:
    """Every assessment, to be counted. Who they are of is shown to those who may open it."""
    permitted(Permission.FIGURES)
    return kept_assessments(shared_records())


def enter(assessment_id: str, results: Sequence[DxaResult], typed: str) -> None:
    """``records.enter_dxa`` in the user's name."""
    by = permitted(Permission.ENTER).signed(typed)
    enter_dxa(shared_records(), assessment_id, results, by)


def correct(dxa_id: str, t_score: float, measured_on: date, reason: str, typed: str) -> None:
    """``records.correct_dxa`` in the user's name."""
    by = permitted(Permission.CORRECT).signed(typed)
    correct_dxa(shared_records(), dxa_id, t_score, measured_on, reason, by)


def withdraw(dxa_id: str, reason: str, typed: str) -> None:
    """``records.withdraw_dxa`` in the user's name."""
    by = permitted(Permission.CORRECT).signed(typed)
    withdraw_dxa(shared_records(), dxa_id, reason, by)


def take_in(table: GivenBytes, typed: str) -> int:
    """``records.import_dxa`` in the user's name; returns how many results."""
    by = permitted(Permission.IMPORT).signed(typed)
    return import_dxa(shared_records(), table, by)


def move(assessment_id: str, patient_id: str, reason: str, typed: str) -> None:
    """``records.correct_pseudonym`` in the user's name."""
    by = permitted(Permission.CORRECT).signed(typed)
    correct_pseudonym(shared_records(), assessment_id, patient_id, reason, by)


def delete(assessment_id: str, reason: str, typed: str) -> None:
    """``records.delete_assessment`` in the user's name."""
    by = permitted(Permission.DELETE).signed(typed)
    delete_assessment(shared_records(), assessment_id, reason, by)


def _note(user: User, patient_id: str, place: str) -> None:
    """Once until another is opened there; the one person of a machine needs no such list."""
    looked_at = session.review_case().looked_at
    if not user.is_local and looked_at.get(place) != patient_id:
        note_opened(shared_records(), patient_id, user.name)
        looked_at[place] = patient_id


def _kept(patient_id: str) -> Kept:
    records = shared_records()
    saved = saved_assessments(records, patient_id)
    results = {one.assessment_id: dxa_history(records, one.assessment_id) for one in saved}
    return Kept(saved, assessment_changes(records, patient_id), results)
