"""A bundle's files, each read once and compared with its hash before it is believed."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path

from face2bone.careful import bytes_of
from face2bone.errors import BundleCorrupt, BundleMissing


def file_of(root: Path, name: str, most: int) -> bytes:
    """The bytes of one file, at most ``most``; ``BundleMissing`` or ``BundleCorrupt``."""
    try:
        return bytes_of(root / name, most)
    except OSError as error:
        raise BundleMissing(
            "The bundle's file {file} is not there or cannot be read. Fetch the bundle again.",
            file=name,
        ) from error
    except ValueError as error:
        raise BundleCorrupt(
            "The bundle's file {file} {reason}. Fetch the bundle again or rebuild it.",
            file=name,
            reason=str(error),
        ) from error


def verified_files(
    root: Path, hashes: Mapping[str, str], names: Collection[str], most: Mapping[str, int]
) -> dict[str, bytes]:
    """The bytes of every file of the format, each equal to its recorded hash.

    names: exactly those a card must list; most: the bytes that each may have.
    """
    if set(hashes) != set(names):
        raise BundleCorrupt(
            "The bundle's card does not list exactly the files of a bundle. "
            "Fetch the bundle again or rebuild it."
        )
    files = {name: file_of(root, name, most[name]) for name in names}
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != hashes[name]:
            raise BundleCorrupt(
                "The bundle's file {file} differs from the hash on its card. Fetch the "
                "bundle again.",
                file=name,
            )
    return files
