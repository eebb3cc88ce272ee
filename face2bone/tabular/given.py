"""A table as somebody gave it: a file, or bytes that never lie in one."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class GivenBytes:
    """A table in memory, as a browser or an archive gives it; ``name`` ends as its format does.

    It may hold who the patients are, so it is never written to the disk to be read.
    """

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """The name's ending, with its dot."""
        return PurePosixPath(self.name).suffix

    def read_bytes(self) -> bytes:
        """The table's bytes."""
        return self.data


Source = Path | GivenBytes
