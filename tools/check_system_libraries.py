"""Say, before anything is downloaded, which of OpenCV's system libraries are missing."""

import ctypes
import sys

PACKAGE_OF_LIBRARY = {"libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0"}


def missing_packages() -> list[str]:
    """Debian packages whose library does not load; empty on systems other than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in PACKAGE_OF_LIBRARY.items() if not _loads(library)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    missing = missing_packages()
    if missing:
        sys.exit(
            f"OpenCV needs system libraries that are missing here: install {' and '.join(missing)}"
            f" (Debian and Ubuntu: apt-get install {' '.join(missing)})."
        )
