"""The dashboard: `streamlit run streamlit_app.py`."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette import App

from face2bone.dashboard.common import start, uploads
from face2bone.dashboard.common.language import language_switch, say
from face2bone.dashboard.common.look import look
from face2bone.dashboard.common.serving import MIDDLEWARE, one_sentence
from face2bone.errors import SettingsError
from face2bone.settings import get_settings


def dashboard() -> None:
    """Every page, and the way between them."""
    # No icons for the browser tab: Streamlit would fetch them from a font server.
    st.set_page_config(page_title="Face2Bone", layout="wide")
    look()
    language_switch()
    tour = _opens_on_the_tour()
    review = st.Page("pages/review.py", title=say("Review"), default=not tour)
    page = st.navigation(
        [
            review,
            st.Page("pages/cohort.py", title=say("Cohort")),
            st.Page("pages/explore.py", title=say("Explore")),
            st.Page("pages/follow_up.py", title=say("Follow-up")),
            st.Page("pages/model.py", title=say("Model")),
            st.Page("pages/sources.py", title=say("Sources")),
            st.Page("pages/about.py", title=say("About"), default=tour),
        ],
        position="top",  # the width belongs to the pages
    )
    uploads.this_page_takes(cohorts=page.url_path == "cohort")
    if page is not review:  # which waits below its photo step
        start.wait()
    page.run()


def _opens_on_the_tour() -> bool:
    """Settings that are not valid are told by the pages."""
    try:
        return get_settings().tour
    except SettingsError:
        return False


if st.runtime.exists():
    dashboard()

# st.navigation sets this too, but only once a visitor's script has run: before, a link straight
# to a page of a fresh server would run that page's file alone, without this script around it.
PagesManager.uses_pages_directory = False

# `streamlit run` finds this name and serves the script through it.
app = App(
    __file__,
    lifespan=start.lifespan,
    middleware=MIDDLEWARE,
    on_script_error=one_sentence,
)
