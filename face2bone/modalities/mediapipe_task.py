"""One of MediaPipe's landmarkers: its file checked, started in silence, one for each process."""

import atexit
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from face2bone.errors import SettingsError

_STDERR: Final = 2
_lock = threading.Lock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Swallow what is written to file descriptor 2 inside the block.

    The library offers no switch: it logs before it reads its settings. Should the block raise,
    what was swallowed is written out after all, so that a failure keeps its reasons. Other threads'
    lines of the log are not swallowed: ``face2bone.logs`` writes to a descriptor of its own.
    """
    with _lock, tempfile.TemporaryFile() as swallowed:
        sys.stderr.flush()
        kept = os.dup(_STDERR)
        os.dup2(swallowed.fileno(), _STDERR)
        try:
            yield
        except BaseException:
            os.dup2(kept, _STDERR)
            swallowed.seek(0)
            os.write(_STDERR, swallowed.read())
            raise
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)


Made = TypeVar("Made")


class OnePerProcess(Generic[Made]):
    """What ``make`` gives, made again after a fork: MediaPipe's threads do not survive one."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made, self._process = make(), os.getpid()

    def get(self) -> Made:
        """The process's own; many threads may share it."""
        with self._lock:
            if self._process != os.getpid():
                self._made, self._process = self._make(), os.getpid()
            return self._made


def imported(name: str) -> Any:
    """A module of MediaPipe, imported in a thread of its own.

    One of them keeps the error of a library that is not there, and with the error every frame that
    led to the import: where somebody's picture did, that would stay in memory for good.
    """
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(import_module, name).result()


def model_bytes(path: Path, sha256: str | None, advice: str, changed: str) -> bytes:
    """A ``.task`` file, read whole; ``sha256`` None takes any.

    Raises ``SettingsError``: that it cannot be read, with ``advice``, or the sentences ``changed``.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            "The landmarker file {file} cannot be read ({reason}). {advice}",
            file=path.name,
            reason=str(error.strerror),
            advice=advice,
        ) from error
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise SettingsError(changed)
    return content


def started(create: Callable[[], Any], first: Callable[[Any], object], refused: str) -> Any:
    """A landmarker that has started, with nothing on stderr.

    Starting goes on in the background after ``create``; ``first``, a look at an empty picture,
    waits for its end. Raises ``SettingsError`` with the sentences ``refused``.
    """
    refusal: Exception | None = None
    with quiet_stderr():
        try:
            landmarker = create()
            first(landmarker)
        except (RuntimeError, ValueError) as error:
            refusal = error
    if refusal:
        raise SettingsError(refused) from refusal
    atexit.register(_leave_open, landmarker)
    return landmarker


def _leave_open(landmarker: Any) -> None:
    """Nothing to close when the process ends: MediaPipe tries to after Python's threads are gone,
    and prints a traceback.
    """
    landmarker._handle = None
