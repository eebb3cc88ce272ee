"""How the dashboard is served: security headers, and no traceback on a page or in the log.

Streamlit sends no content security policy of its own. The one set here keeps every
request on this host, allows pictures inside the page (data URIs) and Streamlit's own
inline script by its hash, and nothing that evaluates text as code.

Streamlit's scripts and styles are compressed once instead of not at all: it sends its static files
as they are, because Starlette's middleware would compress them anew for every visitor. They never
change while a server runs, so each is compressed when it is first asked for and kept (about 6 MB
if every one is): a first visit then takes a third of the bytes. Only files that lie in Streamlit's
folder when the server starts are answered; everything else, media and uploads of patients and the
websocket among it, goes on untouched.
"""

import base64
import gzip
import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st
import streamlit.logger
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from face2bone import logs
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.addresses import Addresses
from face2bone.dashboard.common.language import PAGE_LANGUAGE, say
from face2bone.dashboard.common.uploads import Uploads
from face2bone.dashboard.common.visitors import Visitors
from face2bone.errors import Face2BoneError

ASSETS: Final = Path(st.__file__).parent / "static" / "static"
PREFIX: Final = "/static/"
TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
LEVEL: Final = 6
# As Streamlit sends them: the name of each holds a hash of what is in it.
CACHE: Final = "public, immutable, max-age=31536000"


class CompressedAssets:
    """ASGI middleware that answers for the assets a browser accepts compressed."""

    def __init__(self, app: ASGIApp, folder: Path = ASSETS) -> None:
        self.app = app
        self._files = {
            PREFIX + path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.suffix in TYPES
        }
        self._answers: dict[Path, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the compressed asset, or pass the request on."""
        path = self._files.get(scope["path"]) if _takes_gzip(scope) else None
        if path is None:
            await self.app(scope, receive, send)
            return
        if path not in self._answers:
            self._answers[path] = await run_in_threadpool(_answer, path)
        await self._answers[path](scope, receive, send)


def _takes_gzip(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    return "gzip" in headers.get("accept-encoding", "") and "range" not in headers


def _answer(path: Path) -> Response:
    # No time of compression in the bytes: the same file gives the same answer.
    packed = gzip.compress(path.read_bytes(), LEVEL, mtime=0)
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": CACHE}
    return Response(packed, headers=headers, media_type=TYPES[path.suffix])


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
    """Show an error that no page expected as a sentence.

    Streamlit has logged it by now (``log_kept``): under the id that the sentence says, if it is no
    typed one, which says itself what is wrong.
    """
    if isinstance(error, Face2BoneError):
        elements.refusal(error)
    else:
        st.error(say(logs.WENT_WRONG, error=logs.error_id(error)), icon=":material/error:")
    return True


@contextmanager
def log_kept() -> Iterator[None]:
    """As ``logs.kept``; Streamlit gives every logger that it makes a handler of its own."""
    usual = streamlit.logger.setup_formatter
    streamlit.logger.setup_formatter = _hand_on
    try:
        with logs.kept():
            yield
    finally:
        streamlit.logger.setup_formatter = usual


def _hand_on(logger: logging.Logger) -> None:
    """What Streamlit's logger would write by itself, the process's handler writes."""
    logger.propagate = True
