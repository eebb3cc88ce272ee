"""The dashboard: `streamlit run streamlit_app.py`."""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.web.server.starlette import App

from face2bone.dashboard.serving import SecurityHeaders, one_sentence


def dashboard() -> None:
    """Every page, and the way between them."""
    st.set_page_config(page_title="Face2Bone", page_icon=":material/face:", layout="wide")
    st.navigation(
        [
            st.Page(
                "pages/review.py", title="Review", icon=":material/person_search:", default=True
            ),
            st.Page("pages/about.py", title="About", icon=":material/info:"),
        ]
    ).run()


if st.runtime.exists():
    dashboard()

# `streamlit run` finds this name and serves the script through it.
app = App(__file__, middleware=[Middleware(SecurityHeaders)], on_script_error=one_sentence)
