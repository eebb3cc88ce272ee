"""Which generator drew a picture: a version, and a hash of the source that draws."""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

GENERATOR_VERSION: Final = "1.0.0"
FROZEN_HASH: Final = "442ee01be1fe9aec968097d0965eebe517dbbcd22b147928a80163e95e30acbd"
"""`generator_hash()` when this version was frozen; a test fails when the source differs."""

_PACKAGE = "face2bone.cohort.synthetic"
DRAWING_MODULES: Final = tuple(
    f"{_PACKAGE}.{name}"
    for name in (
        "numerics", "anatomy", "head", "identity", "atlas", "description", "parameters", "ageing",
        "marks", "strands", "hair", "paint", "eyes", "mouth", "brows", "skin", "surface", "light",
        "projection", "camera", "glasses", "background", "render",
    )
)  # fmt: skip
"""The modules that determine parameters and pixels, in the order they are hashed."""


def source_hash(modules: Sequence[str]) -> str:
    """sha256 (hex) over names and sources of `modules`, in the given order.

    Line endings are normalised, so a checkout on Windows hashes the same.
    """
    digest = hashlib.sha256()
    for name in modules:
        package, _, leaf = name.rpartition(".")
        source = files(package).joinpath(f"{leaf}.py").read_bytes()
        digest.update(name.encode() + b"\0" + source.replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def generator_hash() -> str:
    """sha256 (hex) over the version and the source of everything that draws faces."""
    return hashlib.sha256(
        f"{GENERATOR_VERSION}\n{source_hash(DRAWING_MODULES)}\n".encode()
    ).hexdigest()
