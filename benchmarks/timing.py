"""What the benchmarks share: the machine in words, the networks, one face, and a clock.

Every benchmark runs on one thread and counts the CPU seconds of its own process, so that
other work on the machine disturbs the figures little and ratios within a run hardly at all.
Jobs that are compared take turns; medians are printed. Weights do not matter to speed, so
the full-width network is an untrained one.
"""

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import torch

from face2bone.bundle import load_bundle
from face2bone.drawn.face.patients import draw_patient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.worlds import World
from face2bone.modalities.face import AlignedFace, find_face
from face2bone.modalities.photo import photo_from_pixels
from face2bone.nn import BundleNetwork, Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.settings import get_settings

THREADS: Final = 1


def machine() -> str:
    """Processor, cores, load and versions, in one line."""
    cpu = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.+)", cpu.read_text()) if cpu.is_file() else []
    name = models[0] if models else platform.processor() or platform.machine()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{name}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, "
        f"torch {torch.__version__}; {THREADS} thread, CPU seconds of this process"
    )


def networks() -> Iterator[tuple[str, BundleNetwork]]:
    """The networks timed, each with its name: the configured bundle's and the full width."""
    torch.set_num_threads(THREADS)
    bundle = load_bundle(get_settings().bundle)
    yield f"{bundle.card.name} bundle", bundle.network
    yield "full width", full_width()


def full_width() -> Face2Bone:
    """An untrained network of FaceNet's own sizes."""
    torch.manual_seed(0)
    return Face2Bone(NetworkConfig()).eval()


def drawn_face(seed: int = 1) -> AlignedFace:
    """One drawn patient's face, as the assessment sees it."""
    patient = draw_patient(seed, World.PLANTED)
    photo = photo_from_pixels(draw_face(patient_face(patient), size=256).pixels)
    return find_face(photo).aligned


def medians(jobs: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median CPU seconds of every job over ``runs`` rounds in which each has its turn."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            started = time.process_time()
            job()
            seconds[name].append(time.process_time() - started)
    return {name: statistics.median(times) for name, times in seconds.items()}
