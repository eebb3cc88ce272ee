"""Files that were made for a visitor to take away: gone from their address at sign-out.

Streamlit keeps such a file for the browser to fetch and knows neither whose it is nor when it was
fetched; the sweep lets go of it within a minute (``visitors``). Whoever signs out wants it gone at
once, theirs and nobody else's. Only a digest is kept of what was made.
"""

import hashlib
from collections import defaultdict
from typing import Final, cast

from streamlit.runtime import Runtime
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import get_script_run_ctx

_made: Final[defaultdict[str, set[bytes]]] = defaultdict(set)  # session -> digests


def visitor() -> str | None:
    """The session of the page that is being drawn, or None where no server draws it."""
    context = get_script_run_ctx()
    return context.session_id if context is not None and Runtime.exists() else None


def note(session_id: str | None, data: bytes) -> bytes:
    """Remember that this was made for that session; returns it."""
    if session_id is not None:
        _made[session_id].add(_digest(data))
    return data


def let_go() -> None:
    """Take all that was made for this page's visitor away from where a browser fetches it."""
    session_id = visitor()
    digests = _made.pop(session_id, set()) if session_id is not None else set()
    if not digests:
        return
    manager = Runtime.instance().media_file_mgr
    storage = cast(MemoryMediaFileStorage, manager._storage)
    with manager._lock:
        held = list(storage._files_by_id.items())
        for file_id in [name for name, file in held if _digest(file.content) in digests]:
            manager._delete_file(file_id)


def forget(session_id: str) -> None:
    """A session has ended; the sweep lets go of what was made for it."""
    _made.pop(session_id, None)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
