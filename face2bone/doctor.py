"""Is this installation fit to run, and if not, what to do: one check after another."""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from face2bone.errors import Face2BoneError

PINS: Final = ("mediapipe", "numpy", "torch", "streamlit", "starlette", "protobuf", "openvino")
PYTHONS: Final = ((3, 11), (3, 12), (3, 13), (3, 14))
MEMORY_NEEDED_GB: Final = 2.0  # one session with the demo bundle, measured, rounded up
REQUIREMENTS: Final = Path(__file__).resolve().parent.parent / "requirements.txt"


@dataclass(frozen=True)
class Check:
    """One finding and, where it failed, what to do about it."""

    name: str
    passed: bool
    finding: str
    remedy: str


def run_checks() -> Iterator[Check]:
    """Run every check in turn; none of them stops the next."""
    for name, check in _CHECKS.items():
        try:
            yield check()
        except Face2BoneError as error:
            yield Check(name, False, str(error), "Follow the sentence above.")
        except ImportError as error:
            yield Check(name, False, f"{error.name} does not import.", "Run `make setup` again.")


def _python() -> Check:
    here = sys.version_info[:2]
    return Check(
        "python",
        here in PYTHONS,
        f"Python {platform.python_version()}",
        "Install a Python from 3.11 to 3.14: the pinned packages exist for these.",
    )


def _pins() -> Check:
    wanted = dict(_pinned())
    wrong = [
        f"{name} {metadata.version(name)} instead of {wanted[name]}"
        for name in PINS
        if name in wanted and metadata.version(name).split("+")[0] != wanted[name]
    ]
    finding = "; ".join(wrong) or f"{len(PINS)} deciding packages are as pinned"
    return Check("pins", not wrong, finding, "Run `pip install -r requirements.txt` again.")


def _pinned() -> Iterator[tuple[str, str]]:
    if not REQUIREMENTS.is_file():
        return
    for line in REQUIREMENTS.read_text("utf-8").splitlines():
        name, separator, version = line.partition("#")[0].strip().partition("==")
        if separator:
            yield name, version.strip()


def _one_opencv() -> Check:
    names = {d.metadata["Name"] for d in metadata.distributions()}
    found = sorted(name for name in names if name and name.startswith("opencv-"))
    return Check(
        "opencv",
        len(found) == 1,
        f"installed: {', '.join(found)}",
        "Uninstall all of them, then install opencv-python-headless as requirements.txt pins it.",
    )


def _threads() -> Check:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Check("threads", True, f"{cores} cores to use", "")


def _memory() -> Check:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return Check(
        "memory",
        free >= MEMORY_NEEDED_GB,
        f"{free:.1f} GB free",
        f"Close other programs until {MEMORY_NEEDED_GB:.0f} GB are free.",
    )


def _bundle() -> Check:
    from face2bone.bundle import load_bundle
    from face2bone.settings import get_settings

    card = load_bundle(get_settings().bundle).card
    return Check("bundle", True, f"{card.name} {card.version}, status {card.status}", "")


def _end_to_end() -> Check:
    """One drawn face from bytes to a referral suggestion, without the minute of explanation."""
    from face2bone.assess import Assessor
    from face2bone.bundle import load_bundle
    from face2bone.settings import get_settings
    from face2bone.studies.face2bone import FACE2BONE

    sample = FACE2BONE.ready().samples()[0]
    assessor = Assessor(load_bundle(get_settings().bundle))
    assessment = assessor.assess(sample.photo_bytes(), sample.patient, explained=False)
    return Check("drawn face", True, f"assessed; {assessment.referral.urgency.label}", "")


_CHECKS: Final[dict[str, Callable[[], Check]]] = {
    "python": _python,
    "pins": _pins,
    "opencv": _one_opencv,
    "threads": _threads,
    "memory": _memory,
    "bundle": _bundle,
    "drawn face": _end_to_end,
}
