"""Memory while attributing with the full-width network, above the idle app.

    python -m benchmarks.memory

The idle app is this process once everything the dashboard imports is there and before a
model is loaded. Resident memory is read every few milliseconds while the engine is made,
while a face is attributed (the first quarter of the 1,024 coalitions: the rest repeats it),
and while its concepts are weighed.
"""

import argparse
import contextlib
import importlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

MIB: Final = 1024.0
LOOK_SECONDS: Final = 0.005
QUARTER: Final = 0.25


def main() -> None:
    """Print memory at rest and at its peak in each part, MiB above the idle app."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    importlib.import_module("face2bone.dashboard.review.page")
    idle = resident()
    print(f"idle app: {idle:.0f} MiB; below, MiB above it at the peak and after", flush=True)
    # After the idle figure is taken: these import what the app would not.
    import numpy as np

    from benchmarks.timing import drawn_face, full_width
    from face2bone.explain.baselines import blur_baseline
    from face2bone.explain.craft import concept_importance
    from face2bone.explain.shapley import region_shapley
    from face2bone.modalities.face import FACE_INPUT
    from face2bone.runtime import OpenVinoEngine, logits_of_crops, network_input

    made: list[OpenVinoEngine] = []
    show("engine made", idle, lambda: made.append(OpenVinoEngine(full_width(), FACE_INPUT)))
    engine, face = made[0], drawn_face()

    def attribute() -> None:
        def stop(fraction: float) -> None:
            if fraction >= QUARTER:
                raise InterruptedError

        with contextlib.suppress(InterruptedError):
            region_shapley(logits_of_crops(engine), face, blur_baseline(face), stop)

    features = engine.features(network_input(face.pixels[None], FACE_INPUT))
    basis = np.ones((8, features.shape[1]), dtype=np.float32)
    show("regions attributed", idle, attribute)
    show("concepts weighed", idle, lambda: concept_importance(engine, basis, np.ones((8, 8, 8))))


def show(name: str, idle: float, work: Callable[[], object]) -> None:
    """Run ``work`` and print its peak and what stays, above ``idle``."""
    peak, over = [resident()], threading.Event()

    def watch() -> None:
        while not over.is_set():
            peak[0] = max(peak[0], resident())
            time.sleep(LOOK_SECONDS)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        over.set()
        watcher.join()
    print(f"{name:<20}{peak[0] - idle:>8.0f}{resident() - idle:>8.0f}", flush=True)


def resident() -> float:
    """Resident memory of this process, MiB (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / MIB


if __name__ == "__main__":
    main()
