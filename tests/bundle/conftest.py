import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from face2bone.bundle import Bundle


def seal(body: bytes) -> bytes:
    """The last line a card must carry."""
    return body + b"card_sha256: " + hashlib.sha256(body).hexdigest().encode() + b"\n"


@pytest.fixture
def reseal() -> Callable[[bytes], bytes]:
    return seal


@pytest.fixture
def copied(tiny_bundle: Bundle, tmp_path: Path) -> Path:
    """A copy of the tiny bundle's folder that a test may damage."""
    return Path(shutil.copytree(tiny_bundle.root, tmp_path / "bundle"))


@pytest.fixture
def forge(copied: Path) -> Callable[[str, bytes], Path]:
    """Put other bytes into a file and make the card agree with them."""

    def change(name: str, data: bytes) -> Path:
        old = hashlib.sha256((copied / name).read_bytes()).hexdigest()
        (copied / name).write_bytes(data)
        body = (copied / "card.yaml").read_bytes().rpartition(b"card_sha256: ")[0]
        new = hashlib.sha256(data).hexdigest()
        (copied / "card.yaml").write_bytes(seal(body.replace(old.encode(), new.encode())))
        return copied

    return change
