"""A small disk in memory that a test can fill; only root may set one up.

Without it these tests skip, unless FACE2BONE_REQUIRE_SMALL_DISK is set (continuous integration,
where it can be mounted): then that is a failure.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

BLOCK: Final = 4096


class Disk:
    """A mounted file system of a few megabytes that can be filled to the last blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def leave(self, blocks: int) -> None:
        """Fill it but for so many blocks."""
        self.free()
        spare = shutil.disk_usage(self.folder).free - blocks * BLOCK
        with self._filler.open("wb") as file:
            for _ in range(spare // BLOCK):
                file.write(bytes(BLOCK))

    def free(self) -> None:
        """Take away what filled it."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """Mounted within the block; the test is skipped where that cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="f2b-disk-"))  # short, and not root's alone
    folder.chmod(0o755)  # PostgreSQL goes through it as its own user
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        folder.rmdir()
        message = "a small disk cannot be mounted here; root can"
        if os.environ.get("FACE2BONE_REQUIRE_SMALL_DISK"):
            pytest.fail(message)
        pytest.skip(message)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
