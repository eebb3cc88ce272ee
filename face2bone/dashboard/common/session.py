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
from typing import TYPE_CHECKING, Any, Final, TypeVar

import streamlit as st

from face2bone.dashboard.common.job import Job
from face2bone.dashboard.common.visitors import nothing_brought
from face2bone.dashboard.review.review_case import Key, ReviewCase
from face2bone.modalities.photo import Photo
from face2bone.settings import get_settings

if TYPE_CHECKING:  # seconds to import: the load does it, while the page is drawn
    from face2bone.assess import Assessor, Explanation, LocatedFace
    from face2bone.bundle import Bundle
    from face2bone.explain.estimate import RegionEstimate
    from face2bone.modalities.modality import AnyModality
    from face2bone.runtime import Prediction

T = TypeVar("T")

REVIEW_CASE: Final = "review_case"
EXPLANATION: Final = "explanation"
SO_FAR: Final = "so_far"
EXPLAINING: Final = {"regions": "Regions of the face", "concepts": "Concepts"}
SAVER: Final = "saver_name"
"""Under what the name or initials of who uses the pages are kept, typed once for all of them."""


@st.cache_resource(show_spinner=False)
def bundle() -> "Bundle":
    """The bundle everyone shares, without an engine, which takes longer to make.

    Raises ``BundleError`` when it cannot be loaded.
    """
    from face2bone.bundle import load_bundle

    return load_bundle(get_settings().bundle)


@st.cache_resource(show_spinner=False)
def assessor() -> "Assessor":
    """The assessor everyone shares: weights and an engine, nothing of a patient.

    Raises ``BundleError`` when the bundle cannot be loaded.
    """
    from face2bone.assess import Assessor

    loaded = Assessor(bundle())
    settle()
    return loaded


def modality() -> "AnyModality":
    """The kind of picture that the model's study reads."""
    from face2bone.studies import study_named

    return study_named(bundle().card.study).ready().modality


def classes() -> tuple[str, ...]:
    """Names of the model's classes, in the order of its probabilities."""
    return assessor().facts.classes


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
    """Let go of what was typed about patients who are no longer at hand."""
    for key in review_case().left():
        st.session_state.pop(key, None)


def key(step: str, photo_sha256: str = "") -> Key:
    """Under what a step of a photo is remembered, with the bundle at hand."""
    return step, photo_sha256, assessor().facts.sha256


def located(photo: Photo) -> "LocatedFace":
    """The face in a photo; raises ``FaceError``."""
    return review_case().once(key("located", photo.sha256), lambda: assessor().locate(photo))


def prediction(found: "LocatedFace") -> "Prediction":
    """The prediction for a photo."""
    return review_case().once(
        key("prediction", found.photo_sha256), lambda: assessor().predict(found)
    )


def so_far(found: "LocatedFace") -> "Sequence[RegionEstimate | Explanation]":
    """The last that the explanation of a photo has told of itself, if it has; see ``explain``."""
    told: Sequence[RegionEstimate | Explanation]
    told = review_case().results.get(key(SO_FAR, found.photo_sha256), ())
    return told


def explanation(found: "LocatedFace") -> "Job[Explanation]":
    """The explanation of a photo, from now on computed in the background."""

    def begun() -> "Job[Explanation]":
        # Anew with every start: what a stopped one told is not this one's.
        told: deque[RegionEstimate | Explanation] = deque(maxlen=1)
        review_case().results[key(SO_FAR, found.photo_sha256)] = told
        return Job(partial(assessor().explain, found, so_far=told.append), EXPLAINING)

    return review_case().once(key(EXPLANATION, found.photo_sha256), begun)


def of_explanation(
    explanation: "Explanation", step: str, found: "LocatedFace", compute: Callable[[], T]
) -> T:
    """What was computed from this very explanation of a photo: once, not at every rerun.

    A check of an explanation takes 0.07 s, and a page asks for two or three.
    """
    results, at = review_case().results, key(step, found.photo_sha256)
    held = results.get(at)
    if held is None or held[0] is not explanation.regions[0]:
        held = results[at] = explanation.regions[0], compute()
    kept: T = held[1]
    return kept


def asked(at: Key) -> Job[Any] | None:
    """The job of a step that was asked for, or None."""
    found = review_case().results.get(at)
    return found if isinstance(found, Job) else None
