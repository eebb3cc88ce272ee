"""From bytes to probabilities, as a ratio to the work that cannot be avoided.

The parts are decoding the photo, one landmarker call on its pixels and one forward pass; the
whole adds checks, retries, pose, quality, alignment, regions, calibration and the domain
check. Full-width network with untrained weights: speed does not depend on their values.
Run: python benchmarks/end_to_end.py
"""

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pillow_heif
import torch
from PIL import Image

from face2bone.assess import Assessor
from face2bone.bundle import Bundle, fit_ood, load_bundle, pooled
from face2bone.drawn.face.samples import sample_patients
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.locator import FaceLandmarker
from face2bone.modalities.face.looks import View, see
from face2bone.modalities.photo import read_photo
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.runtime import TorchEngine, make_engine, network_input
from face2bone.settings import get_settings

TWELVE_MEGAPIXELS = (4000, 3000)


def full_width(bundle: Bundle) -> Bundle:
    """The demo bundle's shell around an untrained network of FaceNet's width."""
    torch.manual_seed(0)
    config = NetworkConfig()
    network = Face2Bone(config).eval()
    crops = np.random.default_rng(0).integers(0, 256, (64, 160, 160, 3), dtype=np.uint8)
    features = TorchEngine(network, FACE_INPUT, device="cpu").features(
        network_input(crops, FACE_INPUT)
    )
    return replace(
        bundle,
        card=replace(bundle.card, architecture=config),
        state=network.state_dict(),
        ood=fit_ood(pooled(features)),
        sha256="0" * 64,
    )


def photos() -> dict[str, bytes]:
    """A drawn face as a 512-px JPEG, a 12-megapixel JPEG and a 12-megapixel HEIC."""
    small = sample_patients()[0].photo_bytes()
    side = min(TWELVE_MEGAPIXELS)
    large = Image.new("RGB", TWELVE_MEGAPIXELS, (90, 95, 100))
    face = Image.open(io.BytesIO(small)).resize((side, side), Image.Resampling.LANCZOS)
    large.paste(face, ((TWELVE_MEGAPIXELS[0] - side) // 2, 0))
    jpeg, heic = io.BytesIO(), io.BytesIO()
    large.save(jpeg, "JPEG", quality=90)
    pillow_heif.register_heif_opener()
    large.save(heic, "HEIF", quality=70)
    return {"JPEG 512 px": small, "JPEG 12 MP": jpeg.getvalue(), "HEIC 12 MP": heic.getvalue()}


def median_ms(work: Callable[[], object], runs: int) -> float:
    """Median wall time of one call in ms, after one warm call."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * float(np.median(times))


def measure(assessor: Assessor, data: bytes, runs: int) -> tuple[float, float, float, float]:
    """Decoding, landmarks, forward pass and the whole, ms."""
    photo = read_photo(data)
    crop = network_input(assessor.locate(photo).aligned.pixels[None], FACE_INPUT)
    view = View(0, 0, max(photo.pixels.shape[:2]), smallest=0).snapped()
    detect, square = FaceLandmarker().detector(), see(photo.pixels, view)
    face = median_ms(lambda: detect(square), runs)
    return (
        median_ms(lambda: read_photo(data), runs),
        face,
        median_ms(lambda: assessor.engine.logits(crop), runs),
        median_ms(lambda: assessor.predict(assessor.locate(read_photo(data))), runs),
    )


def main() -> None:
    """Print one row a photo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    bundle = full_width(load_bundle(get_settings().bundle))
    assessor = Assessor(bundle, make_engine(bundle, "openvino"))
    print("photo        decode  landmarks forward  sum of parts  whole  ratio   (ms)")
    for name, data in photos().items():
        decode, face, forward, whole = measure(assessor, data, runs)
        parts = decode + face + forward
        print(
            f"{name:<12}{decode:7.1f}{face:10.1f}{forward:9.1f}{parts:14.1f}{whole:7.1f}"
            f"{whole / parts:7.2f}"
        )


if __name__ == "__main__":
    main()
