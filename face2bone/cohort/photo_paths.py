"""Where a manifest's photos lie: the rules of a path, and one name for one file.

A file's name may be written in several ways: with ``./``, with an umlaut as one character or as a
letter and its dots (Unicode's NFC and NFD; a Mac writes the second), in another case where the
disk does not mind, or by a link. All of them are one photo.
"""

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from face2bone.words import message, template

PHOTO_SUFFIXES: Final = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif")
FILM_SUFFIXES: Final = (".dcm", ".dicom", ".tif", ".tiff")
SUFFIXES: Final = (*PHOTO_SUFFIXES, *FILM_SUFFIXES)
RULES: Final[tuple[tuple[Callable[[str], bool], str], ...]] = (
    (
        lambda v: 0 < len(v.encode("utf-8", "replace")) <= 240 and v.isprintable(),
        template("must be the path of a photo in at most 240 printable characters"),
    ),
    (
        lambda v: not set("\\:") & set(v),
        template("must use forward slashes, with no drive or address"),
    ),
    (lambda v: not v.startswith(("/", "~")), template("must be relative to the manifest's folder")),
    (
        lambda v: ".." not in PurePosixPath(v).parts,
        template("must stay inside the manifest's folder"),
    ),
    (
        lambda v: PurePosixPath(v).suffix.lower() in ("", *SUFFIXES),
        message("must end in one of {endings}, or have no ending", endings=SUFFIXES),
    ),
)


def obeys_rules(cell: str) -> bool:
    """Whether a cell keeps every rule of ``RULES``; another one is never looked up."""
    return all(test(cell) for test, _ in RULES)


def spelt_as_on_disk(root: Path, cell: str) -> str:
    """The path as its folders spell it, without ``.`` parts; the cell itself if it breaks a rule.

    Where nothing of that name is there, the spelling of the cell stays.
    """
    if not obeys_rules(cell):
        return cell
    place = root
    for part in PurePosixPath(cell).parts:
        place /= next((form for form in _forms(part) if _is_there(place / form)), part)
    return place.relative_to(root).as_posix() if place != root else cell


def is_file_inside(root: Path, cell: str) -> bool:
    """Whether a path names a file in the folder ``root``, also after following links."""
    file = (root / cell).resolve()
    return file.is_relative_to(root.resolve()) and file.is_file()


def file_identity(root: Path, cell: str) -> object:
    """Equal for two paths of one file; the cell itself where it names none."""
    if not obeys_rules(cell) or not (root / cell).is_file():
        return cell
    said = (root / cell).stat()
    return (said.st_dev, said.st_ino) if said.st_ino else cell


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the disk
        return False


def _forms(part: str) -> Iterator[str]:
    yield part
    yield unicodedata.normalize("NFC", part)
    yield unicodedata.normalize("NFD", part)
