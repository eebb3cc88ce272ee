"""A file to take away, made when its button is pressed and only for a user who may have it then."""

from collections.abc import Callable

import streamlit as st

from face2bone.dashboard.common import made_files
from face2bone.dashboard.common.sign_in import later, permitted
from face2bone.roles import Permission


def for_who_may(
    permission: Permission, label: str, make: Callable[[], bytes], name: str, mime: str, key: str
) -> None:
    """Offer the file; raises ``AccessError`` where the user may not have it.

    It is made by no page, so the user is taken along and asked for again: by then the sign-in may
    be over, and once more when it is made, which takes its time.
    """
    user, visitor = permitted(permission), made_files.visitor()

    def made() -> bytes:
        later(user, permission)
        data = make()
        later(user, permission)
        return made_files.note(visitor, data)

    st.download_button(label, made, file_name=name, mime=mime, key=key, on_click="ignore")
