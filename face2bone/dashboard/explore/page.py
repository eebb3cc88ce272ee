"""The Explore page: a cohort's explanations, browsed five ways, one at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from face2bone.bundle import Bundle, bundle_hash
from face2bone.cohort_explanations.folder import read_explained, shipped
from face2bone.cohort_explanations.table import Explored, explored
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.explore.browse import browse
from face2bone.dashboard.explore.change import change
from face2bone.dashboard.explore.concepts import concepts
from face2bone.dashboard.explore.groups import groups
from face2bone.dashboard.explore.pair import pair
from face2bone.errors import Face2BoneError

VIEWS: Final[dict[str, Callable[[Explored], None]]] = {
    "Patients": browse,
    "Groups": groups,
    "Two patients": pair,
    "Change a face": change,
    "Concepts": concepts,
}
HOW_TO: Final = (
    "This model brings no explained cohort. Explain one of yours with `face2bone explain BUNDLE "
    "MANIFEST --out FOLDER` and open the folder here."
)
_OPENED: Final = "explore_opened"


def explore() -> None:
    """Draw the page; what cannot be opened is one sentence."""
    st.title("Explore a cohort")
    try:
        bundle = session.bundle()
        elements.banner(bundle.card.status)
        cohort = _cohort(bundle)
        if cohort is not None:
            _explored(cohort)
    except Face2BoneError as error:
        elements.refusal(error)


def _explored(cohort: Explored) -> None:
    about = cohort.about
    st.caption(
        f"{about.description}. {about.photos} photos explained with {about.bundle.name} "
        f"{about.bundle.version}, {about.created_on}; {about.rejected} left out."
    )
    if about.drawn:
        st.info(
            "Drawn faces: nobody here exists, and the link between face and bone was planted. "
            "Nothing on this page says anything about people.",
            icon=":material/draw:",
        )
    else:
        st.warning(
            "Patients under pseudonyms. A picture is shown only where consent is recorded.",
            icon=":material/shield_person:",
        )
    view = st.segmented_control("View", list(VIEWS), default=next(iter(VIEWS)), key="explore_view")
    VIEWS[view or next(iter(VIEWS))](cohort)


def _cohort(bundle: Bundle) -> Explored | None:
    """The cohort at the typed path, else the one the bundle brings."""
    with st.expander("Open another cohort", key="explore_open"):
        path = st.text_input(
            "Folder written by face2bone explain, on the computer that serves this page",
            key="explore_path",
        )
    if path.strip():
        return _opened(path.strip(), bundle)
    folder = shipped(bundle)
    if folder is None:
        st.info(HOW_TO)
        return None
    return _shipped(folder, bundle_hash(bundle))


@st.cache_resource(show_spinner="Reading the cohort …", max_entries=1)
def _shipped(folder: Path, _bundle_sha256: str) -> Explored:
    """What travels with the bundle is the same for everyone: drawn faces, nobody's."""
    return explored(read_explained(folder, session.bundle(), session.modality().parts))


def _opened(path: str, bundle: Bundle) -> Explored:
    """A researcher's cohort stays in their session."""
    key = (path, bundle_hash(bundle))
    kept = st.session_state.get(_OPENED)
    if kept is None or kept[0] != key:
        with st.spinner("Reading the cohort …"):
            kept = (key, explored(read_explained(Path(path), bundle, session.modality().parts)))
        st.session_state[_OPENED] = kept
    found: Explored = kept[1]
    return found
