"""How much memory a process has held at most, for what counts malformed inputs."""

import re
import resource
import sys
from pathlib import Path
from typing import Final

STATUS: Final = Path("/proc/self/status")


def peak_mib() -> int:
    """Peak of this process in MiB.

    On Linux the kernel's own mark of this program: `ru_maxrss` begins with what the process that
    started it held, so a large test run would count as its child's.
    """
    if STATUS.is_file():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", STATUS.read_text("ascii"), re.MULTILINE)
        assert found is not None
        return round(int(found[1]) / 2**10)
    return round(usage_mib(resource.RUSAGE_SELF))


def usage_mib(whose: int) -> float:
    """`ru_maxrss` of this process or its children in MiB; macOS counts bytes, Linux KiB."""
    return resource.getrusage(whose).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def resident_mib() -> float:
    """What this process holds now in MiB (Linux)."""
    found = re.search(r"^VmRSS:\s+(\d+) kB$", STATUS.read_text("ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 2**10
