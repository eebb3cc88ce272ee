"""The two views of location on drawn faces, and the gradients behind the finer one."""

import json
import sys
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np
import torch

from face2bone.arrays import Flags, Floats, Reals
from face2bone.bundle import Bundle
from face2bone.drawn.face.crops import aligned_drawing
from face2bone.drawn.face.patients import draw_cohort, patient_face
from face2bone.drawn.worlds import World
from face2bone.explain.craft import concept_coefficients
from face2bone.explain.location import to_crop
from face2bone.explain.nmf import project
from face2bone.modalities.face import FACE_INPUT, AlignedFace
from face2bone.nn import BundleNetwork
from face2bone.runtime import network_input
from research.concept_study.implicit import implicit_location, presence_gradients
from research.concept_study.location_agreement import compare_locations

SEED: Final = 971_000  # in the evaluation range
FACES: Final = 24
STEP: Final = 1e-8
"""Of the input's scale: among millions of rectified units some turn within a longer one."""

Figures = list[dict[str, Any]]


def kept_locations(bundle: Bundle, folder: Path) -> Figures:
    """Figures of every face, each kept as it is done."""
    folder.mkdir(exist_ok=True)
    figures = []
    for number, drawn in enumerate(draw_cohort(FACES, World.PLANTED, SEED)):
        path = folder / f"{number:02d}.json"
        if not path.is_file():
            found = measure(bundle, aligned_drawing(patient_face(drawn)), number)
            path.write_text(json.dumps(found), "utf-8")
            print(f"located in {number + 1} of {FACES} faces", file=sys.stderr, flush=True)
        figures.append(json.loads(path.read_text("utf-8")))
    return figures


def measure(bundle: Bundle, face: AlignedFace, seed: int) -> dict[str, Any]:
    """Agreement of the views, what the integration misses, and the gradients' error."""
    network = bundle.network
    exact = implicit_location(network, bundle.concepts, face)
    x = network_input(face.pixels[None], FACE_INPUT)
    with torch.inference_mode():
        features = network.features(torch.from_numpy(x)).numpy()
    quick = to_crop(
        concept_coefficients(features, bundle.concepts.basis)[0],
        bundle.network.stages.cut,
        face.mask.shape,
    )
    same = compare_locations(quick, exact.location, face.part_map)
    # Another concept's location, for scale: every second view moved on by one.
    other = compare_locations(quick, np.roll(exact.location, 1, axis=0), face.part_map)
    missed = exact.attribution.sum(axis=(1, 2)) - (exact.presence - exact.in_blur)
    return {
        "correlation": same.correlation.tolist(),
        "moved": same.moved.tolist(),
        "same_region": same.same_region.tolist(),
        "other_correlation": other.correlation.tolist(),
        "other_moved": other.moved.tolist(),
        "other_same_region": other.same_region.tolist(),
        "missed": np.abs(missed).tolist(),
        "presence": exact.presence.tolist(),
        "gained": (exact.presence - exact.in_blur).tolist(),
        "gradient_error": gradient_error(network, bundle.concepts.basis, face, seed),
    }


def gradient_error(network: BundleNetwork, basis: Reals, face: AlignedFace, seed: int) -> float:
    """Relative error of the implicit gradients along one random change of the face's pixels.

    |gradient - central difference| / |central difference| over all concepts, in double
    precision.
    """
    network = network.double()
    x = torch.from_numpy(network_input(face.pixels[None], FACE_INPUT)).double()
    noise = np.random.default_rng(seed).normal(size=x.shape) * face.mask
    towards = torch.from_numpy(noise)
    # The spectral attention computes in float32 whatever it gets: too coarse for a difference.
    with patch.object(torch.Tensor, "float", torch.Tensor.double):
        gradients = presence_gradients(network, basis, x)[1][0]
        ahead, behind = (mean_of(network, basis, x + h * towards) for h in (STEP, -STEP))
    slope = (ahead - behind) / (2 * STEP)
    found = (gradients * noise[0]).sum(axis=(1, 2, 3))
    return float(np.linalg.norm(found - slope) / np.linalg.norm(slope))


def mean_of(network: BundleNetwork, basis: Reals, x: torch.Tensor) -> Floats:
    """Mean coefficients (R,) of one input."""
    with torch.no_grad():
        features = network.features(x)[0]
    mean: Floats = project(features.flatten(1).T.numpy(), basis).mean(axis=0)
    return mean


def location_table(figures: Figures) -> str:
    """Medians with tenth and ninetieth percentile, by whether the detail adds the concept."""
    gained = np.array([f["gained"] for f in figures]) > 0
    kinds = (("", gained), ("", ~gained), ("other_", np.ones_like(gained)))
    words = ("more than in the blurred face", "less than in it", "against another concept")
    lines = [
        "| presence | pairs | correlation in the face | share moved | same densest region |",
        "|---|---|---|---|---|",
    ]
    for name, (prefix, chosen) in zip(words, kinds, strict=True):
        cells = [_spread(figures, prefix + column, chosen) for column in ("correlation", "moved")]
        same = np.array([f[f"{prefix}same_region"] for f in figures])[chosen].mean()
        lines.append(f"| {name} | {chosen.sum()} | {cells[0]} | {cells[1]} | {same:.0%} |")
    errors = [f["gradient_error"] for f in figures]
    every = np.ones_like(gained)
    lines.append(
        f"\n{len(figures)} faces. Gradients against differences: relative error "
        f"{np.median(errors):.1e} in the median, {max(errors):.1e} at most. The integration "
        f"misses {_spread(figures, 'missed', every)} of a presence of "
        f"{_spread(figures, 'presence', every)}, at most "
        f"{np.max([f['missed'] for f in figures]):.3f}."
    )
    return "\n".join(lines)


def _spread(figures: Figures, name: str, chosen: Flags) -> str:
    values = np.array([f[name] for f in figures])[chosen]
    low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
    return f"{middle:.3f} ({low:.3f} to {high:.3f})"
