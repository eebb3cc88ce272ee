"""What the dashboard believes of an identity provider: nothing but what it has signed, just now,
for this dashboard and for the browser that asked.
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from streamlit.runtime.secrets import secrets_singleton

# Its filter of warnings comes with it, so that ours below stands before that one.
pytest.importorskip("authlib.deprecate", reason="`pip install -r requirements-signin.txt` runs it")
from joserfc.jwk import RSAKey
from streamlit.auth_util import encode_provider_token
from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from tests.browser.provider import CLIENT, Provider, provider

# Authlib's own, about a package that is not pinned here.
pytestmark = pytest.mark.filterwarnings("ignore:The httpx module is deprecated")
IDENTITY = "_streamlit_user"
HERE = "http://localhost"
SECRET = "x" * 40


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as it:
        yield it


@pytest.fixture
def directory(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    auth = {
        "redirect_uri": f"{HERE}/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": CLIENT,
        "client_secret": "between the two",
        "server_metadata_url": f"{running.address}/.well-known/openid-configuration",
    }
    monkeypatch.setattr(secrets_singleton, "_secrets", {"auth": auth})
    monkeypatch.setattr(running, "who", {"sub": "1", "name": "Li Wei"})
    return running


class Browser:
    """A browser with cookies of its own before the addresses by which Streamlit signs in."""

    def __init__(self) -> None:
        sessions = Middleware(SessionMiddleware, secret_key=SECRET)
        self.app = Starlette(routes=create_auth_routes("/"), middleware=[sessions])
        self.cookies = httpx.Cookies()

    def get(self, path: str) -> httpx.Response:
        # In a thread of its own: a browser of another test leaves a loop that runs in this one.
        with ThreadPoolExecutor(1) as alone:
            return alone.submit(lambda: asyncio.run(self._get(path))).result()

    async def _get(self, path: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url=HERE, cookies=self.cookies
        ) as client:
            answer = await client.get(path)
            self.cookies = client.cookies
        return answer

    def asks_to_sign_in(self) -> httpx.Response:
        return self.get(f"/auth/login?provider={encode_provider_token('default')}")


def asked_of_the_provider(browser: Browser) -> str:
    """Where the provider sends a browser that was asked there who it is."""
    answer = browser.asks_to_sign_in()
    return httpx.get(answer.headers["location"]).headers["location"].removeprefix(HERE)


def is_signed_in(browser: Browser, by_way_of: str) -> bool:
    assert browser.get(by_way_of).status_code == 302
    return IDENTITY in browser.cookies


def test_whom_the_provider_has_signed_is_let_in(directory: Provider) -> None:
    browser = Browser()
    assert is_signed_in(browser, asked_of_the_provider(browser))


@pytest.mark.parametrize(
    "forged",
    [
        {"aud": "another dashboard"},
        {"iss": "https://another.example"},
        {"nonce": "of another sign-in"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_an_identity_for_somebody_or_something_else_is_refused(
    directory: Provider, forged: dict[str, Any]
) -> None:
    directory.who |= forged
    browser = Browser()
    assert not is_signed_in(browser, asked_of_the_provider(browser))


def by_another_key(directory: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    published = directory.keys()
    monkeypatch.setattr(directory, "keys", lambda: published)
    another = RSAKey.generate_key(2048, parameters={"kid": "1"})
    monkeypatch.setattr(directory, "_key", another)


def by_nobody(directory: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = directory.tokens

    def unsigned(code: str) -> dict[str, Any]:
        tokens = signed(code)
        head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
        return tokens | {"id_token": f"{head}.{tokens['id_token'].split('.')[1]}."}

    monkeypatch.setattr(directory, "tokens", unsigned)


def with_a_letter_changed(directory: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = directory.tokens

    def changed(code: str) -> dict[str, Any]:
        tokens = signed(code)
        head, said, signature = tokens["id_token"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(said + "=="))
        other = json.dumps(claims | {"name": "Li Wen"}).encode()
        said = base64.urlsafe_b64encode(other).decode().rstrip("=")
        return tokens | {"id_token": f"{head}.{said}.{signature}"}

    monkeypatch.setattr(directory, "tokens", changed)


@pytest.mark.parametrize("forge", [by_another_key, by_nobody, with_a_letter_changed])
def test_an_identity_that_the_provider_has_not_signed_is_refused(
    directory: Provider,
    monkeypatch: pytest.MonkeyPatch,
    forge: Callable[[Provider, pytest.MonkeyPatch], None],
) -> None:
    forge(directory, monkeypatch)
    browser = Browser()
    assert not is_signed_in(browser, asked_of_the_provider(browser))


def test_nobody_is_signed_in_as_somebody_else_by_a_link(directory: Provider) -> None:
    link = asked_of_the_provider(Browser())
    assert not is_signed_in(Browser(), link)


def test_a_changed_cookie_is_nobodys(directory: Provider) -> None:
    browser = Browser()
    assert is_signed_in(browser, asked_of_the_provider(browser))
    changed = Browser()
    changed.cookies.set(IDENTITY, browser.cookies[IDENTITY][:-2])
    taken_back = changed.get("/oauth2callback").headers.get_list("set-cookie")
    assert any(one.startswith(f'{IDENTITY}="";') for one in taken_back)
    unchanged = browser.get("/oauth2callback").headers.get_list("set-cookie")
    assert not any(one.startswith(f"{IDENTITY}=") for one in unchanged)


def test_the_secret_goes_to_the_provider_alone(directory: Provider) -> None:
    browser = Browser()
    answer = browser.asks_to_sign_in()
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["client_id"] == [CLIENT]
    assert "between" not in str(answer.headers)
    assert asked["state"] != asked["nonce"]


def test_a_provider_that_is_down_lets_nobody_in_and_is_not_waited_for(
    directory: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = dict(secrets_singleton["auth"]) | {"server_metadata_url": "http://localhost:9/nothing"}
    monkeypatch.setattr(secrets_singleton, "_secrets", {"auth": auth})
    answer = Browser().asks_to_sign_in()
    assert (answer.status_code, answer.text) == (400, "Authentication error")
