"""A bundle's files, each read once and compared with its hash before it is believed.

A card is sealed: YAML whose last line is the SHA-256 of the lines above it.
"""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from face2bone.careful import bytes_of, yaml_of
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


SEAL: Final = b"card_sha256: "


def sealed_yaml(values: Any) -> bytes:
    """Plain values as sealed UTF-8 YAML.

    Raises ``BundleCorrupt`` when a value is no plain number, text, list or mapping.
    """
    try:
        text = yaml.dump(values, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    except yaml.YAMLError as error:
        raise BundleCorrupt(
            "The bundle's card holds a value YAML cannot express. "
            "Turn arrays and objects into plain numbers, texts and lists."
        ) from error
    return _sealed(text.encode())


def unsealed(data: bytes) -> Any:
    """The values of sealed YAML.

    Raises ``BundleCorrupt`` when the seal is broken, and ``ValueError`` as ``yaml_of`` does.
    """
    body, _, _ = data.rpartition(SEAL)
    if not body or _sealed(body) != data:
        raise BundleCorrupt(
            "The bundle's card.yaml is invalid: its last line is not the hash of the rest. "
            "Fetch the bundle again or rebuild it."
        )
    return yaml_of(body)


def _sealed(body: bytes) -> bytes:
    return body + SEAL + hashlib.sha256(body).hexdigest().encode() + b"\n"


class _Plain(yaml.SafeDumper):
    """Writes out what stands in two places, for reading refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
