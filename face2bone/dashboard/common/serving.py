"""How the dashboard is served: security headers, and no traceback on a page.

Streamlit sends no content security policy of its own. The one set here keeps every
request on this host, allows pictures inside the page (data URIs) and Streamlit's own
inline script by its hash, and nothing that evaluates text as code.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face2bone.dashboard.common.addresses import Addresses
from face2bone.dashboard.common.compression import CompressedAssets
from face2bone.dashboard.common.language import PAGE_LANGUAGE, say
from face2bone.dashboard.common.uploads import Uploads
from face2bone.dashboard.common.visitors import Visitors

INDEX: Final = Path(st.__file__).parent / "static" / "index.html"
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def content_security_policy(index_html: str) -> str:
    """The policy for a page whose inline scripts are those of ``index_html`` and its language's."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in (*_INLINE_SCRIPT.findall(index_html), *PAGE_LANGUAGE.values())
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: ws: wss:",  # the camera widget reads its shot from data
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """ASGI middleware that adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(INDEX.read_text("utf-8")),
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress the answer."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                if "/media/" in scope["path"]:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, dressed if scope["type"] == "http" else send)


MIDDLEWARE: Final = (
    Middleware(SecurityHeaders),
    Middleware(Addresses),
    Middleware(Visitors),
    Middleware(Uploads),
    Middleware(CompressedAssets),
)


def one_sentence(error: Exception) -> bool:
    """Show an unexpected error as a sentence; the details stay in the server's log."""
    st.error(
        say(
            "Something went wrong on this page ({name}). Reload it; if it happens again, "
            "run `face2bone doctor` and report what it says.",
            name=type(error).__name__,
        ),
        icon=":material/error:",
    )
    return True
