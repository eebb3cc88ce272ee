"""What stays with the process after threads have looked for a face in a telephone's photo.

The photo is read once and 8, later 16 threads at once look for its face. Resident memory is read
when all have ended and what is free was handed back; each row is a process of its own: glibc's
many heaps, or the few of the dashboard.
Run: python -m benchmarks.heaps [--megapixels 12].
"""

import argparse
import subprocess
import sys
import threading
import time
from typing import Final

from benchmarks.eight_browsers import own_photo
from benchmarks.memory import resident
from face2bone.assess import Assessor
from face2bone.bundle import load_bundle
from face2bone.dashboard.common.heap import few_heaps, hand_back
from face2bone.modalities.photo import read_photo
from face2bone.settings import get_settings

AT_ONCE: Final = (1, 8, 8, 16, 16)


def main() -> None:
    """Both, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", type=float, default=12.0)
    parser.add_argument("--heaps", choices=["many", "few"], help="one only, in this process")
    asked = parser.parse_args()
    if asked.heaps:
        look(asked.heaps, asked.megapixels)
        return
    print(
        f"heaps  MiB after {', '.join(map(str, AT_ONCE))} threads at once; CPU seconds", flush=True
    )
    for heaps in ("many", "few"):
        command = [sys.executable, "-m", "benchmarks.heaps", "--heaps", heaps]
        subprocess.run([*command, "--megapixels", str(asked.megapixels)], check=True)  # noqa: S603


def look(heaps: str, megapixels: float) -> None:
    """Print what stays after so many threads, and the CPU time of all of it."""
    if heaps == "few":
        few_heaps()
    assessor = Assessor(load_bundle(get_settings().bundle))
    photo = read_photo(own_photo(0, 0, megapixels))
    began, after = time.process_time(), []
    for count in AT_ONCE:
        threads = [threading.Thread(target=assessor.locate, args=(photo,)) for _ in range(count)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        hand_back()
        after.append(f"{resident():.0f}")
    print(f"{heaps:<6} {', '.join(after)}; {time.process_time() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
