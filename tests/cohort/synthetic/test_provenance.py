"""The frozen generator: its source hashes to what was recorded when it was frozen."""

from importlib.resources import files
from pathlib import Path

import pytest

from face2bone.cohort.synthetic.provenance import (
    DRAWING_MODULES,
    FROZEN_HASH,
    GENERATOR_VERSION,
    generator_hash,
    source_hash,
)

# Modules of the package that decide about patients and files, not about pixels.
NOT_DRAWING = {"__init__", "provenance", "patients", "worlds", "oracle", "write", "samples"}


def test_the_source_is_the_frozen_one() -> None:
    assert generator_hash() == FROZEN_HASH, (
        "The face drawing code changed after it was frozen. Undo the change, or raise "
        "GENERATOR_VERSION, record the new hash and retrain every bundle drawn with it."
    )


def test_every_drawing_module_is_hashed() -> None:
    folder = files("face2bone.cohort.synthetic")
    present = {Path(str(f)).stem for f in folder.iterdir() if str(f).endswith(".py")}
    hashed = {name.rpartition(".")[2] for name in DRAWING_MODULES}
    assert hashed | NOT_DRAWING == present
    assert not hashed & NOT_DRAWING
    assert len(DRAWING_MODULES) == len(hashed)


def test_the_hash_tells_modules_and_their_order_apart() -> None:
    a, b = DRAWING_MODULES[:2]
    assert source_hash([a, b]) != source_hash([b, a])
    assert source_hash([a]) != source_hash([b])
    assert source_hash([a, b]) == source_hash((a, b))


def test_a_module_without_source_cannot_be_hashed() -> None:
    with pytest.raises(FileNotFoundError):
        source_hash(["face2bone.cohort.synthetic.nothing"])


def test_version_is_semantic() -> None:
    assert [part.isdigit() for part in GENERATOR_VERSION.split(".")] == [True] * 3
