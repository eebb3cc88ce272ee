"""Identities as a hospital's directory would sign them, for pages under test."""

from typing import Any

from streamlit.testing.v1 import AppTest

from face2bone import clock
from face2bone.identity import rules_of, user_of
from face2bone.roles import User
from face2bone.settings import Settings

NOBODY: dict[str, Any] = {"is_logged_in": False}


def signed_in(name: str, *roles: str, **others: Any) -> dict[str, Any]:
    """What Streamlit knows of somebody who has just signed in."""
    claims = {"iss": "https://id.example", "sub": name, "name": name, "roles": list(roles)}
    return {"is_logged_in": True, **claims, "iat": clock.now().timestamp(), **others}


def as_user(claims: dict[str, Any]) -> User:
    """The same as the program sees them."""
    return user_of(claims, rules_of(Settings.from_environment()))


def app_of(claims: dict[str, Any]) -> AppTest:
    """The whole dashboard, before its first run, for somebody.

    Not from its file: beside the folder ``pages`` the test runner runs a page without the rest.
    """

    def whole() -> None:
        from streamlit_app import dashboard

        dashboard()

    app = AppTest.from_function(whole, default_timeout=120)
    app.user = claims
    return app


def turned_to(app: AppTest, page: str) -> AppTest:
    """The dashboard with this page open, where it is offered."""
    (app._page_hash,) = [
        one["page_script_hash"]
        for one in app._registered_pages.values()
        if one["url_pathname"] == page
    ]
    return app.run()
