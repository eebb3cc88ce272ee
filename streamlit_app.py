"""The dashboard: `streamlit run streamlit_app.py`."""

from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.starlette import App

from face2bone.dashboard.common import sign_in, start, uploads
from face2bone.dashboard.common.language import language_switch, say
from face2bone.dashboard.common.look import look
from face2bone.dashboard.common.serving import MIDDLEWARE, one_sentence
from face2bone.errors import SettingsError
from face2bone.roles import Permission, User
from face2bone.settings import get_settings
from face2bone.words import template

PAGES: Final = {
    "review": (template("Review"), Permission.ASSESS),
    "cohort": (template("Cohort"), Permission.SCORE),
    "explore": (template("Explore"), Permission.EXPLORE),
    "follow_up": (template("Follow-up"), Permission.FIGURES),
    "model": (template("Model"), Permission.READ),
    "sources": (template("Sources"), Permission.READ),
    "about": (template("About"), Permission.READ),
}
"""Title, and what whoever sees it must be allowed."""
_FILES: Final = Path(__file__).parent / "pages"


def dashboard() -> None:
    """Every page, and the way between them."""
    # No icons for the browser tab: Streamlit would fetch them from a font server.
    st.set_page_config(page_title="Face2Bone", layout="wide")
    look()
    language_switch()
    user = sign_in.gate()
    pages = _pages(user)
    page = st.navigation(list(pages.values()), position="top" if user else "hidden")
    uploads.this_page_takes(cohorts=page is pages.get("cohort") and user is not None)
    if user and page is not pages.get("review"):  # which waits below its photo step
        start.wait()
    page.run()


def _pages(user: User | None) -> dict[str, StreamlitPage]:
    """What the user may see, by name; nobody gets empty ones, so that every link leads here."""
    permitted = {name: PAGES[name] for name in PAGES if not user or user.may(PAGES[name][1])}
    opens = "about" if _opens_on_the_tour() else next(iter(permitted))
    return {
        name: st.Page(
            _FILES / f"{name}.py" if user else _nothing,
            title=say(title),
            url_path=name,
            default=name == opens,
        )
        for name, (title, _) in permitted.items()
    }


def _nothing() -> None:
    """What is to be said was said above."""


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
