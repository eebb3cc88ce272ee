"""Foreign host names and foreign pages are turned away; the dashboard's own are not."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit import config
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from face2bone.dashboard.common.addresses import Addresses, own_names, place
from tests.dashboard.visit import served

OWN = "localhost:8501"


async def nothing(*_: object) -> None:
    """An app that is never asked."""


def refused(host: str | None, origin: str | None = None, kind: str = "websocket") -> bool:
    named = {"host": host, "origin": origin}
    headers = [(k.encode(), v.encode("latin-1")) for k, v in named.items() if v is not None]
    protocol = "websocket" if kind == "websocket" else "http"
    scope = {"type": protocol, "headers": headers, "method": kind, "path": "/"}
    return Addresses(nothing).refusal(scope) is not None


@pytest.mark.parametrize("host", [OWN, "127.0.0.1:8501", "[::1]:8501", "LOCALHOST", "localhost."])
def test_this_machine_is_answered(host: str) -> None:
    assert not refused(host, kind="GET")
    assert not refused(host)


@pytest.mark.parametrize(
    "host",
    [
        *(None, "", "evil.example", "evil.example:8501", "localhost.evil.example", "192.0.2.7"),
        *("x@localhost", "localhost:port", "localhost/x", "[::1"),
    ],
)
def test_another_name_is_refused(host: str | None) -> None:
    assert refused(host, kind="GET")
    assert refused(host)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, False),  # no browser
        ("http://localhost:8501", False),
        ("http://localhost:8600", True),  # another page on this machine
        ("http://127.0.0.1:8501", True),
        ("http://localhost", True),
        ("https://evil.example", True),
        ("null", True),
    ],
)
def test_a_page_is_told_by_its_port_too(origin: str | None, expected: bool) -> None:
    assert refused(OWN, origin) == expected
    assert refused(OWN, origin, "PUT") == expected
    assert not refused(OWN, origin, "GET")  # without CORS headers it cannot read the answer


def test_a_page_behind_a_proxy_that_does_tls_is_the_dashboards_own() -> None:
    assert not refused("localhost", "https://localhost")
    assert not refused("localhost", "http://localhost:80")
    assert place("https://bone.clinic.example:8443") == ("bone.clinic.example", 8443)


@pytest.fixture
def option() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch
    for name in ("server.allowedHosts", "server.corsAllowedOrigins"):
        config.set_option(name, [])


def test_named_hosts_take_the_place_of_this_machine(option: pytest.MonkeyPatch) -> None:
    config.set_option("server.allowedHosts", ["bone.clinic.example", "*.ward.example"])
    assert own_names() == ("bone.clinic.example", "*.ward.example")
    assert not refused("bone.clinic.example")
    assert not refused("three.ward.example")
    assert refused("ward.example")
    assert refused(OWN)


def test_a_named_origin_may_open_the_page(option: pytest.MonkeyPatch) -> None:
    config.set_option("server.corsAllowedOrigins", ["https://bone.clinic.example"])
    assert not refused(OWN, "https://bone.clinic.example")
    assert refused(OWN, "https://bone.clinic.example:8443")


SCRIBBLE = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=6)
OURS = r"(localhost|127\.0\.0\.1|\[::1\])\.*(:\d*)?"


@given(SCRIBBLE, st.sampled_from(["", "localhost", "127.0.0.1", "[::1]", OWN]), SCRIBBLE)
@example(" ", "localhost", "")
@example("", "localhost", "#evil.example")
def test_only_our_own_names_are_answered_whatever_stands_around_them(
    before: str, name: str, after: str
) -> None:
    host = f"{before}{name}{after}"
    if not refused(host):
        assert re.fullmatch(OURS, host.removeprefix("//"), re.IGNORECASE)
    if not refused(OWN, f"http://{host}"):
        assert re.fullmatch(r"localhost\.*:0*8501", host, re.IGNORECASE)


def test_the_served_page_refuses_both(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text("import streamlit as st\nst.write(1)\n")
    with served(page) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/", headers={"Host": f"evil.example:{port}"})
        with connection.getresponse() as answer:
            assert answer.status == 403
            assert b"server.allowedHosts" in answer.read()
        connection.close()
        stream = f"ws://127.0.0.1:{port}/_stcore/stream"
        with (
            pytest.raises(InvalidStatus),
            connect(stream, origin=Origin(f"http://127.0.0.1:{port + 1}"), proxy=None),
        ):
            pass
        with connect(stream, origin=Origin(f"http://127.0.0.1:{port}"), proxy=None):
            pass
