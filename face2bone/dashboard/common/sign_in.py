"""Who uses the pages: the one person of a local machine, or somebody who has signed in.

Sign-in is Streamlit's own (OpenID Connect), set up in the ``[auth]`` section of its secrets; where
there is none, nothing here is seen. Everything else asks ``permitted`` before it writes or reveals.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import Any, Final

import streamlit as st
from streamlit.errors import StreamlitAuthError

from face2bone.dashboard.common import elements, made_files, session, uploads
from face2bone.dashboard.common.idle import LAST_USE
from face2bone.dashboard.common.language import LANGUAGE, say
from face2bone.dashboard.common.literal import literal
from face2bone.errors import AccessError, Face2BoneError, SignedOut
from face2bone.identity import rules_of, user_of
from face2bone.roles import LOCAL, Permission, User, require
from face2bone.settings import get_settings
from face2bone.words import template

OWNER: Final = "session_of"
"""Under what a session keeps whose it is."""
WATCH_SECONDS: Final = 30.0
SIGNED_IN: Final = "is_logged_in"  # Streamlit says it, true or false, where sign-in is set up
NO_ROLE: Final = template(
    "You are signed in as {name} and have no role here. Ask whoever gives out the roles of this "
    "dashboard."
)
SIGN_IN_WITH: Final = template("Sign in with {provider}")


def user() -> User:
    """Who this session's browser says is there; raises ``SignedOut`` where nobody is signed in."""
    claims: Mapping[str, Any] = st.user.to_dict()
    if SIGNED_IN not in claims:
        if get_settings().sign_in_required:
            raise SignedOut(
                "This dashboard is shut: it asks for a sign-in, and none is set up. Set up [auth] "
                "in Streamlit's secrets, or unset FACE2BONE_SIGN_IN_REQUIRED."
            )
        return LOCAL
    if claims[SIGNED_IN] is not True:
        raise _nobody()
    return user_of(claims, rules_of(get_settings()))


def permitted(permission: Permission) -> User:
    """The user, who may do this, and whose sign-in is used by it.

    Raises ``NotPermitted``, or ``SignedOut`` where the time is over or the session is another's.
    """
    found = user()
    if _owner() != found.id:
        raise _nobody()
    if not LAST_USE.use(found, limit()):
        raise _over()
    require(found, permission)
    return found


def later(found: User, permission: Permission) -> None:
    """The same for a file that is made when its button is pressed, by no page; raises likewise."""
    if not LAST_USE.use(found, limit()):
        raise _over()
    require(found, permission)


def pressed(permission: Permission, act: Callable[..., object]) -> Callable[..., None]:
    """A button's callback, which runs before its page asks anything: it does nothing for others.

    The page that is then drawn says why.
    """
    found = user()

    def acted(*args: object) -> None:
        try:
            later(found, permission)
        except AccessError:
            return
        act(*args)

    return acted


def page_for(permission: Permission) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes of a page's function one that draws a sentence for who may not see it."""

    def guarded(draw: Callable[[], None]) -> Callable[[], None]:
        @wraps(draw)
        def drawn() -> None:
            try:
                permitted(permission)
            except Face2BoneError as error:
                elements.refusal(error)
            else:
                draw()

        return drawn

    return guarded


def gate() -> User | None:
    """Who may go on to the pages; for anybody else what to do is drawn, and nothing more."""
    try:
        found = user()
    except SignedOut as error:
        if _owner() or session.REVIEW_CASE in st.session_state:
            _leave(LOCAL.id)
        _sign_in(error)
        return None
    except Face2BoneError as error:  # settings that are not valid let nobody in
        elements.refusal(error)
        return None
    if found.id != _owner():
        _leave(found.id)
    if not LAST_USE.use(found, limit()):
        _sign_out(found)
        st.info(say(str(_over())), icon=":material/timer_off:")
        return None
    if not found.is_local:
        _who(found)
    if found.roles:
        return found
    st.error(say(NO_ROLE, name=literal(found.name)), icon=":material/lock:")
    return None


def limit() -> timedelta:
    """How long a sign-in holds without being used."""
    return timedelta(minutes=get_settings().idle_minutes)


def _owner() -> str:
    found: str = st.session_state.get(OWNER, LOCAL.id)
    return found


def _leave(owner: str) -> None:
    """Nothing of whoever used this session before is left in it, but the language."""
    uploads.let_go()
    made_files.let_go()
    session.review_case().new_patient()
    session.forget_left()
    for key in [str(key) for key in st.session_state]:
        if key != LANGUAGE:
            del st.session_state[key]
    st.session_state[OWNER] = owner


def _sign_in(why: SignedOut) -> None:
    uploads.may_send(0)  # signing in begins another session
    st.title("Face2Bone")
    st.info(say(str(why)), icon=":material/lock:")
    try:
        for provider in _providers():
            label = (
                say("Sign in with {provider}", provider=provider) if provider else say("Sign in")
            )
            if st.button(label, key=f"sign_in_{provider}", type="primary"):
                st.login(provider or None)
    except StreamlitAuthError:
        st.error(
            say(
                "Sign-in is set up but does not work. Install what requirements-signin.txt names, "
                "and complete [auth] in Streamlit's secrets."
            ),
            icon=":material/error:",
        )


def _providers() -> list[str]:
    """Names of the identity providers that are set up; "" for one without a name."""
    with suppress(FileNotFoundError):
        auth = st.secrets.get("auth", {})
        named = [n for n, one in auth.items() if isinstance(one, Mapping) and "client_id" in one]
        return named if named and "client_id" not in auth else ["", *named]
    return [""]


def _who(found: User) -> None:
    """The user's name and the way out, and an eye on the time while nobody does anything."""
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption(say("Signed in as {name}", name=literal(found.name)), width="content")
        if st.button(say("Sign out"), key="sign_out", type="tertiary"):
            _sign_out(found)
            st.rerun()
    _watch(found)


def _sign_out(found: User) -> None:
    LAST_USE.end(found)
    _leave(LOCAL.id)
    st.logout()


@st.fragment(run_every=WATCH_SECONDS)
def _watch(found: User) -> None:
    """A page that is left open is emptied when the time is over, though nobody touches it."""
    if not LAST_USE.holds(found, limit()):
        st.rerun()


def _nobody() -> SignedOut:
    return SignedOut("Nobody is signed in. Sign in to go on.")


def _over() -> SignedOut:
    return SignedOut(
        "You were signed out: nothing was done for {minutes} minutes, or the server was started "
        "again. Sign in again.",
        minutes=get_settings().idle_minutes,
    )
