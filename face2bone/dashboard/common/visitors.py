"""Visitors who have left: what they brought goes by the clock, not when somebody else comes.

Streamlit keeps the session of a closed tab for ``server.disconnectedSessionTTL`` seconds, in case
the connection comes back. It lets go of it only when the next session is put away, which for the
last patient of the day is the next morning. It also keeps a file made for a download until pages,
whosever, have been drawn twice: for hours where nobody comes, and for less than the browser needs
to ask for it where explanations are drawn as they grow. Here that too goes by the clock.

What was let go of, and what pages and explanations took meanwhile, is handed back to the system.
"""

import asyncio
import gc
import itertools
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager

from face2bone.dashboard.common import heap, made_files, uploads
from face2bone.logs import fault

SWEEP_SECONDS: Final = 10.0
SWEEPS_A_DOWNLOAD: Final = 3
"""A file that was made is there for one to two times so many sweeps: a busy browser asks late."""
_LOG: Final = logging.getLogger(__name__)
_brought: list[bool] = []
_let_go_of_downloads: Final = MediaFileManager.remove_orphaned_files


class Visitors:
    """ASGI middleware that notes when somebody has brought something, and guards the cache.

    Streamlit empties the cache of the whole process when a visitor's page asks for it, and the
    next one loads another model beside the one that is still in use.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, but for messages that would empty everybody's cache."""

        async def theirs() -> Message:
            while clears_cache(message := await receive()):
                pass
            if brings(message):
                _note()
            return message

        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            _note()
        await self.app(scope, theirs if scope["type"] == "websocket" else receive, send)


def clears_cache(message: Message) -> bool:
    """Whether a websocket's message asks to empty the process's cache."""
    return _read(message).WhichOneof("type") == "clear_cache"


def brings(message: Message) -> bool:
    """Whether a websocket's message holds anything typed or chosen on a page."""
    return bool(_read(message).rerun_script.widget_states.widgets)


def _read(message: Message) -> BackMsg:
    read = BackMsg()
    with suppress(DecodeError):  # Streamlit closes the connection over it
        read.ParseFromString(message.get("bytes") or b"")
    return read


def _note() -> None:
    if not _brought:
        _brought.append(True)


def nothing_brought() -> bool:
    """Whether nobody has typed, chosen or sent anything in this process yet.

    Until then no object in it is a patient's, though somebody may be looking at a page.
    """
    return not _brought


@asynccontextmanager
async def swept(
    seconds: float = SWEEP_SECONDS, also: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    """While inside, look every ``seconds`` for what nobody needs any more, and do ``also``."""
    MediaFileManager.remove_orphaned_files = _nothing  # type: ignore[assignment, method-assign]
    sweeping = asyncio.create_task(_sweep_again_and_again(seconds, also), name="sweep")
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        MediaFileManager.remove_orphaned_files = _let_go_of_downloads  # type: ignore[method-assign]


def _nothing(_files: MediaFileManager) -> None:
    """What Streamlit does at the end of every run of any page: left to the sweep."""


async def _sweep_again_and_again(seconds: float, also: Callable[[], None]) -> None:
    for done in itertools.count(1):
        await asyncio.sleep(seconds)
        try:
            sweep(downloads=done % SWEEPS_A_DOWNLOAD == 0)
            also()
            await asyncio.to_thread(heap.hand_back)
        except Exception as error:  # noqa: BLE001  one that failed must not be the last
            fault(_LOG, error, "What visitors left behind could not be let go of")


def sweep(downloads: bool) -> None:
    """Let go of sessions whose time is over, and of ``downloads`` that no page refers to.

    A download is let go of the second time it is met: the first may fall between its making and
    the browser's asking for it.
    """
    runtime = Runtime.instance()
    # No public way asks the storage for what has expired, and nothing else ends such a session.
    over = runtime._session_mgr._session_storage._cache.expire()  # type: ignore[attr-defined]
    for _, left in over:
        forget(left.session)
    if downloads:
        _let_go_of_downloads(runtime.media_file_mgr)
    if over:
        gc.collect()  # what a session held is full of cycles, and no other visitor may come


def forget(session: AppSession) -> None:
    """End a session and empty it: Streamlit's own loop holds on to the last visitor's."""
    uploads.forget(session.id)
    made_files.forget(session.id)
    session.shutdown()
    session.session_state.clear()
    session.flush_browser_queue()
    session._fragment_storage.clear()
    session._client_state.Clear()
