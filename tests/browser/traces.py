"""What of a face could be left behind, and where it is looked for: addresses and files."""

import io
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.drawing.pictures import crop_png, outlined_jpeg
from face2bone.modalities.photo import read_photo

PIECE: Final = 48
HEAD: Final = 700  # bytes in which pictures of one kind resemble each other
APART: Final = 512
TELLING: Final = 16  # different bytes in a piece; those of an even background have fewer


def pieces(picture: bytes) -> list[bytes]:
    """Stretches of a picture: any copy of it holds all of them, a torn one some."""
    found = (picture[at : at + PIECE] for at in range(HEAD, len(picture) - PIECE, APART))
    return [piece for piece in found if len(set(piece)) >= TELLING]


def forms_of(photo: bytes, bundle: Bundle) -> dict[str, bytes]:
    """The photo as it was given and as pages show it: its crop, and itself with outlines."""
    opened = read_photo(photo)
    aligned = Assessor(bundle).locate(opened).aligned
    crop = crop_png(aligned)
    return {
        "photo": photo,
        "crop as PNG": crop,
        "crop as pixels": Image.open(io.BytesIO(crop)).convert("RGB").tobytes(),
        "photo with outlines": outlined_jpeg(opened.pixels, aligned),
    }


def pictures_of(report: bytes) -> dict[str, bytes]:
    """The streams of the pictures in a PDF, as they lie in it and unpacked."""
    found = {}
    for page in pdfium.PdfDocument(report):
        for i, picture in enumerate(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE])):
            found[f"picture {i} of the report"] = bytes(picture.get_data(decode_simple=False))
            found[f"picture {i}, unpacked"] = bytes(picture.get_data(decode_simple=True))
    return found


class Face:
    """Every form of one face that is known, to be looked for."""

    def __init__(self, forms: dict[str, bytes]) -> None:
        self._pieces = {name: pieces(form) for name, form in forms.items()}
        assert all(len(of_one) > 3 for of_one in self._pieces.values()), forms.keys()

    def forms_in(self, content: bytes) -> list[str]:
        """Which forms these bytes have any stretch of."""
        return [
            name
            for name, of_one in self._pieces.items()
            if any(piece in content for piece in of_one)
        ]

    def files_among(self, paths: Iterable[Path]) -> list[Path]:
        """Those files that hold any stretch of any form."""
        return [path for path in paths if self.forms_in(_content(path))]


def _content(path: Path) -> bytes:
    with suppress(OSError):
        if path.is_file():  # no socket, no pipe
            return path.read_bytes()
    return b""


def answers(address: str, paths: Iterable[str]) -> dict[str, bytes]:
    """What the addresses of the public store still answer, but those that are gone."""
    found = {}
    for path in paths:
        try:
            with urllib.request.urlopen(f"{address}{path}", timeout=20) as answer:  # noqa: S310
                found[path] = answer.read()
        except urllib.error.HTTPError as error:
            error.close()
    return found


def open_files(address: str) -> Iterator[Path]:
    """What the server's process has open, deleted files among it."""
    port = f"--server.port\0{urlsplit(address).port}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if port in (process / "cmdline").read_bytes():
                yield from (process / "fd").iterdir()
        except OSError:
            continue


def written_since(begun: float, folders: Iterable[Path]) -> list[Path]:
    """Files in these folders that were written since then, but the checkout's own housekeeping."""
    found = set()  # a folder may lie in another of them
    for folder in folders:
        for path in folder.rglob("*"):
            known = ".git" in path.parts or "__pycache__" in path.parts or ".venv" in path.parts
            with suppress(OSError):  # another test's, which is gone by now
                if not known and path.is_file() and path.stat().st_mtime >= begun:
                    found.add(path)
    return sorted(found)
