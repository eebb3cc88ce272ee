"""What the proxy lets through, to whom, and what it keeps of it: nothing."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest

from tests.deploy.proxy import (
    MANY_GROUPS,
    SECONDS,
    SIGNED_IN,
    Proxy,
    Seen,
    SignIn,
    dashboard_stand_in,
    proxied,
    standing_in,
)

SESSION_KEY = "8c1f3b6e-session-key"
EVERYTHING = [
    "/",
    "/static/js/index.js",
    "/_stcore/health",
    "/_stcore/stream",
    f"/_stcore/upload_file/{SESSION_KEY}/1",
    "/media/0123456789abcdef.pdf",
    "/follow_up",
]
WHOSE = ("", "X-", "X-Forwarded-", "X-Auth-Request-", "X-Original-", "X-Real-", "X-Remote-")
OTHERS_WHOSE = ("Remote-", "X-Authenticated-", "X-Authentik-", "X-Webauth-", "Tailscale-User-")
WHAT = ("User", "User-Id", "Email", "Groups", "Preferred-Username", "Access-Token", "Id-Token")
OTHERS_WHAT = ("Uri", "URL", "Redirect", "Method", "For", "By", "Server", "IP", "Name", "Role")
BY_THEMSELVES = (
    *("Authorization", "Proxy-Authorization", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Port"),
    *("X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Scheme", "X-Url-Scheme", "X-Original-Host"),
    *("GAP-Auth", "GAP-Signature", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "Via"),
    *("X-Goog-Authenticated-User-Email", "X-MS-Client-Principal-Name", "X-Amzn-Oidc-Identity"),
    *("X-HTTP-Method-Override", "X-SSL-Client-S-DN", "X-Client-Cert", "From", "User-Agent"),
)
A_PHOTO = bytes(range(256)) * 8192  # 2 MB, far more than fits into nginx's buffers


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    return [Seen("first"), Seen("second")]


@pytest.fixture(scope="module")
def proxy(seen: list[Seen], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with ExitStack() as running:
        servers = [running.enter_context(standing_in(dashboard_stand_in(one))) for one in seen]
        sign_in = running.enter_context(standing_in(SignIn))
        folder = tmp_path_factory.mktemp("nginx")
        yield running.enter_context(proxied(folder, servers, sign_in))


def names_of_somebody() -> set[str]:
    """Names by which services say who is there or what was asked, and one that nobody knows.

    Those of oauth2-proxy and of what Streamlit's ``server.trustedUserHeaders`` is used with are
    among them, in every combination of their parts.
    """
    parts = product(WHOSE + OTHERS_WHOSE, WHAT + OTHERS_WHAT)
    return {"".join(one) for one in parts} | {*BY_THEMSELVES, f"X-{uuid4().hex}"}


def server_of(answer: tuple[int, dict[str, str], bytes]) -> str:
    return str(json.loads(answer[2])["server"])


@pytest.mark.parametrize("path", EVERYTHING)
def test_nothing_is_reached_without_the_sign_in(proxy: Proxy, path: str) -> None:
    status, headers, _ = proxy.ask(path)
    assert (status, headers["location"].endswith("/oauth2/start")) == (302, True)
    assert proxy.ask(path, Cookie="signed_in=no")[0] == 302


@pytest.mark.parametrize("path", EVERYTHING)
def test_who_is_signed_in_reaches_it(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path, Cookie=SIGNED_IN)[0] == 200


def test_an_upload_without_the_sign_in_reaches_nobody(proxy: Proxy, seen: list[Seen]) -> None:
    before = [len(one.headers) for one in seen]
    assert proxy.ask(EVERYTHING[4], "PUT", b"a photo")[0] == 302
    assert [len(one.headers) for one in seen] == before


def test_the_servers_figures_are_shown_to_nobody(proxy: Proxy) -> None:
    assert proxy.ask("/_stcore/metrics")[0] == 404
    assert proxy.ask("/_stcore/metrics", Cookie=SIGNED_IN)[0] == 404


def test_the_plain_port_leads_to_the_sealed_one(proxy: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", proxy.plain_port, timeout=SECONDS)
    connection.request("GET", "/follow_up", headers={"Host": "localhost"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (308, "https://localhost/follow_up")
    connection.close()
    assert "max-age" in proxy.ask("/")[1]["strict-transport-security"]


def test_nobody_says_who_they_are_by_a_header(proxy: Proxy, seen: list[Seen]) -> None:
    claimed = dict.fromkeys(names_of_somebody(), "administrator")
    answer = proxy.ask("/", headers=claimed, Cookie=SIGNED_IN)
    reached = next(one for one in seen if one.name == server_of(answer)).headers[-1]
    proxy.ask("/oauth2/start", headers=claimed)
    assert len(SignIn.seen) > 1
    for headers in (reached, *SignIn.seen[-2:]):  # whether signed in, and the sign-in's own page
        assert "administrator" not in headers.values()
        assert headers["host"] == f"localhost:{proxy.port}"
        assert headers["x-forwarded-proto"] == "https"


def test_the_dashboard_gets_what_it_needs(proxy: Proxy, seen: list[Seen]) -> None:
    needed = {
        "accept": "*/*",
        "accept-encoding": "gzip",
        "content-type": "text/plain",
        "origin": "https://localhost",
        "x-xsrftoken": "t",
        "range": "bytes=0-1",
        "if-none-match": '"a"',
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "k",
        "sec-websocket-protocol": "streamlit, t",
    }
    answer = proxy.ask("/_stcore/stream", headers=needed, Cookie=SIGNED_IN, Connection="Upgrade")
    reached = next(one for one in seen if one.name == server_of(answer)).headers[-1]
    assert needed | {"cookie": SIGNED_IN, "connection": "upgrade"} == {
        name: reached.get(name) for name in (*needed, "cookie", "connection")
    }


@pytest.mark.parametrize("path", ["/oauth2callback", "/oauth2/start"])
def test_somebody_of_many_groups_signs_in(proxy: Proxy, path: str) -> None:
    status, headers, _ = proxy.ask(path, Cookie=SIGNED_IN)
    assert status in (200, 302)
    assert all(cookie in headers["set-cookie"] for cookie in MANY_GROUPS)


def test_cookies_of_many_groups_come_back_in_one_line(proxy: Proxy, seen: list[Seen]) -> None:
    cookies = "; ".join([SIGNED_IN, *MANY_GROUPS, *MANY_GROUPS])
    answer = proxy.ask("/", Cookie=cookies)
    reached = next(one for one in seen if one.name == server_of(answer)).headers[-1]
    assert reached["cookie"] == cookies


@pytest.mark.parametrize("path", ["/oauth2callback", "/oauth2/start"])
def test_no_cookie_is_sent_without_tls(proxy: Proxy, path: str) -> None:
    cookies = proxy.ask(path, Cookie=SIGNED_IN)[1]["set-cookie"].lower().splitlines()
    assert len(cookies) > len(MANY_GROUPS)
    assert all("; secure" in cookie and "; samesite=" in cookie for cookie in cookies)


def test_a_visitor_stays_with_one_of_several_servers(proxy: Proxy) -> None:
    used = set()
    for _ in range(24):
        first = proxy.ask("/", Cookie=SIGNED_IN)
        place = first[1]["set-cookie"].split(";")[0]  # the dashboard's stand-in sets none here
        again = [proxy.ask(path, Cookie=f"{SIGNED_IN}; {place}") for path in EVERYTHING]
        assert {server_of(answer) for answer in again} == {server_of(first)}
        used.add(server_of(first))
    assert used == {"first", "second"}


def test_a_photo_on_its_way_never_lies_on_the_proxys_disk(proxy: Proxy, seen: list[Seen]) -> None:
    lying: list[str] = []
    for one in seen:
        one.while_reading = lambda: lying.extend(proxy.temporary_files())
    assert proxy.ask(EVERYTHING[4], "PUT", A_PHOTO, Cookie=SIGNED_IN)[0] == 200
    assert lying == []
    assert SignIn.seen[-1].get("content-length", "0") == "0"  # which was asked without the photo


def test_the_logs_hold_no_address_and_nobody(proxy: Proxy) -> None:
    for path in EVERYTHING:
        proxy.ask(path, Cookie=SIGNED_IN, Referer=f"https://localhost/{SESSION_KEY}")
    proxy.ask(f"/%zz{SESSION_KEY}", Cookie=SIGNED_IN)  # malformed
    written = proxy.logs()
    assert " 200 " in written
    for secret in (SESSION_KEY, "upload_file", "media", "127.0.0.1", SIGNED_IN):
        assert secret not in written


def test_a_server_that_is_down_puts_no_address_into_the_log(tmp_path: Path) -> None:
    with standing_in(SignIn) as sign_in:
        with standing_in(dashboard_stand_in(Seen("gone"))) as port:
            pass
        with proxied(tmp_path, [port], sign_in) as proxy:
            assert proxy.ask(EVERYTHING[4], Cookie=SIGNED_IN)[0] == 502
            assert SESSION_KEY not in proxy.logs()
