"""Uploads stay in memory, within a limit: one photo at a time for each visitor, or one cohort.

Streamlit reads an upload through Starlette's form parser, which writes any file over 1 MB to a
temporary file on the disk. It counts the body while it arrives, so a whole one fits in memory.
It keeps every file that a session ever sent until the page asks for its removal, which a program
that is no page never does. Its one limit is for every page; here a session may send more than one
picture only while it looks at the page that takes cohorts, and a larger one than a photo only
where its study reads such.

Before a browser sends a file it asks where to. When a script begins to run, Streamlit forgets what
it has not delivered yet, that answer too, and the browser waits for it for ever: a photo that was
given just after a number was typed was lost without a word. Here the answer is kept.
"""

import re
from collections.abc import Collection
from typing import Final, cast

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

PHOTO_BYTES: Final = 12 * 2**20
"""Most of a photo, the only file that a session holds."""
COHORT_BYTES: Final = 300 * 2**20
"""Most of all files together that a session holds on the page that takes cohorts."""
FRAME_BYTES: Final = 1 << 20  # what Streamlit grants a body beyond the file in it
NAME_CHARACTERS: Final = 60  # of up to four bytes each; a file's name has at most 255
_UPLOAD: Final = "/_stcore/upload_file/"
_sends_many: set[str] = set()
_sends_large: dict[str, int] = {}  # session -> bytes of the one file it may send, if more
_forget = ForwardMsgQueue.clear


class _TooLarge(Exception):
    """Ends the reading of a body."""


class Uploads:
    """ASGI middleware for what is sent to the upload address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        MultiPartParser.spool_max_size = st.get_option("server.maxUploadSize") * 2**20 + FRAME_BYTES
        ForwardMsgQueue.clear = _forget_all_but_addresses  # type: ignore[assignment, method-assign]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; once a photo is kept, let go of the files before it."""
        if scope["type"] != "http" or scope["method"] != "PUT" or _UPLOAD not in scope["path"]:
            await self.app(scope, receive, send)
            return
        session_id, _, file_id = scope["path"].rpartition(_UPLOAD)[2].partition("/")
        many = session_id in _sends_many
        one = _sends_large.get(session_id, PHOTO_BYTES)
        room = (COHORT_BYTES - _held(session_id) if many else one) + FRAME_BYTES
        began = False

        async def counted() -> Message:
            nonlocal room
            message = await receive()
            room -= len(message.get("body", b""))
            if room < 0:
                raise _TooLarge
            return message

        async def kept(message: Message) -> None:
            nonlocal began
            began = True
            if message["type"] == "http.response.start" and message["status"] == 204 and not many:
                keep_only(session_id, file_id)
            await send(message)

        try:
            await self.app(scope, counted, kept)
        except _TooLarge:
            if not began:
                said = PlainTextResponse("The files are larger than the limit.", status_code=413)
                await said(scope, receive, send)


def _forget_all_but_addresses(
    queue: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    """Streamlit's own, but that whoever asked where to send a file is still told."""
    asked = [one for one in queue._queue if one.WhichOneof("type") == "file_urls_response"]
    _forget(queue, retain_lifecycle_msgs, fragment_ids_this_run)
    kept = {id(one) for one in queue._queue}
    queue._queue += [one for one in asked if retain_lifecycle_msgs and id(one) not in kept]


def send_many(session_id: str, may: bool) -> None:
    """Whether a session may send the files of a cohort from now on."""
    (_sends_many.add if may else _sends_many.discard)(session_id)


def may_send(most_bytes: int) -> None:
    """How large the one file may be that the visitor of the page that is being drawn sends."""
    context = get_script_run_ctx()
    if context is not None:
        _sends_large[context.session_id] = most_bytes


def forget(session_id: str) -> None:
    """A session has ended: what it might send is forgotten."""
    send_many(session_id, False)
    _sends_large.pop(session_id, None)


def this_page_takes(cohorts: bool) -> None:
    """Whether the page that is being drawn takes cohorts."""
    context = get_script_run_ctx()
    if context is not None:
        send_many(context.session_id, cohorts)


def let_go() -> None:
    """Let go of every file that this page's visitor sent: whoever needs one has it."""
    context = get_script_run_ctx()
    if context is not None and Runtime.exists():
        keep_only(context.session_id, "")


def let_go_of(files: Collection[str]) -> None:
    """Let go of these files of this page's visitor, which no box on it holds any more."""
    context = get_script_run_ctx()
    if context is not None and Runtime.exists():
        for file_id in files:
            _manager().remove_file(context.session_id, file_id)


def name_of(came_with: str, instead: str) -> str:
    r"""The name a file came with, as a file in a folder of ours may be called.

    ``instead`` where that is none.

    >>> name_of(r"C:\dxa\clinic 7.csv", "table.csv"), name_of("../..", "table.csv")
    ('clinic 7.csv', 'table.csv')
    """
    last = re.split(r"[/\\:]", came_with)[-1]
    plain = "".join(filter(str.isprintable, last))[-NAME_CHARACTERS:]
    return plain if plain.strip(". ") else instead


def keep_only(session_id: str, file_id: str) -> None:
    """Let go of every file of this session but one."""
    held = _manager().file_storage.get(session_id, {})
    for other in [name for name in held if name != file_id]:
        _manager().remove_file(session_id, other)


def _held(session_id: str) -> int:
    """Bytes of the files that a session holds."""
    return sum(len(file.data) for file in _manager().file_storage.get(session_id, {}).values())


def _manager() -> MemoryUploadedFileManager:
    return cast(MemoryUploadedFileManager, Runtime.instance().uploaded_file_mgr)
