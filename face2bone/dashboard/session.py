"""What the dashboard remembers, and for whom.

The model is shared by everyone and holds nothing about a patient, so it is cached for
the process. Everything that came from a photo lives in the visitor's own session only,
under the photo's SHA-256 and the bundle's hash, so that a rerun of the page recomputes
nothing and no one else can be shown it.
"""

import gc
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import streamlit as st

from face2bone.assess import Assessor, Explanation, LocatedFace, Progress
from face2bone.bundle import Bundle, load_bundle
from face2bone.dashboard.job import Job
from face2bone.patient import Patient
from face2bone.photo import Photo
from face2bone.runtime import Prediction
from face2bone.settings import get_settings

T = TypeVar("T")

PHOTO: Final = "photo"
PATIENT: Final = "patient"
EXPLANATION: Final = "explanation"
_RESULTS: Final = "results"


@st.cache_resource(show_spinner="Loading the model …")
def bundle() -> Bundle:
    """The bundle everyone shares, without an engine, which takes longer to make.

    Raises ``BundleError`` when it cannot be loaded.
    """
    return load_bundle(get_settings().bundle)


@st.cache_resource(show_spinner="Loading the model …")
def assessor() -> Assessor:
    """The assessor everyone shares: weights and an engine, nothing of a patient.

    Raises ``BundleError`` when the bundle cannot be loaded.
    """
    loaded = Assessor(bundle())
    settle()
    return loaded


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Leave the libraries and the model out of garbage collections, once a process.

    Streamlit collects after every run of a script. With these 450,000 objects that takes
    0.35 s, in which no other thread runs, and a page that watches a job runs once a second.
    """
    gc.collect()
    gc.freeze()


def set_photo(photo: Photo | None) -> None:
    """Make this the session's photo; what was computed for another is forgotten."""
    current = get_photo()
    if photo is None or current is None or current.sha256 != photo.sha256:
        for step in list(_results()):
            _drop(step)
    st.session_state[PHOTO] = photo


def get_photo() -> Photo | None:
    """The session's photo, if there is one."""
    photo = st.session_state.get(PHOTO)
    return photo if isinstance(photo, Photo) else None


def set_patient(patient: Patient | None) -> None:
    """Remember the patient's typed details."""
    st.session_state[PATIENT] = patient


def get_patient() -> Patient | None:
    """The patient as typed so far, or None while something is missing."""
    patient = st.session_state.get(PATIENT)
    return patient if isinstance(patient, Patient) else None


def located(photo: Photo) -> LocatedFace:
    """The face in the session's photo; raises ``FaceError``."""
    return _once("located", lambda: assessor().locate(photo))


def prediction(found: LocatedFace) -> Prediction:
    """The prediction for the session's photo."""
    return _once("prediction", lambda: assessor().predict(found))


def explanation(found: LocatedFace) -> Job[Explanation]:
    """The explanation of the session's photo, from now on computed in the background."""
    return job(EXPLANATION, partial(assessor().explain, found))


def job(step: str, work: Callable[[Progress], T]) -> Job[T]:
    """A long computation on the session's photo, started once; another photo stops it."""
    return _once(step, lambda: Job(work))


def ask(step: str, work: Callable[[Progress], object]) -> None:
    """Start a long computation on the session's photo that a person asked for."""
    job(step, work)


def asked(step: str) -> Job[Any] | None:
    """The job of a step that was asked for, or None."""
    found = _results().get(_key(step))
    return found if isinstance(found, Job) else None


def forget(step: str) -> None:
    """Let a step of the session's photo be computed anew; a job still running stops."""
    _drop(_key(step))


def _once(step: str, compute: Callable[[], T]) -> T:
    """Compute a step once per photo and bundle, in this session."""
    results, key = _results(), _key(step)
    if key not in results:
        results[key] = compute()
    found: T = results[key]
    return found


def _results() -> dict[tuple[str, str, str], Any]:
    results: dict[tuple[str, str, str], Any] = st.session_state.setdefault(_RESULTS, {})
    return results


def _drop(key: tuple[str, str, str]) -> None:
    found = _results().pop(key, None)
    if isinstance(found, Job):
        found.stop()


def _key(step: str) -> tuple[str, str, str]:
    photo = get_photo()
    return step, photo.sha256 if photo else "", assessor().facts.sha256
