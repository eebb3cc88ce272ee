"""Files and folders that are there whole or not at all: written beside their place, then moved.

A reader never sees half of one, and what stood there before stays until the new one is complete.
A process that is killed leaves a hidden neighbour ending in ``LEFTOVER``, which means nothing, or,
within the instant between a folder's two moves, the earlier folder under a name ending in
``EARLIER``.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LEFTOVER: Final = ".part"
EARLIER: Final = ".earlier"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path in the same folder to write to; it becomes ``path`` when the block ends well.

    When the block raises, ``path`` is as it was. The name is the process's and the thread's own,
    so that two writers never share it; the last to end wins.
    """
    part = _neighbour(path, LEFTOVER)
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


def write_lasting(path: Path, content: bytes) -> Path:
    """As ``write_whole``; when it returns, not even a power cut takes the file away again."""
    with whole_file(path) as part, part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _name_to_disk(path.parent)
    return path


def remove_lasting(path: Path) -> None:
    """The file is gone, also after a power cut; one that is not there is no error."""
    path.unlink(missing_ok=True)
    _name_to_disk(path.parent)


def _name_to_disk(folder: Path) -> None:
    """Names of files lie in their folder, which has a sync of its own."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside ``path`` to fill; it becomes ``path`` when the block ends well.

    A folder at ``path`` is replaced, and stays as it was when the block or a move fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _neighbour(path, LEFTOVER)
    shutil.rmtree(part, ignore_errors=True)  # of a killed process that had this one's number
    part.mkdir()
    try:
        yield part
        _put_in_place(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, path: Path) -> None:
    """Rename ``part`` to ``path``; whatever was there goes aside first, and back on failure."""
    if not path.exists():
        part.rename(path)
        return
    earlier = path.rename(_neighbour(path, EARLIER))
    try:
        part.rename(path)
    except BaseException:  # an interrupt too
        earlier.rename(path)
        raise
    shutil.rmtree(earlier)


def _neighbour(path: Path, ending: str) -> Path:
    """A hidden name beside ``path`` that no other process or thread takes."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{ending}")
