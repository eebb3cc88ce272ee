"""CRAFT as shipped against a plain re-implementation of the published reference settings.

    python -m benchmarks.concepts [--runs 3] [--photos 24]

Reference settings (Fel et al. 2023 and its authors' code): patches of 64 pixels at four
fifths of that apart, enlarged to whole inputs; features averaged over the map; ten concepts;
for each photo 32 (R + 2) passes of the network's second half. All on torch. As shipped: map
positions of whole faces, eight concepts, 256 (R + 1) passes, on OpenVINO. The two do not do
the same work, so the passes each takes are printed too. A fit includes the concepts' importance
over the same photos in both.
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Final

import cv2
import numpy as np
import torch
from sklearn.decomposition import NMF

from benchmarks.timing import THREADS, drawn_face, machine, medians, networks
from face2bone.arrays import Pixels, Reals
from face2bone.bone import CLASS_LABELS
from face2bone.explain.craft import (
    WEIGHED_PHOTOS,
    concept_coefficients,
    concept_importance,
    fit_concepts,
)
from face2bone.explain.sobol import SAMPLES
from face2bone.modalities.face import FACE_INPUT, FACE_PARTS
from face2bone.nn import BundleNetwork, normalise
from face2bone.runtime import OpenVinoEngine, network_input

PATCH: Final = 64
STRIDE: Final = int(0.8 * PATCH)
CONCEPTS: Final = 10
DESIGNS: Final = 32
OWN_CONCEPTS: Final = 8
BATCH: Final = 64


def main() -> None:
    """Print fit and per-photo seconds of both, one table a network."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are printed")
    parser.add_argument("--photos", type=int, default=24, help="drawn faces fitted on")
    asked = parser.parse_args()
    print(machine())
    faces = [drawn_face(seed) for seed in range(1, asked.photos + 1)]
    crops = np.stack([face.pixels for face in faces])
    maps = np.stack([face.part_map for face in faces])
    for label, network in networks():
        engine = OpenVinoEngine(network, FACE_INPUT, threads=THREADS)
        bank = reference_fit(network, crops)
        basis = fit_concepts(engine, crops, maps, FACE_PARTS, CLASS_LABELS, OWN_CONCEPTS).basis
        jobs: dict[str, Callable[[], object]] = {
            "fit, reference": partial(reference_bank, network, crops),
            "fit, shipped": partial(
                fit_concepts, engine, crops, maps, FACE_PARTS, CLASS_LABELS, OWN_CONCEPTS
            ),
            "photo, reference": partial(reference_photo, network, crops[0], bank),
            "photo, shipped": partial(own_photo, engine, crops[0], basis),
        }
        seconds = medians(jobs, asked.runs)
        print(f"\n{label}, {asked.photos} faces, medians of {asked.runs}")
        for name, s in seconds.items():
            print(f"{name:<18}{s:>8.2f} s")
        own, published = SAMPLES * (len(basis) + 1), DESIGNS * (CONCEPTS + 2)
        fit = seconds["fit, shipped"] / seconds["fit, reference"]
        photo = seconds["photo, shipped"] / seconds["photo, reference"]
        print(
            f"shipped / reference: fit {fit:.2f}, photo {photo:.2f}; by passes of the head "
            f"({own} against {published}) {photo * published / own:.2f}",
            flush=True,
        )


def own_photo(engine: OpenVinoEngine, crop: Pixels, basis: Reals) -> None:
    """Coefficients and importance of one photo's concepts, as shipped."""
    features = engine.features(network_input(crop[None], FACE_INPUT))
    concept_importance(engine, basis, concept_coefficients(features, basis)[0])


def reference_bank(network: BundleNetwork, crops: Pixels) -> None:
    """The bank, and its importance over the photos that a shipped bank's is averaged over."""
    bank = reference_fit(network, crops)
    for crop in crops[:WEIGHED_PHOTOS]:
        reference_photo(network, crop, bank)


def reference_fit(network: BundleNetwork, crops: Pixels) -> Reals:
    """The bank (10, C) by the published recipe."""
    starts = range(0, crops.shape[1] - PATCH + 1, STRIDE)
    side = crops.shape[1:3]
    patches = [
        cv2.resize(crop[top : top + PATCH, left : left + PATCH], side)
        for crop in crops
        for top in starts
        for left in starts
    ]
    pooled = np.concatenate(
        [
            _features(network, np.stack(patches[i : i + BATCH])).mean(axis=(2, 3))
            for i in range(0, len(patches), BATCH)
        ]
    )
    bank: Reals = NMF(CONCEPTS, init="nndsvda", max_iter=200, tol=1e-3).fit(pooled).components_
    return bank


def reference_photo(network: BundleNetwork, crop: Pixels, bank: Reals) -> Reals:
    """Total Sobol indices (10, 3) of one photo by the published recipe, plain Halton masks."""
    from scipy.stats import qmc

    U = concept_coefficients(_features(network, crop[None]), bank)[0].astype(np.float32)
    masks = qmc.Halton(2 * CONCEPTS, scramble=False).random(DESIGNS).astype(np.float32)
    A, B = masks[:, :CONCEPTS], masks[:, CONCEPTS:]
    design = [A, B]
    for i in range(CONCEPTS):
        mixed = A.copy()
        mixed[:, i] = B[:, i]
        design.append(mixed)
    W = bank.T.astype(np.float32)
    rows = np.concatenate(design)
    answers = []
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        features = np.einsum("cr,br,rhw->bchw", W, part, U, optimize=True)
        with torch.inference_mode():
            answers.append(network.head(torch.from_numpy(features)).numpy())
    f = np.concatenate(answers).reshape(CONCEPTS + 2, DESIGNS, -1)
    variance = f[0].var(axis=0)
    indices: Reals = ((f[0] - f[2:]) ** 2).mean(axis=1) / (2 * variance)
    return indices


def _features(network: BundleNetwork, crops: Pixels) -> Reals:
    with torch.inference_mode():
        found: Reals = network.features(
            normalise(torch.tensor(crops), FACE_INPUT).contiguous()
        ).numpy()
    return found


if __name__ == "__main__":
    main()
