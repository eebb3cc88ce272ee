"""What is to be sent, as files: nothing else is known after a restart.

    outbox    transactions that the server does not have yet
    refused   those that it will never take, each with the reason beside it

A file is known by a hash of the report that it is of. It is on the disk before anybody says that
it will be sent, and leaves when the server has said that it has it; a process that is killed in
between sends it again, and the server makes nothing of it twice. Any process may put a file in;
one at a time sends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from face2bone.atomic_files import LEFTOVER, remove_lasting, write_lasting
from face2bone.errors import SendError
from face2bone.hospital.fhir.transaction import Transaction

ENDING: Final = ".json"
REASON: Final = ".txt"
_OWNER_ONLY: Final = 0o700


class Outbox:
    """The folders of one destination."""

    def __init__(self, root: Path) -> None:
        self.outbox, self.refused = root / "outbox", root / "refused"
        try:
            for folder in (root, self.outbox, self.refused):
                folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise SendError(
                "The folder of the outbox cannot be made, because a file is in its place. Name "
                "another folder."
            ) from None
        self._sending = FileLock(root / "send.lock", timeout=0)
        self._writing = FileLock(root / "write.lock")

    def put(self, transaction: Transaction) -> None:
        """Keep one, on the disk when this returns; raises ``OSError`` where it cannot be."""
        with self._writing:
            path = self.outbox / f"{transaction.name}{ENDING}"
            if not path.exists():
                write_lasting(path, transaction.data)

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether this process is the one that sends, within the block."""
        try:
            self._sending.acquire()
        except Timeout:
            yield False
            return
        try:
            self._clear()
            yield True
        finally:
            self._sending.release()

    def _clear(self) -> None:
        """What a killed process left half-written goes; nobody is writing meanwhile."""
        with self._writing:
            for folder in (self.outbox, self.refused):
                for part in folder.glob(f".*{LEFTOVER}"):
                    part.unlink()

    def waiting(self) -> list[Path]:
        """The files that the server does not have yet, the oldest first."""
        files = self.outbox.glob(f"[!.]*{ENDING}")
        return sorted(files, key=lambda path: (path.stat().st_mtime, path.name))

    def sent(self, path: Path) -> None:
        """Let go of what the server has."""
        remove_lasting(path)

    def refuse(self, path: Path, reason: str) -> None:
        """Put aside what will never be taken; its reason is there before it is."""
        write_lasting(self.refused / f"{path.stem}{REASON}", reason.encode())
        write_lasting(self.refused / path.name, path.read_bytes())
        remove_lasting(path)
