"""Simple for clinicians, full for researchers: what of Review is shown.

The simple view leaves out how an explanation is set up and checked, and the figures of concepts and
of the photo's checks. It hides no result, no suggestion, no reason and no warning. The address says
which view it is, so that a bookmark opens the same one again.
"""

from typing import Final

import streamlit as st

from face2bone.dashboard.common.language import say

FULL: Final = "full"


def mode_switch() -> None:
    """The switch; drawn before anything that asks ``is_full``."""
    st.toggle(say("Full view, for research"), key=FULL, bind="query-params")


def is_full() -> bool:
    """Whether everything is shown."""
    return bool(st.session_state.get(FULL))
