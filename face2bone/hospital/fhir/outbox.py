"""What is to be sent, as files: nothing else is known after a restart.

    outbox    transactions that the server does not have yet
    refused   those that it will never take, each with the reason beside it
    server    address of the server that all of them are meant for

A file is known by a hash of the report that it is of. It is on the disk before anybody says that
it will be sent, and leaves when the server has said that it has it; a process that is killed in
between sends it again, and the server makes nothing of it twice. Any process may put a file in;
one at a time sends.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from face2bone.atomic_files import LEFTOVER, remove_lasting, write_lasting
from face2bone.errors import SendError
from face2bone.hospital.fhir.transaction import Transaction

ENDING: Final = ".json"
REASON: Final = ".txt"
SENDER_GOES: Final = 2.0
"""Seconds in which another process may still let go of the sending."""
_OWNER_ONLY: Final = 0o700
_BEHIND: Final = 10**9  # nanoseconds; some disks keep a file's time by the second


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
        """Whether this process is the one that sends, within the block; raises as ``put`` does.

        It waits a little, because others hold the lock for a moment, to see whether anybody does,
        and because one that is about to leave sees no more what was put in just now.
        """
        try:
            self._sending.acquire(timeout=SENDER_GOES)
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
                "who sends from it, or name another folder. If that server's address was "
                "mistyped, delete the file named server in the folder."
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
        return [path for _, path in self._aged()]

    def _aged(self) -> list[tuple[int, Path]]:
        """Each with its time in nanoseconds; without those that somebody deletes meanwhile."""
        aged = []
        for path in self.outbox.glob(f"[!.]*{ENDING}"):
            with suppress(FileNotFoundError):
                aged.append((path.stat().st_mtime_ns, path))
        return sorted(aged)

    def behind(self, path: Path) -> None:
        """Put behind all that wait, so that the next process does not begin with what fails.

        A file that another user put in stays in its place.
        """
        last = max((age for age, _ in self._aged()), default=0) + _BEHIND
        with suppress(FileNotFoundError, PermissionError):
            os.utime(path, ns=(last, last))

    def sent(self, path: Path) -> None:
        """Let go of what the server has, and of why it was refused before."""
        for name in (path.name, f"{path.stem}{REASON}"):
            if (self.refused / name).exists():
                remove_lasting(self.refused / name)
        remove_lasting(path)

    def has_refused(self, name: str) -> bool:
        """Whether the transaction of this name lies aside."""
        return (self.refused / f"{name}{ENDING}").exists()

    def refuse(self, path: Path, reason: str) -> None:
        """Put aside what will never be taken; its reason is there before it is.

        A file that somebody has removed meanwhile leaves nothing behind.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        write_lasting(self.refused / f"{path.stem}{REASON}", reason.encode())
        write_lasting(self.refused / path.name, content)
        remove_lasting(path)
