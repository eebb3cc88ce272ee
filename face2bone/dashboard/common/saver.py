"""In whose name things are saved: of the sign-in, else as it was typed once for all pages."""

import streamlit as st

from face2bone.dashboard.common import session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.sign_in import user


def saver() -> str:
    """Name or initials of who uses the page; raises ``SignedOut`` where that is nobody."""
    typed: str | None = st.session_state.get(session.SAVER)
    return user().signed((typed or "").strip())


def saver_field(label: str, max_chars: int | None = None, help_text: str | None = None) -> None:
    """Where the name is typed; of somebody who has signed in it is only shown."""
    found = user()
    if not found.is_local:
        st.markdown(say("In the name of {name}", name=literal(found.name)), help=help_text)
        return
    st.text_input(
        label, key=session.SAVER, max_chars=max_chars, help=help_text, persist_state="session"
    )


def saver_of_a_change(key: str) -> str:
    """The same for one change only, which begins with that name."""
    found = user()
    if not found.is_local:
        st.caption(say("In the name of {name}", name=literal(found.name)))
        return found.name
    return st.text_input(say("Your name or initials"), value=saver(), key=key).strip()
