"""A card's bytes: YAML whose last line is the SHA-256 of the lines above it."""

import hashlib
from typing import Any, Final

import yaml

from face2bone.careful import yaml_of
from face2bone.errors import BundleCorrupt

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
