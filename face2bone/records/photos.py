"""Photos at rest: sealed with AES-256-GCM under a key that is never in the database.

A photo is bound to its assessment (the id is authenticated with it), so one patient's photo
cannot be put in another's place. Source: NIST SP 800-38D; 96-bit random nonces.
"""

import base64
import binascii
import hashlib
import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image

from face2bone.errors import PhotoKeyError
from face2bone.modalities.modality import Picture

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEY_MARK: Final = "face2bone-photo-key-1:"


@dataclass(frozen=True)
class PhotoSafe:
    """Seals and opens photos with one key of 32 bytes."""

    key: bytes

    @property
    def key_id(self) -> str:
        """Sixteen hexadecimal digits that tell keys apart and reveal nothing of them."""
        return hashlib.sha256(b"face2bone key id" + self.key).hexdigest()[:16]

    def seal(self, photo: Picture, assessment_id: str) -> bytes:
        """Nonce and ciphertext of the photo as PNG."""
        png = io.BytesIO()
        Image.fromarray(photo.shown).save(png, format="PNG")
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, png.getvalue(), assessment_id.encode())

    def open(self, sealed: bytes, assessment_id: str) -> bytes:
        """The PNG; raises ``PhotoKeyError`` for another key, another assessment or damage."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, ciphertext, assessment_id.encode())
        except (InvalidTag, ValueError) as error:
            raise PhotoKeyError(
                "The kept photo cannot be opened: it is damaged or was sealed with another key. "
                "Set FACE2BONE_RECORDS_KEY to the key file it was sealed with."
            ) from error


def write_key(path: Path) -> None:
    """Write a new key file that only its owner can read; never replaces one."""
    text = KEY_MARK + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise PhotoKeyError(
            "The key file cannot be written ({reason}). Name a file that does not exist "
            "yet, in a folder you may write to.",
            reason=str(error.strerror),
        ) from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)


def read_key(path: Path | None) -> bytes:
    """The key in a key file; raises ``PhotoKeyError`` when there is none or it is no key."""
    if path is None:
        raise PhotoKeyError(
            "Photos are to be kept and no key is set. "
            "Run `face2bone records-key FILE` and set FACE2BONE_RECORDS_KEY to that file."
        )
    try:
        text = path.read_text("ascii").strip()
        key = base64.b64decode(text.removeprefix(KEY_MARK), validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        raise _no_key(path) from error
    if not text.startswith(KEY_MARK) or len(key) != KEY_BYTES:
        raise _no_key(path)
    return key


def _no_key(path: Path) -> PhotoKeyError:
    return PhotoKeyError(
        "The file {file} holds no photo key. Set FACE2BONE_RECORDS_KEY to a file made by "
        "`face2bone records-key`.",
        file=path.name,
    )
