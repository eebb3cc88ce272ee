"""What the dashboard remembers, and for whom.

The model is shared by everyone and holds nothing about a patient, so it is cached for
the process. Everything that came from a photo lives in the visitor's own ``Sitting`` only,
under the photo's SHA-256 and the bundle's hash, so that a rerun of the page recomputes
nothing and no one else can be shown it.
"""

import gc
from functools import partial
from typing import Any, Final

import streamlit as st

from face2bone.assess import Assessor, Explanation, LocatedFace
from face2bone.bundle import Bundle, load_bundle
from face2bone.dashboard.job import Job
from face2bone.dashboard.sitting import Key, Sitting
from face2bone.dashboard.visitors import nobody_yet
from face2bone.photo import Photo
from face2bone.runtime import Prediction
from face2bone.settings import get_settings

SITTING: Final = "sitting"
EXPLANATION: Final = "explanation"


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


def settle() -> None:
    """Leave the libraries and the model out of garbage collections, before anybody has come.

    Streamlit collects after every run of a script. With these 450,000 objects that takes
    0.35 s, in which no other thread runs, and a page that watches a job runs once a second.
    What is left out is never freed, so from the first visitor on, whose photo may be among the
    objects, nothing is.
    """
    gc.collect()
    if nobody_yet():
        gc.freeze()


def sitting() -> Sitting:
    """The visitor's patient at hand; a script that was ended stops here."""
    if SITTING not in st.session_state:
        st.session_state[SITTING] = Sitting()
    found: Sitting = st.session_state[SITTING]
    return found


def key(step: str, photo_sha256: str = "") -> Key:
    """Under what a step of a photo is remembered, with the bundle at hand."""
    return step, photo_sha256, assessor().facts.sha256


def located(photo: Photo) -> LocatedFace:
    """The face in a photo; raises ``FaceError``."""
    return sitting().once(key("located", photo.sha256), lambda: assessor().locate(photo))


def prediction(found: LocatedFace) -> Prediction:
    """The prediction for a photo."""
    return sitting().once(key("prediction", found.photo_sha256), lambda: assessor().predict(found))


def explanation(found: LocatedFace) -> Job[Explanation]:
    """The explanation of a photo, from now on computed in the background."""
    work = partial(assessor().explain, found)
    return sitting().once(key(EXPLANATION, found.photo_sha256), lambda: Job(work))


def asked(at: Key) -> Job[Any] | None:
    """The job of a step that was asked for, or None."""
    found = sitting().results.get(at)
    return found if isinstance(found, Job) else None
