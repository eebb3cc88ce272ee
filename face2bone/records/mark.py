"""The mark that there were records in a file: left in the user's data folder, apart from the file.

A database that is missing, because a disk is not connected or a file was moved, must not look
like a clinic that begins. Without the mark an empty one would be made in its place, and the next
patients kept apart from all before them.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from platformdirs import user_data_path

from face2bone.errors import RecordsUnavailable


def note_records(file: Path) -> None:
    """Remember that records are kept in this file; a mark that cannot be left keeps nobody back."""
    mark = _mark(file)
    with suppress(OSError):
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.write_text(f"{file.resolve()}\n", "utf-8")


def check_not_missing(file: Path) -> None:
    """Raise ``RecordsUnavailable`` when a file that held records is gone or empty."""
    mark = _mark(file)
    if mark.is_file() and (not file.is_file() or not file.stat().st_size):
        raise RecordsUnavailable(
            "The records file {file} is missing, and this computer kept records in it. "
            "Connect its disk, or put the file or a backup of it back. If new records are "
            "to begin there, remove {mark} from {folder} in the program's data folder first.",
            file=file.name,
            mark=mark.name,  # a page says this: no path of the server
            folder=mark.parent.name,
        )


def _mark(file: Path) -> Path:
    name = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:32]
    return user_data_path("face2bone") / "records-kept" / f"{name}.txt"
