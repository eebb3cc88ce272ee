"""The dashboard: `streamlit run streamlit_app.py`."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette import App

from face2bone.dashboard.common import start
from face2bone.dashboard.common.serving import MIDDLEWARE, one_sentence


def dashboard() -> None:
    """Every page, and the way between them."""
    # No icons for the browser tab: Streamlit would fetch them from a font server.
    st.set_page_config(page_title="Face2Bone", layout="wide")
    page = st.navigation(
        [
            st.Page("pages/review.py", title="Review", default=True),
            st.Page("pages/explore.py", title="Explore"),
            st.Page("pages/follow_up.py", title="Follow-up"),
            st.Page("pages/model.py", title="Model"),
            st.Page("pages/sources.py", title="Sources"),
            st.Page("pages/about.py", title="About"),
        ],
        position="top",  # the width belongs to the pages
    )
    if page.url_path:  # Review, the default page, has none; it waits below its photo step
        start.wait()
    page.run()


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
