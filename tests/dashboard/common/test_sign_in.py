"""Nothing is seen before signing in or without a role, and nothing of the user before."""

from datetime import timedelta

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import streamlit_app
from face2bone import clock
from face2bone.dashboard.common import session, sign_in
from face2bone.errors import NotPermitted, SignedOut
from face2bone.roles import Permission
from face2bone.settings import get_settings
from tests.dashboard.people import NOBODY, app_of, as_user, signed_in, turned_to

pytestmark = pytest.mark.usefixtures("records")
PAGES = {
    "clinician": ["review", "follow_up", "model", "sources", "about"],
    "researcher": ["cohort", "explore", "follow_up", "model", "sources", "about"],
    "administrator": list(streamlit_app.PAGES),
}


def offered(app: AppTest) -> list[str]:
    """Names of the pages in the navigation, the first without the address it has not."""
    return [str(page["url_pathname"]) for page in app._registered_pages.values()]


def is_shut(app: AppTest) -> bool:
    """Whether nothing of a page is there."""
    assert not app.exception
    kinds = ("header", "file_uploader", "text_input", "selectbox", "download_button", "dataframe")
    return not any(app.get(kind) for kind in kinds)


@pytest.mark.parametrize("name", streamlit_app.PAGES)
def test_before_signing_in_every_page_is_only_the_sign_in(name: str) -> None:
    app = turned_to(app_of(NOBODY).run(), "" if name == "review" else name)
    assert is_shut(app)
    assert [b.label for b in app.button] == ["Sign in"]
    assert "Sign in to go on" in app.info[0].value


@pytest.mark.parametrize("role", PAGES)
def test_a_role_is_offered_its_pages_and_no_other(role: str) -> None:
    app = app_of(signed_in("Li", role)).run()
    assert offered(app)[1:] == PAGES[role][1:]
    assert {"clinician": "Review", "researcher": "Cohort"}.get(role, "Review") == app.title[0].value
    assert "Signed in as Li" in [c.value for c in app.caption]


@pytest.mark.parametrize("roles", [(), ("nurse",), ("Clinician",)])
def test_without_a_role_there_is_one_sentence(roles: tuple[str, ...]) -> None:
    app = app_of(signed_in("*Ox*", *roles)).run()
    assert is_shut(app)
    (said,) = app.error
    assert "have no role here" in said.value
    assert [b.label for b in app.button] == ["Sign out"]


def test_where_nothing_is_set_up_nothing_of_it_is_seen() -> None:
    app = app_of({}).run()
    assert offered(app)[1:] == list(streamlit_app.PAGES)[1:]
    assert not any("Sign" in b.label for b in app.button)


def test_a_site_that_requires_it_is_shut_without_it(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_SIGN_IN_REQUIRED", "true")
    get_settings.cache_clear()  # which opening the records has read
    app = app_of({}).run()
    assert is_shut(app)
    assert "This dashboard is shut" in app.info[0].value


def test_a_sign_in_that_cannot_work_says_what_is_missing() -> None:
    app = app_of(NOBODY).run()
    app.button[0].click().run()
    assert "requirements-signin.txt" in app.error[0].value


def test_signing_out_leaves_nothing_in_the_session() -> None:
    app = app_of(signed_in("Li", "clinician")).run()
    app.session_state["of_a_patient"] = "P-1"
    app.button(key="sign_out").click().run()
    assert is_shut(app)
    assert app.user == NOBODY
    assert "of_a_patient" not in app.session_state
    assert session.REVIEW_CASE not in app.session_state


def test_a_sign_in_that_was_ended_is_over_for_its_cookie_too() -> None:
    claims = signed_in("Li", "clinician")
    first = app_of(claims).run()
    first.button(key="sign_out").click().run()
    assert is_shut(app_of(claims).run())


def test_nothing_of_one_user_is_left_for_the_next() -> None:
    app = app_of(signed_in("Li", "clinician")).run()
    case = app.session_state[session.REVIEW_CASE]
    app.text_input(key=case.patient_key("pseudonym")).set_value("P-77").run()
    app.session_state["explore_opened"] = "of Li"
    app.user = signed_in("Wu", "clinician")
    app.run()
    assert "Signed in as Wu" in [c.value for c in app.caption]
    assert "explore_opened" not in app.session_state
    assert app.session_state[session.REVIEW_CASE] is not case
    assert not any(t.value == "P-77" for t in app.text_input)


def test_the_time_is_over_and_the_page_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    app = app_of(signed_in("Li", "clinician")).run()
    app.session_state["of_a_patient"] = "P-1"
    at += timedelta(minutes=14)
    assert not is_shut(app.run())
    at += timedelta(minutes=16)
    app.run()
    assert is_shut(app)
    assert "nothing was done for 15 minutes" in app.info[0].value
    assert "of_a_patient" not in app.session_state
    assert app.user == NOBODY


def asks() -> None:
    """A page that tries everything, with nothing around it, and says what it may not do."""
    import streamlit as st

    from face2bone.dashboard.common.sign_in import permitted
    from face2bone.errors import AccessError
    from face2bone.roles import Permission

    for permission in Permission:
        try:
            permitted(permission)
        except AccessError as error:
            st.text(f"{permission.name}: {type(error).__name__}")


def refused(role: str, owner: str | None = None) -> list[str]:
    app = AppTest.from_function(asks)
    app.user = signed_in("Li", role)
    app.session_state[sign_in.OWNER] = as_user(app.user).id if owner is None else owner
    assert not app.run().exception
    return [str(t.value) for t in app.text]


@pytest.mark.parametrize("role", PAGES)
def test_what_acts_asks_the_role_itself(role: str) -> None:
    user = as_user(signed_in("Li", role))
    forbidden = [one.name for one in Permission if not user.may(one)]
    assert refused(role) == [f"{name}: NotPermitted" for name in forbidden]


def test_a_session_that_is_anothers_does_nothing() -> None:
    for owner in ("", "somebody else"):
        assert len(refused("administrator", owner)) == len(Permission)


def test_a_download_asks_when_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = signed_in("Li", "clinician")
    user = as_user(claims)
    sign_in.later(user, Permission.EXPORT)
    with pytest.raises(NotPermitted):
        sign_in.later(user, Permission.DELETE)
    sign_in.LAST_USE.end(user)
    with pytest.raises(SignedOut):
        sign_in.later(user, Permission.EXPORT)


def test_a_button_of_a_page_that_was_left_open_does_nothing_when_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    user = as_user(signed_in("Li", "researcher"))
    monkeypatch.setattr(sign_in, "user", lambda: user)
    press = sign_in.pressed(Permission.SCORE, done.append)
    sign_in.pressed(Permission.DELETE, done.append)("not a researcher's")
    press("in time")
    sign_in.LAST_USE.end(user)
    press("too late")
    assert done == ["in time"]


def test_each_provider_that_is_set_up_has_its_button(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"client_id": "a", "client_kwargs": {"prompt": "login"}}
    for auth, buttons in (
        (own, [""]),
        ({"ward": own}, ["ward"]),
        (own | {"ward": own}, ["", "ward"]),
    ):
        monkeypatch.setattr(st, "secrets", {"auth": auth})
        assert sign_in._providers() == buttons
