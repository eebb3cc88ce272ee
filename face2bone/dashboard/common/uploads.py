"""Uploads stay in memory, within the photo limit, and one at a time for each visitor.

Streamlit reads an upload through Starlette's form parser, which writes any file over 1 MB to a
temporary file on the disk. It counts the body while it arrives, so a whole one fits in memory.
It keeps every file that a session ever sent until the page asks for its removal, which a program
that is no page never does.
"""

from typing import Final, cast

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

FRAME_BYTES: Final = 1 << 20  # what Streamlit grants a body beyond the file in it
_UPLOAD: Final = "/_stcore/upload_file/"


class Uploads:
    """ASGI middleware for what is sent to the upload address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20 + FRAME_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; once a file is kept, let go of the ones before it."""
        if scope["type"] != "http" or scope["method"] != "PUT" or _UPLOAD not in scope["path"]:
            await self.app(scope, receive, send)
            return
        session_id, _, file_id = scope["path"].rpartition(_UPLOAD)[2].partition("/")

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 204:
                keep_only(session_id, file_id)
            await send(message)

        await self.app(scope, receive, kept)


def keep_only(session_id: str, file_id: str) -> None:
    """Let go of every file of this session but one."""
    manager = cast(MemoryUploadedFileManager, Runtime.instance().uploaded_file_mgr)
    held = manager.file_storage.get(session_id, {})
    for other in [name for name in held if name != file_id]:
        manager.remove_file(session_id, other)
