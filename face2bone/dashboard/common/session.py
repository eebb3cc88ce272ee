"""What the dashboard remembers, and for whom.

The model is shared by everyone and holds nothing about a patient, so it is cached for
the process. Everything that came from a photo lives in the visitor's own ``ReviewCase`` only,
under the photo's SHA-256 and the bundle's hash, so that a rerun of the page recomputes
nothing and no one else can be shown it.
"""

import gc
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import streamlit as st

from face2bone.dashboard.common import uploads
from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.offered import Offered, named
from face2bone.dashboard.common.visitors import nothing_brought
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import Key, ReviewCase
from face2bone.errors import SeveralSubjects, SubjectError, to_keep
from face2bone.modalities.modality import AnyModality
from face2bone.patient import Patient
from face2bone.settings import get_settings
from face2bone.studies import study_named
from face2bone.words import message, template

if TYPE_CHECKING:  # seconds to import: the load does it, while the page is drawn
    from face2bone.apparent_age import AgeAssessor
    from face2bone.assess import Assessor
    from face2bone.assessment import Explanation, LocatedSubject
    from face2bone.bundle import Bundle
    from face2bone.explain.estimate import RegionEstimate
    from face2bone.runtime import Prediction
    from face2bone.several_photos import PhotoSeen

T = TypeVar("T")

REVIEW_CASE: Final = "review_case"
EXPLANATION: Final = "explanation"
SO_FAR: Final = "so_far"
OUTSIDE: Final = template("This {picture} is unlike the {picture}s the model was trained on.")
EXPLAINING: Final = {
    "regions": template("Parts of the picture"),
    "concepts": template("Concepts"),
}
SAVER: Final = "saver_name"
"""Under what the name or initials of who uses the pages are kept, typed once for all of them."""


@st.cache_resource(show_spinner=False)
def loaded_bundle(root: str) -> "Bundle":
    """The bundle in a folder, shared by everyone, without an engine, which takes longer to make."""
    from face2bone.bundle import load_bundle

    return load_bundle(Path(root))


@st.cache_resource(show_spinner=False)
def loaded_assessor(root: str) -> "Assessor":
    """The assessor everyone shares: weights and an engine, nothing of a patient."""
    from face2bone.assess import Assessor

    loaded = Assessor(loaded_bundle(root))
    settle()
    return loaded


def bundle() -> "Bundle":
    """The site's own bundle; raises ``BundleError`` when it cannot be loaded."""
    return loaded_bundle(str(get_settings().bundle))


def assessor() -> "Assessor":
    """The site's own assessor, whatever Review is about; raises ``BundleError`` as ``bundle``."""
    return loaded_assessor(str(get_settings().bundle))


def read_anew() -> None:
    """Let go of the site's own model: everyone reads it again with the next page they look at.

    Models of other studies stay where they are.
    """
    root = str(get_settings().bundle)
    loaded_bundle.clear(root)
    loaded_assessor.clear(root)


def at_hand() -> Offered:
    """The study that Review is about for this visitor."""
    return named(review_case().study)


def noun() -> str:
    """What a picture of the study at hand is called in a sentence: "photo" or "film"."""
    return at_hand().modality.noun


def subject() -> str:
    """What it shows: "face", "knee" or "hand"."""
    return at_hand().modality.subject


def trained_on() -> str:
    """What its network was trained on, as a sentence names it."""
    if assessor_at_hand().bundle.card.status == "demo":
        return message("drawn {subject}s", subject=subject())
    return message("the training {picture}s", picture=noun())


def assessor_at_hand() -> "Assessor":
    """The assessor of that study, loaded when somebody first chooses it.

    Raises ``BundleError`` when its bundle cannot be loaded.
    """
    return loaded_assessor(str(at_hand().root))


@st.cache_resource(show_spinner=False)
def age_assessor() -> "AgeAssessor | None":
    """What says how old a face looks, shared by everyone; None where none is set up.

    Raises ``BundleError`` when its bundle cannot be loaded.
    """
    from face2bone.apparent_age import AgeAssessor
    from face2bone.bundle.years_bundle import load_years_bundle, years_folder

    return AgeAssessor(load_years_bundle()) if years_folder().is_dir() else None


def modality() -> AnyModality:
    """The kind of picture that the site's own study reads."""
    return study_named(bundle().card.study).ready().modality


def classes() -> tuple[str, ...]:
    """Names of the classes of the model at hand, in the order of its probabilities."""
    return assessor_at_hand().facts.classes


def settle() -> None:
    """Leave libraries and model out of garbage collections, if nobody has brought anything yet.

    Streamlit collects after every run of a script. With these 450,000 objects that takes
    0.35 s, in which no other thread runs, and a page that watches a job runs once a second.
    What is left out is never freed, so once a patient's photo may be among the objects, nothing
    is.
    """
    gc.collect()
    if nothing_brought():
        gc.freeze()


def review_case() -> ReviewCase:
    """The visitor's patient at hand; a script that was ended stops here."""
    if REVIEW_CASE not in st.session_state:
        st.session_state[REVIEW_CASE] = ReviewCase()
    found: ReviewCase = st.session_state[REVIEW_CASE]
    return found


def forget_left() -> None:
    """Let go of what was typed about patients who are no longer at hand, and of their files."""
    for key in review_case().left():
        st.session_state.pop(key, None)
    uploads.let_go_of(review_case().left_files())


def key(step: str, photo_sha256: str = "") -> Key:
    """Under what a step of a photo is remembered, with the bundle at hand."""
    return step, photo_sha256, assessor_at_hand().facts.sha256


def key_of(step: str, found: "LocatedSubject") -> Key:
    """The same for a step that also reads the patient's covariates: others, another key."""
    beside = f" {found.beside}" if found.beside else ""
    chosen = f" {found.number}" if found.number else ""
    return key(f"{step}{beside}{chosen}", found.photo_sha256)


def located(photo: KeptPicture) -> "LocatedSubject":
    """What a picture shows, of several faces or knees the chosen one; raises ``SubjectError``."""
    found = _looked_at(photo)
    if isinstance(found, SeveralSubjects):
        several, number = found, chosen_subject(photo, found)
        if number is None:
            raise to_keep(several)
        return review_case().once(
            key(f"located {number}", photo.sha256), lambda: _one_of(photo, several, number)
        )
    if isinstance(found, SubjectError):
        raise to_keep(found)
    chosen = review_case().chosen_subjects.get(photo.sha256)
    return next((one for one in found if one.number == chosen), found[0])


def beside_each_other(photo: KeptPicture) -> "tuple[LocatedSubject, ...]":
    """Several of the patient's that a picture shows, such as two knees, from the left.

    Empty where it shows one, or nothing.
    """
    found = _looked_at(photo)
    if isinstance(found, SubjectError) or len(found) < 2:
        return ()
    return tuple(sorted(found, key=lambda one: one.number))


def seen(photo: KeptPicture) -> "LocatedSubject | None":
    """What was found in a picture, also what was rejected; None where nothing was."""
    try:
        return located(photo)
    except SubjectError:
        return None


def several_subjects(photo: KeptPicture) -> SeveralSubjects | None:
    """That the photo shows several faces, and which; None where it does not.

    Raises ``SubjectError`` where nothing was found.
    """
    found = _looked_at(photo)
    if isinstance(found, SubjectError) and not isinstance(found, SeveralSubjects):
        raise to_keep(found)
    return found if isinstance(found, SeveralSubjects) else None


def _looked_at(photo: KeptPicture) -> "tuple[LocatedSubject, ...] | SubjectError":
    """What was found, or why nothing was: looked for once."""

    def look() -> "tuple[LocatedSubject, ...] | SubjectError":
        try:
            return assessor_at_hand().locate_all(photo.opened())
        except SubjectError as error:
            return to_keep(error)

    return review_case().once(key("located", photo.sha256), look)


def chosen_subject(photo: KeptPicture, several: SeveralSubjects) -> int | None:
    """The number of the one that is the patient's: as was said, else the one by far largest."""
    return review_case().chosen_subjects.get(photo.sha256, _largest(several))


def taken_by_itself(photo: KeptPicture) -> int | None:
    """The number of the face or knee that is looked at before anybody has chosen."""
    found = _looked_at(photo)
    if isinstance(found, SeveralSubjects):
        return _largest(found)
    return None if isinstance(found, SubjectError) else found[0].number


def _largest(several: SeveralSubjects) -> int | None:
    """The number of the one that is by far the largest."""
    choosing = at_hand().modality.choosing
    largest = None if choosing is None else choosing.largest(several.subjects)
    return None if largest is None else largest + 1


def _one_of(photo: KeptPicture, several: SeveralSubjects, number: int) -> "LocatedSubject":
    from face2bone.assessment import LocatedSubject

    choosing, subject = at_hand().modality.choosing, several.subjects[number - 1]
    if choosing is not None:
        subject = choosing.at(photo.opened(), subject)
    return LocatedSubject(photo.sha256, subject, number=number)


def photo_seen(photo: KeptPicture, patient: Patient) -> "PhotoSeen":
    """What came of one of the patient's photos."""
    from face2bone.assess import rejection
    from face2bone.several_photos import PhotoSeen

    try:
        found = located(photo)
    except SubjectError as error:
        return PhotoSeen(photo.sha256, 0, None, str(error), 0)
    if found.rejected:
        why = str(rejection(found, at_hand().modality))
        return PhotoSeen(photo.sha256, found.number, None, why, 0)
    predicted = prediction(assessor_at_hand().for_patient(found, patient))
    why = message(OUTSIDE, picture=noun()) if predicted.out_of_domain.is_outside else ""
    warnings = sum(check.status == "warn" for check in found.quality.checks)
    return PhotoSeen(photo.sha256, found.number, predicted, why, warnings)


def prediction(found: "LocatedSubject") -> "Prediction":
    """The prediction for a photo, and for its patient where the model reads age or sex too."""
    return review_case().once(
        key_of("prediction", found), lambda: assessor_at_hand().predict(found)
    )


def so_far(found: "LocatedSubject") -> "Sequence[RegionEstimate | Explanation]":
    """The last that the explanation of a photo has told of itself, if it has; see ``explain``."""
    told: Sequence[RegionEstimate | Explanation]
    told = review_case().results.get(key_of(SO_FAR, found), ())
    return told


def explanation(found: "LocatedSubject") -> "Job[Explanation]":
    """The explanation of a photo, from now on computed in the background."""

    def begun() -> "Job[Explanation]":
        # Anew with every start: what a stopped one told is not this one's.
        told: deque[RegionEstimate | Explanation] = deque(maxlen=1)
        review_case().results[key_of(SO_FAR, found)] = told
        return Job(partial(assessor_at_hand().explain, found, so_far=told.append), EXPLAINING)

    return review_case().once(key_of(EXPLANATION, found), begun)


def of_explanation(
    explanation: "Explanation", step: str, found: "LocatedSubject", compute: Callable[[], T]
) -> T:
    """What was computed from this very explanation of a photo: once, not at every rerun.

    A check of an explanation takes 0.07 s, and a page asks for two or three.
    """
    results, at = review_case().results, key_of(step, found)
    held = results.get(at)
    if held is None or held[0] is not explanation.regions[0]:
        held = results[at] = explanation.regions[0], compute()
    kept: T = held[1]
    return kept


def asked(at: Key) -> Job[Any] | None:
    """The job of a step that was asked for, or None."""
    found = review_case().results.get(at)
    return found if isinstance(found, Job) else None
