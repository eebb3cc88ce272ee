"""What came and what is to be sent, as files: nothing else is known after a restart.

    inbox     pictures that were acknowledged and are not answered yet
    outbox    answers that the archive has not acknowledged yet
    attempts  how often an answer was begun and never ended, a byte each time

A file is known by the hash of the picture it is of. A picture leaves the inbox when its whole
answer lies in the outbox, and an answer leaves the outbox when the archive has it. A process that
is killed anywhere does its last step again, and what it then makes is the same instance.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from face2bone.atomic_files import LEFTOVER, remove_lasting, write_lasting
from face2bone.errors import ListenError

ENDING: Final = ".dcm"
_OWNER_ONLY: Final = 0o700


class Folders:
    """The folders of one listener; only one process at a time may have them."""

    def __init__(self, root: Path) -> None:
        self.inbox, self.outbox = root / "inbox", root / "outbox"
        self._attempts = root / "attempts"
        for folder in (root, self.inbox, self.outbox, self._attempts):
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        self._lock = FileLock(root / "listen.lock", timeout=0)

    @contextmanager
    def held(self) -> Iterator[None]:
        """These folders for this process alone, without what a killed one left half-written.

        Raises ``ListenError`` where another process has them.
        """
        try:
            self._lock.acquire()
        except Timeout:
            raise ListenError(
                "Another process of this program works in this folder. Stop it, or name another "
                "folder."
            ) from None
        try:
            for folder in (self.inbox, self.outbox):
                for part in folder.glob(f".*{LEFTOVER}"):
                    part.unlink()
            yield
        finally:
            self._lock.release()

    def receive(self, file: bytes, data_set: bytes) -> str:
        """Keep a picture, on the disk when this returns; what it is known by.

        data_set: the file without what our side wrote before it, so that a picture that is sent
        again is the same. Raises ``OSError`` where it cannot be written.
        """
        picture = hashlib.sha256(data_set).hexdigest()
        path = self._film(picture)
        if not path.exists():
            write_lasting(path, file)
        return picture

    def waiting(self) -> list[str]:
        """The pictures without an answer, the longest waiting first."""
        return [path.stem for path in _oldest_first(self.inbox)]

    def picture(self, picture: str) -> bytes:
        """The bytes of one."""
        return self._film(picture).read_bytes()

    @contextmanager
    def attempt(self, picture: str) -> Iterator[int]:
        """How often before an answer to it was begun and the process ended within."""
        path = self._attempts / picture
        before = path.stat().st_size if path.exists() else 0
        write_lasting(path, b"." * (before + 1))
        try:
            yield before
        finally:
            path.unlink()

    def answered(self, picture: str, objects: Mapping[str, bytes]) -> None:
        """Keep an answer, one file by its form each, and let go of the picture."""
        for form, data in objects.items():
            write_lasting(self.outbox / f"{picture}.{form}{ENDING}", data)
        remove_lasting(self._film(picture))

    def to_send(self) -> list[Path]:
        """The files that the archive does not have yet, the oldest first."""
        return _oldest_first(self.outbox)

    def sent(self, path: Path) -> None:
        """Let go of an answer that the archive has."""
        remove_lasting(path)

    def _film(self, picture: str) -> Path:
        return self.inbox / f"{picture}{ENDING}"


def _oldest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"[!.]*{ENDING}"), key=lambda path: (path.stat().st_mtime, path.name))
