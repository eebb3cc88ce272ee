"""Keeping a C++ library's log lines off the user's terminal."""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_STDERR: Final = 2
_lock = threading.Lock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Swallow what is written to file descriptor 2 inside the block.

    The library offers no switch: it logs before it reads its settings. Should the block raise,
    what was swallowed is written out after all, so that a failure keeps its reasons.
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
