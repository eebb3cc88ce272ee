"""The Explore page: a cohort's explanations, browsed five ways, or a finished study of the site."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from face2bone.bundle import Bundle, bundle_hash
from face2bone.cohort_explanations.folder import explained_folders, read_explained, shipped
from face2bone.cohort_explanations.table import Explored, explored
from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.sign_in import page_for, user
from face2bone.dashboard.explore.browse import browse
from face2bone.dashboard.explore.change import change
from face2bone.dashboard.explore.concepts import concepts
from face2bone.dashboard.explore.finished import chosen_study, finished
from face2bone.dashboard.explore.groups import groups
from face2bone.dashboard.explore.pair import pair
from face2bone.errors import Face2BoneError
from face2bone.roles import Permission
from face2bone.settings import get_settings
from face2bone.words import template

VIEWS: Final[dict[str, Callable[[Explored], None]]] = {
    template("Patients"): browse,
    template("Groups"): groups,
    template("Two patients"): pair,
    template("Change a face"): change,
    template("Concepts"): concepts,
}
OWN, BROUGHT = template("Yours, from the Cohort page"), template("The drawn one")
HOW_TO: Final = template(
    "This model comes with no explained cohort. Score one on the Cohort page and explain it there. "
    "`face2bone explain` does the same for a folder; FACE2BONE_EXPLAINED says where this page "
    "looks for it."
)
NONE_NAMED: Final = template(
    "This site names no explained cohorts (FACE2BONE_EXPLAINED), so none is read from its disk."
)
_OPENED: Final = "explore_opened"


@page_for(Permission.EXPLORE)
def explore() -> None:
    """Draw the page; what cannot be opened is one sentence."""
    st.title(say("Explore a cohort"))
    try:
        study = chosen_study()
        if study is not None:
            finished(study)
            return
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
        say(
            "{description}. {photos} photos explained with {name} {version} on {created_on}; "
            "{rejected} excluded.",
            description=literal(say(about.description)),
            photos=about.photos,
            name=literal(about.bundle.name),
            version=about.bundle.version,
            created_on=str(about.created_on),
            rejected=about.rejected,
        )
    )
    if about.drawn:
        st.info(
            say(
                "These faces are drawn: nobody here exists, and the link between face and bone was "
                "made up. Nothing on this page applies to real people."
            ),
            icon=":material/draw:",
        )
    else:
        st.warning(
            say("Patients under pseudonyms. A picture is shown only where consent is recorded."),
            icon=":material/shield_person:",
        )
    view = st.segmented_control(
        say("View"),
        list(VIEWS),
        default=next(iter(VIEWS)),
        format_func=speaker(),
        key="explore_view",
    )
    VIEWS[view or next(iter(VIEWS))](cohort)


def _cohort(bundle: Bundle) -> Explored | None:
    """The site's cohort that was chosen, else the visitor's own, else the one the bundle brings."""
    folder = _of_the_site()
    if folder is not None:
        return _opened(folder, bundle)
    own = _own(bundle)
    if own is not None:
        return own
    folder = shipped(bundle)
    if folder is None:
        st.info(say(HOW_TO))
        return None
    with st.spinner(say("Reading the cohort …")):
        return _shipped(folder, bundle_hash(bundle))


def _of_the_site() -> Path | None:
    """One of the cohorts that the site has explained, by its name: no path is asked for."""
    root = get_settings().explained
    if root is None:
        if not user().is_local:
            st.caption(say(NONE_NAMED))
        return None
    label = say("Cohort explained at this site")
    return elements.site_folder(root, explained_folders, label, "explore_site")


def _own(bundle: Bundle) -> Explored | None:
    """The visitor's cohort of the Cohort page, where it is explained and chosen."""
    work = jobs.work_of(jobs.visitor())
    if work is None or work.facts.sha256 != bundle_hash(bundle):
        return None
    if work.explained is None:
        st.info(_how_far(work), icon=":material/info:")
        st.page_link("pages/cohort.py", label=say("Go to the Cohort page"), icon=":material/table:")
        return None
    chosen = st.segmented_control(
        say("Cohort"),
        [OWN, BROUGHT],
        default=OWN,
        format_func=speaker(),
        key="explore_which",
        required=True,
    )
    return work.explained if chosen == OWN else None


def _how_far(work: jobs.Work) -> str:
    """Why the visitor's own cohort is not shown yet, and what to do."""
    if work.running:
        return say("Your cohort is still being scored. Once that is done, it can be explained.")
    if not work.done:
        return say(
            "Your cohort is paused: {done} of {total} photos are scored. Resume it on the Cohort "
            "page.",
            done=work.count_done,
            total=len(work.listed),
        )
    if work.busy:
        return say("Your cohort is being explained. It can be opened here once that is done.")
    return say(
        "Your cohort is scored but not explained, and this page shows explanations. It can be "
        "explained on the Cohort page if its pictures were kept."
    )


@st.cache_resource(show_spinner=False, max_entries=1)
def _shipped(folder: Path, _bundle_sha256: str) -> Explored:
    """What travels with the bundle is the same for everyone: drawn faces, nobody's."""
    return explored(read_explained(folder, session.bundle(), session.modality().parts))


def _opened(folder: Path, bundle: Bundle) -> Explored:
    """Patients' figures stay in the session of who looks at them."""
    key = (folder, bundle_hash(bundle))
    kept = st.session_state.get(_OPENED)
    if kept is None or kept[0] != key:
        with st.spinner(say("Reading the cohort …")):
            kept = (key, explored(read_explained(folder, bundle, session.modality().parts)))
        st.session_state[_OPENED] = kept
    found: Explored = kept[1]
    return found
