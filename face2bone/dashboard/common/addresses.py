"""Who may ask: only this dashboard's own page, under one of its own names.

A foreign page can have its host name resolve to this machine (DNS rebinding) and then reads every
answer as its own. Its name gives it away: the browser sends it as ``Host``. A page on another
port of this machine may open a websocket here, and a browser hands it this dashboard's cookies;
the browser says as ``Origin`` where it comes from, port included.
"""

import re
from typing import Final

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HERE: Final = ("localhost", "127.0.0.1", "::1")
ANYWHERE: Final = ("", "0.0.0.0", "::")  # noqa: S104  what a server listens on, not a name
WEB_PORTS: Final = (80, 443)
_READS: Final = ("GET", "HEAD", "OPTIONS")
# Stricter than urllib, which drops blanks and takes "[::1]0" for "[::1]".
_ADDRESS: Final = re.compile(
    r"(?:[a-z]+:)?//(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?"
)

Place = tuple[str, int | None]
"""Host name in lower case, and port where it is not one of the web's own."""


class Addresses:
    """ASGI middleware that refuses unknown hosts, and foreign pages that want more than to read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.names = own_names()
        self.origins = {origin.strip() for origin in st.get_option("server.corsAllowedOrigins")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a sentence (a websocket: with status 403)."""
        refusal = None if scope["type"] == "lifespan" else self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        else:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)

    def refusal(self, scope: Scope) -> str | None:
        """Why this request is refused, or None."""
        headers = Headers(scope=scope)
        host = place(f"//{headers.get('host', '')}")
        if host is None or not any(matches(host[0], name) for name in self.names):
            return (
                "The dashboard does not answer under this address. "
                "Open it at localhost, or name the host in server.allowedHosts."
            )
        origin = headers.get("origin")
        reads = scope["type"] == "http" and scope["method"] in _READS
        if origin is None or reads or origin in self.origins or place(origin) == host:
            return None
        return (
            "Another page tried to use the dashboard. If it is a proxy's address, "
            "let the proxy pass on the Host header, or name it in server.corsAllowedOrigins."
        )


def own_names() -> tuple[str, ...]:
    """The names in ``server.allowedHosts``; else this machine's and the address it serves."""
    listed = [str(name).strip().lower() for name in st.get_option("server.allowedHosts")]
    if listed:
        return tuple(listed)
    configured = (st.get_option("server.address"), st.get_option("browser.serverAddress"))
    own = [name.lower() for name in configured if name and name not in ANYWHERE]
    return (*HERE, *own)


def matches(host: str, name: str) -> bool:
    """Whether a host has this name; ``*.clinic.example`` is any name below it, ``*`` any at all."""
    return name == "*" or host == name or (name.startswith("*.") and host.endswith(name[1:]))


def place(address: str) -> Place | None:
    """Host and port of an address, None for a web port; None if it is no address.

    The two web ports count as one: behind a proxy that does TLS the server sees another scheme
    than the browser.
    """
    found = _ADDRESS.fullmatch(address.lower())
    if found is None:
        return None
    host = (found["six"] or found["name"]).rstrip(".")
    port = int(found["port"]) if found["port"] else None
    return host, None if port in WEB_PORTS else port
