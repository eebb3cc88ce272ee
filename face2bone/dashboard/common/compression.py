"""Streamlit's own scripts and styles, compressed once instead of not at all.

Streamlit sends its static files as they are, because Starlette's middleware would compress them
anew for every visitor. They never change while a server runs, so here each is compressed when it
is first asked for and kept (about 6 MB if every one is): a first visit then takes a third of
the bytes. Only files that lie in Streamlit's folder when the server starts are answered; everything
else, media and uploads of patients and the websocket among it, goes on untouched.
"""

import gzip
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

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
