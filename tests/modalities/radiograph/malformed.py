"""Malformed radiographs; how each was answered is counted by
``python -m tests.modalities.radiograph.malformed 2000``.

Mutations of small valid files of every kind. Each must be a film or a typed error within the limits
of time and memory; anything else ends the run. Compressed DICOM starts a process for each file.
"""

import functools
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from face2bone.errors import RadiographError
from face2bone.modalities.radiograph import read_radiograph
from tests.modalities.radiograph.films import LOSSLESS, dicom, drawn, picture
from tests.peak import peak_mib, usage_mib

QUICK: Final[tuple[Callable[[], bytes], ...]] = (
    functools.partial(dicom, "explicit"),
    functools.partial(dicom, "implicit"),
    functools.partial(dicom, "deflated", 8),
    functools.partial(picture, drawn(8), "PNG"),
    functools.partial(picture, drawn(16), "PNG"),
    functools.partial(picture, drawn(8), "JPEG"),
    functools.partial(picture, drawn(8), "TIFF"),
    functools.partial(picture, drawn(16), "TIFF", compression="tiff_lzw"),
)
SLOW: Final[tuple[Callable[[], bytes], ...]] = (
    *(functools.partial(dicom, syntax) for syntax in LOSSLESS),
    functools.partial(dicom, "JPEGBaselineProcess1", 8),
)


@functools.cache
def _valid(number: int, slow: bool) -> bytes:
    kinds = SLOW if slow else QUICK
    return kinds[number % len(kinds)]()


def mutated(seed: int, slow: bool = False) -> bytes:
    """A valid file with bytes changed, cut, put in or copied about."""
    rng = np.random.default_rng((410_300, seed))
    data = bytearray(_valid(seed % len(SLOW if slow else QUICK), slow))
    for _ in range(rng.integers(1, 7)):
        # Half the time in the first part, where headers and directories are.
        reach = len(data) if rng.random() < 0.5 else min(len(data), 1_200)
        place, size = int(rng.integers(0, reach)), int(rng.geometric(0.15))
        kind = int(rng.integers(0, 4))
        if kind == 0:
            data[place : place + size] = rng.bytes(size)
        elif kind == 1:
            del data[place : place + size]
        elif kind == 2:
            data[place:place] = rng.choice((b"\0", b"\xff")) * size
        else:
            start = int(rng.integers(0, len(data)))
            data[place:place] = data[start : start + 8 * size]
    return bytes(data if rng.random() < 0.9 else data[: int(rng.integers(1, len(data)))])


def answered(data: bytes) -> str:
    """ "film" or the name of the typed error; anything else is raised."""
    try:
        film = read_radiograph(data)
    except RadiographError as error:
        if not (". " in str(error) and str(error).endswith(".")):
            raise AssertionError(f"neither what is wrong nor what to do: {error}") from error
        return type(error).__name__
    assert np.isfinite(film.pixels).all()
    assert film.pixels.min() >= 0
    assert film.pixels.max() <= 1
    return "film"


def run(mutations: int) -> dict[str, Any]:
    """Answers counted, the slowest file (processor seconds) and the peak memory in MiB, with
    those of the processes that decode.
    """
    counts: Counter[str] = Counter()
    slowest: tuple[float, str] = (0.0, "")
    for seed in range(mutations):
        slow = seed % 4 == 0
        data = mutated(seed, slow)
        start = sum(time_spent())
        counts[answered(data)] += 1
        slowest = max(slowest, (sum(time_spent()) - start, f"mutation {seed}"))
    peaks = [peak_mib(), round(usage_mib(resource.RUSAGE_CHILDREN))]
    return {"answers": dict(counts), "slowest": slowest, "peak_mib": peaks}


def time_spent() -> tuple[float, float]:
    """Processor seconds of this process and of those it has waited for."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), of_children.ru_utime + of_children.ru_stime


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]))))
