"""Where the pictures of a cohort lie: in a folder, in a ZIP archive, or in memory.

An archive is somebody else's file: every name in it is looked at before a byte is unpacked, and
each picture is unpacked by itself, in memory, up to a limit. Nothing of it is ever written to the
disk, so a name cannot lead anywhere; a name that tries is still refused, because an archive with
one was not made by a person who wanted pictures scored.
"""

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from face2bone.cohort.photo_paths import (
    SUFFIXES,
    is_file_inside,
    obeys_rules,
    spelt_as_on_disk,
)
from face2bone.errors import ArchiveRefused, PhotoUnreadable
from face2bone.words import template

PICTURE_BYTES: Final = 64 * 2**20
"""Most of one picture that is ever read; each kind of picture has a lower limit of its own."""
ARCHIVE_FILES: Final = 20_000
UNPACKED_BYTES: Final = 4 * 2**30
"""Most that the pictures of one archive may claim to be, unpacked."""
TABLES: Final = (".csv", ".tsv", ".parquet")
ARCHIVES: Final = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
                  NotImplementedError)  # fmt: skip


class Pictures(Protocol):
    """Pictures by name; a name is a path with forward slashes, as a table writes it."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of every file, sorted."""

    def find(self, cell: str) -> str | None:
        """The name of the picture that a table's cell means; None where there is none."""

    def read(self, name: str) -> bytes:
        """Its bytes; raises ``PhotoUnreadable``."""


@dataclass(frozen=True)
class FolderPictures:
    """Pictures in a folder of this computer and in the folders below it."""

    root: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Of every file inside, those of hidden folders left out."""
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*"))
        return tuple(sorted(n for n in found if not _is_hidden(n) and is_file_inside(self.root, n)))

    def find(self, cell: str) -> str | None:
        """As ``Pictures`` says."""
        if not obeys_rules(cell) or not is_file_inside(self.root, cell):
            return None
        return spelt_as_on_disk(self.root, cell)

    def read(self, name: str) -> bytes:
        """As ``Pictures`` says."""
        try:
            with (self.root / name).open("rb") as file:
                return file.read(PICTURE_BYTES)
        except OSError as error:
            raise PhotoUnreadable(
                "The photo cannot be opened. Check that the file is there and may be read."
            ) from error


@dataclass(frozen=True)
class GivenPictures:
    """Pictures in memory, as a browser has sent them: file name -> bytes."""

    files: Mapping[str, bytes]
    _by_spelling: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_spelling", _spellings(self.files))

    @property
    def names(self) -> tuple[str, ...]:
        """Of every file."""
        return tuple(sorted(self.files))

    def find(self, cell: str) -> str | None:
        """By the whole path, else by the file's own name, for a browser may send no folders."""
        if not obeys_rules(cell):
            return None
        path = PurePosixPath(unicodedata.normalize("NFC", cell))
        whole = self._by_spelling.get(path.as_posix())
        return whole if whole is not None else self._by_spelling.get(path.name)

    def read(self, name: str) -> bytes:
        """As ``Pictures`` says."""
        return self.files[name]


class ZipPictures:
    """Pictures in a ZIP archive that stays packed; safe to share between threads.

    Raises ``ArchiveRefused`` for one that is damaged, encrypted, holds another archive, a link or
    a name that leads out of it, or claims to be larger than the limits.
    """

    def __init__(self, archive: bytes | Path) -> None:
        self._archive = archive
        try:
            with self._opened() as opened:
                entries = [e for e in opened.infolist() if not e.filename.endswith("/")]
        except _DAMAGE as error:
            raise ArchiveRefused(
                "The ZIP file is damaged or no ZIP file. Pack the pictures again."
            ) from error
        _check(entries)
        self._entries = {e.filename: e for e in entries if not _is_hidden(e.filename)}
        self._by_spelling = _spellings(self._entries)

    @property
    def names(self) -> tuple[str, ...]:
        """Of every file in it that is not hidden."""
        return tuple(sorted(self._entries))

    def find(self, cell: str) -> str | None:
        """As ``Pictures`` says."""
        if not obeys_rules(cell):
            return None
        path = PurePosixPath(unicodedata.normalize("NFC", cell))
        return self._by_spelling.get(path.as_posix())

    def read(self, name: str) -> bytes:
        """Unpack one file, however large it says it is, up to ``PICTURE_BYTES``."""
        try:
            with self._opened() as opened, opened.open(self._entries[name]) as file:
                return file.read(PICTURE_BYTES)
        except _DAMAGE as error:
            raise PhotoUnreadable(
                "The photo is damaged within the ZIP file. Pack it again."
            ) from error

    def _opened(self) -> zipfile.ZipFile:
        kept = self._archive
        return zipfile.ZipFile(io.BytesIO(kept) if isinstance(kept, bytes) else kept)


@dataclass(frozen=True)
class Below:
    """The pictures in one folder of others, by their names from there on."""

    whole: Pictures
    folder: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of those in the folder."""
        start = f"{self.folder}/"
        return tuple(n[len(start) :] for n in self.whole.names if n.startswith(start))

    def find(self, cell: str) -> str | None:
        """As ``Pictures`` says."""
        if not obeys_rules(cell):
            return None
        start = f"{self.folder}/"
        found = self.whole.find(start + cell)
        return found[len(start) :] if found is not None and found.startswith(start) else None

    def read(self, name: str) -> bytes:
        """As ``Pictures`` says."""
        return self.whole.read(f"{self.folder}/{name}")


def is_picture(name: str) -> bool:
    """Whether a file's ending is that of a picture."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def is_table(name: str) -> bool:
    """Whether a file's ending is that of a table."""
    return PurePosixPath(name).suffix.lower() in TABLES


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Raise ``ArchiveRefused`` for what no archive of pictures holds."""
    if len(entries) > ARCHIVE_FILES or sum(e.file_size for e in entries) > UNPACKED_BYTES:
        raise ArchiveRefused(
            "The ZIP file unpacks to more than {files} files or {size} "
            "GB. Pack fewer pictures, or use face2bone score.",
            files=f"{ARCHIVE_FILES:,}",
            size=UNPACKED_BYTES // 2**30,
        )
    seen: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        if entry.filename in seen:
            raise _refused(entry, template("is in it twice"))
        seen.add(entry.filename)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # ``orig_filename``: ``filename`` ends at a NUL and has its backslashes turned.
    name = entry.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or set("\\:\0") & set(name):
        raise _refused(entry, template("has a path that leads out of it"))
    if path.suffix.lower() in ARCHIVES:
        raise _refused(entry, template("is an archive within the archive"))
    if not entry.filename:
        raise _refused(entry, template("is a file without a name"))
    if "" in name.rstrip("/").split("/"):
        raise _refused(entry, template("is in a folder without a name"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(entry, template("is a link"))
    if entry.flag_bits & 1:
        raise _refused(entry, template("is encrypted"))


def _refused(entry: zipfile.ZipInfo, why: str) -> ArchiveRefused:
    shown = "".join(c for c in entry.filename[:60] if c.isprintable())
    return ArchiveRefused(
        "The ZIP file was not opened: {file} {reason}. Pack the pictures and their table anew.",
        file=f"{shown!r}",
        reason=why,
    )


def _is_hidden(name: str) -> bool:
    """What systems add by themselves: .DS_Store, __MACOSX/._photo.jpg."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or any(part.startswith(".") for part in parts)


def _spellings(names: Iterable[str]) -> dict[str, str]:
    """A Mac writes an umlaut as a letter and its dots: both spellings are one name."""
    return {unicodedata.normalize("NFC", name): name for name in names}
