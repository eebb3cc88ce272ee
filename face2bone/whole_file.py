"""Files that are there whole or not at all: written beside their place, then moved there.

A reader never sees half a file, and what stood there before stays until the new one is complete.
A process that is killed leaves a hidden file ending in ``LEFTOVER``, which means nothing.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LEFTOVER: Final = ".part"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path in the same folder to write to; it becomes ``path`` when the block ends well.

    When the block raises, ``path`` is as it was. The name is the process's and the thread's own,
    so that two writers never share it; the last to end wins.
    """
    owner = f"{os.getpid()}-{threading.get_ident()}"
    part = path.with_name(f".{path.name}.{owner}{LEFTOVER}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> Path:
    """Bytes, or text in UTF-8 with its line ends as they are; returns the path."""
    with whole_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
