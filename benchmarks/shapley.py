"""How much exact region attribution costs above the forward passes it needs.

    python benchmarks/shapley.py [--runs 3]

For the full-width network and, where it is there, the configured bundle, on torch and on
OpenVINO: seconds for 1,024 bare forward passes on ready-made input, for the exact
attribution of one face (painting, scaling, bookkeeping and the same 1,024 passes), their
ratio, and seconds for the importance of eight concepts. Medians of interleaved runs; the
network's weights do not matter to the times.
"""

import argparse
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from face2bone.bundle import load_bundle
from face2bone.cohort.synthetic.patients import draw_patient, patient_face
from face2bone.cohort.synthetic.render import draw_face
from face2bone.cohort.synthetic.worlds import World
from face2bone.errors import BundleError, EngineError
from face2bone.explain.coalitions import BATCH
from face2bone.explain.craft import concept_importance
from face2bone.explain.fills import blur_fill
from face2bone.explain.shapley import region_shapley
from face2bone.face import AlignedFace, align, find_face
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.photo import photo_from_pixels
from face2bone.runtime import Engine, OpenVinoEngine, TorchEngine, logits_of_crops, network_input
from face2bone.settings import get_settings

COALITIONS: Final = 1024
CONCEPTS: Final = 8


def main() -> None:
    """Print one line an engine and network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="runs a figure; the median is printed")
    runs = parser.parse_args().runs
    face = drawn_face()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, runs: {runs}")
    print(
        f"{'network':<24}{'engine':<20}{'1,024 passes':>13}{'exact':>9}{'ratio':>7}{'concepts':>10}"
    )
    for label, network in networks():
        for engine in engines(network):
            bare, exact, concepts = times(engine, face, runs)
            print(
                f"{label:<24}{engine.name:<20}{bare:>11.2f} s{exact:>7.2f} s"
                f"{exact / bare:>7.2f}{concepts:>8.2f} s"
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MiB")


def drawn_face() -> AlignedFace:
    """One drawn patient's face, as the assessment sees it."""
    patient = draw_patient(1, World.PLANTED)
    photo = photo_from_pixels(draw_face(patient_face(patient), size=512).pixels)
    return align(photo, find_face(photo))


def networks() -> Iterator[tuple[str, Face2Bone]]:
    """The networks timed, each with its name."""
    try:
        bundle = load_bundle(get_settings().bundle)
        yield f"{bundle.card.name} bundle", bundle.build_network()
    except BundleError as error:
        print(f"no bundle timed: {error}")
    yield "full width", Face2Bone(NetworkConfig())


def engines(network: Face2Bone) -> Iterator[Engine]:
    """Every engine that runs here."""
    yield TorchEngine(network, device="cpu")
    try:
        yield OpenVinoEngine(network)
    except EngineError as error:
        print(f"OpenVINO not timed: {error}")


def times(engine: Engine, face: AlignedFace, runs: int) -> tuple[float, float, float]:
    """Median seconds of bare passes, exact attribution and concept importance."""
    batch = network_input(np.repeat(face.crop[None], BATCH, axis=0))
    fill, logits_of = blur_fill(face), logits_of_crops(engine)
    features = engine.features(batch[:1])
    rng = np.random.default_rng(0)
    basis = rng.random((CONCEPTS, features.shape[1]), dtype=np.float32)
    coefficients = rng.random((CONCEPTS, *features.shape[2:]))

    def bare_passes() -> None:
        for _ in range(COALITIONS // BATCH):
            engine.logits(batch)

    jobs: tuple[Callable[[], object], ...] = (
        bare_passes,
        lambda: region_shapley(logits_of, face, fill),
        lambda: concept_importance(engine, basis, coefficients),
    )
    engine.logits(batch)  # warm: compiled and its memory taken
    engine.head(features)
    seconds = [[_seconds(job) for job in jobs] for _ in range(runs)]
    bare, exact, concepts = (statistics.median(column) for column in zip(*seconds, strict=True))
    return bare, exact, concepts


def _seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
