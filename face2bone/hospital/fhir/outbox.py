"""What is to be sent, as files: nothing else is known after a restart.

    outbox    transactions that the server does not have yet
    refused   those that it will never take, each with the reason beside it
    server    address of the server that all of them are meant for

A file is known by a hash of the report that it is of. It is on the disk before anybody says that
it will be sent, and leaves when the server has said that it has it; a process that is killed in
between sends it again, and the server makes nothing of it twice. Any process may put a file in;
one at a time sends.
"""

from collections.abc import Iterable, Iterator
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
        self._server = root / "server"
        self._sending = FileLock(root / "send.lock", timeout=0)
        self._writing = FileLock(root / "write.lock")

    def put(self, transactions: Iterable[Transaction], address: str) -> None:
        """Keep them for the server at an address, on the disk when this returns.

        Raises ``SendError`` while the folder serves another, and ``OSError`` where it is full.
        """
        with self._writing:
            self._meant_for(address)
            for one in transactions:
                path = self.outbox / f"{one.name}{ENDING}"
                if not path.exists():
                    write_lasting(path, one.data)

    @contextmanager
    def held(self, address: str) -> Iterator[bool]:
        """Whether this process is the one that sends, within the block; raises as ``put`` does."""
        try:
            self._sending.acquire()
        except Timeout:
            yield False
            return
        try:
            with self._writing:
                self._meant_for(address)
                self._clear()
            yield True
        finally:
            self._sending.release()

    def _meant_for(self, address: str) -> None:
        """One server at a time, so that nothing is sent to another than it was meant for."""
        before = self._server.read_text("utf-8") if self._server.exists() else ""
        if before == address:
            return
        if before and (self.waiting() or self._another_sends()):
            raise SendError(
                "This folder is in use for another server. Send first what waits in it, and stop "
                "who sends from it, or name another folder."
            )
        write_lasting(self._server, address.encode())

    def _another_sends(self) -> bool:
        try:
            with self._sending:
                return False
        except Timeout:
            return True

    def _clear(self) -> None:
        """What a killed process left half-written goes; nobody is writing meanwhile."""
        for folder in (self.outbox, self.refused, self.outbox.parent):
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
